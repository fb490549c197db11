/** A stage file holds the same in YAML as in JSON, in any style. */
import fc from 'fast-check';
import { stringify } from 'yaml';
import { stageShape } from '../../src/stage/stage.js';
import { readStageYaml } from '../../src/text/stage-yaml.js';
import { anyStage } from '../stage/arbitraries.js';

const styles = [
  {},
  { defaultStringType: 'QUOTE_SINGLE' },
  { defaultStringType: 'QUOTE_DOUBLE' },
  { collectionStyle: 'flow' },
  { indent: 4, lineWidth: 20 },
  { version: '1.1' },
] as const;

const valueIn = (text: string): unknown => {
  const parsed = readStageYaml(text, stageShape);
  if ('message' in parsed) throw new Error(parsed.message);
  return parsed.value;
};

test.each(styles)('a stage written as YAML with %j is read back the same', async (style) => {
  fc.assert(fc.property(anyStage, (stage) => expect(valueIn(stringify(stage, style))).toEqual(stage)));
});

test('a stage written as JSON is YAML too', () => {
  fc.assert(fc.property(anyStage, (stage) => expect(valueIn(JSON.stringify(stage, null, 4))).toEqual(stage)));
});

const name = fc.string({ unit: fc.constantFrom(...'0123456789.eE_+-xonyesltrufa~'), minLength: 1, maxLength: 5 });

test('an unquoted variable is read exactly as written, whatever its type in YAML', () => {
  fc.assert(
    fc.property(
      name.filter((text) => /^[0-9a-zA-Z.]/.test(text) && text !== 'null'),
      (text) => {
        expect(valueIn(`variables:\n  ${text}: ${text}\n`)).toEqual({ variables: { [text]: text } });
      },
    ),
  );
});

test('a key that is a map, and a cyclic alias, are errors with a position', () => {
  expect(readStageYaml('description: a\n? { b: c }\n: d', stageShape)).toMatchObject({ line: 2, column: 3 });
  expect(readStageYaml('variables: &a { b: *a }', stageShape)).toHaveProperty('message');
  expect(readStageYaml(`variables: ${'['.repeat(20000)}`, stageShape)).toHaveProperty('message');
});

test('an alias is text where the stage has text, and a number where it has a number', () => {
  const text = 'canarySettings:\n  percentTraffic: &p 1.50\nvariables:\n  percent: *p\nx: [*p, { a: *p }]\n';
  expect(valueIn(text)).toEqual({
    canarySettings: { percentTraffic: 1.5 },
    variables: { percent: '1.50' },
    x: [1.5, { a: 1.5 }],
  });
  expect(valueIn('a: &a { b: 1.0 }\nvariables:\n  <<: [*a, { b: 2, c: 0123 }]\n')).toEqual({
    a: { b: 1 },
    variables: { b: '1.0', c: '0123' },
  });
});
