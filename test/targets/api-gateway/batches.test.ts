import fc from 'fast-check';
import { changesBetween } from '../../../src/stage/changes.js';
import { diffStages } from '../../../src/stage/diff.js';
import type { PatchOperation } from '../../../src/stage/operation.js';
import { applyPatch } from '../../../src/stage/patch.js';
import type { Stage } from '../../../src/stage/stage.js';
import { splitAsGiven, splitIntoCalls } from '../../../src/targets/api-gateway/batches.js';
import { anyStage } from '../../stage/arbitraries.js';
import { aCanary, aMethod, aStage } from '../../stages.js';
import { replace } from './live.js';

const split = (stage: Stage, operations: readonly PatchOperation[], size?: number) =>
  splitIntoCalls(stage, operations, applyPatch(stage, operations), size);

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
  const { operations } = diffStages(before, after);
  const calls = split(before, operations, 8);
  expect(calls.length).toBeGreaterThan(1);
  for (const call of calls) {
    const made = new Set(call.filter(({ op }) => op === 'replace').map(({ path }) => path.split('/')[1]));
    const removed = new Set(call.filter(({ op }) => op === 'remove').map(({ path }) => path.split('/')[1]));
    expect(made).toEqual(removed);
  }
});

test('what is no method stays in one call, as long as it fits', () => {
  const methods = Array.from({ length: 9 }, (_, index) => replace(`/x${index}/GET/caching/enabled`, 'true'));
  const operations = [...methods.slice(0, 5), replace('/deploymentId', 'dep9'), ...methods.slice(5), ...variables(3)];
  const calls = split(aStage(), operations, 5);
  expect(calls.find((call) => call.some(({ path }) => path === '/deploymentId'))).toEqual(
    expect.arrayContaining(variables(3)),
  );
});

test('where it does not fit, the deployment comes once its variables are there', () => {
  const calls = split(aStage(), [replace('/deploymentId', 'dep9'), ...variables(12)], 5);
  expect(calls.at(-1)?.at(-1)).toEqual(replace('/deploymentId', 'dep9'));
});

const overrides = (count: number) =>
  Array.from({ length: count }, (_, index) => replace(`/canarySettings/stageVariableOverrides/v${index}`, 'x'));

test.each([
  ['up, it does so once all of the canary is there', aStage(), '50', -1],
  ['up further, it does so once all of the canary is there', aStage({ canarySettings: aCanary() }), '99', -1],
  ['down, it does so before any of the canary changes', aStage({ canarySettings: aCanary() }), '0', 0],
])('where the share of a canary goes %s', (_what, stage, percent, place) => {
  const traffic = replace('/canarySettings/percentTraffic', percent);
  const calls = split(stage, [replace('/canarySettings/deploymentId', 'dep9'), traffic, ...overrides(12)], 5);
  expect(calls.length).toBeGreaterThan(1);
  expect(calls.flat().at(place)).toEqual(traffic);
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
      expect(splitAsGiven(operations, size).flat()).toEqual(operations);
    }),
  );
});
