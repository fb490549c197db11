/** Which stage a word means. */

import { basename, resolve } from 'node:path';
import type { Settings, StageEntry } from '../settings/settings.js';
import { failure, StageError } from '../stage/problem.js';
import { stageNamePattern } from '../stage/stage.js';
import { nearestWord } from '../text/spelling.js';
import type { World } from '../world.js';
import { adviseWord } from './advice.js';

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

export interface Surroundings extends Pick<World, 'cwd' | 'env'> {
  readonly settings: Settings;
  /** Whether an endpoint other than AWS's is asked, where an API may have any id. */
  readonly isElsewhere: boolean;
}

const targetError = (message: string): StageError => failure('usage', 'target', message);

const atFile = (file: string, label: string): Address => ({ kind: 'file', file, label });

const atLive = (live: LivePlace, label: string): Address => ({ kind: 'live', live, label });

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
  const advice = adviseWord({ name: word }) ?? (near ? `Did you mean ${near}?` : others);
  return targetError(`There is no stage called ${word}: ${known}. ${advice}`);
};

const emptyId = 'the API id is empty. An unset shell variable, or a query without an answer, looks like this.';
const stageNameExpected = 'expected letters, digits, _ and -';

const idPattern = '[a-z0-9]{10}';
const invokeUrl = new RegExp(
  `^https://([a-z0-9]+)(?:-vpce-[a-z0-9]+)?\\.execute-api\\.([a-z0-9-]+)\\.amazonaws\\.com(?:\\.cn)?/(${stageNamePattern})(?:[/?#]|$)`,
);
const stageArn = new RegExp(
  `^arn:aws[a-z-]*:apigateway:([a-z0-9-]+):\\d*:/restapis/([A-Za-z0-9]+)/stages/(${stageNamePattern})$`,
);

const atUrl = (word: string): Address => {
  // A host may be written in any case, the name of a stage not.
  const [, id, region, stage] = invokeUrl.exec(word.replace(/^[^/]*\/\/[^/]*/, (host) => host.toLowerCase())) ?? [];
  if (id === undefined || region === undefined || stage === undefined) {
    throw targetError(
      `${word}: expected an invoke URL, such as https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/prod.`,
    );
  }
  return atLive({ api: { id }, stageName: stage, region }, `${id}/${stage}`);
};

const atArn = (word: string): Address => {
  const [, region, id, stage] = stageArn.exec(word) ?? [];
  if (id === undefined || region === undefined || stage === undefined) {
    throw targetError(`${word}: expected the ARN of a stage, arn:aws:apigateway:REGION::/restapis/API/stages/STAGE.`);
  }
  return atLive({ api: { id }, stageName: stage, region }, `${id}/${stage}`);
};

const atApiName = (word: string): Address => {
  const slash = word.lastIndexOf('/');
  const [name, stage] = [word.slice('name:'.length, slash), word.slice(slash + 1)];
  if (slash <= 'name:'.length || stage === '')
    throw targetError(`${word}: expected name:API/STAGE, such as name:orders-api/prod.`);
  if (!isStageName(stage)) throw targetError(`${word}: ${stageNameExpected} behind the last slash, came ${stage}.`);
  return atLive({ api: { name }, stageName: stage }, word);
};

const isEmptyId = (id: string): boolean => /^(|null|None|undefined)$/.test(id);
const isId = (id: string): boolean => new RegExp(`^${idPattern}$`).test(id);
/** Elsewhere an API may have another id than AWS gives, as long as it is a part of a path. */
const isIdAt = (isElsewhere: boolean, id: string): boolean => (isElsewhere ? /^(?!\.+$)[\w.-]+$/.test(id) : isId(id));
const isStageName = (name: string): boolean => new RegExp(`^${stageNamePattern}$`).test(name);

const atApiAndStage = (word: string, { isElsewhere }: Surroundings): Address => {
  const [id = '', stage = '', ...more] = word.split('/');
  if (isEmptyId(id)) throw targetError(`${word}: ${emptyId}`);
  const isStage = more.length === 0 && isStageName(stage);
  if (isStage && isIdAt(isElsewhere, id)) return atLive({ api: { id }, stageName: stage }, word);
  if (isId(id)) {
    const file = more.join('') === '' ? '' : ` A file that is called so is ./${word}.`;
    throw targetError(`${word}: expected API/STAGE, such as ${id}/${isStageName(stage) ? stage : 'prod'}.${file}`);
  }
  if (word.endsWith('/'))
    throw targetError(`${word} ends in a slash: a file has none there, and API/STAGE a name behind it.`);
  throw targetError(
    `${word} is no API/STAGE: an API's id is ten lower-case letters and digits. ${word}.json is a stage file, name:${word} an ` +
      `API by its name, and ./${word} a file that is called so.`,
  );
};

/** A stage by its ids, as the AWS CLI's flags give them. */
export interface AwsNames {
  readonly restApiId: string;
  readonly stageName: string;
}

/** Which of the names is wrong, and what is said behind it. */
const namesProblem = (
  { restApiId: id, stageName }: AwsNames,
  isElsewhere: boolean,
): [keyof AwsNames, string] | undefined => {
  if (isEmptyId(id)) return ['restApiId', ` ${id}: ${emptyId}`];
  const ids = isElsewhere ? 'letters, digits, _, . and -' : 'ten lower-case letters and digits';
  if (!isIdAt(isElsewhere, id)) return ['restApiId', `: expected ${ids}, came ${id}.`];
  return isStageName(stageName) ? undefined : ['stageName', `: ${stageNameExpected}, came ${stageName}.`];
};

const nameFlags = { restApiId: '--rest-api-id', stageName: '--stage-name' } as const;

const atIds = (names: AwsNames, { isElsewhere }: Surroundings): Address => {
  const [name, problem] = namesProblem(names, isElsewhere) ?? [];
  if (name !== undefined) throw targetError(`${nameFlags[name]}${problem}`);
  const { restApiId: id, stageName } = names;
  return atLive({ api: { id }, stageName }, `${id}/${stageName}`);
};

const atEntry = (entry: StageEntry): Address => {
  if ('file' in entry) return atFile(entry.file, entry.name);
  const { restApiId, name, protected: _, ...rest } = entry;
  // Who writes it down may do so for an endpoint that is named elsewhere.
  const [member, problem] = namesProblem(entry, true) ?? [];
  if (member !== undefined) throw failure('config', 'target', `.stagerc: stages.${name}.${member}${problem}`);
  return atLive({ ...rest, api: { id: restApiId } }, name);
};

// Of two slashes, as the AWS CLI wants them, none is a part of the path.
const filePrefix = /^file:(?:\/\/)?/;

/** The ways to write a target, and what each is read as; the first that fits counts. */
const forms: readonly (readonly [RegExp, (word: string, surroundings: Surroundings) => Address])[] = [
  [/^-$/, () => ({ kind: 'stdio', label: '-' })],
  [filePrefix, (word, surroundings) => atPath(word.replace(filePrefix, ''), surroundings)],
  [/^name:/, atApiName],
  [/^arn:/, atArn],
  [/^https?:/i, atUrl],
  [/^~|\.json$|^\.|^\/.*\//, atPath],
  [/\//, atApiAndStage],
];

const apiAndStage = new RegExp(`^${idPattern}/${stageNamePattern}$`);

/** Whether a word can be meant for nothing but a stage. A slash alone does not say so: methods have one too. */
export const isAddress = (word: string): boolean =>
  forms.some(([pattern, read]) => pattern.test(word) && (read !== atApiAndStage || apiAndStage.test(word)));

const atWord = (word: string, surroundings: Surroundings): Address => {
  if (word.replace(filePrefix, '') === '') throw targetError('file: needs a path behind it.');
  const entry = surroundings.settings.stages.get(word);
  if (entry) return atEntry(entry);
  const form = forms.find(([pattern]) => pattern.test(word));
  if (form === undefined) throw unknownName(word, surroundings);
  return form[1](word, surroundings);
};

/** What a word means that is written in another folder. */
const atBase = (word: string, base: string, surroundings: Surroundings): Address => {
  const address = atWord(word, surroundings);
  if (address.kind !== 'file' || base === surroundings.cwd) return address;
  const file = resolve(base, address.file);
  return { ...address, file, label: surroundings.settings.stages.has(word) ? word : file };
};

/** A configuration as people call it: by its name where that says what it is. */
const nameOfConfig = (file = ''): string => (/^\.stagerc|^package\./.test(basename(file)) ? basename(file) : file);

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
