/** Options over environment over the configuration file. */
import { dirname, resolve } from 'node:path';
import type { World } from '../world.js';
import { type ConfigFile, type FileAnswer, readConfigFile } from './config-file.js';
import { findConfigFile } from './find.js';
import { misfit } from './kind.js';
import { type ConfigProblem, type Origin, type Settings, type SettingValues, settingRows } from './settings.js';

type GivenKey = Exclude<keyof SettingValues, 'stages'>;

interface SettingsRequest extends Pick<World, 'cwd' | 'env'> {
  /** The text of an option, as it was typed; undefined where it was not given. */
  readonly flag: (name: string) => string | undefined;
  /** No configuration file at all, whatever the others say of one. */
  readonly noConfig?: boolean;
  /** Names that no stage of a configuration may have, because a command takes them for something else. */
  readonly reservedNames: Iterable<string>;
}

type SettingsAnswer = { readonly settings: Settings } | { readonly problems: readonly ConfigProblem[] };

interface GivenValue {
  readonly value: unknown;
  readonly from: Origin;
  /** What it is called where it was given: `--output`, `STAGE_OUTPUT`. */
  readonly source: string;
}

/** What an option, or else a variable, says of a setting. An empty variable says nothing. */
const findGiven = (key: GivenKey, { flag, env }: SettingsRequest): GivenValue | undefined => {
  const { isOption, env: variable = '', kind } = settingRows[key];
  const typed = isOption ? flag(key) : undefined;
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

/** The value of an option or a variable, where it is of the right kind. */
const givenValue = <Key extends GivenKey>(key: Key, request: SettingsRequest): SettingValues[Key] | undefined => {
  const { kind } = settingRows[key];
  const value = findGiven(key, request)?.value;
  return kind.fits(value) ? value : undefined;
};

type Present<Values> = { [Key in keyof Values]?: Exclude<Values[Key], undefined> };

/** The members that are there: what was not given is absent. */
export const present = <Values extends object>(values: Values): Present<Values> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Present<Values>;

/** A file that the user named is trusted. One that was found is checked: other users may not be able to write it. */
const readNearest = async (request: SettingsRequest): Promise<FileAnswer & { readonly configFile?: string }> => {
  const chosen = request.noConfig ? undefined : givenValue('config', request);
  const found = request.noConfig ? undefined : findConfigFile(request.cwd, request.env);
  const configFile = chosen === undefined ? found : resolve(request.cwd, chosen);
  if (configFile === undefined) return { values: { stages: new Map() }, notices: [] };
  const reservedNames = new Set(request.reservedNames);
  const answer = await readConfigFile({
    file: configFile,
    cwd: request.cwd,
    reservedNames,
    isFound: chosen === undefined,
  });
  return { ...answer, configFile };
};

const combine = (
  request: SettingsRequest,
  { values, notices }: ConfigFile,
  configFile: string | undefined,
): Settings => {
  const over = <Key extends Exclude<GivenKey, 'config'>>(key: Key) => givenValue(key, request) ?? values[key];
  const from = <Key extends GivenKey>(key: Key) => findGiven(key, request)?.from ?? 'config';
  const [byDefault, profile] = [over('default'), over('profile')];
  const origin = from('default') === 'config' ? 'config' : 'environment';
  const base = origin === 'config' ? dirname(configFile ?? '') : request.cwd;
  return {
    ...present({
      configFile,
      default: byDefault === undefined ? undefined : { value: byDefault, from: origin, base },
      output: over('output'),
      region: over('region'),
      profile: profile === undefined ? undefined : { name: profile, from: from('profile') },
    }),
    stages: values.stages,
    redact: over('redact') ?? [],
    ownerTags: over('ownerTags') ?? [],
    notices,
  };
};

/** What holds for this run, or everything that is wrong with it. It throws nothing that a user can cause. */
export const loadSettings = async (request: SettingsRequest): Promise<SettingsAnswer> => {
  const given = givenKeys.flatMap((key) => problemOf(key, request));
  const file = await readNearest(request);
  const problems = [...given, ...('problems' in file ? file.problems : [])];
  if ('problems' in file || problems.length > 0) return { problems };
  return { settings: combine(request, file, file.configFile) };
};
