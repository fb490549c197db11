/** The state files of rollouts, by which the same command goes on after its process has ended. */
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { phases, type RolloutState } from '../canary/types.js';
import { failure, StageError } from '../stage/problem.js';
import { isObject } from '../stage/stage.js';
import { type LockOptions, withLock } from '../targets/lock.js';
import { parseJson } from '../text/json.js';
import type { World } from '../world.js';
import { makeFolder, stateFolder, writeWhole } from './journal.js';

const strings = ['id', 'target', 'productionId'];
const numbers = ['step', 'since', 'wait'];

const isState = (value: unknown): value is RolloutState =>
  isObject(value) &&
  value['version'] === 1 &&
  strings.every((name) => typeof value[name] === 'string') &&
  numbers.every((name) => typeof value[name] === 'number') &&
  phases.some((phase) => phase === value['phase']) &&
  Array.isArray(value['rounds']) &&
  isObject(value['plan']) &&
  Array.isArray(value['plan']['steps']) &&
  Array.isArray(value['plan']['gates']);

const whatToDo =
  'Look at the stage with stage status. Then delete the file, and run rollout-canary again: it goes on from the step that the stage shows.';

const fileError = (path: string, done: 'read' | 'written', error: unknown): StageError =>
  failure('file', 'state-file', `The state of the rollout, ${path}, cannot be ${done}: ${(error as Error).message}`);

const parse = (path: string, text: string): RolloutState => {
  const state = parseJson(text);
  if (isState(state)) return state;
  const got = state === undefined ? 'broken JSON' : 'other JSON, or the state of another version of stage';
  throw failure('file', 'broken-state', `${path}: expected the state of a rollout, got ${got}. ${whatToDo}`);
};

/** The state of a rollout in a file. */
export const rolloutFile = (path: string) => ({
  path,
  /** Undefined if there is no file. Throws StageError if it is not the state of a rollout. */
  read: (): RolloutState | undefined => {
    try {
      return existsSync(path) ? parse(path, readFileSync(path, 'utf8')) : undefined;
    } catch (error) {
      throw error instanceof StageError ? error : fileError(path, 'read', error);
    }
  },
  /** Replaces the whole file. Throws StageError if that is not possible. */
  write: (state: RolloutState): void => {
    try {
      makeFolder(dirname(path));
      writeWhole(path, `${JSON.stringify(state, null, 1)}\n`);
    } catch (error) {
      throw fileError(path, 'written', error);
    }
  },
});

export type RolloutFile = ReturnType<typeof rolloutFile>;

/** A readable name, which any file system accepts. */
const fileNameOf = (key: string): string => {
  const words = key.replace(/[^\w.-]+/g, '-').slice(-60);
  return `${words}-${createHash('sha256').update(key).digest('hex').slice(0, 8)}.json`;
};

/** The default state file of a stage; `key` is the same for every name of the stage. */
export const rolloutPath = (key: string, env: World['env']): string => {
  const folder = stateFolder(env, 'rollouts');
  if (folder !== undefined && folder !== '') return join(folder, fileNameOf(key));
  throw failure('config', 'no-home', 'HOME is not set, so the state of a rollout has no folder: add --state FILE.');
};

/** Does work while no other rollout of the stage runs on this machine. */
export const withRolloutLock = async <T>(
  { path }: RolloutFile,
  label: string,
  options: LockOptions,
  work: () => Promise<T>,
): Promise<T> => {
  let isBegun = false;
  const begin = (): Promise<T> => {
    isBegun = true;
    return work();
  };
  try {
    makeFolder(dirname(path));
    return await withLock(path, `${label}: another rollout of this stage is running`, options, begin);
  } catch (error) {
    throw isBegun || error instanceof StageError ? error : fileError(path, 'written', error);
  }
};

/** Writes a report, or appends it. Throws what the file system throws. */
export const saveReport = (file: string, text: string, isAppended: boolean): void =>
  isAppended ? appendFileSync(file, text) : writeFileSync(file, text);
