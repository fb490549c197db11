/** Wraps a target to record its edits in the journal, before and after they are made. */
import type { Touched } from '../commands/command.js';
import { type IsSecret, isSecretPlace, maskSecrets } from '../render/redact.js';
import { changesBetween } from '../stage/diff.js';
import { pathOf } from '../stage/place.js';
import type { Calls, Notice } from '../stage/plan.js';
import { PatchError, StageError } from '../stage/problem.js';
import { applyCalls, inverseOf, operationsOf, plannedOperations, sent } from '../stage/result.js';
import type { PatchOperation, Stage } from '../stage/stage.js';
import type { StageTarget } from '../targets/target.js';
import { randomWord, type World } from '../world.js';
import { type JournalEntry, type JournalTarget, removeEntry, writeEntry } from './journal.js';

interface JournalOptions {
  /** Returns the stage's location; called when an edit starts. */
  readonly target: () => Promise<JournalTarget>;
  readonly command: string;
  readonly reason: string | undefined;
  /** Values to mask in the journal. */
  readonly isSecret: IsSecret;
  readonly world: Pick<World, 'env' | 'now' | 'random'>;
}

/** The expected stage after the calls; unchanged if their effect is unknown. */
const foreseen = (stage: Stage, calls: Calls): Stage => {
  try {
    return applyCalls(stage, calls);
  } catch (error) {
    if (error instanceof PatchError) return stage;
    throw error;
  }
};

const masked = (operations: readonly PatchOperation[], isSecret: IsSecret): readonly PatchOperation[] =>
  maskSecrets(operations, isSecret) as readonly PatchOperation[];

/** The effect of an edit, in the form that the journal stores. */
const effectOf = (before: Stage, after: Stage, operations: readonly PatchOperation[], isSecret: IsSecret) => ({
  operations: masked(operations, isSecret),
  inverse: masked(inverseOf({ before, after }).operations, isSecret),
  touched: changesBetween(before, after).map(
    ({ place, before, after }): Touched => ({
      path: pathOf(place),
      ...(isSecretPlace(place, isSecret) ? { isMasked: true } : { before, after }),
    }),
  ),
});

/** Whether a failed edit may have changed something. */
const isDoubtful = ({ kind, problems }: StageError): boolean =>
  kind === 'unexpected' ||
  problems.some(({ code }) => code === 'unclear' || code === 'partly-applied' || code === 'not-applied');

/** Adds a journal to a target. If it cannot be written, the edit goes on with a notice. */
export const journaled = (target: StageTarget, options: JournalOptions): StageTarget => ({
  ...target,
  edit: async (decide) => {
    const { command, reason, isSecret, world } = options;
    const head = {
      id: randomWord(world),
      time: new Date(world.now()).toISOString(),
      target: await options.target(),
      command,
      reason,
    };
    const notices: Notice[] = [];
    let entry: JournalEntry | undefined;
    let held: Stage = {};
    const write = (next: JournalEntry): void => {
      try {
        writeEntry(next, world);
        entry = next;
      } catch (error) {
        const message = `The journal cannot be written, so stage undo may not know this edit: ${(error as Error).message}`;
        notices[0] = { code: 'not-journaled', message };
      }
    };
    try {
      const outcome = await target.edit((stage) => {
        held = stage;
        const calls = decide(stage);
        const operations = sent(plannedOperations(calls));
        const others = calls.flatMap((call) => ('kind' in call ? [call.kind] : []));
        if (operations.length + others.length > 0)
          write({
            ...{ ...head, state: 'started', ...(others.length > 0 && { others }) },
            ...effectOf(stage, foreseen(stage, calls), operations, isSecret),
          });
        return calls;
      });
      const { before, after, own = after } = outcome;
      if (entry) write({ ...entry, ...effectOf(before, own, operationsOf(outcome), isSecret), state: 'done' });
      return { ...outcome, notices: [...(outcome.notices ?? []), ...notices] };
    } catch (error) {
      // A failed edit may be partly applied, which undo compares. One that certainly was not made leaves no entry.
      if (!entry) throw error;
      if (error instanceof StageError && error.left !== undefined)
        write({ ...entry, ...effectOf(held, error.left, entry.operations, isSecret), state: 'failed' });
      else if (!(error instanceof StageError) || isDoubtful(error)) write({ ...entry, state: 'failed' });
      else if (error.kind === 'refused') write({ ...entry, state: 'refused' });
      else removeEntry(entry, world);
      throw error;
    }
  },
});

/** The deployments that a stage served according to its entries, newest first. */
export const previousDeployments = (entries: readonly JournalEntry[]): readonly string[] =>
  entries.flatMap(({ touched, state }) =>
    touched
      .filter(({ path }) => path === '/deploymentId')
      .flatMap(({ before, after }) => (state === 'done' ? [after, before] : [before]))
      .filter((id) => typeof id === 'string'),
  );
