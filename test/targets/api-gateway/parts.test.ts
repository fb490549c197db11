import { toStage } from '../../../src/targets/api-gateway/aws-stage.js';
import { credentialSource, regionOf } from '../../../src/targets/api-gateway/credentials.js';
import { foreseeCalls } from '../../../src/targets/api-gateway/foreseen.js';
import { whatBecameOf } from '../../../src/targets/api-gateway/read-back.js';
import { unknownMethods, verbsAt } from '../../../src/targets/api-gateway/resources.js';
import { aMethod, aStage } from '../../stages.js';
import { keys, replace } from './live.js';

const named = (from: 'flag' | 'config') => ({ name: 'p', from });
const oidc = { AWS_WEB_IDENTITY_TOKEN_FILE: '/token', AWS_ROLE_ARN: 'arn:aws:iam::1:role/ci' };

test.each([
  ['a profile of --profile, over keys of the environment', named('flag'), keys, { use: 'profile', name: 'p' }],
  ['keys of the environment, over a profile of a configuration', named('config'), keys, { use: 'keys' }],
  ['the token of CI, over a profile of a configuration', named('config'), oidc, { use: 'chain' }],
  ['a profile of a configuration, over AWS_PROFILE', named('config'), { AWS_PROFILE: 'q' }, { use: 'profile' }],
  ['keys of the environment, over AWS_PROFILE', undefined, { ...keys, AWS_PROFILE: 'q' }, { use: 'keys' }],
  ['what the SDK finds', undefined, { AWS_PROFILE: 'q' }, { use: 'chain' }],
])('requests are signed by %s', (_what, profile, env, source) => {
  expect(credentialSource(profile, env)).toMatchObject(source);
});

test.each([
  ['the address', 'a', { AWS_REGION: 'b', AWS_DEFAULT_REGION: 'c' }, 'a'],
  ['AWS_REGION', undefined, { AWS_REGION: 'b', AWS_DEFAULT_REGION: 'c' }, 'b'],
  ['AWS_DEFAULT_REGION', undefined, { AWS_REGION: '', AWS_DEFAULT_REGION: 'c' }, 'c'],
  ['the profile', undefined, {}, undefined],
])('the region is that of %s', (_what, given, env, region) => {
  expect(regionOf(given, env)).toBe(region);
});

test('an answer becomes a stage file', () => {
  const answer = {
    $metadata: {},
    createdDate: new Date(0),
    lastUpdatedDate: new Date(1500),
    description: undefined,
    methodSettings: { b: { cachingEnabled: true, metricsEnabled: false, loggingLevel: undefined }, a: {} },
    deploymentId: 'd',
  };
  expect(JSON.stringify(toStage(answer))).toBe(
    '{"deploymentId":"d","methodSettings":{"b":{"metricsEnabled":false,"cachingEnabled":true},"a":{}},' +
      '"createdDate":"1970-01-01T00:00:00+00:00","lastUpdatedDate":"1970-01-01T00:00:01.500000+00:00"}',
  );
});

const stage = aStage({ description: 'old', variables: { a: '1' } });
const [step] = foreseeCalls(stage, [[replace('/description', 'new'), replace('/variables/a', '2')]]).steps;

test.each([
  ['made', { description: 'new', variables: { a: '2' } }],
  ['made', { description: 'new', variables: { a: '2' }, tracingEnabled: true }],
  ['not-made', { description: 'old', variables: { a: '1' } }],
  ['not-made', { description: 'old', variables: { a: '1' }, tracingEnabled: true }],
  ['unknown', { description: 'new', variables: { a: '1' } }],
  ['unknown', { description: 'theirs', variables: { a: '2' } }],
] as const)('a lost call was %s where the stage is %j', (state, now) => {
  expect(step && whatBecameOf(step, stage, aStage(now))).toBe(state);
});

test('a stage that is as it was, and was touched since, tells nothing unless something else was changed', () => {
  const [step] = foreseeCalls(stage, [[replace('/description', 'another')]]).steps;
  expect(step && whatBecameOf(step, stage, stage)).toBe('not-made');
  expect(step && whatBecameOf(step, stage, { ...stage, lastUpdatedDate: 'later' })).toBe('unknown');
  const changed = { ...stage, lastUpdatedDate: 'later', tracingEnabled: true };
  expect(step && whatBecameOf(step, stage, changed)).toBe('not-made');
});

test('of an operation that nobody knows, only an untouched stage tells', () => {
  const [unproven] = foreseeCalls(stage, [[{ op: 'add', path: '/description', value: 'new' }]], true).steps;
  expect(unproven && whatBecameOf(unproven, stage, stage)).toBe('not-made');
  const touched = { ...stage, lastUpdatedDate: 'later' };
  expect(unproven && whatBecameOf(unproven, stage, touched)).toBe('unknown');
});

test('what was made and is idle by itself is left out', () => {
  const operations = [
    { op: 'remove', path: '/accessLogSettings' },
    replace('/description', 'old'),
    replace('/clientCertificateId', ''),
    replace('/~1/GET/caching/enabled', 'false'),
  ] as const;
  const { steps, after } = foreseeCalls(stage, [operations]);
  expect(steps.map((one) => one.operations)).toEqual([[operations[3]]]);
  expect(after.methodSettings).toEqual({ '~1/GET': aMethod() });
});

const resources = [
  { path: '/', methods: ['GET'] },
  { path: '/pets', methods: ['GET', 'POST'] },
  { path: '/pets/{id}', methods: ['ANY'] },
];

test('ANY means the verbs that the resource has', () => {
  expect(verbsAt('/pets', resources)).toEqual(['GET', 'POST']);
  expect(verbsAt('/pets/{id}', resources)).toHaveLength(7);
  expect(verbsAt('/dogs', resources)).toBeUndefined();
});

test('a method that is not there is named with the nearest ones', () => {
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
    expect.stringMatching(/^GET \/pet is no method of this API, which would accept .* The nearest are GET \/pets, /),
  ]);
  expect(unknownMethods([{ httpMethod: 'GET', resourcePath: '/pet' }], [])[0]?.message).toMatch(
    /It has no methods\. --allow-unknown-method sends it all the same\.$/,
  );
});

test('of a resource without methods that is said, not which others are like it', () => {
  const all = [...resources, { path: '/empty', methods: [] }];
  expect(unknownMethods([{ httpMethod: 'GET', resourcePath: '/empty' }], all)[0]?.message).toBe(
    'GET /empty is no method of this API, which would accept the setting and ignore it. The resource /empty has no methods. --allow-unknown-method sends it all the same.',
  );
});
