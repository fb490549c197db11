/** Time must grow linearly with the size of the input: each of these took minutes when it grew quadratically. */
import { diffStages } from '../../src/stage/diff.js';
import { parseOperations, readOperations } from '../../src/stage/parse-operations.js';
import { applyPatch } from '../../src/stage/patch.js';
import { PatchError } from '../../src/stage/problem.js';
import { misfitsOf } from '../../src/stage/stage.js';

const many = <T>(count: number, make: (index: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, index) => make(index));

const problemsOf = (operations: readonly unknown[]): number => {
  try {
    applyPatch({ variables: { a: '1' } }, operations as never);
  } catch (error) {
    if (error instanceof PatchError) return error.problems.length;
  }
  return 0;
};

test.each<[string, unknown]>([
  ['an unknown op', { op: 'bogus', path: '/x' }],
  ['an unknown path', { op: 'replace', path: '/nope', value: 'x' }],
  ['a variable that is not there', { op: 'remove', path: '/variables/none' }],
  ['no operation', 5],
])(
  '40,000 operations with %s',
  (_, operation) => {
    expect(problemsOf(many(40_000, () => operation))).toBe(40_000);
  },
  5000,
);

test('8,000 variables can be removed one by one, and in a diff', () => {
  const variables = Object.fromEntries(many(8000, (index) => [`v${index}`, 'x']));
  const { operations, problems } = diffStages({ variables }, {});
  expect({ operations: operations.length, problems }).toEqual({ operations: 8000, problems: [] });
  expect(applyPatch({ variables }, operations)).toEqual({});
}, 5000);

test('8,000 differences that no patch can make', () => {
  const tags = Object.fromEntries(many(8000, (index) => [`t${index}`, 'x']));
  expect(diffStages({ tags }, {}).problems).toHaveLength(8000);
}, 5000);

test('20,000 wrong members of a stage', () => {
  const variables = Object.fromEntries(many(20_000, (index) => [`v${index}`, 5]));
  expect(misfitsOf({ variables })).toHaveLength(20_000);
}, 5000);

test.each([
  `op=${'{'.repeat(20_000)}`,
  `op=a${' '.repeat(80_000)}b`,
  `op${' '.repeat(80_000)}b`,
  `op=add,path=/x,value=${'a,'.repeat(20_000)}`,
  `op=add,path=/x,value="${'\\"'.repeat(40_000)}`,
  `op=add,path=/x,value={${'}{'.repeat(20_000)}`,
  `op=add,path=/x,value=${' ,value'.repeat(20_000)}`,
])(
  '%.20s… of many characters',
  (item) => {
    expect(readOperations(item).problems.length).toBeLessThanOrEqual(2);
  },
  5000,
);

test('20,000 operations in one text', () => {
  const operations = many(20_000, () => ({ op: 'remove', path: '/variables/a' }));
  expect(parseOperations(JSON.stringify(operations))).toHaveLength(20_000);
}, 5000);

const nested = (levels: number): unknown => JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`);
const cycle: Record<string, unknown> = {};
cycle['a'] = cycle;

test.each<[string, unknown]>([
  ['too many levels', nested(10_000)],
  ['a cycle', cycle],
])('a stage with %s is compared, and patched', (_, value) => {
  const operations = [{ op: 'replace', path: '/description', value: 'x' }] as const;
  for (const [name, stage] of [
    ['extra', { extra: value }],
    ['tags.extra', { tags: { extra: value } }],
    ['methodSettings.a/GET.a', { methodSettings: { 'a/GET': value } }],
  ] as const) {
    const { operations: found, problems } = diffStages(stage as never, { description: 'x' });
    expect(found).toEqual(operations);
    expect(problems).toMatchObject([{ name }]);
    expect(applyPatch(stage as never, operations)).toMatchObject({ description: 'x' });
  }
});

test('an operation with values that are not JSON is refused like any other', () => {
  const operations = [cycle, { op: 'replace', path: '/description', value: 5n }, { op: 5n }];
  expect(problemsOf(operations)).toBe(3);
});
