import { isProperty, parseProperty, resolve } from '../../src/stage/choice.js';
import { nameOf, pathOf } from '../../src/stage/place.js';
import { properties } from '../../src/stage/properties.js';
import { stageShape } from '../../src/stage/stage.js';
import { aMethod, aStage } from '../stages.js';

const pathsOf = (word: string): readonly string[] | string => {
  const parsed = parseProperty(word);
  if ('problem' in parsed) return parsed.problem;
  return resolve(parsed.choices, aStage()).resolved.map(({ place }) => pathOf(place));
};

const words: readonly (readonly [word: string, ...paths: readonly string[]])[] = [
  ['description', '/description'],
  ['/description', '/description'],
  ['variables.color', '/variables/color'],
  ['/variables/color', '/variables/color'],
  ['variables', '/variables'],
  ['variables.constructor', '/variables/constructor'],
  ['canarySettings', '/canarySettings'],
  ['canarySettings.percentTraffic', '/canarySettings/percentTraffic'],
  ['canarySettings.stageVariableOverrides', '/canarySettings/stageVariableOverrides'],
  ['canarySettings.stageVariableOverrides.color', '/canarySettings/stageVariableOverrides/color'],
  ['accessLogSettings.format', '/accessLogSettings/format'],
  ['methodSettings', '/methodSettings'],
  ['methodSettings.*/*', '/*/*'],
  ['methodSettings.*/*.loggingLevel', '/*/*/logging/loglevel'],
  ['methodSettings.GET /pets', '/~1pets/GET'],
  ['methodSettings.GET /pets.loggingLevel', '/~1pets/GET/logging/loglevel'],
  ['methodSettings.~1pets/GET.loggingLevel', '/~1pets/GET/logging/loglevel'],
  ['methodSettings.pets/get.cachingEnabled', '/~1pets/GET/caching/enabled'],
  [
    'methodSettings.GET,PUT /v1.0/pets.cachingEnabled',
    '/~1v1.0~1pets/GET/caching/enabled',
    '/~1v1.0~1pets/PUT/caching/enabled',
  ],
  ['methodSettings.GET /v1.0/pets', '/~1v1.0~1pets/GET'],
  ['methodSettings./pets.json/GET', '/~1pets.json/GET'],
  // A patch path is used as given.
  ['/pets/{id}/GET/throttling/rateLimit', '/pets/{id}/GET/throttling/rateLimit'],
  ['/pets/GET', '/pets/GET'],
  ['tags.team', '/tags/team'],
];

test.each(words)('%s names a property', (word, ...paths) => {
  expect(isProperty(word)).toBe(true);
  expect(pathsOf(word)).toEqual(paths);
});

test.each([
  ['canarySettings.percent', /^expected one of canarySettings\.deploymentId, canarySettings\.percentTraffic/],
  ['description.x', /^it has no fields$/],
  ['variables.', /^expected one of variables/],
  ['methodSettings.GET', /^GET is an HTTP method without a path/],
  ['methodSettings.GET /pets.logLevel', /^logLevel is not a setting of a method; expected one of metricsEnabled, /],
])('%s is not a property, and the message suggests one', (word, sentence) => {
  expect(isProperty(word)).toBe(true);
  expect(pathsOf(word)).toMatch(sentence);
});

test.each([
  'prod',
  'prod.json',
  './variables',
  '/tmp/prod.json',
  '/srv/stage',
  'variable.color',
  '-',
  '~/x',
  'constructor',
])('%s is not a property, so it may be a target', (word) => expect(isProperty(word)).toBe(false));

test.each(Object.keys(stageShape))('a word that starts with %s is a property, never a target', (field) => {
  expect([field, `${field}=x`, `${field}.x`].every(isProperty)).toBe(true);
});

test.each(['variables.color=blue', '/variables/color=a/b=c', '/tracingEnabled=true'])(
  '%s is a property with a value',
  (word) => expect(isProperty(word)).toBe(true),
);

test.each(properties.map((property) => [property.name, property] as const))(
  '%s is found by its field path and by its patch path',
  (_name, property) => {
    const key = property.group === 'methodSettings' ? '~1pets/GET' : 'color';
    const place = { property, key: property.name.includes('{') ? key : '' };
    expect(pathsOf(nameOf(place))).toEqual([pathOf(place)]);
    expect(pathsOf(pathOf(place))).toEqual([pathOf(place)]);
  },
);

test('an entry in another spelling is used, with one notice', () => {
  const parsed = parseProperty('methodSettings.GET /pets.loggingLevel');
  const choices = 'choices' in parsed ? [...parsed.choices, ...parsed.choices] : [];
  const { resolved, notices } = resolve(choices, aStage({ methodSettings: { 'pets/GET': aMethod() } }));
  expect(resolved.map(({ place }) => place.key)).toEqual(['pets/GET', 'pets/GET']);
  expect(notices.map(({ code }) => code)).toEqual(['method-spelling']);
});

test('a setting without a method applies to those of --method, to all entries, or to */*', () => {
  const stage = aStage({ methodSettings: { '~1a/GET': aMethod(), '*/*': aMethod() } });
  const property = properties.find(({ flag }) => flag === 'logging-level');
  const keys = (methods?: Parameters<typeof resolve>[2]) =>
    resolve(property ? [{ property }] : [], stage, methods).resolved.map(({ place }) => place.key);
  expect(keys()).toEqual(['*/*']);
  expect(keys('all-entries')).toEqual(['*/*', '~1a/GET']);
  expect(keys([{ httpMethod: 'PUT', resourcePath: '/b' }])).toEqual(['~1b/PUT']);
});
