/** Resolves a TARGET word to the address of a stage. */

import { basename, resolve } from 'node:path';
import { checkWebAddress, type LiveEntry, type Settings, type StageEntry } from '../settings/settings.js';
import { failure, StageError } from '../stage/problem.js';
import { stageNamePattern } from '../stage/stage.js';
import { nearestWord } from '../text/spelling.js';
import { stageFileName } from '../text/stage-file-name.js';
import type { Context } from './context.js';
import { textOption } from './given-options.js';

/** A live stage, with the connection settings from its address or the configuration. */
export interface LivePlace extends Omit<LiveEntry, 'restApiId'> {
  readonly api: { readonly id: string } | { readonly name: string };
}

export type Address = {
  /** The name of the stage in reports. */
  readonly label: string;
  /** Printed after the label of a default stage: ` (the default of .stagerc)`. */
  readonly from?: string;
} & (
  | { readonly kind: 'stdio' }
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'live'; readonly live: LivePlace }
);

/** A stage as a TARGET word; as the AWS CLI's options or the journal name it; or undefined for the default stage. */
export type Named = string | LiveEntry | undefined;

const targetError = (message: string): StageError => failure('usage', 'target', message);

/**
 * The endpoint to use instead of AWS's. The SDK reads these variables too, but then messages could not name the
 * endpoint. Emulators usually share one address for all services, so CloudWatch's own variable takes precedence.
 */
export const endpointOf = (
  { endpointUrl }: Partial<LivePlace>,
  context: Context,
  service: 'API_GATEWAY' | 'CLOUDWATCH' = 'API_GATEWAY',
): string | undefined => {
  const { env } = context.world;
  const isIgnored = env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] === 'true';
  const variable = (name: string) => [name, isIgnored ? undefined : env[name]] as const;
  const option = ['--endpoint-url', textOption(context, 'endpoint-url')] as const;
  const given = [option, ['endpointUrl', endpointUrl] as const];
  const own = variable(`AWS_ENDPOINT_URL_${service}`);
  const sources = [...(service === 'CLOUDWATCH' ? [own, ...given] : [...given, own]), variable('AWS_ENDPOINT_URL')];
  const [name, url] = sources.find(([, text]) => text) ?? option;
  const problem = url && checkWebAddress(url);
  const kind = name === option[0] ? 'usage' : 'config';
  if (problem) throw failure(kind, kind, `${name}: ${problem}.`);
  return url;
};

const atPath = (path: string, home: string | undefined): Address => {
  if (path === '') throw targetError('file: needs a path: file:prod.json.');
  if (path.includes('\0')) throw targetError(`${path}: a path cannot contain a NUL character.`);
  if (!path.startsWith('~')) return { kind: 'file', file: path, label: path };
  if (!/^~(?:\/|$)/.test(path)) throw targetError(`${path}: only ~/ is expanded; write the path in full.`);
  if (!home) throw targetError(`${path}: cannot expand ~: HOME is not set. Write the path in full.`);
  return { kind: 'file', file: resolve(home, `.${path.slice(1)}`), label: path };
};

const emptyId = 'the API id is empty (unset shell variable?).';
const isEmptyId = (id: string): boolean => /^(|null|none|undefined)$/i.test(id);
const isStageName = (name: string): boolean => new RegExp(`^${stageNamePattern}$`).test(name);

/** Emulators may use any id. */
const isId = (id: string, isElsewhere = false): boolean =>
  (isElsewhere ? /^(?!\.+$)[\w.-]+$/ : /^[a-z0-9]{10}$/).test(id);

const atStage = (id: string, stageName: string, reach: Omit<LivePlace, 'api' | 'stageName'> = {}) =>
  ({ kind: 'live', live: { api: { id }, stageName, ...reach }, label: `${id}/${stageName}` }) as const;

const stagePart = `(?<stage>${stageNamePattern})`;

/** The forms of a live TARGET: a pattern for its start, a pattern for all of it, and the expected form for messages. */
const liveForms: readonly (readonly [start: RegExp, whole: RegExp, expected: string])[] = [
  [/^name:/, new RegExp(`^name:(?<name>.+)/${stagePart}$`, 's'), 'name:API/STAGE, such as name:orders-api/prod'],
  [
    /^arn:/,
    new RegExp(`^arn:aws[a-z-]*:apigateway:(?<region>[a-z0-9-]+):\\d*:/restapis/(?<id>\\w+)/stages/${stagePart}$`),
    'the ARN of a stage, arn:aws:apigateway:REGION::/restapis/API/stages/STAGE',
  ],
  [
    /^https?:/i,
    new RegExp(
      `^https://(?<id>[a-z0-9]+)(?:-vpce-[a-z0-9]+)?\\.execute-api\\.(?<region>[a-z0-9-]+)\\.amazonaws\\.com(?:\\.cn)?/${stagePart}(?:[/?#]|$)`,
    ),
    'an invoke URL, such as https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/prod',
  ],
];

const pathStart = /^file:(?:\/\/)?|^~|^\.|^\/.*\/|\0/;

const isPath = (word: string): boolean => pathStart.test(word) || stageFileName.test(word);

/** Whether a word can only mean a stage. A slash is not enough: methods contain one too. */
export const isAddress = (word: string): boolean =>
  word === '-' ||
  liveForms.some(([start]) => start.test(word)) ||
  isPath(word) ||
  new RegExp(`^[a-z0-9]{10}/${stageNamePattern}$`).test(word);

const atLiveForm = (word: string, [, whole, expected]: (typeof liveForms)[number]): Address => {
  // Host names are case-insensitive; stage names are not.
  const text = word.replace(/^https:\/\/[^/]*/i, (host) => host.toLowerCase());
  const { id = '', name, region = '', stage } = whole.exec(text)?.groups ?? {};
  if (stage === undefined) throw targetError(`${word}: expected ${expected}.`);
  if (name !== undefined) return { kind: 'live', live: { api: { name }, stageName: stage }, label: word };
  if (isEmptyId(id)) throw targetError(`${word}: ${emptyId}`);
  return atStage(id, stage, { region });
};

const atApiAndStage = (word: string, isElsewhere: boolean): ReturnType<typeof atStage> => {
  const [id = '', stage = '', ...more] = word.split('/');
  if (isEmptyId(id)) throw targetError(`${word}: ${emptyId}`);
  if (more.length === 0 && isStageName(stage) && isId(id, isElsewhere)) return atStage(id, stage);
  if (isId(id))
    throw targetError(`${word}: expected API/STAGE, such as ${id}/prod. For a file of that name, write ./${word}.`);
  if (word.endsWith('/')) throw targetError(`${word} ends in a slash; expected a file or API/STAGE.`);
  throw targetError(
    `${word} is not an API/STAGE: an API's id is ten lower-case letters and digits. Did you mean name:${word}? A stage file is ` +
      `./${word} or ${word}.json.`,
  );
};

const unknownName = async (word: string, names: readonly string[]): Promise<StageError> => {
  const near = nearestWord(word, names);
  const known = names.length === 0 ? 'no .stagerc names stages' : `.stagerc names ${names.join(', ')}`;
  const stageOf = isId(word) ? ` For a stage of the API ${word}, write ${word}/STAGE.` : '';
  const { suggestProperty } = await import('./suggestions.js');
  const asFile = word.includes('.') ? `./${word}` : `./${word} or ${word}.json`;
  const advice = suggestProperty({ name: word }) ?? (near && `Did you mean ${near}?`);
  return targetError(
    `There is no stage called ${word}: ${known}. ${advice ?? `For a file, write ${asFile}.${stageOf}`}`,
  );
};

/** The file name of a configuration with a well-known name, otherwise its path. */
const nameOfConfig = (file = ''): string => (/^\.stagerc|^package\./.test(basename(file)) ? basename(file) : file);

/** Reports a bad TARGET that comes from the configuration as a configuration error. */
const blaming =
  (where: string) =>
  (error: unknown): never => {
    throw error instanceof StageError ? failure('config', 'target', `${where}: ${error.message}`) : error;
  };

const atEntry = async (entry: StageEntry, { configFile }: Settings): Promise<Address> => {
  if ('file' in entry) return { kind: 'file', file: entry.file, label: entry.name };
  const { name, restApiId, stageName, protected: _, ...reach } = entry as LiveEntry & StageEntry;
  // Any id is accepted: the endpoint may be set elsewhere.
  const find = async () => atApiAndStage(`${restApiId}/${stageName}`, true);
  const { live } = await find().catch(blaming(`${nameOfConfig(configFile)}: stages.${name}`));
  return { kind: 'live', live: { ...live, ...reach }, label: name };
};

const atWord = async (word: string, context: Context): Promise<Address> => {
  const { stages } = context.settings;
  const entry = stages.get(word);
  if (entry) return atEntry(entry, context.settings);
  if (word === '-') return { kind: 'stdio', label: '-' };
  const form = liveForms.find(([start]) => start.test(word));
  if (form) return atLiveForm(word, form);
  if (isPath(word)) return atPath(word.replace(/^file:(?:\/\/)?/, ''), context.world.env['HOME']);
  if (word.includes('/')) return atApiAndStage(word, endpointOf({}, context) !== undefined);
  throw await unknownName(word, [...stages.keys()]);
};

const atDefault = async (context: Context): Promise<Address> => {
  const { default: byDefault, configFile, stages } = context.settings;
  if (byDefault === undefined)
    throw targetError(
      'Which stage? Name a stage file (prod.json), API/STAGE, - for standard input, or set a default in .stagerc.',
    );
  const { value, base } = byDefault;
  const isOfEnvironment = byDefault.from === 'environment';
  const config = nameOfConfig(configFile);
  const where = isOfEnvironment ? 'STAGE_DEFAULT' : `${config}: default`;
  const address = await atWord(value, context).catch(blaming(where));
  const from = isOfEnvironment ? ' (STAGE_DEFAULT)' : ` (the default of ${config})`;
  if (address.kind !== 'file' || base === context.world.cwd || stages.has(value)) return { ...address, from };
  const file = resolve(base, address.file);
  return { ...address, file, label: file, from };
};

/** The address of the named or default stage. Throws StageError('usage'), or StageError('config') for a default. */
export const addressOf = async (named: Named, context: Context): Promise<Address> => {
  if (named === undefined) return atDefault(context);
  if (typeof named === 'string') return atWord(named, context);
  const { restApiId, stageName, ...reach } = named;
  const { live, ...address } = atApiAndStage(`${restApiId}/${stageName}`, endpointOf(reach, context) !== undefined);
  return { ...address, live: { ...live, ...reach } };
};
