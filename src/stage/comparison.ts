import type { Change } from './diff.js';
import type { Notice } from './plan.js';
import type { PatchOperation, Stage } from './stage.js';

/** How a stage differs from another stage, or from the stage that a document describes. */
export interface Comparison {
  readonly before: Stage;
  readonly after: Stage;
  readonly changes: readonly Change[];
  /** Number of differences, including those outside the property table. */
  readonly count: number;
  readonly notices: readonly Notice[];
  /** Operations that turn `before` into `after`, and notices about the rest. Lazy: few output formats need them. */
  readonly patch: () => { readonly operations: readonly PatchOperation[]; readonly notices: readonly Notice[] };
}

/** Whether UpdateStage can change a place. */
export const isEditable = ({ place }: Pick<Change, 'place'>): boolean => place.property.ops.length > 0;
