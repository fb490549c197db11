/** Flags over environment over the configuration file. */
import { dirname, resolve } from 'node:path';
import type { World } from '../world.js';
import { findConfigFile } from './find.js';
import { misfit } from './kind.js';
import { present } from './present.js';
import { type FileAnswer, type FileValues, readConfigFile } from './read-config-file.js';
import {
  type ConfigProblem,
  type DefaultStage,
  type GivenProfile,
  type Origin,
  type Settings,
  type SettingValues,
  settingRows,
} from './settings.js';

type GivenKey = Exclude<keyof SettingValues, 'stages'>;

export interface SettingsRequest extends Pick<World, 'cwd' | 'env'> {
  /** The text of a flag, as it was typed; undefined where it was not given. */
  readonly flag: (name: string) => string | undefined;
  /** No configuration file at all, whatever the others say of one. */
  readonly noConfig?: boolean;
  /** Names that no stage of a configuration may have, because a command takes them for something else. */
  readonly reservedNames: Iterable<string>;
}

export type SettingsAnswer = { readonly settings: Settings } | { readonly problems: readonly ConfigProblem[] };

interface GivenValue {
  readonly value: unknown;
  readonly from: Origin;
  /** What it is called where it was given: `--output`, `STAGE_OUTPUT`. */
  readonly source: string;
}

/** What a flag, or else a variable, says of a setting. An empty variable says nothing. */
const findGiven = (key: GivenKey, { flag, env }: SettingsRequest): GivenValue | undefined => {
  const { isFlag, env: variable = '', kind } = settingRows[key];
  const typed = isFlag ? flag(key) : undefined;
  if (typed !== undefined) return { value: kind.fromText(typed), from: 'flag', source: `--${key}` };
  const text = env[variable];
  return text ? { value: kind.fromText(text), from: 'environment', source: variable } : undefined;
};

const givenKeys = (Object.keys(settingRows) as (keyof SettingValues)[]).filter((key) => key !== 'stages');

const problemOf = (key: GivenKey, request: SettingsRequest): readonly ConfigProblem[] => {
  const given = findGiven(key, request);
  const message = given && misfit(settingRows[key].kind, given.value);
  return given && message ? [{ from: given.from, message: `${given.source}: ${message}` }] : [];
};

/** The value of a flag or a variable, where it is of the right kind. */
const givenValue = <Key extends GivenKey>(key: Key, request: SettingsRequest): SettingValues[Key] | undefined => {
  const { kind } = settingRows[key];
  const value = findGiven(key, request)?.value;
  return kind.fits(value) ? value : undefined;
};

const configFileOf = (request: SettingsRequest): string | undefined => {
  if (request.noConfig) return undefined;
  const chosen = givenValue('config', request);
  return chosen === undefined ? findConfigFile(request.cwd, request.env) : resolve(request.cwd, chosen);
};

const defaultOf = (request: SettingsRequest, file: FileValues, configFile = ''): DefaultStage | undefined => {
  const given = givenValue('default', request);
  if (given !== undefined) return { value: given, from: 'environment', base: request.cwd };
  return file.default === undefined ? undefined : { value: file.default, from: 'config', base: dirname(configFile) };
};

const profileOf = (request: SettingsRequest, { profile }: FileValues): GivenProfile | undefined => {
  const given = findGiven('profile', request);
  const name = givenValue('profile', request) ?? profile;
  return name === undefined ? undefined : { name, from: given?.from ?? 'config' };
};

const combine = (request: SettingsRequest, file: FileValues, configFile: string | undefined): Settings => {
  const over = <Key extends Exclude<GivenKey, 'config'>>(key: Key) => givenValue(key, request) ?? file[key];
  return {
    ...present({
      configFile,
      default: defaultOf(request, file, configFile),
      output: over('output'),
      region: over('region'),
      profile: profileOf(request, file),
    }),
    stages: file.stages,
    redact: over('redact') ?? [],
    ownerTags: over('ownerTags') ?? [],
  };
};

const readNearest = async (request: SettingsRequest, file: string | undefined): Promise<FileAnswer> =>
  file === undefined
    ? { stages: new Map() }
    : readConfigFile({ file, cwd: request.cwd, reservedNames: new Set(request.reservedNames) });

/** What holds for this run, or everything that is wrong with it. It throws nothing that a user can cause. */
export const loadSettings = async (request: SettingsRequest): Promise<SettingsAnswer> => {
  const given = givenKeys.flatMap((key) => problemOf(key, request));
  const configFile = configFileOf(request);
  const file = await readNearest(request, configFile);
  const problems = [...given, ...('problems' in file ? file.problems : [])];
  if ('problems' in file || problems.length > 0) return { problems };
  return { settings: combine(request, file, configFile) };
};
