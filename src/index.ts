export type { Codec, Leaf, Site } from './stage/codec.js';
export {
  type Change,
  changesBetween,
  type DiffProblem,
  diffStages,
  type StageDiff,
  type Wanted,
} from './stage/diff.js';
export { parseOperations, type ReadOptions } from './stage/parse-operations.js';
export { applyPatch, type PatchContext } from './stage/patch.js';
export type { Place } from './stage/place.js';
export { type FailureKind, PatchError, type PatchProblem, type Problem, StageError } from './stage/problem.js';
export { type Group, type GroupName, groups, type Property, properties, unsetBy } from './stage/properties.js';
export type { Op, PatchOperation } from './stage/stage.js';
export {
  type AccessLogSettings,
  type CanarySettings,
  type MethodSetting,
  type Shape,
  type Stage,
  stageShape,
} from './stage/stage.js';
