/** Live stages as the command line asks for them. The SDK is loaded from here, and only for a live stage. */

import { maskBody } from '../render/mask-given.js';
import { isSecretPlace, mask } from '../render/redact.js';
import { misfit, webAddress } from '../settings/kind.js';
import { present } from '../settings/present.js';
import type { Method } from '../stage/method.js';
import { pathOf } from '../stage/place.js';
import type { Notice } from '../stage/plan.js';
import { failure, StageError } from '../stage/problem.js';
import type { Stage } from '../stage/stage.js';
import type {
  Exchange,
  ListedApi,
  ListedReference,
  LiveEditOptions,
  LiveOptions,
  LiveStage,
  OnLeftOut,
} from '../targets/api-gateway.js';
import { defaults } from '../targets/defaults.js';
import { printable } from '../text/printable.js';
import { nearestWord } from '../text/spelling.js';
import type { LivePlace } from './address.js';
import type { Context } from './context.js';
import { countOption, isOn, textOption, timeOption, usageError } from './given-options.js';
import { tellNotice } from './tell.js';

const load = () => import('../targets/api-gateway.js');

/** A wait is worth a line where somebody watches, or asked for it. */
const tellWait =
  ({ world, output, options }: Context) =>
  (sentence: string): void => {
    const isWatched = world.stderr.isTTY || options.has('verbose') || options.has('debug');
    if (isWatched && !output.isQuiet) world.stderr.write(`${output.paintErrors.quiet(printable(sentence))}\n`);
  };

const exchangeLines = ({ request, status, requestId, response, ...exchange }: Exchange): readonly string[] => [
  `> ${exchange.operation} at ${exchange.endpoint}`,
  `> ${exchange.method} ${exchange.path}`,
  ...(request === undefined ? [] : [`> ${request}`]),
  `< ${status ?? 'no answer'} after ${Math.round(exchange.took)} ms`,
  ...(requestId === undefined ? [] : [`< x-amzn-requestid ${requestId}`]),
  ...(response === undefined ? [] : [`< ${response}`]),
];

const tracing = (context: Context): LiveOptions['tracing'] => {
  if (!isOn(context, 'debug')) return undefined;
  const { world, output } = context;
  return {
    trace: (exchange) =>
      world.stderr.write(
        exchangeLines(exchange)
          .map((line) => `${printable(line)}\n`)
          .join(''),
      ),
    mask: (body) => JSON.stringify(maskBody(JSON.parse(JSON.stringify(body ?? null)), output.isSecret)),
  };
};

/** That of the address counts before the settings, unless a flag named theirs. */
const profileOf = (place: Partial<LivePlace>, { settings }: Context): LiveOptions['profile'] => {
  const { name, from } = settings.profile ?? {};
  if (name !== undefined && from === 'flag') return { name, from };
  const other = place.profile ?? name;
  return other === undefined ? undefined : { name: other, from: 'config' };
};

const endpointOfFlag = (context: Context): string | undefined => {
  const text = textOption(context, 'endpoint-url');
  const problem = text === undefined ? undefined : misfit(webAddress, text);
  if (problem !== undefined) throw usageError(`--endpoint-url: ${problem}.`);
  return text;
};

// The SDK would read them itself, and then neither an address nor a sentence would know of them.
const endpointOfEnvironment = ({ world: { env } }: Context): string | undefined => {
  if (env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] === 'true') return undefined;
  const name = ['AWS_ENDPOINT_URL_API_GATEWAY', 'AWS_ENDPOINT_URL'].find((variable) => env[variable]);
  const problem = name === undefined ? undefined : misfit(webAddress, env[name]);
  if (problem !== undefined) throw failure('config', 'config', `${name}: ${problem}.`);
  return name && env[name];
};

const endpointOf = ({ endpointUrl }: Partial<LivePlace>, context: Context): string | undefined =>
  endpointOfFlag(context) ?? endpointUrl ?? endpointOfEnvironment(context);

/** Whether an endpoint other than AWS's is asked, whichever stage it is about. */
export const isElsewhere = (context: Context): boolean => endpointOf({}, context) !== undefined;

const timeoutOf = (context: Context): number => {
  const timeout = timeOption(context, 'timeout', defaults.timeout);
  if (timeout === 0) throw usageError('--timeout: expected a time above 0.');
  return timeout;
};

/** Throws where a flag for live stages has a wrong value, wherever the stage of this run is. */
export const checkLiveFlags = (context: Context): void => {
  endpointOfFlag(context);
  timeoutOf(context);
  countOption(context, 'max-attempts');
};

/** How API Gateway is reached. The region of an address counts before that of the settings. */
const connectionTo = (place: Partial<LivePlace>, context: Context): LiveOptions => ({
  world: context.world,
  tell: tellWait(context),
  // Loaded only where a name is wrong.
  nearest: (word, known) => nearestWord(word, known),
  ...present({
    region: place.region ?? context.settings.region,
    profile: profileOf(place, context),
    endpointUrl: endpointOf(place, context),
    roleArn: textOption(context, 'role-arn'),
    caBundle: textOption(context, 'ca-bundle'),
    timeout: timeoutOf(context),
    maxAttempts: countOption(context, 'max-attempts'),
    tracing: tracing(context),
  }),
});

const otherValues = ['another value', 'a third value'];

/** Shows values. Of secret ones it says which are the same: under the mask all would be. */
const newShowLeaf = ({ output }: Context): NonNullable<LiveEditOptions['showLeaf']> => {
  const seen = new Map<string, unknown[]>();
  return (at, leaf) => {
    if (leaf === undefined) return 'nothing';
    if (!isSecretPlace(at, output.isSecret)) return String(leaf);
    const values = seen.get(pathOf(at)) ?? [];
    const index = values.includes(leaf) ? values.indexOf(leaf) : values.push(leaf) - 1;
    seen.set(pathOf(at), values);
    return index === 0 ? mask : `${mask} (${otherValues[index - 1] ?? 'yet another value'})`;
  };
};

const editOptions = (place: LivePlace, context: Context): LiveEditOptions => ({
  ...connectionTo(place, context),
  verbatim: 'standsIn' in context.command,
  ownerTags: context.settings.ownerTags,
  refuseOwned: isOn(context, 'refuse-owned'),
  showLeaf: newShowLeaf(context),
});

/** A notice where --region names another region than the address, which counts first. */
export const regionNotices = (label: string, { region }: LivePlace, context: Context): readonly Notice[] => {
  const flag = textOption(context, 'region');
  if (flag === undefined || region === undefined || flag === region) return [];
  const message = `${label} is in ${region}, as its address says; --region ${flag} changes nothing of that.`;
  return [{ code: 'region-of-address', message }];
};

/** The live stage at a place. Nothing is sent before it is read or edited. */
export const openLive = async (place: LivePlace, label: string, context: Context): Promise<LiveStage> => {
  const { stageOnApiGateway } = await load();
  return stageOnApiGateway({ api: place.api, stageName: place.stageName, label }, editOptions(place, context));
};

/** The place with the id of its API, which is asked for where only its name is known. */
export const identified = async (place: LivePlace, context: Context): Promise<LivePlace & { api: { id: string } }> => {
  const { api } = place;
  if ('id' in api) return { ...place, api };
  const { restApiIdOf } = await load();
  return { ...place, api: { id: await restApiIdOf(api.name, connectionTo(place, context)) } };
};

const reference = (word: string): ListedReference => {
  if (word === 'name:') throw usageError('name: needs the name of an API behind it.');
  return word.startsWith('name:') ? { name: word.slice('name:'.length) } : { idOrName: word };
};

/** The APIs with their stages; one of them where a word says which, by its id or its name. */
export const listLive = async (word: string | undefined, context: Context): Promise<readonly ListedApi[]> => {
  const { listApis } = await load();
  // Also with --quiet: a list that is not whole must not look whole.
  const onLeftOut: OnLeftOut = ({ id, name }, { message }) =>
    tellNotice(`${id} (${name}) is left out: its stages cannot be read. ${message}`, context);
  return listApis(word === undefined ? undefined : reference(word), connectionTo({}, context), onLeftOut);
};

/** The methods that flags and words name, and not as keys of entries, for a verb that may set something of them in vain. */
const namedMethods = ({ request, command }: Context): readonly Method[] => {
  const { methods = [], choices } = request;
  if (!('checksMethods' in command)) return [];
  const inWords = choices.flatMap(({ method }) => (method === undefined ? [] : [method]));
  const named = methods === 'all-entries' ? inWords : [...methods, ...inWords];
  return named.filter((method) => !('key' in method));
};

/**
 * The request with ANY as the HTTP methods that the resource has. API Gateway accepts settings for methods that are not there, and
 * ignores them, so they are refused; `--allow-unknown-method` says not to look.
 */
export const checkMethods = async (stage: LiveStage, context: Context): Promise<Context['request']> => {
  const { request } = context;
  const named = namedMethods(context);
  if (isOn(context, 'allow-unknown-method') || named.length === 0) return request;
  const { isBeside, unknownMethods } = await load();
  const read = await stage.resources();
  if ('notice' in read) return { ...request, notices: [...request.notices, read.notice] };
  const { resources } = read;
  const isMeant = (method: Method): boolean => !isBeside(method, resources);
  const problems = unknownMethods(named.filter(isMeant), resources);
  if (problems.length > 0) throw new StageError('usage', problems);
  const { methods } = request;
  return {
    ...request,
    methods: Array.isArray(methods) ? methods.filter(isMeant) : methods,
    choices: request.choices.filter(({ method }) => method === undefined || isMeant(method)),
    notices: request.notices.filter(({ code }) => code !== 'any-method'),
  };
};

const progressLine = (status: string, waited: number): string =>
  `cacheClusterStatus ${status}, ${Math.round(waited / 1000)} s`;

/** Waits until the cache cluster has settled, and answers with the stage then. */
export const waitForCache = async (stage: LiveStage, patience: number, { world, output }: Context): Promise<Stage> => {
  const isShown = world.stderr.isTTY && !output.isQuiet;
  const show = (text: string): void => {
    // One line, written over.
    if (isShown) world.stderr.write(`\r\u001b[K${text}`);
  };
  return stage
    .waitForCache(patience, (status, waited) => show(progressLine(printable(status), waited)))
    .finally(() => show(''));
};
