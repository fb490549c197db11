import type { Decide, Notice, Outcome } from '../stage/plan.js';
import type { Stage } from '../stage/stage.js';

/** Where a stage is stored: a file, a pipe, API Gateway. */
export interface StageTarget {
  /** Its name in reports: `prod.json`. */
  readonly label: string;
  /** The stage as it is now. */
  read(): Promise<Stage>;
  /** Notices about how the stage is written that `read` or `edit` read last. */
  notices?(): readonly Notice[];
  /** Throws if the stage that `read` read last cannot be edited to become `after`. */
  check?(after: Stage): Promise<unknown>;
  /**
   * Reads the stage, calls `decide`, and makes the calls that it returns, all under one lock if the target has one.
   * If `decide` throws, `edit` rejects with the same error and writes nothing.
   */
  edit(decide: Decide): Promise<Outcome>;
  /** The outcome of `edit` without making its calls. Only for targets that know more about it than the engine. */
  foresee?(decide: Decide): Promise<Outcome>;
}
