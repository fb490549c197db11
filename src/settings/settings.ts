/** The table of what can be set: the check of a configuration, and the reading of options and environment, go by its rows. */
import { isMapping, type Kind, textLike, trueOrFalse, webAddress, wordOf, words } from './kind.js';

/** How what was found is printed; what was edited may be printed in more ways. */
export const viewFormats = ['text', 'json', 'yaml'] as const;
export const outputs = [...viewFormats, 'stage', 'patch', 'aws-cli'] as const;
export type Output = (typeof outputs)[number];

/** A stage as a configuration spells it. The rules of `check.ts` say which members go together. */
export type EntryValues = {
  readonly file?: string;
  readonly restApiId?: string;
  readonly stageName?: string;
  readonly region?: string;
  readonly profile?: string;
  readonly endpointUrl?: string;
  readonly protected?: boolean;
};

export interface SettingValues {
  readonly config: string;
  readonly stages: { readonly [name: string]: EntryValues };
  readonly default: string;
  readonly output: Output;
  readonly redact: readonly string[];
  readonly region: string;
  readonly profile: string;
  readonly ownerTags: readonly string[];
}

interface Setting<Value> {
  readonly kind: Kind<Value>;
  /** The variable that sets it. No other variable is read: Jenkins, for one, sets STAGE_NAME. */
  readonly env?: `STAGE_${string}`;
  /** Whether an option of its name sets it. */
  readonly isOption?: true;
  /** Whether it is a key of the configuration file. */
  readonly inFile: boolean;
}

// A region becomes a part of a host name, so nothing may be in it that would end one.
const regionName = textLike('a region such as eu-west-1', /^[a-z0-9-]+$/i);
// A shell expands `~`, we do not: in a folder of that name a protected stage would be looked for in vain.
const plainPath = /^[^~\0][^\0]*$/;
const profileName = textLike("the name of a profile in AWS's own configuration");
const stagesByName: Kind<SettingValues['stages']> = {
  hint: 'stages by their names',
  fits: (value): value is SettingValues['stages'] => isMapping(value),
  fromText: () => undefined,
};

export const settingRows: { readonly [Key in keyof SettingValues]: Setting<SettingValues[Key]> } = {
  config: { kind: textLike('the path of a configuration file'), isOption: true, env: 'STAGE_CONFIG', inFile: false },
  stages: { kind: stagesByName, inFile: true },
  default: {
    kind: textLike('the name of a stage, a stage file (not from ~), or API/STAGE', plainPath),
    env: 'STAGE_DEFAULT',
    inFile: true,
  },
  output: { kind: wordOf(outputs), isOption: true, env: 'STAGE_OUTPUT', inFile: true },
  redact: { kind: words, env: 'STAGE_REDACT', inFile: true },
  region: { kind: regionName, isOption: true, env: 'STAGE_REGION', inFile: true },
  profile: { kind: profileName, isOption: true, env: 'STAGE_PROFILE', inFile: true },
  ownerTags: { kind: words, inFile: true },
};

export type EntryRow<Value> = Pick<Setting<Value>, 'kind'>;

export const entryRows: { readonly [Key in keyof EntryValues]-?: EntryRow<NonNullable<EntryValues[Key]>> } = {
  file: { kind: textLike('the path of a stage file (not from ~)', plainPath) },
  restApiId: { kind: textLike('the id of a REST API') },
  stageName: { kind: textLike('the name of the stage in its API') },
  region: { kind: regionName },
  profile: { kind: profileName },
  endpointUrl: { kind: webAddress },
  protected: { kind: trueOrFalse },
};

/** A stage that a configuration gives a name to. */
export type StageEntry = { readonly name: string; readonly protected: boolean } & (FileEntry | LiveEntry);

export interface FileEntry {
  /** Absolute. */
  readonly file: string;
}

export interface LiveEntry {
  readonly restApiId: string;
  readonly stageName: string;
  readonly region?: string;
  readonly profile?: string;
  readonly endpointUrl?: string;
}

export type Origin = 'flag' | 'environment' | 'config';

interface DefaultStage {
  /** A name in `stages`, or the text of a target. From the environment, it has not been looked up yet. */
  readonly value: string;
  readonly from: Exclude<Origin, 'flag'>;
  /** The folder that a relative file in `value` is relative to. Absolute. */
  readonly base: string;
}

/** What holds for this run: options over environment over the configuration file. */
export interface Settings {
  /** Absolute. Absent where no file was read. */
  readonly configFile?: string;
  readonly stages: ReadonlyMap<string, StageEntry>;
  readonly default?: DefaultStage;
  readonly output?: Output;
  readonly redact: readonly string[];
  readonly region?: string;
  readonly profile?: { readonly name: string; readonly from: Origin };
  readonly ownerTags: readonly string[];
  /** What is worth saying of where the settings come from. */
  readonly notices: readonly { readonly code: string; readonly message: string }[];
}

/** Something wrong with a setting. */
export interface ConfigProblem {
  /** A wrong option is a mistake in the usage, the others are mistakes in the configuration. */
  readonly from: Origin;
  /** The whole sentence, file and line included. It may hold any character that a file can. */
  readonly message: string;
}
