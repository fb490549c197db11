/** The one door to cosmiconfig. It is imported only when a configuration file is there: most runs have none. */
import type { LoaderSync, LoadersSync, OptionsSync, PublicExplorerSync } from 'cosmiconfig';
import { repeatsKeys } from '../text/json-keys.js';
import { withoutBom } from '../text/without-bom.js';
import { isPackageFile, stageKeyOf } from './find.js';

/** What a file holds, or why that cannot be told. */
export type Contents = Parsed | { readonly unreadable: string };

type Parsed =
  | { readonly text: string; readonly value: unknown; readonly repeatsKeys: boolean }
  | { readonly text: string; readonly notJson: true }
  | { readonly notYaml: string; readonly line?: number };

// Of cosmiconfig, only the explorer: its main module, when asked for one, looks for settings of its own in the working
// directory (`.config/config.js`, a key in package.json), runs them, and adds loaders that run programs.
interface ExplorerModule {
  readonly ExplorerSync: new (options: ExplorerOptions) => PublicExplorerSync;
}

type ExplorerOptions = OptionsSync & { readonly moduleName: string; readonly metaConfigFilePath: null };

interface LoadersModule {
  readonly loadYaml: LoaderSync;
}

const parseJson = (text: string): Parsed => {
  try {
    const value: unknown = JSON.parse(text);
    return { text, value, repeatsKeys: repeatsKeys(text, value) };
  } catch {
    return { text, notJson: true };
  }
};

interface YamlError {
  readonly reason?: string;
  readonly mark?: { readonly line: number };
}

const parseYaml = (loadYaml: LoaderSync, text: string): Parsed => {
  try {
    return { text, value: loadYaml('', text), repeatsKeys: false };
  } catch (error) {
    const { reason, mark } = error as YamlError;
    return { notYaml: reason ?? 'it is nested too deeply', ...(mark ? { line: mark.line + 1 } : {}) };
  }
};

// Most of YAML that starts with a brace is JSON, which is read faster.
const parseEither = (loadYaml: LoaderSync, text: string): Parsed => {
  const asJson = text.trimStart().startsWith('{') ? parseJson(text) : undefined;
  return asJson && 'value' in asJson ? asJson : parseYaml(loadYaml, text);
};

type Parser = (text: string) => Parsed;

const takeStageKey = (box: Parsed): Contents => {
  if (!('value' in box)) return box;
  const value = stageKeyOf(box.value);
  return value === undefined ? { unreadable: 'it has no key stage' } : { ...box, value };
};

// Cosmiconfig follows `$import` in what a loader answers with, and runs what it names: so contents are handed through in
// a box, in which it finds no keys of theirs. Of a package file it takes the key `stage`.
const boxed =
  (parse: Parser): LoaderSync =>
  (file, contents) => {
    const box = parse(withoutBom(contents));
    return isPackageFile(file) ? { stage: takeStageKey(box) } : box;
  };

const loaders = ({ loadYaml }: LoadersModule): LoadersSync => {
  const either = boxed((text) => parseEither(loadYaml, text));
  const yaml = boxed((text) => parseYaml(loadYaml, text));
  return { '.json': boxed(parseJson), '.yaml': yaml, '.yml': yaml, noExt: either, default: either };
};

const makeExplorer = async (): Promise<PublicExplorerSync> => {
  const { ExplorerSync } = (await import('cosmiconfig/dist/ExplorerSync.js')) as unknown as ExplorerModule;
  const known = (await import('cosmiconfig/dist/loaders.js')) as unknown as LoadersModule;
  return new ExplorerSync({
    moduleName: 'stage',
    loaders: loaders(known),
    searchPlaces: [],
    searchStrategy: 'none',
    metaConfigFilePath: null,
    ignoreEmptySearchPlaces: false,
    cache: false,
    mergeImportArrays: false,
    mergeSearchPlaces: false,
    transform: (result) => result,
  });
};

const reasons: { readonly [code: string]: string } = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'it may not be read',
  EPERM: 'it may not be read',
  ELOOP: 'its links lead in a circle',
};

const reasonOf = (error: unknown): string => {
  const { code = 'unknown' } = error as NodeJS.ErrnoException;
  return Object.hasOwn(reasons, code) ? `${reasons[code]}` : `reading it failed with ${code}`;
};

const empty: Contents = { text: '', value: undefined, repeatsKeys: false };

/** Reads a configuration file, of which nothing is run, whatever it holds. */
export const loadConfigFile = async (file: string): Promise<Contents> => {
  const explorer = await makeExplorer();
  try {
    const found = explorer.load(file);
    return found === null || found.isEmpty ? empty : (found.config as Contents);
  } catch (error) {
    return { unreadable: reasonOf(error) };
  }
};
