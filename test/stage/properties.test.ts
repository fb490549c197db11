/** The laws of the property table. */
import fc from 'fast-check';
import { choosingOptions, settingOptions } from '../../src/commands/options.js';
import { isProblem } from '../../src/stage/codec.js';
import { applyPatch } from '../../src/stage/patch.js';
import { findPlace, isKeyed, leafRows, nameOf, pathOf, readLeaf } from '../../src/stage/place.js';
import { groups, type Property, properties } from '../../src/stage/properties.js';
import { type Shape, stageShape } from '../../src/stage/stage.js';
import { aCanary, aStage } from '../stages.js';
import { methodKey, variableName } from './arbitraries.js';

const byName = properties.map((property) => [property.name, property] as const);
const settable = byName.filter(([, { ops }]) => ops.includes('replace'));

// The key of a map may contain any character but the slash.
const mapKey = fc.oneof(
  variableName,
  fc.string({ unit: 'grapheme' }).map((key) => key.replaceAll('/', '')),
  fc.constantFrom('__proto__', '', '~1', '~0', '{name}', '$&', 'GET'),
);

const keyFor = (property: Property): fc.Arbitrary<string> => {
  if (!isKeyed(property)) return fc.constant('');
  return property.group === 'methodSettings' ? methodKey : mapKey;
};

test.each(byName)('the path of %s leads to its own row, whatever its keys', (_name, property) => {
  fc.assert(
    fc.property(keyFor(property), (key) => {
      expect(findPlace(pathOf({ property, key }))).toEqual({ property, key });
    }),
  );
});

const twice = (texts: readonly (string | undefined)[]): readonly (string | undefined)[] =>
  texts.filter((text, index) => text !== undefined && texts.indexOf(text) !== index);

test.each(['name', 'flag', 'path'] as const)('no two rows have the same %s', (column) => {
  expect(twice(properties.map((property) => property[column]))).toEqual([]);
});

test('the options are AWS names in kebab case', () => {
  expect(settingOptions.map(({ name }) => name)).toEqual([
    'description',
    'deployment-id',
    'client-certificate-id',
    'documentation-version',
    'tracing-enabled',
    'cache-cluster-enabled',
    'cache-cluster-size',
    'variable',
    'access-log-destination-arn',
    'access-log-format',
    'canary-deployment-id',
    'canary-percent-traffic',
    'canary-use-stage-cache',
    'canary-variable',
    'metrics-enabled',
    'logging-level',
    'data-trace-enabled',
    'throttling-burst-limit',
    'throttling-rate-limit',
    'caching-enabled',
    'cache-ttl-in-seconds',
    'cache-data-encrypted',
    'require-authorization-for-cache-control',
    'unauthorized-cache-control-header-strategy',
  ]);
});

test('the options that choose without a value are the same options, and the groups', () => {
  const setting = settingOptions.map(({ name }) => name);
  const groupFlags = choosingOptions.map(({ name }) => name).filter((name) => !setting.includes(name));
  expect(groupFlags).toEqual(['all-variables', 'access-log', 'canary']);
  expect(choosingOptions).toHaveLength(setting.length + groupFlags.length);
});

test('what can be replaced has a codec', () => {
  expect(settable.filter(([, { codec }]) => codec === undefined)).toEqual([]);
});

test('what cannot be set or unset says what to do instead', () => {
  const silent = properties.filter(
    ({ ops, clear, instead }) =>
      instead === undefined && !(ops.includes('replace') && (clear !== undefined || ops.includes('remove'))),
  );
  expect(silent.map(({ name }) => name)).toEqual([]);
});

test('no operation is both accepted and unproven', () => {
  for (const { ops, unproven = [] } of properties) expect(unproven.filter((op) => ops.includes(op))).toEqual([]);
});

test('exactly the rows that allow copy have a source', () => {
  for (const { ops, copyFrom } of properties) {
    expect(ops.includes('copy')).toBe(copyFrom !== undefined);
    if (copyFrom !== undefined) expect(findPlace(copyFrom)).toBeDefined();
  }
});

const leavesIn = (shape: Shape, at: readonly string[] = []): readonly (readonly [name: string, shape: string])[] =>
  typeof shape === 'string'
    ? [[at.join('.'), shape]]
    : Object.keys(shape).flatMap((member) => leavesIn(shape[member] ?? {}, [...at, member]));

test('every leaf of a stage has a row, and every row with a codec is a leaf', () => {
  const nameIn = (property: Property): string => nameOf({ property, key: '*' });
  expect(leafRows.map(nameIn).sort()).toEqual(
    leavesIn(stageShape)
      .map(([name]) => name)
      .sort(),
  );
});

test('every row belongs to a group with an AWS page', () => {
  for (const { group } of properties) expect(groups[group].page).toMatch(/^https:\/\/docs\.aws\.amazon\.com\//);
});

const samples: Readonly<Record<string, readonly string[]>> = {
  string: [
    'text',
    'a-b_c.d',
    '$context.requestId $context.status',
    'arn:aws:logs:eu-west-1:111122223333:log-group:/orders/prod',
    'arn:aws:firehose:eu-west-1:111122223333:deliverystream/amazon-apigateway-orders',
  ],
  number: ['0', '1', '-1', '0.5', '1e1', '100', '100.0'],
  integer: ['0', '1', '-1', '60', '3600'],
  boolean: ['true', 'false'],
};

const textsFor = ({ codec }: Property): readonly string[] => {
  const choices = codec?.schema['enum'];
  return Array.isArray(choices) ? choices : (samples[codec?.schema.type ?? ''] ?? []);
};

test.each(settable)('a value written at %s is read back the same', (_name, property) => {
  const key = property.group === 'methodSettings' ? '~1pets/GET' : isKeyed(property) ? 'color' : '';
  const place = { property, key };
  const read = (text: string) => property.codec?.decode(text, { op: 'replace', path: pathOf(place), key });
  const fitting = textsFor(property).filter((text) => typeof read(text) !== 'object');
  expect(fitting).not.toEqual([]);
  for (const text of fitting) {
    const leaf = read(text);
    const after = applyPatch(aStage({ canarySettings: aCanary() }), [
      { op: 'replace', path: pathOf(place), value: text },
    ]);
    expect(readLeaf(after, place)).toBe(leaf);
    expect(read(String(leaf))).toBe(leaf);
    expect(typeof leaf).toBe(property.codec?.schema.type.replace('integer', 'number'));
  }
});

test.each(settable)('a missing value at %s is a problem', (_name, property) => {
  const leaf = property.codec?.decode(undefined, { op: 'replace', path: property.path, key: 'color' });
  expect(leaf !== undefined && isProblem(leaf)).toBe(true);
});

test.each(byName.filter(([, { clear }]) => clear !== undefined))(
  'the value that clears %s is valid',
  (_name, property) => {
    const place = { property, key: '' };
    const stage = aStage({
      description: 'x',
      clientCertificateId: 'c',
      documentationVersion: '1',
      canarySettings: aCanary(),
    });
    const after = applyPatch(stage, [{ op: 'replace', path: pathOf(place), value: property.clear ?? '' }]);
    const leaf = readLeaf(after, place);
    if (property.clear === '') expect(leaf).toBeUndefined();
    else expect([false, 0]).toContain(leaf);
    expect(nameOf(place)).toBe(property.name);
  },
);
