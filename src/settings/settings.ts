/** The table of settings. Configuration checks, options and environment variables are read from its rows. */
import { shortened } from '../text/printable.js';

/** Output formats of commands that only show something; edits have more. */
export const viewFormats = ['text', 'json', 'yaml'] as const;
export const outputs = [...viewFormats, 'stage', 'patch', 'aws-cli', 'markdown'] as const;
export type Output = (typeof outputs)[number];
/** Whether to record edits of live stages; `full` includes secrets. */
const journalModes = ['on', 'off', 'full'] as const;

/** Whether a value is a mapping; its members are checked by their rows. */
export const isMapping = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** Describes a value for a message. */
export const describe = (value: unknown): string => {
  if (value === null || value === undefined) return 'nothing';
  if (value === '') return 'an empty text';
  if (typeof value === 'string') return `the text ${JSON.stringify(shortened(value, 60))}`;
  if (typeof value !== 'object') return `the ${typeof value} ${value}`;
  if (Array.isArray(value)) return 'a list';
  return value instanceof Date ? 'a date' : 'keys with values';
};

/** Returns what is wrong with a value, or undefined. */
export type Check = (value: unknown) => string | undefined;

const expecting =
  (hint: string, fits: (value: unknown) => boolean, got = describe): Check =>
  (value) => {
    if (fits(value)) return undefined;
    // In YAML, an id of digits is a number and `no` can be a boolean, unless quoted.
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

/** Reports print the address, so it must not contain a password; the error does not print it either. */
export const checkWebAddress = expecting('an http or https address', isWebAddress, (value) =>
  isText(value) && value.includes('@') ? 'one with a user name or a password in it' : describe(value),
);

// A region becomes part of a host name, so it must not contain characters that end a host name.
const regionName = textLike('a region such as eu-west-1', /^[a-z0-9-]+$/i);
// Shells expand `~`, stage does not: protection would look in a folder named `~`.
const plainPath = /^[^~\0][^\0]*$/;
const stageTarget = textLike('the name of a stage, a stage file (not from ~), or API/STAGE', plainPath);
const oneOf = (words: readonly unknown[]) => expecting(`one of ${words.join(', ')}`, (value) => words.includes(value));
const profileName = textLike("the name of a profile in AWS's own configuration");

interface Setting {
  readonly check: Check;
  /** The environment variable that sets it. No others are read: Jenkins, for example, sets STAGE_NAME. */
  readonly env?: `STAGE_${string}`;
  /** Whether an option with its name sets it. */
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

/** Every setting except `config` is also a key of the configuration file. */
export const settingRows: { readonly [Name in keyof typeof rows]: Setting } = rows;

/** The members of a configured stage. `check.ts` decides which can be combined. */
export const entryRows = {
  file: { check: textLike('the path of a stage file (not from ~)', plainPath) },
  restApiId: { check: textLike('the id of a REST API') },
  stageName: { check: textLike('the name of the stage in its API') },
  region: { check: regionName },
  profile: { check: profileName },
  endpointUrl: { check: checkWebAddress },
  protected: { check: expecting('true or false', (value) => typeof value === 'boolean') },
};

/** A stage named in the configuration. */
export type StageEntry = { readonly name: string; readonly protected: boolean } & (FileEntry | LiveEntry);

/** `file` is an absolute path. */
export type FileEntry = { readonly file: string };

export interface LiveEntry {
  readonly restApiId: string;
  readonly stageName: string;
  readonly region?: string;
  readonly profile?: string;
  readonly endpointUrl?: string;
}

export type Origin = 'flag' | 'environment' | 'config';

/** The settings of this run: options override the environment, which overrides the configuration file. */
export interface Settings {
  /** An absolute path; undefined if no file was read. */
  readonly configFile?: string;
  readonly stages: ReadonlyMap<string, StageEntry>;
  readonly default?: {
    /** A name in `stages`, or a target. A value from the environment has not been looked up yet. */
    readonly value: string;
    readonly from: Exclude<Origin, 'flag'>;
    /** An absolute path: the folder that a relative file in `value` is resolved against. */
    readonly base: string;
  };
  readonly output?: Output;
  readonly redact: readonly string[];
  readonly region?: string;
  readonly profile?: { readonly name: string; readonly from: Origin };
  readonly ownerTags: readonly string[];
  readonly journal: (typeof journalModes)[number];
  /** CloudWatch dimensions of canary metrics. */
  readonly canaryDimensions?: Readonly<Record<string, string>>;
  /** Notices about the source of the settings. */
  readonly notices: readonly { readonly code: string; readonly message: string }[];
}

/** A problem with a setting. A problem with an option is a usage error, any other a configuration error. */
export interface ConfigProblem {
  readonly from: Origin;
  /** The line in the file, from 1. */
  readonly line?: number;
  readonly column?: number;
  /** Includes file and line. Can contain any character that a file can. */
  readonly message: string;
}
