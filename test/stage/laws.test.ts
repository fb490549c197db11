import fc from 'fast-check';
import { changesBetween, diffStages } from '../../src/stage/diff.js';
import { applyPatch } from '../../src/stage/patch.js';
import { nameOf } from '../../src/stage/place.js';
import { PatchError } from '../../src/stage/problem.js';
import type { PatchOperation, Stage } from '../../src/stage/stage.js';
import { anyStage, methodKey, variableName, variableValue } from './arbitraries.js';

const runs = { numRuns: 400 };

const op = fc.constantFrom('add', 'remove', 'replace', 'copy', 'move', 'test', 'frobnicate');
const path = fc.oneof(
  fc.constantFrom(
    '/description',
    '/deploymentId',
    '/variables',
    '/canarySettings',
    '/canarySettings/percentTraffic',
    '/canarySettings/deploymentId',
    '/accessLogSettings',
    '/accessLogSettings/format',
    '/variables/__proto__',
    '/__proto__/GET/caching/enabled',
    '',
    '/',
    '//',
    '~',
  ),
  variableName.map((name) => `/variables/${name}`),
  variableName.map((name) => `/canarySettings/stageVariableOverrides/${name}`),
  methodKey.map((key) => `/${key}`),
  methodKey.map((key) => `/${key}/caching/ttlInSeconds`),
  methodKey.map((key) => `/${key}/logging/loglevel`),
  fc.string(),
);
const value = fc.oneof(variableValue, fc.constantFrom('', '10', '3601', 'true', 'INFO', 'dep1', '$context.requestId'));
const from = fc.constantFrom('/canarySettings/deploymentId', '/canarySettings/stageVariableOverrides', '/variables');
const anyOperation = fc.record(
  { op, path, value, from },
  { requiredKeys: ['op', 'path'] },
) as fc.Arbitrary<PatchOperation>;

const freeze = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freeze);
  return value;
};

const attempt = (stage: Stage, operations: readonly PatchOperation[]): Stage | PatchError => {
  try {
    return applyPatch(stage, operations);
  } catch (error) {
    if (error instanceof PatchError) return error;
    throw error;
  }
};

test('a patch does not modify its argument, and results in a stage or all problems', () =>
  fc.assert(
    fc.property(anyStage, fc.array(anyOperation, { maxLength: 6 }), (stage, operations) => {
      const before = JSON.stringify(stage);
      const answer = attempt(freeze(stage), operations);
      expect(JSON.stringify(stage)).toBe(before);
      if (answer instanceof PatchError) {
        expect(answer.problems.length).toBeGreaterThan(0);
        expect(answer.message).toBe(answer.problems[0]?.message);
        for (const { operation, index } of answer.problems) expect(operation).toBe(operations[index]);
      }
    }),
    runs,
  ));

test('the operations that are refused one by one are the problems of the whole patch', () =>
  fc.assert(
    fc.property(anyStage, fc.array(anyOperation, { maxLength: 6 }), (stage, operations) => {
      let held = stage;
      const refused: number[] = [];
      operations.forEach((operation, index) => {
        const answer = attempt(held, [operation]);
        if (answer instanceof PatchError) refused.push(index);
        else held = answer;
      });
      const whole = attempt(stage, operations);
      const indices = whole instanceof PatchError ? whole.problems.map(({ index }) => index).sort((a, b) => a - b) : [];
      expect(indices).toEqual(refused);
      if (!(whole instanceof PatchError)) expect(whole).toEqual(held);
    }),
    runs,
  ));

test('a patch shares what it does not change', () =>
  fc.assert(
    fc.property(anyStage, (stage) => {
      const after = applyPatch(stage, [{ op: 'replace', path: '/description', value: 'x' }]);
      expect(after.methodSettings).toBe(stage.methodSettings);
      expect(after.variables).toBe(stage.variables);
      expect(after.canarySettings).toBe(stage.canarySettings);
    }),
    runs,
  ));

test('applying a diff gives the other stage, except for the leaves that it reports', () =>
  fc.assert(
    fc.property(anyStage, anyStage, (before, after) => {
      const { operations, problems } = diffStages(before, after);
      const left = changesBetween(applyPatch(before, operations), after).map(({ place }) => nameOf(place));
      expect(left).toEqual(problems.map(({ name }) => name));
      // Only these two cannot be removed by any operation.
      for (const name of left) expect(name).toBe('cacheClusterSize');
    }),
    { numRuns: 1000 },
  ));

const throttle = /\/throttling\/(burstLimit|rateLimit)$/;

test('no operation of a diff can be omitted, except for throttles of new entries, whose defaults are unknown', () =>
  fc.assert(
    fc.property(anyStage, anyStage, (before, after) => {
      const { operations } = diffStages(before, after);
      const whole = applyPatch(before, operations);
      operations.forEach((operation, index) => {
        if (throttle.test(operation.path)) return;
        const fewer = attempt(
          before,
          operations.filter((_, other) => other !== index),
        );
        if (!(fewer instanceof PatchError)) expect(changesBetween(fewer, whole)).not.toEqual([]);
      });
    }),
    { numRuns: 300 },
  ));

test('equal stages have no diff, ignoring dates and the cache status', () =>
  fc.assert(
    fc.property(anyStage, (stage) => {
      const other: Stage = {
        ...structuredClone(stage),
        lastUpdatedDate: 1,
        createdDate: 2,
        cacheClusterStatus: 'AVAILABLE',
      };
      expect(diffStages(stage, other)).toEqual({ operations: [], problems: [] });
    }),
    runs,
  ));

test('the inverse of an edit undoes it', () =>
  fc.assert(
    fc.property(anyStage, fc.array(anyOperation, { maxLength: 6 }), (before, operations) => {
      const after = attempt(before, operations);
      if (after instanceof PatchError) return;
      const inverse = diffStages(after, before);
      const back = applyPatch(after, inverse.operations);
      expect(changesBetween(back, before).map(({ place }) => nameOf(place))).toEqual(
        inverse.problems.map(({ name }) => name),
      );
    }),
    { numRuns: 1000 },
  ));

test('objects that two stages share do not affect their diff', () =>
  fc.assert(
    fc.property(anyStage, fc.array(anyOperation, { maxLength: 6 }), (before, operations) => {
      const after = attempt(before, operations);
      if (after instanceof PatchError) return;
      expect(diffStages(after, before)).toEqual(diffStages(structuredClone(after), structuredClone(before)));
    }),
    runs,
  ));

test('a diff of chosen places does not change the others', () =>
  fc.assert(
    fc.property(anyStage, anyStage, (before, after) => {
      const { operations } = diffStages(before, after, ({ property }) => property.group === 'variables');
      const result = applyPatch(before, operations);
      expect(result.variables).toEqual(after.variables);
      expect({ ...result, variables: null }).toEqual({ ...before, variables: null });
    }),
    runs,
  ));
