/** Opens live stages for the command line. Loaded only for a live stage. */

import type { MeasuredStage } from '../canary/ask-cloudwatch.js';
import { unknownMethodOption } from '../commands/options.js';
import { maskLeaf, maskSecrets } from '../render/redact.js';
import { present } from '../settings/load-settings.js';
import type { Desired } from '../stage/desired.js';
import type { Method } from '../stage/method.js';
import type { Notice } from '../stage/plan.js';
import { StageError } from '../stage/problem.js';
import { everyMethod } from '../stage/properties.js';
import type { Stage } from '../stage/stage.js';
import type { LiveEditOptions, LiveStage } from '../targets/api-gateway.js';
import { defaults } from '../targets/defaults.js';
import { printable } from '../text/printable.js';
import type { Sink } from '../world.js';
import { endpointOf, type LivePlace } from './address.js';
import type { Context } from './context.js';
import { isOn, numberOption, textOption, usageError } from './given-options.js';

const load = () => import('../targets/api-gateway.js');

const clearLine = '\r\u001b[K';

/** Milliseconds without an answer after which a status line is shown. */
const longCall = 2000;

/** The terminals that show a status line now. */
const withStatus = new WeakSet<Sink>();

/** Progress of waiting for a live stage: a line per wait, and on a terminal a status line that is cleared. */
const waitLines = ({ world: { stderr }, output, options }: Context) => {
  const isFollowed = !output.isQuiet && (stderr.isTTY || options.has('verbose') || options.has('debug'));
  const clear = (): void => {
    if (withStatus.delete(stderr)) stderr.write(clearLine);
  };
  const line = (sentence: string): void => {
    clear();
    if (isFollowed) stderr.write(`${output.paintErrors.quiet(printable(sentence))}\n`);
  };
  const status = (text: string): void => {
    if (stderr.isTTY) clear();
    else line(text);
    if (!stderr.isTTY || !isFollowed) return;
    stderr.write(printable(text));
    withStatus.add(stderr);
  };
  const follow = (attempt: Promise<unknown>): void => {
    if (!stderr.isTTY || !isFollowed || options.has('debug')) return;
    const timer = setTimeout(() => status('waiting for API Gateway…'), longCall);
    const end = (): void => {
      clearTimeout(timer);
      clear();
    };
    attempt.then(end, end);
  };
  return { line, status, follow, clear };
};

/**
 * Connection and edit options for a stage. Precedence: option, address, settings. Only for the region, the address
 * precedes the option.
 *
 * @throws StageError('usage') if an option has an invalid value.
 */
export const liveOptions = (place: Partial<LivePlace>, context: Context): LiveEditOptions => {
  const { world, settings, output, command } = context;
  const { line, follow } = waitLines(context);
  const timeout = numberOption(context, 'timeout') ?? defaults.timeout;
  if (timeout === 0) throw usageError('--timeout: expected a time above 0.');
  const from = settings.profile?.from === 'flag' ? 'flag' : 'config';
  const profile = from === 'flag' ? settings.profile?.name : (place.profile ?? settings.profile?.name);
  return {
    world,
    tell: line,
    follow,
    verbatim: 'standsIn' in command,
    ownerTags: settings.ownerTags,
    refuseOwned: isOn(context, 'refuse-owned'),
    showLeaf: (at, leaf) => String(maskLeaf(at, leaf, output.isSecret) ?? 'nothing'),
    timeout,
    ...(profile !== undefined && { profile: { name: profile, from } }),
    ...(isOn(context, 'debug') && {
      tracing: {
        trace: (line) => world.stderr.write(`${printable(line)}\n`),
        mask: (body) => JSON.stringify(maskSecrets(JSON.parse(JSON.stringify(body ?? null)), output.isSecret)),
      },
    }),
    ...present({
      region: place.region ?? settings.region,
      endpointUrl: endpointOf(place, context),
      roleArn: textOption(context, 'role-arn'),
      caBundle: textOption(context, 'ca-bundle'),
      maxAttempts: numberOption(context, 'max-attempts'),
    }),
  };
};

/** The stage and connection for the CloudWatch queries of rollout gates. */
export const measuredStage = (place: LivePlace, live: LiveStage, context: Context): MeasuredStage => {
  const { endpointUrl: _, follow: __, ...options } = liveOptions(place, context);
  const connection = { ...options, ...present({ endpointUrl: endpointOf(place, context, 'CLOUDWATCH') }) };
  return { label: live.label, stageName: place.stageName, apiName: live.apiName, connection, known: {} };
};

/** Opens a live stage. Sends no request until the stage is read or edited. */
export const openLive = async (
  place: LivePlace,
  label: string,
  context: Context,
  creates: boolean,
): Promise<LiveStage> => {
  const { stageOnApiGateway } = await load();
  // Show an endpoint that comes from the configuration.
  const endpoint = textOption(context, 'endpoint-url') === undefined ? place.endpointUrl : undefined;
  const { api, stageName } = place;
  const address = { api, stageName, label: endpoint ? `${label} at ${endpoint}` : label };
  return stageOnApiGateway(address, { ...liveOptions(place, context), creates });
};

/** Runs API Gateway calls that are not about a single stage. */
export const asking = async <T>(
  place: Partial<LivePlace>,
  context: Context,
  ask: (apiGateway: Awaited<ReturnType<typeof load>>, options: LiveEditOptions) => Promise<T>,
): Promise<T> => ask(await load(), liveOptions(place, context));

/** The place with the id of its API, looked up by name if needed. */
export const identified = async (place: LivePlace, context: Context): Promise<LivePlace> => {
  const { api } = place;
  if ('id' in api) return place;
  const id = await asking(place, context, ({ restApiIdOf }, options) => restApiIdOf(api.name, options));
  return { ...place, api: { id } };
};

/**
 * The request with ANY replaced by the HTTP methods of the resource. API Gateway accepts and ignores settings for
 * methods that do not exist, so stage refuses them unless `--allow-unknown-method` is given.
 */
export const checkMethods = async (stage: LiveStage, context: Context): Promise<Context['request']> => {
  const { request, command } = context;
  const { methods, choices } = request;
  const byOption = Array.isArray(methods) ? methods : [];
  // Raw keys are not checked, so that entries of methods that do not exist can be removed.
  const named = [...byOption, ...choices.flatMap(({ method }) => method ?? [])].filter((method) => !('key' in method));
  const isChecked = command.options.includes(unknownMethodOption) && !isOn(context, unknownMethodOption.name);
  if (!isChecked || named.length === 0) return request;
  const { isBeside, unknownMethods } = await import('../targets/api-gateway/resources.js');
  const read = await stage.resources();
  if ('notice' in read) return { ...request, notices: [...request.notices, read.notice] };
  const isMeant = (method: Method): boolean => !isBeside(method, read.resources);
  const problems = unknownMethods(named.filter(isMeant), read.resources).map((problem) => ({
    ...problem,
    message: `${problem.message} --allow-unknown-method sends it anyway.`,
  }));
  if (problems.length > 0) throw new StageError('usage', problems);
  return {
    ...request,
    methods: Array.isArray(methods) ? byOption.filter(isMeant) : methods,
    choices: choices.filter(({ method }) => method === undefined || isMeant(method)),
    notices: request.notices.filter(({ code }) => code !== 'any-method'),
  };
};

/** Notices about methods of a document that the API does not have. Not refused: the stage may have these entries already. */
export const ignoredMethods = async (
  stage: LiveStage,
  { stage: { methodSettings = {} } }: Desired,
): Promise<readonly Notice[]> => {
  const methods = Object.keys(methodSettings).flatMap((key) => (key === everyMethod ? [] : [{ key }]));
  if (methods.length === 0) return [];
  const { unknownMethods } = await import('../targets/api-gateway/resources.js');
  const read = await stage.resources();
  return 'notice' in read ? [read.notice] : unknownMethods(methods, read.resources);
};

/** Waits until the cache cluster has settled, prints its status, and returns the stage as last read. */
export const waitForCache = async (stage: LiveStage, timeout: number, context: Context): Promise<Stage> => {
  const lines = waitLines(context);
  const after = await stage
    .waitForCache(timeout, (status, waited) =>
      lines.status(`cacheClusterStatus ${status}, ${Math.round(waited / 1000)} s`),
    )
    .finally(lines.clear);
  const settled = `${stage.label}: cacheClusterStatus is ${after.cacheClusterStatus ?? 'not set'}`;
  if (!context.output.isQuiet) context.world.stderr.write(`${printable(settled)}\n`);
  return after;
};
