/** Which stage a word means. */

import { basename, resolve } from 'node:path';
import { maskWord } from '../render/mask-given.js';
import type { IsSecret } from '../render/redact.js';
import type { Settings, StageEntry } from '../settings/settings.js';
import { failure, StageError } from '../stage/problem.js';
import { stageNamePattern } from '../stage/stage.js';
import { nearestWord } from '../text/spelling.js';
import { stageFileName } from '../text/stage-file-name.js';
import type { World } from '../world.js';
import { atApiAndStage, atApiName, atArn, atIds, atLiveEntry, atUrl, isId } from './live-address.js';
import { suggestProperty } from './suggestions.js';

/** A stage of API Gateway, by the id of its API or by the name that people gave that. */
export interface LivePlace {
  readonly api: { readonly id: string } | { readonly name: string };
  readonly stageName: string;
  /** What the address or the configuration says; flags and the environment come into it later. */
  readonly region?: string;
  readonly profile?: string;
  readonly endpointUrl?: string;
}

export type Address = {
  /** What reports call it. */
  readonly label: string;
  /** Said behind the label, where the word was left out. */
  readonly from?: string;
} & (
  | { readonly kind: 'stdio' }
  /** The path of a stage file. */
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'live'; readonly live: LivePlace }
);

/** A stage by its ids, as the AWS CLI's flags give them. */
export interface AwsNames {
  readonly restApiId: string;
  readonly stageName: string;
}

export interface Surroundings extends Pick<World, 'cwd' | 'env'> {
  readonly settings: Settings;
  readonly isSecret: IsSecret;
  /** Whether an endpoint other than AWS's is asked, where an API may have any id. */
  readonly isElsewhere: boolean;
}

export const targetError = (message: string): StageError => failure('usage', 'target', message);

const atFile = (file: string, label: string): Address => ({ kind: 'file', file, label });

const inHome = (word: string, { env: { HOME: home } }: Surroundings): string => {
  if (word !== '~' && !word.startsWith('~/'))
    throw targetError(`${word}: only ~/ is read as a home folder; write the path in full.`);
  if (!home) throw targetError(`${word}: HOME is not set, so nobody knows which folder ~ is; write the path in full.`);
  return resolve(home, `.${word.slice(1)}`);
};

const atPath = (path: string, surroundings: Surroundings): Address =>
  atFile(path.startsWith('~') ? inHome(path, surroundings) : path, path);

const unknownName = (word: string, { settings }: Surroundings): StageError => {
  const names = [...settings.stages.keys()];
  const near = nearestWord(word, names);
  const known = names.length === 0 ? 'no stage is named in a .stagerc here' : `.stagerc names ${names.join(', ')}`;
  const stageOf = isId(word) ? ` For a stage of the API ${word}, write ${word}/STAGE.` : '';
  const others = `For a file, write ./${word} or ${word}.json.${stageOf}`;
  const advice = suggestProperty({ name: word }) ?? (near ? `Did you mean ${near}?` : others);
  return targetError(`There is no stage called ${word}: ${known}. ${advice}`);
};

/** That of an API which AWS has made. */
export const idPattern = '[a-z0-9]{10}';

// Of two slashes, as the AWS CLI wants them, none is a part of the path.
const filePrefix = /^file:(?:\/\/)?/;

const slash = /\//;

/** The ways to write a target, and what each is read as; the first that fits counts. */
const forms: readonly (readonly [RegExp, (word: string, surroundings: Surroundings) => Address])[] = [
  [/^-$/, () => ({ kind: 'stdio', label: '-' })],
  [filePrefix, (word, surroundings) => atPath(word.replace(filePrefix, ''), surroundings)],
  // Not the functions themselves: that would load them for whoever edits a file.
  [/^name:/, (word) => atApiName(word)],
  [/^arn:/, (word) => atArn(word)],
  [/^https?:/i, (word) => atUrl(word)],
  [/^~|^\.|^\/.*\//, atPath],
  [stageFileName, atPath],
  [slash, (word, surroundings) => atApiAndStage(word, surroundings)],
];

const apiAndStage = new RegExp(`^${idPattern}/${stageNamePattern}$`);

/** Whether a word can be meant for nothing but a stage. A slash alone does not say so: methods have one too. */
export const isAddress = (word: string): boolean =>
  forms.some(([pattern]) => pattern.test(word) && (pattern !== slash || apiAndStage.test(word)));

/** A configuration as people call it: by its name where that says what it is. */
const nameOfConfig = (file = ''): string => (/^\.stagerc|^package\./.test(basename(file)) ? basename(file) : file);

const atEntry = (entry: StageEntry, { settings }: Surroundings): Address =>
  'file' in entry
    ? atFile(entry.file, entry.name)
    : atLiveEntry(entry, `${nameOfConfig(settings.configFile)}: stages.${entry.name}`);

const atWord = (word: string, surroundings: Surroundings): Address => {
  if (word.replace(filePrefix, '') === '') throw targetError('file: needs a path behind it.');
  const entry = surroundings.settings.stages.get(word);
  if (entry) return atEntry(entry, surroundings);
  const form = forms.find(([pattern]) => pattern.test(word));
  // An assignment whose equals sign was slipped stands where a stage is expected.
  if (form === undefined) throw unknownName(maskWord(word, surroundings.isSecret), surroundings);
  return form[1](word, surroundings);
};

/** What a word means that is written in another folder. */
const atBase = (word: string, base: string, surroundings: Surroundings): Address => {
  const address = atWord(word, surroundings);
  if (address.kind !== 'file' || base === surroundings.cwd) return address;
  const file = resolve(base, address.file);
  return { ...address, file, label: surroundings.settings.stages.has(word) ? word : file };
};

/** What is wrong with the word of a setting is wrong with the configuration, and says where it stands. */
const inSetting = (source: string, read: () => Address): Address => {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof StageError)) throw error;
    throw failure('config', 'target', `${source}: ${error.message}`);
  }
};

const atDefault = (surroundings: Surroundings): Address => {
  const { settings } = surroundings;
  if (settings.default === undefined) {
    throw targetError(
      'Which stage? Name a stage file (prod.json), API/STAGE, - for standard input, or set a default in .stagerc.',
    );
  }
  const { value, from, base } = settings.default;
  const file = nameOfConfig(settings.configFile);
  const [source, origin] =
    from === 'environment' ? ['STAGE_DEFAULT', 'STAGE_DEFAULT'] : [`${file}: default`, `the default of ${file}`];
  return { ...inSetting(source, () => atBase(value, base, surroundings)), from: ` (${origin})` };
};

/** How a stage was named: by a word, by the AWS CLI's flags, or not at all. */
export type Named = string | AwsNames | undefined;

/** The stage that is meant, where none was named the default. Throws where it is none that can be reached. */
export const addressOf = (named: Named, surroundings: Surroundings): Address => {
  if (named === undefined) return atDefault(surroundings);
  return typeof named === 'string' ? atWord(named, surroundings) : atIds(named, surroundings);
};
