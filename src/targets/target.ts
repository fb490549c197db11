import type { Decide, Notice, Outcome } from '../stage/plan.js';
import type { Stage } from '../stage/stage.js';

/** A place where a stage lives: a file, a pipe, API Gateway. */
export interface StageTarget {
  /** What reports call it: `prod.json`. */
  readonly label: string;
  /** The stage as it is now. */
  read(): Promise<Stage>;
  /** What is worth saying of how the stage is written that was read last, by `read` or by `edit`. */
  notices?(): readonly Notice[];
  /**
   * Reads the stage, asks `decide` what to do with it, and does that; all of it under one lock where the target has one.
   * What `decide` throws is thrown, and then nothing was written.
   */
  edit(decide: Decide): Promise<Outcome>;
  /** What `edit` would do, its calls not made; where the target knows more of that than the engine does. */
  foresee?(decide: Decide): Promise<Outcome>;
}
