/** The library, imported as users import it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as library from '../src/index.js';

const folder = join(__dirname, '../src/stage');

const example = /@example\n \* (.+?); \/\/ (.+)\n/g;

const examples = readdirSync(folder)
  .flatMap((file) => [...readFileSync(join(folder, file), 'utf8').matchAll(example)])
  .map(([, call = '', answer = '']) => [call, answer] as const);

const evaluate = (expression: string): unknown =>
  new Function(...Object.keys(library), `return (${expression})`)(...Object.values(library));

test.each(examples)('the example in the comment is true: %s returns %s', (call, answer) => {
  expect(evaluate(call)).toEqual(evaluate(answer));
});

test('every export has an example, except the errors', () => {
  const names = Object.keys(library).filter((name) => !name.endsWith('Error'));
  expect(names.filter((name) => !examples.some(([call]) => new RegExp(`\\b${name}\\b`).test(call)))).toEqual([]);
});

test('the inverse of an edit is the diff back', () => {
  const before = { deploymentId: 'dep1', methodSettings: {}, variables: { color: 'blue' } };
  const after = library.applyPatch(before, library.parseOperations('op=remove,path=/variables/color'));
  const { operations, problems } = library.diffStages(after, before);
  expect(problems).toEqual([]);
  expect(library.applyPatch(after, operations)).toEqual(before);
});
