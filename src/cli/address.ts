/** Which stage a word means. */

import { basename, resolve } from 'node:path';
import type { Settings, StageEntry } from '../settings/settings.js';
import { failure, StageError } from '../stage/problem.js';
import { stageNamePattern } from '../stage/stage.js';
import { nearestWord } from '../text/spelling.js';
import type { World } from '../world.js';
import { adviseWord } from './advice.js';
import {
  type AwsNames,
  atApiAndStage,
  atApiName,
  atArn,
  atIds,
  atLiveEntry,
  atUrl,
  idPattern,
  isId,
  type LiveAddress,
  targetError,
} from './live-address.js';

export type Address = (
  | { readonly kind: 'stdio'; readonly label: string }
  | { readonly kind: 'file'; readonly label: string; readonly file: string }
  | LiveAddress
) & {
  /** Follows the label of a default stage: ` (the default of .stagerc)`. */
  readonly from?: string;
};

/** How a stage was named: by a word, by the AWS CLI's options, or not at all. */
export type Named = string | AwsNames | undefined;

export interface Surroundings extends Pick<World, 'cwd' | 'env'> {
  readonly settings: Settings;
  /** Whether the endpoint is not AWS's: there an API may have any id. */
  readonly isElsewhere: boolean;
}

const homeOf = (word: string, { env: { HOME: home } }: Surroundings): string => {
  if (word !== '~' && !word.startsWith('~/'))
    throw targetError(`${word}: only ~/ is expanded; write the path in full.`);
  if (!home) throw targetError(`${word}: cannot expand ~: HOME is not set. Write the path in full.`);
  return resolve(home, `.${word.slice(1)}`);
};

const atPath = (path: string, surroundings: Surroundings): Address => {
  if (path === '') throw targetError('file: needs a path: file:prod.json.');
  if (path.includes('\0')) throw targetError(`${path}: a path cannot contain a NUL character.`);
  return { kind: 'file', file: path.startsWith('~') ? homeOf(path, surroundings) : path, label: path };
};

const filePrefix = /^file:(?:\/\/)?/;

const slash = /\//;

/** The ways to write a target; the first that fits counts. */
const forms: readonly (readonly [RegExp, (word: string, surroundings: Surroundings) => Address])[] = [
  [/^-$/, () => ({ kind: 'stdio', label: '-' })],
  [filePrefix, (word, surroundings) => atPath(word.replace(filePrefix, ''), surroundings)],
  [/^name:/, atApiName],
  [/^arn:/, atArn],
  [/^https?:/i, atUrl],
  [/^~|\.json$|^\.|^\/.*\/|\0/, atPath],
  [slash, (word, { isElsewhere }) => atApiAndStage(word, isElsewhere)],
];

const apiAndStage = new RegExp(`^${idPattern}/${stageNamePattern}$`);

/** Whether a word can only mean a stage. A slash alone does not say so: methods have one too. */
export const isAddress = (word: string): boolean =>
  forms.some(([pattern]) => pattern.test(word) && (pattern !== slash || apiAndStage.test(word)));

const unknownName = (word: string, { settings }: Surroundings): StageError => {
  const names = [...settings.stages.keys()];
  const near = nearestWord(word, names);
  const known = names.length === 0 ? 'there is no .stagerc with stages' : `.stagerc names ${names.join(', ')}`;
  const stageOf = isId(word) ? ` For a stage of the API ${word}, write ${word}/STAGE.` : '';
  const advice = adviseWord({ name: word }) ?? (near && `Did you mean ${near}?`);
  return targetError(
    `There is no stage called ${word}: ${known}. ${advice ?? `For a file, write ./${word} or ${word}.json.${stageOf}`}`,
  );
};

/** A configuration by its name, where that is enough to know it. */
const nameOfConfig = (file = ''): string => (/^\.stagerc|^package\./.test(basename(file)) ? basename(file) : file);

const atEntry = (entry: StageEntry, { settings }: Surroundings): Address =>
  'file' in entry
    ? { kind: 'file', file: entry.file, label: entry.name }
    : atLiveEntry(entry, `${nameOfConfig(settings.configFile)}: stages.${entry.name}`);

const atWord = (word: string, surroundings: Surroundings): Address => {
  const entry = surroundings.settings.stages.get(word);
  if (entry) return atEntry(entry, surroundings);
  const [, read] = forms.find(([pattern]) => pattern.test(word)) ?? [];
  if (read === undefined) throw unknownName(word, surroundings);
  return read(word, surroundings);
};

/** What is wrong with a default is wrong with the configuration, which the message names. */
const atDefault = (surroundings: Surroundings): Address => {
  const { settings, cwd } = surroundings;
  if (settings.default === undefined) {
    throw targetError(
      'Which stage? Name a stage file (prod.json), API/STAGE, - for standard input, or set a default in .stagerc.',
    );
  }
  const { value, from, base } = settings.default;
  const config = nameOfConfig(settings.configFile);
  try {
    const address = atWord(value, surroundings);
    const isElsewhere = address.kind === 'file' && base !== cwd && !settings.stages.has(value);
    const file = address.kind === 'file' ? resolve(base, address.file) : '';
    const origin = from === 'environment' ? 'STAGE_DEFAULT' : `the default of ${config}`;
    return { ...address, ...(isElsewhere && { file, label: file }), from: ` (${origin})` };
  } catch (error) {
    if (!(error instanceof StageError)) throw error;
    const source = from === 'environment' ? 'STAGE_DEFAULT' : `${config}: default`;
    throw failure('config', 'target', `${source}: ${error.message}`);
  }
};

/** The stage that was named, or the default one. Throws StageError('usage') or, for a default, StageError('config'). */
export const addressOf = (named: Named, surroundings: Surroundings): Address => {
  if (named === undefined) return atDefault(surroundings);
  return typeof named === 'string' ? atWord(named, surroundings) : atIds(named, surroundings.isElsewhere);
};
