import fc from 'fast-check';
import { changesBetween, diffStages } from '../../../src/stage/diff.js';
import { applyPatch } from '../../../src/stage/patch.js';
import type { PatchOperation, Stage } from '../../../src/stage/stage.js';
import { foreseeCalls } from '../../../src/targets/api-gateway/calls.js';
import { anyStage } from '../../stage/arbitraries.js';
import { aMethod, aStage } from '../../stages.js';
import { replace } from './live.js';

const callsFor = (stage: Stage, operations: readonly PatchOperation[]) =>
  foreseeCalls(stage, [operations], false).steps.map((step) => step.operations);

const variables = (count: number) =>
  Array.from({ length: count }, (_, index) => replace(`/variables/v${index}`, String(index)));
const keys = (count: number) => Array.from({ length: count }, (_, index) => `x${index}/GET`);

test('80 operations are one call, 81 are two', () => {
  expect(callsFor(aStage(), variables(80)).map(({ length }) => length)).toEqual([80]);
  expect(callsFor(aStage(), variables(81)).map(({ length }) => length)).toEqual([80, 1]);
});

test('a method is removed and rebuilt in one call', () => {
  const stageOf = (method: object) =>
    aStage({ methodSettings: Object.fromEntries(keys(60).map((key) => [key, method])) });
  const [before, after] = [stageOf(aMethod({ loggingLevel: 'INFO' })), stageOf(aMethod({ metricsEnabled: true }))];
  const calls = callsFor(before, diffStages(before, after).operations);
  expect(calls.length).toBeGreaterThan(1);
  for (const call of calls) {
    const keysOf = (op: string) => new Set(call.filter((one) => one.op === op).map(({ path }) => path.split('/')[1]));
    expect(keysOf('replace')).toEqual(keysOf('remove'));
  }
});

test('other groups stay in one call as long as they fit', () => {
  const methods = keys(90).map((key) => replace(`/${key}/caching/enabled`, 'true'));
  const operations = [...methods.slice(0, 5), replace('/deploymentId', 'dep9'), ...methods.slice(5), ...variables(3)];
  const call = callsFor(aStage(), operations).find((one) => one.some(({ path }) => path === '/deploymentId'));
  expect(call).toEqual(expect.arrayContaining(variables(3)));
});

test('if grouping by entry would lead to another stage, the operations stay in the given order', () => {
  const operations = [
    replace('/*/*/logging/loglevel', 'INFO'),
    // A new entry starts as a copy of */*.
    replace('/b/GET/caching/enabled', 'true'),
    replace('/*/*/metrics/enabled', 'true'),
    ...keys(80).map((key) => replace(`/${key}/caching/enabled`, 'true')),
  ];
  expect(callsFor(aStage({ methodSettings: { '*/*': aMethod() } }), operations).flat()).toEqual(operations);
});

const manyMethods = fc
  .array(fc.record({ metricsEnabled: fc.boolean(), loggingLevel: fc.constantFrom('OFF', 'INFO') }), { minLength: 80 })
  .map((methods) =>
    aStage({ methodSettings: Object.fromEntries(methods.map((each, index) => [`x${index}/GET`, aMethod(each)])) }),
  );

test.each([
  ['small', anyStage, anyStage],
  ['large', manyMethods, manyMethods],
])('the calls of %s edits together have the effect of a single call, and set no value again', (_what, from, to) => {
  fc.assert(
    fc.property(from, to, (before, goal) => {
      const { operations } = diffStages(before, goal);
      const after = applyPatch(before, operations);
      const calls = callsFor(before, operations);
      expect(
        changesBetween(
          calls.reduce((stage, call) => applyPatch(stage, call), before),
          after,
        ),
      ).toEqual([]);
      expect(calls.every(({ length }) => length <= 80)).toBe(true);
      const sets = operations.filter(({ op, path }) => op === 'replace' && !path.startsWith('/canary'));
      if (changesBetween(after, applyPatch(after, sets)).length === 0) expect(callsFor(after, sets)).toEqual([]);
    }),
    { numRuns: 50 },
  );
});

test('operations that change nothing are left out', () => {
  const stage = aStage({ description: 'old', methodSettings: { '~1/GET': aMethod({ loggingLevel: 'INFO' }) } });
  const operations = [
    { op: 'remove', path: '/accessLogSettings' },
    replace('/description', 'old'),
    replace('/clientCertificateId', ''),
    replace('/~1/GET/caching/enabled', 'false'),
    replace('/~1/GET/logging/loglevel', 'INFO'),
    replace('/x/GET/caching/enabled', 'false'),
  ] as const;
  expect(callsFor(stage, operations)).toEqual([[operations[5]]]);
});

test('an entry is rebuilt as a whole', () => {
  const stage = aStage({ methodSettings: { 'x/GET': aMethod({ loggingLevel: 'INFO', metricsEnabled: true }) } });
  const operations = [{ op: 'remove', path: '/x/GET' }, replace('/x/GET/metrics/enabled', 'true')] as const;
  expect(callsFor(stage, operations)).toEqual([operations]);
});

test('an edit of thousands of methods is foreseen quickly', () => {
  const stage = aStage({ methodSettings: Object.fromEntries(keys(2000).map((key) => [key, aMethod()])) });
  const operations = keys(2000).flatMap((key) => [
    replace(`/${key}/metrics/enabled`, 'true'),
    replace(`/${key}/caching/enabled`, 'false'),
  ]);
  const start = performance.now();
  expect(callsFor(stage, operations)).toHaveLength(25);
  expect(performance.now() - start).toBeLessThan(2500);
});
