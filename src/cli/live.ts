/** Live stages as the command line asks for them. The SDK is loaded from here, and only for a live stage. */

import { isStageCommand } from '../commands/commands.js';
import { isSecretPlace, mask, maskBody } from '../render/redact.js';
import { nearestWord } from '../settings/spelling.js';
import type { Method } from '../stage/method.js';
import { printable } from '../stage/printable.js';
import { StageError } from '../stage/problem.js';
import type { Exchange, ListedApi, LiveEditOptions, LiveOptions, LiveStage } from '../targets/api-gateway.js';
import type { LivePlace } from './address.js';
import { flagCount, flagText, flagTime, flagWord, isOn, type Scene } from './scene.js';

const load = () => import('../targets/api-gateway.js');

/** A wait is worth a line where somebody watches, or asked for it. */
const tellWait =
  ({ world, voice, invocation }: Scene) =>
  (sentence: string): void => {
    const isWatched = world.stderr.isTTY || invocation.flags.has('verbose') || invocation.flags.has('debug');
    if (isWatched && !voice.isQuiet) world.stderr.write(`${voice.paintErrors.quiet(printable(sentence))}\n`);
  };

const exchangeLines = ({ method, path, request, status, response, took }: Exchange): readonly string[] => [
  `> ${method} ${path}`,
  ...(request === undefined ? [] : [`> ${request}`]),
  `< ${status ?? 'no answer'} after ${Math.round(took)} ms`,
  ...(response === undefined ? [] : [`< ${response}`]),
];

const tracing = (scene: Scene): LiveOptions['tracing'] => {
  if (!isOn(scene, 'debug')) return undefined;
  const { world, voice } = scene;
  return {
    trace: (exchange) =>
      world.stderr.write(
        exchangeLines(exchange)
          .map((line) => `${printable(line)}\n`)
          .join(''),
      ),
    mask: (body) => JSON.stringify(maskBody(JSON.parse(JSON.stringify(body ?? null)), voice.isSecret)),
  };
};

const profileOf = (place: LivePlace, scene: Scene): LiveOptions['profile'] => {
  const flag = flagText(scene, 'profile');
  if (flag !== undefined) return { name: flag, from: 'flag' };
  const name = place.profile ?? scene.settings.profile;
  return name === undefined ? undefined : { name, from: 'config' };
};

/** The members that are there: an option that was not given is absent. */
const given = <Options extends object>(
  options: { readonly [Key in keyof Options]: Options[Key] | undefined },
): Options => Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Options;

/** How API Gateway is reached. The region of an address counts first, then that of the command line and the settings. */
export const connectionTo = (place: Partial<LivePlace>, scene: Scene): LiveOptions =>
  given<LiveOptions>({
    world: scene.world,
    region: place.region ?? flagText(scene, 'region') ?? scene.settings.region,
    profile: profileOf(place as LivePlace, scene),
    endpointUrl: flagText(scene, 'endpoint-url') ?? place.endpointUrl,
    roleArn: flagText(scene, 'role-arn'),
    caBundle: flagText(scene, 'ca-bundle'),
    timeout: flagTime(scene, 'timeout', 60_000),
    maxAttempts: flagCount(scene, 'max-attempts'),
    governors: undefined,
    sleep: undefined,
    tell: tellWait(scene),
    tracing: tracing(scene),
    nearest: nearestWord,
  });

const usualOnPartial = ({ invocation: { command } }: Scene): 'rollback' | 'keep' =>
  isStageCommand(command) ? (command.onPartial ?? 'rollback') : 'rollback';

const editOptions = (place: LivePlace, isProtected: boolean, scene: Scene): LiveEditOptions => ({
  ...connectionTo(place, scene),
  verbatim: scene.invocation.command.name === 'patch',
  recheck: isProtected || scene.request.expected.length > 0,
  onPartial: flagWord(scene, 'on-partial', ['rollback', 'keep']) ?? usualOnPartial(scene),
  ownerTags: scene.settings.ownerTags,
  refuseOwned: isOn(scene, 'refuse-owned'),
  showLeaf: (at, leaf) => {
    if (leaf === undefined) return 'nothing';
    return isSecretPlace(at, scene.voice.isSecret) ? mask : String(leaf);
  },
});

/** The live stage at a place. Nothing is sent before it is read or edited. */
export const openLive = async (
  place: LivePlace,
  label: string,
  isProtected: boolean,
  scene: Scene,
): Promise<LiveStage> => {
  const { stageOnApiGateway } = await load();
  return stageOnApiGateway(
    { api: place.api, stageName: place.stageName, label },
    editOptions(place, isProtected, scene),
  );
};

/** The id of the API of a place, asked for where only its name is known. */
export const findRestApiId = async ({ api, ...place }: LivePlace, scene: Scene): Promise<string> => {
  if ('id' in api) return api.id;
  const { listApis } = await load();
  const [first] = await listApis(api, connectionTo({ api, ...place }, scene));
  return first?.id ?? '';
};

/** The APIs with their stages; one of them where a word says which, by its id or its name. */
export const listLive = async (word: string | undefined, scene: Scene): Promise<readonly ListedApi[]> => {
  const { listApis } = await load();
  const isId = /^[a-z0-9]{10}$/.test(word ?? '');
  const api = word === undefined ? undefined : isId ? { id: word } : { name: word.replace(/^name:/, '') };
  return listApis(api, connectionTo({}, scene));
};

/** The methods that were named, and not as keys that are stored already; only what is set can be set in vain. */
const namedMethods = ({ request, invocation }: Scene): readonly Method[] => {
  const { methods = [] } = request;
  return methods === 'all-entries' || invocation.command.name !== 'set' ? [] : methods;
};

/**
 * The request with ANY as the verbs that the resource has. API Gateway accepts settings for methods that are not there, and
 * ignores them, so they are refused; `--allow-unknown-method` says not to look.
 */
export const checkMethods = async (stage: LiveStage, scene: Scene): Promise<Scene['request']> => {
  const { request } = scene;
  const named = namedMethods(scene);
  if (isOn(scene, 'allow-unknown-method') || named.every((method) => 'key' in method)) return request;
  const { unknownMethods, verbsAt } = await load();
  const read = await stage.resources();
  if ('notice' in read) return { ...request, notices: [...request.notices, read.notice] };
  const { resources } = read;
  const isThere = (method: Method): boolean =>
    'key' in method || !method.isAny || (verbsAt(method.resourcePath, resources)?.includes(method.httpMethod) ?? true);
  const methods = named.filter(isThere);
  const problems = unknownMethods(methods, resources);
  if (problems.length > 0) throw new StageError('usage', problems);
  return { ...request, methods, notices: request.notices.filter(({ code }) => code !== 'any-method') };
};

const progressLine = (status: string, waited: number): string =>
  `cacheClusterStatus ${status}, ${Math.round(waited / 1000)} s`;

/** Waits, where `--wait` says so, until the cache cluster has settled. */
export const waitIfAsked = async (stage: LiveStage, scene: Scene): Promise<void> => {
  if (!isOn(scene, 'wait') || isOn(scene, 'dry-run')) return;
  const { world, voice } = scene;
  const isShown = world.stderr.isTTY && !voice.isQuiet;
  await stage.waitForCache(flagTime(scene, 'wait-timeout', 15 * 60_000), (status, waited) => {
    // One line, written over.
    if (isShown) world.stderr.write(`\r\u001b[K${progressLine(printable(status), waited)}`);
  });
  if (isShown) world.stderr.write('\r\u001b[K');
};
