/** Live stages as the command line asks for them. Loads the SDK, and only for a live stage. */

import { isSecretPlace, mask, maskBody } from '../render/redact.js';
import { present } from '../settings/load-settings.js';
import { checkWebAddress } from '../settings/settings.js';
import type { Method } from '../stage/method.js';
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
import type { LiveAddress, LivePlace } from './address.js';
import type { Context } from './context.js';
import { countOption, isOn, textOption, timeOption, usageError } from './given-options.js';
import { tellNotice } from './tell.js';

const load = () => import('../targets/api-gateway.js');

const clearLine = '\r\u001b[K';

/** Whether the user follows the progress: on a terminal, or because he asked for it. */
const isFollowed = ({ world, output, options }: Context): boolean =>
  !output.isQuiet && (world.stderr.isTTY || options.has('verbose') || options.has('debug'));

/** Says what is waited for, and for how long. */
const tellWait = (sentence: string, context: Context): void => {
  const { stderr } = context.world;
  const line = `${context.output.paintErrors.quiet(printable(sentence))}\n`;
  if (isFollowed(context)) stderr.write(stderr.isTTY ? `${clearLine}${line}` : line);
};

/** Milliseconds after which a call that is not answered is worth a line. */
const longCall = 2000;

/** On a terminal, shows that a slow call is waited for. */
const showingWait = async <T>(context: Context, call: Promise<T>): Promise<T> => {
  const { stderr } = context.world;
  if (!stderr.isTTY || context.output.isQuiet || isOn(context, 'debug')) return call;
  let isShown = false;
  const timer = setTimeout(() => {
    isShown = true;
    stderr.write('waiting for API Gateway…');
  }, longCall);
  return call.finally(() => {
    clearTimeout(timer);
    if (isShown) stderr.write(clearLine);
  });
};

const exchangeText = ({ request, status, requestId, response, ...exchange }: Exchange): string =>
  [
    `> ${exchange.operation} at ${exchange.endpoint}`,
    `> ${exchange.method} ${exchange.path}`,
    request === undefined ? [] : `> ${request}`,
    `< ${status ?? 'no answer'} after ${Math.round(exchange.took)} ms`,
    requestId === undefined ? [] : `< x-amzn-requestid ${requestId}`,
    response === undefined ? [] : `< ${response}`,
  ]
    .flat()
    .map((line) => `${printable(line)}\n`)
    .join('');

const tracingOf = ({ world, output }: Context): LiveOptions['tracing'] => ({
  trace: (exchange) => world.stderr.write(exchangeText(exchange)),
  mask: (body) => JSON.stringify(maskBody(JSON.parse(JSON.stringify(body ?? null)), output.isSecret)),
});

/** The address comes before the settings, and an option before both. */
const profileOf = (place: Partial<LivePlace>, { settings }: Context): LiveOptions['profile'] => {
  const { name, from } = settings.profile ?? {};
  if (name !== undefined && from === 'flag') return { name, from };
  const other = place.profile ?? name;
  return other === undefined ? undefined : { name: other, from: 'config' };
};

const checkedUrl = (url: string | undefined, name: string, kind: 'usage' | 'config'): string | undefined => {
  const problem = url === undefined ? undefined : checkWebAddress(url);
  if (problem !== undefined) throw failure(kind, kind, `${name}: ${problem}.`);
  return url;
};

const endpointOfOption = (context: Context): string | undefined =>
  checkedUrl(textOption(context, 'endpoint-url'), '--endpoint-url', 'usage');

// The SDK would read them too, but then neither address nor message would know them.
const endpointOfEnvironment = ({ world: { env } }: Context): string | undefined => {
  const name = ['AWS_ENDPOINT_URL_API_GATEWAY', 'AWS_ENDPOINT_URL'].find((variable) => env[variable]);
  if (name === undefined || env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] === 'true') return undefined;
  return checkedUrl(env[name], name, 'config');
};

const endpointOf = ({ endpointUrl }: Partial<LivePlace>, context: Context): string | undefined =>
  endpointOfOption(context) ?? endpointUrl ?? endpointOfEnvironment(context);

/** Whether the endpoint is not AWS's, whichever stage this is about. */
export const isElsewhere = (context: Context): boolean => endpointOf({}, context) !== undefined;

const timeoutOf = (context: Context): number => {
  const timeout = timeOption(context, 'timeout', defaults.timeout);
  if (timeout === 0) throw usageError('--timeout: expected a time above 0.');
  return timeout;
};

/** Throws where an option for live stages has a wrong value, even if the stage is not live. */
export const checkLiveOptions = (context: Context): void => {
  endpointOfOption(context);
  timeoutOf(context);
  countOption(context, 'max-attempts');
};

/** How to reach API Gateway. The region of an address comes before that of the settings. */
const connectionTo = (place: Partial<LivePlace>, context: Context): LiveOptions => ({
  world: context.world,
  tell: (sentence) => tellWait(sentence, context),
  nearest: nearestWord,
  ...present({
    region: place.region ?? context.settings.region,
    profile: profileOf(place, context),
    endpointUrl: endpointOf(place, context),
    roleArn: textOption(context, 'role-arn'),
    caBundle: textOption(context, 'ca-bundle'),
    timeout: timeoutOf(context),
    maxAttempts: countOption(context, 'max-attempts'),
    tracing: isOn(context, 'debug') ? tracingOf(context) : undefined,
  }),
});

const editOptions = (place: LivePlace, context: Context): LiveEditOptions => ({
  ...connectionTo(place, context),
  verbatim: 'standsIn' in context.command,
  ownerTags: context.settings.ownerTags,
  refuseOwned: isOn(context, 'refuse-owned'),
  showLeaf: (at, leaf) => {
    if (leaf === undefined) return 'nothing';
    return isSecretPlace(at, context.output.isSecret) ? mask : String(leaf);
  },
});

/** A notice where --region names another region than the address. */
export const regionNotices = ({ live: { region } }: LiveAddress, context: Context): readonly Notice[] => {
  const given = textOption(context, 'region');
  if (given === undefined || region === undefined || given === region) return [];
  return [{ code: 'region-of-address', message: `--region ${given} is ignored; the address names ${region}.` }];
};

/** The live stage at an address. Nothing is sent before it is read or edited. */
export const openLive = async ({ live: place, label }: LiveAddress, context: Context): Promise<LiveStage> => {
  const { stageOnApiGateway } = await load();
  const endpoint = endpointOfOption(context) === undefined ? place.endpointUrl : undefined;
  const stage = stageOnApiGateway(
    // An endpoint of the configuration must not go unnoticed.
    { api: place.api, stageName: place.stageName, label: endpoint ? `${label} at ${endpoint}` : label },
    editOptions(place, context),
  );
  return {
    ...stage,
    read: () => showingWait(context, stage.read()),
    edit: (decide) => showingWait(context, stage.edit(decide)),
    foresee: (decide) => showingWait(context, stage.foresee(decide)),
    resources: () => showingWait(context, stage.resources()),
  };
};

/** The place with the id of its API, which is looked up where only the name is known. */
export const identified = async (place: LivePlace, context: Context): Promise<LivePlace & { api: { id: string } }> => {
  const { api } = place;
  if ('id' in api) return { ...place, api };
  const { restApiIdOf } = await load();
  const id = await showingWait(context, restApiIdOf(api.name, connectionTo(place, context)));
  return { ...place, api: { id } };
};

const reference = (word: string): ListedReference => {
  if (word === 'name:') throw usageError('name: needs the name of an API: name:orders-api.');
  return word.startsWith('name:') ? { name: word.slice('name:'.length) } : { idOrName: word };
};

/** All APIs with their stages, or the one that a word names by its id or name. */
export const listLive = async (word: string | undefined, context: Context): Promise<readonly ListedApi[]> => {
  const { listApis } = await load();
  // Even with --quiet: a list with gaps must not look complete.
  const onLeftOut: OnLeftOut = ({ id, name }, { message }) =>
    tellNotice(`${id} (${name}) is left out: its stages cannot be read. ${message}`, context);
  const api = word === undefined ? undefined : reference(word);
  return showingWait(context, listApis(api, connectionTo({}, context), onLeftOut));
};

/** The methods that options and words name, but not by the keys of entries. */
const namedMethods = ({ methods = [], choices }: Context['request']): readonly Method[] => {
  const inWords = choices.flatMap(({ method }) => method ?? []);
  return [...(methods === 'all-entries' ? [] : methods), ...inWords].filter((method) => !('key' in method));
};

/**
 * The request with ANY as the HTTP methods that the resource has. API Gateway accepts settings for methods that do not exist and ignores
 * them, so they are refused, except with `--allow-unknown-method`.
 */
export const checkMethods = async (stage: LiveStage, context: Context): Promise<Context['request']> => {
  const { request, command } = context;
  const named = 'checksMethods' in command ? namedMethods(request) : [];
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

/** Waits until the cache cluster has settled, says how, and returns the stage as it is then. */
export const waitForCache = async (stage: LiveStage, timeout: number, context: Context): Promise<Stage> => {
  const { world, output } = context;
  // On a terminal one line, written over.
  const [start, end] = world.stderr.isTTY ? [clearLine, ''] : ['', '\n'];
  const show = (text: string): void => {
    if (isFollowed(context)) world.stderr.write(text);
  };
  const after = await stage
    .waitForCache(timeout, (status, waited) =>
      show(`${start}cacheClusterStatus ${printable(status)}, ${Math.round(waited / 1000)} s${end}`),
    )
    .finally(() => show(start));
  const settled = `${stage.label}: cacheClusterStatus is ${after.cacheClusterStatus ?? 'not set'}`;
  if (!output.isQuiet) world.stderr.write(`${printable(settled)}\n`);
  return after;
};
