import fc from 'fast-check';
import { changesBetween } from '../../../src/stage/changes.js';
import { diffStages } from '../../../src/stage/diff.js';
import type { PatchOperation } from '../../../src/stage/operation.js';
import { applyPatch } from '../../../src/stage/patch.js';
import type { Stage } from '../../../src/stage/stage.js';
import { thin } from '../../../src/targets/api-gateway/thin.js';
import { anyStage } from '../../stage/arbitraries.js';
import { aMethod, aStage } from '../../stages.js';
import { replace } from './live.js';

const thinned = (stage: Stage, operations: readonly PatchOperation[]) =>
  thin(stage, operations, applyPatch(stage, operations));

test('a setting that a new entry has by itself is left out, as it is then', () => {
  const stage = aStage({ methodSettings: { '*/*': aMethod() } });
  const operations = [
    replace('/*/*/throttling/rateLimit', '7'),
    replace('/x/GET/caching/enabled', 'true'),
    replace('/x/GET/throttling/rateLimit', '7'),
    replace('/x/GET/throttling/burstLimit', '7'),
  ];
  expect(thinned(stage, operations)).toEqual([operations[0], operations[1], operations[3]]);
});

test('nothing of a diff can be left out, and all of it where it is made already', () => {
  fc.assert(
    fc.property(anyStage, anyStage, (before, goal) => {
      const { operations } = diffStages(before, goal);
      const needed = thinned(before, operations);
      const after = applyPatch(before, operations);
      expect(changesBetween(applyPatch(before, needed), after)).toEqual([]);
      expect(diffStages(after, after).operations).toEqual([]);
      const sets = operations.filter(({ op, path }) => op === 'replace' && !path.startsWith('/canary'));
      if (changesBetween(after, applyPatch(after, sets)).length === 0) expect(thinned(after, sets)).toEqual([]);
    }),
  );
});
