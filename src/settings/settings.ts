/** The table of what can be set: the check of a configuration, and the reading of options and environment, go by its rows. */
import { shortened } from '../text/printable.js';

/** How what was found is printed; what was edited may be printed in more ways. */
export const viewFormats = ['text', 'json', 'yaml'] as const;
export const outputs = [...viewFormats, 'stage', 'patch', 'aws-cli', 'markdown'] as const;
export type Output = (typeof outputs)[number];
/** Whether edits of live stages are written down, and whether with their secrets. */
const journalModes = ['on', 'off', 'full'] as const;

/** Keys with values, which the rows of the members check. */
export const isMapping = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** What a value is, in words for a message. */
export const describe = (value: unknown): string => {
  if (value === null || value === undefined) return 'nothing';
  if (value === '') return 'an empty text';
  if (typeof value === 'string') return `the text ${JSON.stringify(shortened(value, 60))}`;
  if (typeof value !== 'object') return `the ${typeof value} ${value}`;
  if (Array.isArray(value)) return 'a list';
  return value instanceof Date ? 'a date' : 'keys with values';
};

/** What is wrong with a value, in a sentence; undefined where nothing is. */
export type Check = (value: unknown) => string | undefined;

const expecting =
  (hint: string, fits: (value: unknown) => boolean, got = describe): Check =>
  (value) => {
    if (fits(value)) return undefined;
    // In YAML, an id of digits is a number and `no` may be a switch: quotes make text of them.
    const isBare = (typeof value === 'number' || typeof value === 'boolean') && fits(String(value));
    return `expected ${hint}, got ${got(value)}${isBare ? '; put it in quotes' : ''}`;
  };

const textLike = (hint: string, pattern = /^/): Check =>
  expecting(hint, (value) => isText(value) && pattern.test(value));

const words = expecting('a list of words, numbers in quotes', (value) => Array.isArray(value) && value.every(isText));

const dimensions = expecting(
  'names of dimensions with their values, such as ApiName: pets',
  (value) => isMapping(value) && Object.values(value).every(isText),
);

const isWebAddress = (value: unknown): boolean => {
  const address = isText(value) && /^https?:\/\//i.test(value) && URL.canParse(value) && new URL(value);
  return address && address.username + address.password === '';
};

/** Reports name the address, so it may not hold a password; nor is one shown that was given. */
export const checkWebAddress = expecting('an http or https address', isWebAddress, (value) =>
  isText(value) && value.includes('@') ? 'one with a user name or a password in it' : describe(value),
);

// A region becomes a part of a host name, so nothing may be in it that would end one.
const regionName = textLike('a region such as eu-west-1', /^[a-z0-9-]+$/i);
// A shell expands `~`, we do not: in a folder of that name a protected stage would be looked for in vain.
const plainPath = /^[^~\0][^\0]*$/;
const stageTarget = textLike('the name of a stage, a stage file (not from ~), or API/STAGE', plainPath);
const oneOf = (words: readonly unknown[]) => expecting(`one of ${words.join(', ')}`, (value) => words.includes(value));
const profileName = textLike("the name of a profile in AWS's own configuration");

interface Setting {
  readonly check: Check;
  /** The variable that sets it. No other variable is read: Jenkins, for one, sets STAGE_NAME. */
  readonly env?: `STAGE_${string}`;
  /** Whether an option of its name sets it. */
  readonly isOption?: true;
}

const rows = {
  config: { check: textLike('the path of a configuration file'), isOption: true, env: 'STAGE_CONFIG' },
  stages: { check: expecting('stages by their names', isMapping) },
  default: { check: stageTarget, env: 'STAGE_DEFAULT' },
  output: { check: oneOf(outputs), isOption: true, env: 'STAGE_OUTPUT' },
  redact: { check: words, env: 'STAGE_REDACT' },
  region: { check: regionName, isOption: true, env: 'STAGE_REGION' },
  profile: { check: profileName, isOption: true, env: 'STAGE_PROFILE' },
  ownerTags: { check: words },
  journal: { check: oneOf(journalModes), env: 'STAGE_JOURNAL' },
  canaryDimensions: { check: dimensions },
} satisfies { readonly [name: string]: Setting };

/** All but `config` are keys of the configuration file too. */
export const settingRows: { readonly [Name in keyof typeof rows]: Setting } = rows;

/** The members of a stage in a configuration. The rules of `check.ts` say which go together. */
export const entryRows = {
  file: { check: textLike('the path of a stage file (not from ~)', plainPath) },
  restApiId: { check: textLike('the id of a REST API') },
  stageName: { check: textLike('the name of the stage in its API') },
  region: { check: regionName },
  profile: { check: profileName },
  endpointUrl: { check: checkWebAddress },
  protected: { check: expecting('true or false', (value) => typeof value === 'boolean') },
};

/** A stage that a configuration gives a name to. */
export type StageEntry = { readonly name: string; readonly protected: boolean } & (FileEntry | LiveEntry);

/** Absolute. */
export type FileEntry = { readonly file: string };

export interface LiveEntry {
  readonly restApiId: string;
  readonly stageName: string;
  readonly region?: string;
  readonly profile?: string;
  readonly endpointUrl?: string;
}

export type Origin = 'flag' | 'environment' | 'config';

/** What holds for this run: options over environment over the configuration file. */
export interface Settings {
  /** Absolute. Absent where no file was read. */
  readonly configFile?: string;
  readonly stages: ReadonlyMap<string, StageEntry>;
  readonly default?: {
    /** A name in `stages`, or the text of a target. From the environment, it has not been looked up yet. */
    readonly value: string;
    readonly from: Exclude<Origin, 'flag'>;
    /** Absolute: what a relative file in `value` is relative to. */
    readonly base: string;
  };
  readonly output?: Output;
  readonly redact: readonly string[];
  readonly region?: string;
  readonly profile?: { readonly name: string; readonly from: Origin };
  readonly ownerTags: readonly string[];
  readonly journal: (typeof journalModes)[number];
  /** Of the canaries' metrics in CloudWatch. */
  readonly canaryDimensions?: Readonly<Record<string, string>>;
  /** What is worth saying of where the settings come from. */
  readonly notices: readonly { readonly code: string; readonly message: string }[];
}

/** Something wrong with a setting. A wrong option is a mistake in the usage, the others are mistakes in the configuration. */
export interface ConfigProblem {
  readonly from: Origin;
  /** Of the file, from 1. */
  readonly line?: number;
  readonly column?: number;
  /** With file and line. It may hold any character that a file can. */
  readonly message: string;
}
