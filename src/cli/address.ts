/** Which stage a word means. */

import { basename, resolve } from 'node:path';
import type { LiveEntry, Settings, StageEntry } from '../settings/settings.js';
import { failure, StageError } from '../stage/problem.js';
import { stageNamePattern } from '../stage/stage.js';
import { nearestWord } from '../text/spelling.js';
import { stageFileName } from '../text/stage-file-name.js';
import type { World } from '../world.js';
import { suggestProperty } from './suggestions.js';

/** A stage of API Gateway, by the id or the name of its API, with what the address or the configuration says of how to reach it. */
export interface LivePlace {
  readonly api: { readonly id: string } | { readonly name: string };
  readonly stageName: string;
  readonly region?: string;
  readonly profile?: string;
  readonly endpointUrl?: string;
}

export type Address = {
  /** What reports call it. */
  readonly label: string;
  /** Follows the label of a default stage: ` (the default of .stagerc)`. */
  readonly from?: string;
} & (
  | { readonly kind: 'stdio' }
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'live'; readonly live: LivePlace }
);

export type LiveAddress = Extract<Address, { readonly kind: 'live' }>;

type StageIds = Pick<LiveEntry, 'restApiId' | 'stageName'>;

/** How a stage was named: by a word, by the AWS CLI's options, or not at all. */
export type Named = string | StageIds | undefined;

export interface Surroundings extends Pick<World, 'cwd' | 'env'> {
  readonly settings: Settings;
  /** Whether the endpoint is not AWS's: there an API may have any id. */
  isElsewhere(): boolean;
}

const targetError = (message: string): StageError => failure('usage', 'target', message);

const atPath = (path: string, { env: { HOME: home } }: Surroundings): Address => {
  if (path === '') throw targetError('file: needs a path: file:prod.json.');
  if (path.includes('\0')) throw targetError(`${path}: a path cannot contain a NUL character.`);
  if (!path.startsWith('~')) return { kind: 'file', file: path, label: path };
  if (!/^~(?:\/|$)/.test(path)) throw targetError(`${path}: only ~/ is expanded; write the path in full.`);
  if (!home) throw targetError(`${path}: cannot expand ~: HOME is not set. Write the path in full.`);
  return { kind: 'file', file: resolve(home, `.${path.slice(1)}`), label: path };
};

const emptyId = 'the API id is empty (unset shell variable?).';
const nameExpected = 'expected letters, digits, _ and -';
const idExpected = 'ten lower-case letters and digits';

/** The id of an API that AWS has made. */
const idPattern = '[a-z0-9]{10}';
const isId = (id: string): boolean => new RegExp(`^${idPattern}$`).test(id);
const isIdAt = (isElsewhere: boolean, id: string): boolean => (isElsewhere ? /^(?!\.+$)[\w.-]+$/.test(id) : isId(id));
const isEmptyId = (id: string): boolean => /^(|null|none|undefined)$/i.test(id);
const isStageName = (name: string): boolean => new RegExp(`^${stageNamePattern}$`).test(name);

const atStage = (id: string, stageName: string, reach: Omit<LivePlace, 'api' | 'stageName'> = {}): LiveAddress => ({
  kind: 'live',
  live: { api: { id }, stageName, ...reach },
  label: `${id}/${stageName}`,
});

const invokeUrl = new RegExp(
  `^https://(?<id>[a-z0-9]+)(?:-vpce-[a-z0-9]+)?\\.execute-api\\.(?<region>[a-z0-9-]+)\\.amazonaws\\.com(?:\\.cn)?/(?<stage>${stageNamePattern})(?:[/?#]|$)`,
);
const stageArn = new RegExp(
  `^arn:aws[a-z-]*:apigateway:(?<region>[a-z0-9-]+):\\d*:/restapis/(?<id>[A-Za-z0-9]+)/stages/(?<stage>${stageNamePattern})$`,
);

/** `text` is the word with a host in lower case: that may be written in any case, the name of a stage may not. */
const atMatch = (pattern: RegExp, word: string, expected: string, text = word): LiveAddress => {
  const { id, region, stage } = pattern.exec(text)?.groups ?? {};
  if (!id || !region || !stage) throw targetError(`${word}: expected ${expected}.`);
  if (isEmptyId(id)) throw targetError(`${word}: ${emptyId}`);
  return atStage(id, stage, { region });
};

const urlExpected = 'an invoke URL, such as https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/prod';
const arnExpected = 'the ARN of a stage, arn:aws:apigateway:REGION::/restapis/API/stages/STAGE';

const atApiName = (word: string): LiveAddress => {
  const [, name, stage] = /^name:(.+)\/(.+)$/s.exec(word) ?? [];
  if (!name || !stage) throw targetError(`${word}: expected name:API/STAGE, such as name:orders-api/prod.`);
  if (!isStageName(stage)) throw targetError(`${word}: ${nameExpected} after the last slash, got ${stage}.`);
  return { kind: 'live', live: { api: { name }, stageName: stage }, label: word };
};

const atApiAndStage = (word: string, surroundings: Surroundings): LiveAddress => {
  const [id = '', stage = '', ...more] = word.split('/');
  if (isEmptyId(id)) throw targetError(`${word}: ${emptyId}`);
  if (more.length === 0 && isStageName(stage) && isIdAt(surroundings.isElsewhere(), id)) return atStage(id, stage);
  const file = more.join('') === '' ? '' : ` For a file of that name, write ./${word}.`;
  if (isId(id))
    throw targetError(`${word}: expected API/STAGE, such as ${id}/${isStageName(stage) ? stage : 'prod'}.${file}`);
  if (word.endsWith('/')) throw targetError(`${word} ends in a slash; expected a file or API/STAGE.`);
  throw targetError(
    `${word} is not an API/STAGE: an API's id is ${idExpected}. Did you mean name:${word}? A stage file is ./${word} or ` +
      `${word}.json.`,
  );
};

/** What is wrong with ids, by the name of the member that it is about. */
const wrongId = ({ restApiId: id, stageName }: StageIds, isElsewhere: boolean): readonly string[] => {
  if (isEmptyId(id)) return ['restApiId', ` ${id}: ${emptyId}`];
  if (!isIdAt(isElsewhere, id))
    return ['restApiId', `: expected ${isElsewhere ? 'letters, digits, _, . and -' : idExpected}, got ${id}.`];
  return isStageName(stageName) ? [] : ['stageName', `: ${nameExpected}, got ${stageName}.`];
};

const atIds = (ids: StageIds, surroundings: Surroundings): LiveAddress => {
  const [member, problem] = wrongId(ids, surroundings.isElsewhere());
  if (member) throw targetError(`${member === 'stageName' ? '--stage-name' : '--rest-api-id'}${problem}`);
  return atStage(ids.restApiId, ids.stageName);
};

const filePrefix = /^file:(?:\/\/)?/;

const slash = /\//;

/** The ways to write a target; the first that fits counts. */
const forms: readonly (readonly [RegExp, (word: string, surroundings: Surroundings) => Address])[] = [
  [/^-$/, () => ({ kind: 'stdio', label: '-' })],
  [filePrefix, (word, surroundings) => atPath(word.replace(filePrefix, ''), surroundings)],
  [/^name:/, atApiName],
  [/^arn:/, (word) => atMatch(stageArn, word, arnExpected)],
  [
    /^https?:/i,
    (word) =>
      atMatch(
        invokeUrl,
        word,
        urlExpected,
        word.replace(/^[^/]*\/\/[^/]*/, (host) => host.toLowerCase()),
      ),
  ],
  [/^~|^\.|^\/.*\/|\0/, atPath],
  [stageFileName, atPath],
  [slash, atApiAndStage],
];

const apiAndStage = new RegExp(`^${idPattern}/${stageNamePattern}$`);

/** Whether a word can only mean a stage. A slash alone does not say so: methods have one too. */
export const isAddress = (word: string): boolean =>
  forms.some(([pattern]) => pattern.test(word) && (pattern !== slash || apiAndStage.test(word)));

const unknownName = (word: string, names: readonly string[]): StageError => {
  const near = nearestWord(word, names);
  const known = names.length === 0 ? 'no .stagerc names stages' : `.stagerc names ${names.join(', ')}`;
  const stageOf = isId(word) ? ` For a stage of the API ${word}, write ${word}/STAGE.` : '';
  const advice = suggestProperty({ name: word }) ?? (near && `Did you mean ${near}?`);
  return targetError(
    `There is no stage called ${word}: ${known}. ${advice ?? `For a file, write ./${word} or ${word}.json.${stageOf}`}`,
  );
};

/** A configuration by its name, where that is enough to know it. */
const nameOfConfig = (file = ''): string => (/^\.stagerc|^package\./.test(basename(file)) ? basename(file) : file);

const atEntry = (entry: StageEntry, configFile: string | undefined): Address => {
  if ('file' in entry) return { kind: 'file', file: entry.file, label: entry.name };
  const { name, restApiId, stageName, protected: _, ...reach } = entry as LiveEntry & StageEntry;
  // The endpoint may be named elsewhere.
  const [member, problem] = wrongId(entry, true);
  if (member) throw failure('config', 'target', `${nameOfConfig(configFile)}: stages.${name}.${member}${problem}`);
  return { ...atStage(restApiId, stageName, reach), label: name };
};

const atWord = (word: string, surroundings: Surroundings): Address => {
  const { stages, configFile } = surroundings.settings;
  const entry = stages.get(word);
  if (entry) return atEntry(entry, configFile);
  const [, read] = forms.find(([pattern]) => pattern.test(word)) ?? [];
  if (read === undefined) throw unknownName(word, [...stages.keys()]);
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
    const isMoved = address.kind === 'file' && base !== cwd && !settings.stages.has(value);
    const file = isMoved ? resolve(base, address.file) : '';
    const origin = from === 'environment' ? 'STAGE_DEFAULT' : `the default of ${config}`;
    return { ...address, ...(isMoved && { file, label: file }), from: ` (${origin})` };
  } catch (error) {
    if (!(error instanceof StageError)) throw error;
    throw failure(
      'config',
      'target',
      `${from === 'environment' ? 'STAGE_DEFAULT' : `${config}: default`}: ${error.message}`,
    );
  }
};

/** The stage that was named, or the default one. Throws StageError('usage') or, for a default, StageError('config'). */
export const addressOf = (named: Named, surroundings: Surroundings): Address => {
  if (named === undefined) return atDefault(surroundings);
  return typeof named === 'string' ? atWord(named, surroundings) : atIds(named, surroundings);
};
