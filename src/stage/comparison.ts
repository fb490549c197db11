import type { Change } from './diff.js';
import type { Notice } from './plan.js';
import type { PatchOperation, Stage } from './stage.js';

/** How a stage differs from another one, or from what a document asks of it. */
export interface Comparison {
  readonly before: Stage;
  readonly after: Stage;
  readonly changes: readonly Change[];
  /** How much differs: properties, and what is not one. */
  readonly count: number;
  readonly notices: readonly Notice[];
  /** What makes `before` into `after`, and notices of what no operation can change. Asked for by few forms. */
  readonly patch: () => { readonly operations: readonly PatchOperation[]; readonly notices: readonly Notice[] };
}

/** Whether UpdateStage can change a place. */
export const isEditable = ({ place }: Pick<Change, 'place'>): boolean => place.property.ops.length > 0;
