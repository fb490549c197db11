import fc from 'fast-check';
import { changesBetween, diffStages } from '../../../src/stage/diff.js';
import { applyPatch } from '../../../src/stage/patch.js';
import type { PatchOperation, Stage } from '../../../src/stage/stage.js';
import { dropNoOps, foreseeCalls, splitIntoCalls } from '../../../src/targets/api-gateway/calls.js';
import { anyStage } from '../../stage/arbitraries.js';
import { aMethod, aStage } from '../../stages.js';
import { replace } from './live.js';

const split = (stage: Stage, operations: readonly PatchOperation[], size?: number) =>
  splitIntoCalls(stage, operations, applyPatch(stage, operations), size);
const needed = (stage: Stage, operations: readonly PatchOperation[]) =>
  dropNoOps(stage, operations, applyPatch(stage, operations));

const variables = (count: number) =>
  Array.from({ length: count }, (_, index) => replace(`/variables/v${index}`, String(index)));

test('80 operations are one call, 81 are two', () => {
  expect(split(aStage(), variables(80))).toHaveLength(1);
  expect(split(aStage(), variables(81)).map(({ length }) => length)).toEqual([80, 1]);
});

test('a method that is removed and built again is so in one call', () => {
  const keys = Array.from({ length: 6 }, (_, index) => `x${index}/GET`);
  const methods = Object.fromEntries(keys.map((key) => [key, aMethod({ loggingLevel: 'INFO' })]));
  const before = aStage({ methodSettings: methods });
  const after = aStage({ methodSettings: Object.fromEntries(keys.map((key) => [key, aMethod()])) });
  const calls = split(before, diffStages(before, after).operations, 8);
  expect(calls.length).toBeGreaterThan(1);
  for (const call of calls) {
    const keysOf = (op: string) => new Set(call.filter((one) => one.op === op).map(({ path }) => path.split('/')[1]));
    expect(keysOf('replace')).toEqual(keysOf('remove'));
  }
});

test('what is not a method stays in one call, as long as it fits', () => {
  const methods = Array.from({ length: 9 }, (_, index) => replace(`/x${index}/GET/caching/enabled`, 'true'));
  const operations = [...methods.slice(0, 5), replace('/deploymentId', 'dep9'), ...methods.slice(5), ...variables(3)];
  const call = split(aStage(), operations, 5).find((one) => one.some(({ path }) => path === '/deploymentId'));
  expect(call).toEqual(expect.arrayContaining(variables(3)));
});

test('the calls together do what the one call would', () => {
  fc.assert(
    fc.property(anyStage, anyStage, fc.integer({ min: 1, max: 7 }), (before, goal, size) => {
      const { operations } = diffStages(before, goal);
      const calls = split(before, operations, size);
      const after = calls.reduce((stage, call) => applyPatch(stage, call), before);
      expect(changesBetween(after, applyPatch(before, operations))).toEqual([]);
      expect(calls.every(({ length }) => length <= size || operations.length <= size)).toBe(true);
      expect(calls.flat()).toHaveLength(operations.length);
    }),
  );
});

test('what changes nothing is left out', () => {
  const stage = aStage({ description: 'old', methodSettings: { '~1/GET': aMethod({ loggingLevel: 'INFO' }) } });
  const operations = [
    { op: 'remove', path: '/accessLogSettings' },
    replace('/description', 'old'),
    replace('/clientCertificateId', ''),
    replace('/~1/GET/caching/enabled', 'false'),
    replace('/~1/GET/logging/loglevel', 'INFO'),
    replace('/x/GET/caching/enabled', 'false'),
  ] as const;
  expect(needed(stage, operations)).toEqual([operations[5]]);
});

test('an entry that is built again is built as a whole', () => {
  const stage = aStage({ methodSettings: { 'x/GET': aMethod({ loggingLevel: 'INFO', metricsEnabled: true }) } });
  const operations = [{ op: 'remove', path: '/x/GET' }, replace('/x/GET/metrics/enabled', 'true')] as const;
  expect(needed(stage, operations)).toEqual(operations);
});

test('what is left makes the same stage, and nothing is left of what is there already', () => {
  fc.assert(
    fc.property(anyStage, anyStage, (before, goal) => {
      const { operations } = diffStages(before, goal);
      const after = applyPatch(before, operations);
      expect(changesBetween(applyPatch(before, needed(before, operations)), after)).toEqual([]);
      const sets = operations.filter(({ op, path }) => op === 'replace' && !path.startsWith('/canary'));
      if (changesBetween(after, applyPatch(after, sets)).length === 0) expect(needed(after, sets)).toEqual([]);
    }),
  );
});

test('an edit of thousands of methods is foreseen in little time', () => {
  const keys = Array.from({ length: 2000 }, (_, index) => `x${index}/GET`);
  const stage = aStage({ methodSettings: Object.fromEntries(keys.map((key) => [key, aMethod()])) });
  const operations = keys.flatMap((key) => [
    replace(`/${key}/metrics/enabled`, 'true'),
    replace(`/${key}/caching/enabled`, 'false'),
  ]);
  const start = performance.now();
  expect(foreseeCalls(stage, [operations]).steps).toHaveLength(25);
  expect(performance.now() - start).toBeLessThan(2500);
});
