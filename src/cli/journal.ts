/** Connects a run to the journal. Loaded only if the run reads or writes the journal. */
import { resolve } from 'node:path';
import type { Undoable } from '../commands/command.js';
import {
  checkSavable,
  type JournalEntry,
  type JournalTarget,
  readJournal,
  realPath,
  writeWhole,
} from '../history/journal.js';
import { journaled, previousDeployments } from '../history/journaled.js';
import { asJson } from '../render/document.js';
import { nameAt } from '../render/human.js';
import { secretNames } from '../render/redact.js';
import { present } from '../settings/load-settings.js';
import { failure, type StageError } from '../stage/problem.js';
import { inverseOf, type StageResult } from '../stage/result.js';
import type { StageTarget } from '../targets/target.js';
import { listed } from '../text/printable.js';
import type { Address, Named } from './address.js';
import type { Context } from './context.js';
import { textOption, usageError } from './given-options.js';
import type { OpenedStage } from './open.js';
import { type Found, tellNotices } from './tell.js';

type Opened = Pick<OpenedStage, 'address' | 'live'>;

/** The journal's record of where a stage lives. */
export const journalTargetOf = async ({ address, live }: Opened, { world }: Context): Promise<JournalTarget> => {
  const { label } = address;
  if (!live) {
    const file = realPath(resolve(world.cwd, address.kind === 'file' ? address.file : ''));
    return { label, key: file, file };
  }
  const { restApiId, stageName, region, profile, endpointUrl, roleArn } = await live.whereabouts();
  const key = [region, endpointUrl, restApiId, stageName].filter((part) => part !== undefined).join(' ');
  return {
    ...{ label, key, live: { restApiId, stageName, ...present({ region, profile, endpointUrl }) } },
    ...present({ caller: roleArn ?? profile }),
  };
};

/** The target, with its edits recorded in the journal. */
export const withJournal = (opened: OpenedStage, context: Context): StageTarget => {
  const { world, settings, command } = context;
  return journaled(opened.target, {
    target: () => journalTargetOf(opened, context),
    command: command.name,
    reason: textOption(context, 'reason'),
    isSecret: settings.journal === 'full' ? () => false : secretNames(settings.redact),
    world,
  });
};

const entriesOf = async (opened: Opened, context: Context): Promise<readonly JournalEntry[]> => {
  const { key } = await journalTargetOf(opened, context);
  return readJournal(context.world).filter(({ target }) => target.key === key);
};

/** The deployments that a stage served according to the journal, newest first. */
export const servedBefore = async (opened: Opened, context: Context): Promise<readonly string[]> =>
  previousDeployments(await entriesOf(opened, context));

/** The journal entry with the id from `--id`. */
const entryCalled = (id: string, { world }: Context): JournalEntry => {
  const entry = readJournal(world).find((each) => each.id === id);
  if (entry) return entry;
  throw failure('expectation', 'unknown-edit', `The journal has no edit ${id}; stage history lists those that it has.`);
};

/** The stage that the edit with this id was made on, used if TARGET is omitted. */
export const stageOfEdit = (id: string, context: Context): Named => {
  const { target } = entryCalled(id, context);
  return target.live ?? `file:${target.file}`;
};

/** The edit to undo: the one from `--id`, or the last edit of the stage that may have changed something. */
export const editToUndo = async (opened: Opened, context: Context): Promise<Undoable> => {
  const id = textOption(context, 'id');
  const entries = await entriesOf(opened, context);
  const mayHaveChanged = ({ state, touched, others = [] }: JournalEntry): boolean =>
    state !== 'refused' && touched.length + others.length > 0;
  const entry = entries.find((each) => (id === undefined ? mayHaveChanged(each) : each.id === id));
  if (entry) return entry;
  const { label } = opened.address;
  if (id !== undefined) {
    const { target } = entryCalled(id, context);
    throw usageError(`Edit ${id} was made on ${target.label}, not on ${label}; leave out ${label}.`);
  }
  const kept = opened.live ? '' : ' Edits of files are recorded with --journal.';
  throw failure('expectation', 'nothing-to-undo', `${label}: the journal has no edit of this stage.${kept}`);
};

const notSaved = (before: string, file: string, error: unknown): StageError => {
  // Without the name of the draft, which the file system adds.
  const reason = (error as Error).message.replace(/, \w+ '.*$/s, '.');
  return failure('file', 'not-saved', `${before}${file} cannot be written: ${reason}`);
};

/** Refuses an unusable `--save-inverse` file before the edit is made. */
export const checkInverseFile = (file: string, address: Address, { world, request, options }: Context): void => {
  const pathOf = (word: string): string => realPath(resolve(world.cwd, word.replace(/^file:|#.*$/g, '')));
  const stageFile = address.kind === 'file' ? address.file : '';
  const used = [stageFile, ...request.targets, textOption({ options }, 'file') ?? ''].map(pathOf);
  const path = realPath(resolve(world.cwd, file));
  try {
    checkSavable(path);
    if (used.includes(path)) throw new Error('the command reads or edits it.');
  } catch (error) {
    throw notSaved('--save-inverse: ', file, error);
  }
};

/** Writes the operations that undo an edit, in the format of `patch --patch-operations file://FILE`. */
export const saveInverse = (file: string, result: StageResult, { world }: Context): void => {
  try {
    writeWhole(realPath(resolve(world.cwd, file)), asJson(inverseOf(result).operations));
  } catch (error) {
    throw notSaved(`${result.label}: the edit was applied, but `, file, error);
  }
};

const mostNamed = 3;

/** The text before the list of properties. */
const deeds = { CreateStage: 'created with ', FlushStageCache: 'cache flushed', CreateDeployment: 'deployed with ' };

const summaryOf = ({ state, touched, operations, others = [] }: JournalEntry): string => {
  // The effect of operations may be unknown.
  const known = touched.length > 0 || state === 'done' ? touched : operations;
  const names = known.map(({ path }) => nameAt(path));
  const done = others.map((kind) => deeds[kind]).join('');
  const what = names.length === 0 ? done || 'no property' : `${done}${listed(names, mostNamed)}`;
  return state === 'done' ? what : `${state === 'started' ? 'unfinished' : state}: ${what}`;
};

/** `stage history`: lists the edits in the journal, for all stages or for one. */
export const listHistory = async (opened: Opened | undefined, context: Context): Promise<Found> => {
  const entries = opened ? await entriesOf(opened, context) : readJournal(context.world);
  const rows = entries.map((entry) => {
    const { id, time, target, command, reason = '' } = entry;
    return [id, time, target.label, command, summaryOf(entry), reason];
  });
  const whose = opened ? ` of ${opened.address.label}` : '';
  if (rows.length === 0 && (context.output.asked ?? 'text') === 'text')
    tellNotices([{ code: 'no-edits', message: `There are no edits${whose} in the journal.` }], context);
  return { value: entries, table: [['EDIT', 'TIME', 'TARGET', 'COMMAND', 'CHANGES', 'REASON'], ...rows] };
};
