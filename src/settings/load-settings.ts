/** Loads settings. Options override the environment, which overrides the configuration file. */
import { dirname, resolve } from 'node:path';
import type { World } from '../world.js';
import { noConfigFile, readConfigFile } from './config-file.js';
import { findConfigFile } from './find.js';
import { type ConfigProblem, type Origin, type Settings, settingRows } from './settings.js';

interface SettingsRequest extends Pick<World, 'cwd' | 'env'> {
  /** The text of an option as typed; undefined if not given. */
  readonly flag: (name: string) => string | undefined;
  /** Ignores every configuration file, even one that an option or a variable names. */
  readonly noConfig?: boolean;
  /** Names that a configured stage cannot have, because commands give them another meaning. */
  readonly reservedNames: Iterable<string>;
}

/** The values of options, variables and the configuration file. */
type Values = Partial<Omit<Settings, 'default' | 'profile' | 'stages' | 'notices' | 'configFile'>> &
  Readonly<Partial<Record<'config' | 'default' | 'profile', string>>>;

type SettingsAnswer = { readonly settings: Settings } | { readonly problems: readonly ConfigProblem[] };

/** Drops undefined members. */
export const present = <Values extends object>(values: Values) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Values]?: Exclude<Values[Key], undefined>;
  };

const listIn = (text: string): readonly string[] => text.split(',').flatMap((word) => word.trim() || []);

/** The values of options, or else of variables, with their problems. Empty variables are ignored. */
const givenValues = ({ flag, env }: SettingsRequest) =>
  new Map(
    Object.entries(settingRows).flatMap(([key, { check, env: variable = '', isOption }]) => {
      const typed = isOption && flag(key);
      const text = typed ?? (env[variable] || undefined);
      if (text === undefined) return [];
      const from: Origin = typed === undefined ? 'environment' : 'flag';
      const value = key === 'redact' ? listIn(text) : text;
      const wrong = check(value);
      const message = `${from === 'flag' ? `--${key}` : variable}: ${wrong}`;
      return [[key, { value, from, problems: wrong === undefined ? [] : [{ from, message }] }] as const];
    }),
  );

/** Returns the settings of this run, or all problems. Never throws because of user input. */
export const loadSettings = async (request: SettingsRequest): Promise<SettingsAnswer> => {
  const { cwd, env, noConfig, reservedNames } = request;
  const given = givenValues(request);
  // A file that the user named is trusted. A file found by searching must not be writable by other users.
  const chosen = given.get('config');
  const named = chosen?.problems.length === 0 ? resolve(cwd, String(chosen.value)) : undefined;
  const configFile = noConfig ? undefined : (named ?? findConfigFile(cwd, env));
  const file = configFile ? await readConfigFile(configFile, cwd, reservedNames, named === undefined) : noConfigFile;
  const { values, stages, notices } = file;
  const problems = [...[...given.values()].flatMap((each) => each.problems), ...file.problems];
  if (problems.length > 0) return { problems };
  const typed = Object.fromEntries([...given].map(([key, { value }]) => [key, value]));
  // Safe cast: each value was checked by its row.
  const { config: _, default: byDefault, profile, ...others } = { ...values, ...typed } as Values;
  const origin = given.has('default')
    ? { from: 'environment' as const, base: cwd }
    : { from: 'config' as const, base: dirname(configFile ?? '') };
  const settings: Settings = {
    ...{ redact: [], ownerTags: [], journal: 'on', stages, notices },
    ...others,
    ...present({ configFile }),
    ...(byDefault !== undefined && { default: { value: byDefault, ...origin } }),
    ...(profile !== undefined && { profile: { name: profile, from: given.get('profile')?.from ?? 'config' } }),
  };
  return { settings };
};
