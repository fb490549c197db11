import { knownRegion } from '../../../src/targets/api-gateway/client.js';
import { credentialSource } from '../../../src/targets/api-gateway/credentials.js';
import { isBeside, unknownMethods } from '../../../src/targets/api-gateway/resources.js';
import { keys } from './live.js';

const named = (from: 'flag' | 'config') => ({ name: 'p', from });
const oidc = { AWS_WEB_IDENTITY_TOKEN_FILE: '/token', AWS_ROLE_ARN: 'arn:aws:iam::1:role/ci' };

test.each([
  ['a profile of --profile, over keys of the environment', named('flag'), keys, { profile: 'p' }],
  [
    'keys in the environment, over a profile in a configuration',
    named('config'),
    keys,
    { keys: { accessKeyId: 'AKIDEXAMPLE' } },
  ],
  ['the token of CI, over a profile of a configuration', named('config'), oidc, {}],
  ['a profile of a configuration, over AWS_PROFILE', named('config'), { AWS_PROFILE: 'q' }, { profile: 'p' }],
  [
    'keys in the environment, over AWS_PROFILE',
    undefined,
    { ...keys, AWS_PROFILE: 'q' },
    { keys: { accessKeyId: 'AKIDEXAMPLE' } },
  ],
  ['what the SDK finds', undefined, { AWS_PROFILE: 'q' }, {}],
])('requests are signed by %s', (_what, profile, env, source) => {
  expect(credentialSource(profile, env)).toMatchObject(source);
});

test.each([
  ['the address', 'a', { AWS_REGION: 'b', AWS_DEFAULT_REGION: 'c' }, 'a'],
  ['AWS_REGION', undefined, { AWS_REGION: 'b', AWS_DEFAULT_REGION: 'c' }, 'b'],
  ['AWS_DEFAULT_REGION', undefined, { AWS_REGION: '', AWS_DEFAULT_REGION: 'c' }, 'c'],
  ['the profile', undefined, {}, undefined],
])('the region comes from %s', (_what, given, env, region) => {
  const world = { env, now: Date.now, random: () => 0, signal: new AbortController().signal };
  expect(knownRegion({ world, ...(given && { region: given }) })).toBe(region);
});

const resources = [
  { path: '/', methods: ['GET'] },
  { path: '/pets', methods: ['GET', 'POST'] },
  { path: '/pets/{id}', methods: ['ANY'] },
];

test('ANY means the HTTP methods that the resource has', () => {
  const any = (httpMethod: string, resourcePath: string) => ({ httpMethod, resourcePath, isAny: true }) as const;
  expect(isBeside(any('PUT', '/pets'), resources)).toBe(true);
  expect(isBeside(any('POST', '/pets'), resources)).toBe(false);
  expect(isBeside(any('PUT', '/pets/{id}'), resources)).toBe(false);
  expect(isBeside(any('PUT', '/dogs'), resources)).toBe(false);
});

test('a missing method is reported with similar ones', () => {
  const known = [
    { key: '*/*' },
    { key: '~1/GET' },
    { key: 'pets/POST' },
    { httpMethod: 'HEAD', resourcePath: '/pets/{id}' },
  ];
  expect(unknownMethods(known, resources)).toEqual([]);
  expect(
    unknownMethods([{ httpMethod: 'GET', resourcePath: '/pet' }], resources).map(({ message }) => message),
  ).toEqual([
    expect.stringMatching(
      /^GET \/pet is not a method of this API. API Gateway would accept .* Did you mean GET \/pets\? Available: GET \/, /,
    ),
  ]);
  expect(unknownMethods([{ httpMethod: 'GET', resourcePath: '/pet' }], [])[0]?.message).toMatch(/ Available: none\.$/);
});
