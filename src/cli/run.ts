/** An invocation carried out: the stage is opened, the verb is run, and the result is told. */

import {
  type LookCommand,
  type PlanInput,
  type Sight,
  type StageCommand,
  targetsOf,
  type Undertaking,
} from '../commands/command.js';
import { isStageCommand } from '../commands/commands.js';
import { edit } from '../edit.js';
import { asJson, asYaml } from '../render/document.js';
import { table } from '../render/table.js';
import { sightOutputs } from '../settings/settings.js';
import { failure, type Problem, StageError, withMore } from '../stage/problem.js';
import { changesOf, type StageResult } from '../stage/result.js';
import type { Stage } from '../stage/stage.js';
import type { LiveStage } from '../targets/api-gateway.js';
import { defaults } from '../targets/defaults.js';
import type { Address, AwsNames, Named } from './address.js';
import { forLive, liveOnly } from './common-flags.js';
import { exitCodes } from './exit-codes.js';
import { flagText, flagTime, isOn, usageError } from './given.js';
import { list } from './list.js';
import { checkLiveFlags, checkMethods, waitForCache } from './live.js';
import { addressFor, open, wrapped } from './open.js';
import type { Scene } from './scene.js';
import { runServer } from './serve.js';
import { onTerminal, tell, tellNotices, tellOrigin } from './tell.js';

/** The stage that the AWS CLI's flags name, where no TARGET does. */
const awsTarget = (scene: Scene): AwsNames | undefined => {
  const [restApiId, stageName] = [flagText(scene, 'rest-api-id'), flagText(scene, 'stage-name')];
  if (restApiId === undefined && stageName === undefined) return undefined;
  if (restApiId === undefined || stageName === undefined)
    throw usageError('--rest-api-id and --stage-name name a stage together; only one of them came.');
  return { restApiId, stageName };
};

// A command line of the AWS CLI's can be tried on a file as it is.
const isTrial = (word: string, scene: Scene): boolean =>
  'standsIn' in scene.command && addressFor(word, scene).kind !== 'live';

const targetOf = (word: string | undefined, scene: Scene): Named => {
  const names = awsTarget(scene);
  if (names === undefined || word === undefined) return names ?? word;
  if (!isTrial(word, scene))
    throw usageError(`--rest-api-id and --stage-name stand in the place of TARGET, and ${word} came too.`);
  return word;
};

const sourceAndTarget = (scene: Scene): readonly [source: string | undefined, target: Named] => {
  const [first, second] = scene.request.targets;
  const isBetween = targetsOf(scene.command, scene.request.options) === 2;
  return isBetween ? [first, targetOf(second, scene)] : [undefined, targetOf(first, scene)];
};

/** Whether an edit changes something, or may: of some operations nobody knows what they do. */
const mayDiffer = (result: StageResult): boolean =>
  changesOf(result).length > 0 || result.notices.some(({ code }) => code === 'unproven');

const codeOfEdit = (result: StageResult, scene: Scene): number =>
  isOn(scene, 'detailed-exitcode') && mayDiffer(result) ? exitCodes.differences : exitCodes.done;

/** Milliseconds that `--wait` may take; undefined where nothing is to be waited for. */
const patienceOf = (scene: Scene): number | undefined => {
  const patience = flagTime(scene, 'wait-timeout', defaults.cacheTimeout);
  if (!isOn(scene, 'wait') && flagText(scene, 'wait-timeout') !== undefined)
    throw usageError('--wait-timeout goes with --wait.');
  return isOn(scene, 'wait') && !isOn(scene, 'dry-run') ? patience : undefined;
};

/** The request of a stage that is not live, with a notice of the flags that do nothing there. */
const sayLiveOnly = ({ request, flags }: Scene): Scene['request'] => {
  const idle = liveOnly.filter((name) => flags.has(name)).map((name) => `--${name}`);
  const message = `This stage is not live, and these flags are for live ones: ${idle.join(', ')}.`;
  return idle.length === 0 ? request : { ...request, notices: [...request.notices, { code: 'live-only', message }] };
};

/** Says with what goes wrong in the telling that the edit was made all the same. */
const madeAllTheSame =
  ({ label, isDryRun }: StageResult, address: Address) =>
  (error: unknown): never => {
    if (error instanceof StageError || isDryRun || address.kind === 'stdio') throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw failure('unexpected', 'not-told', `${label}: the edit was made, and could not be told: ${message}`);
  };

/** What is to be said of an edit whose cache cluster is waited for in vain. */
const afterEdit = ({ label, calls }: StageResult): readonly Problem[] =>
  calls.length === 0
    ? []
    : [{ code: 'edit-made', message: `${label}: The edit was made; stage get shows how far the cluster is.` }];

/** The story with the stage as it is once its cache cluster has settled. */
const settled = async (result: StageResult, stage: LiveStage, patience: number, scene: Scene): Promise<StageResult> => {
  const after = await waitForCache(stage, patience, scene).catch((error) => {
    throw withMore(error, afterEdit(result));
  });
  return { ...result, own: result.own ?? result.after, after };
};

/** The forms that show the stage as it is after the edit. */
const formsOfStage: readonly string[] = ['json', 'yaml', 'stage'];

const showsStage = (scene: Scene): boolean => {
  const usual = isStageCommand(scene.command) ? scene.command.output : undefined;
  const form = scene.voice.asked ?? usual ?? scene.settings.output ?? 'text';
  return formsOfStage.includes(form);
};

/** Tells the story of an edit at once, because a wait takes minutes; but where that shows the stage, as it is after the wait. */
const tellAndWait = async (
  result: StageResult,
  stage: LiveStage,
  patience: number,
  tellOf: (story: StageResult) => Promise<void>,
  scene: Scene,
): Promise<void> => {
  const isLater = showsStage(scene);
  if (!isLater) await tellOf(result);
  let story = result;
  try {
    story = await settled(result, stage, patience, scene);
  } finally {
    if (isLater) await tellOf(story);
  }
};

/** A failure with the stage that it is about, where nobody named that. */
const ofDefault =
  ({ label, from }: Address) =>
  (error: unknown): never => {
    const message = `The stage that was meant is ${label}${from}.`;
    throw from === undefined ? error : withMore(error, [{ code: 'default-stage', message }]);
  };

const runEdit = async (command: StageCommand, scene: Scene): Promise<number> => {
  if (isOn(scene, 'detailed-exitcode') && !isOn(scene, 'dry-run'))
    throw usageError('--detailed-exitcode goes with --dry-run.');
  const patience = patienceOf(scene);
  const [sourceWord, targetWord] = sourceAndTarget(scene);
  const openedSource = sourceWord === undefined ? undefined : await open(sourceWord, scene);
  const source = await openedSource?.target.read();
  const opened = await open(targetWord, scene, openedSource);
  const request = opened.live ? await checkMethods(opened.live, scene) : sayLiveOnly(scene);
  const told = await edit(command, wrapped(opened, scene), {
    ...request,
    notices: [...(openedSource?.notices ?? []), ...opened.notices, ...request.notices],
    ...(source && { source }),
    isDryRun: isOn(scene, 'dry-run'),
  }).catch(ofDefault(opened.address));
  const result = { ...told, ...(opened.live && { whereabouts: await opened.live.whereabouts() }) };
  const tellOf = (story: StageResult): Promise<void> =>
    tell(story, opened.address, command, scene).catch(madeAllTheSame(story, opened.address));
  if (opened.live && patience !== undefined) await tellAndWait(result, opened.live, patience, tellOf, scene);
  else await tellOf(result);
  return codeOfEdit(result, scene);
};

const bare = (value: unknown): string =>
  typeof value === 'object' && value !== null ? asJson(value) : `${String(value)}\n`;

const renderValue = (value: unknown, { voice }: Scene): string | Promise<string> => {
  if (voice.asked === 'json') return asJson(value);
  return voice.asked === 'yaml' ? asYaml(value) : bare(value);
};

/** What was found as text to read, where it has one. */
const textOf = (sight: Sight): string | undefined => {
  if ('table' in sight) return `${table(sight.table)}\n`;
  if (!('text' in sight)) return undefined;
  return sight.text === '' ? '' : `${sight.text}\n`;
};

const tellSight = async (sight: Sight, scene: Scene): Promise<number> => {
  if ('nothing' in sight) return exitCodes.absent;
  if ('problems' in sight) throw new StageError(sight.kind, sight.problems);
  const isText = (scene.voice.asked ?? 'text') === 'text';
  const text = (isText ? textOf(sight) : undefined) ?? (await renderValue(sight.value, scene));
  scene.world.stdout.write(onTerminal(text, scene.world.stdout));
  return exitCodes.done;
};

const readStage = async (scene: Scene): Promise<Stage> => {
  const { address, target, notices } = await open(targetOf(scene.request.targets[0], scene), scene);
  tellNotices(notices, scene);
  const stage = await target.read().catch(ofDefault(address));
  tellOrigin(address, scene);
  return stage;
};

const checkForm = ({ voice, command }: Scene): void => {
  const { asked } = voice;
  if (asked !== undefined && !sightOutputs.some((output) => output === asked)) {
    throw usageError(
      `--output: ${command.name} prints ${sightOutputs.slice(0, -1).join(', ')} or ${sightOutputs.at(-1)}, not ${asked}.`,
    );
  }
};

const runLook = async (command: LookCommand, scene: Scene): Promise<number> => {
  checkForm(scene);
  const input: PlanInput = { ...scene.request, stage: command.does === 'read' ? await readStage(scene) : {} };
  return tellSight(command.look(input), scene);
};

const undertakings: Readonly<Record<Undertaking['does'], (scene: Scene) => Promise<number>>> = {
  list: async (scene) => tellSight(await list(scene), scene),
  // Not the function itself: that would load it for every verb.
  serve: (scene) => runServer(scene),
};

const runUndertaking = ({ does }: Undertaking, scene: Scene): Promise<number> => {
  checkForm(scene);
  return undertakings[does](scene);
};

/** Does what was asked for, and answers with the exit code. Throws StageError where it cannot be done. */
export const run = async (scene: Scene): Promise<number> => {
  const { command, flags } = scene;
  // Wrong is wrong, also where the stage is not one that is locked.
  flagTime(scene, 'lock-timeout', defaults.lockTimeout);
  // Only then: an edit of a file does not load how live stages are reached.
  if (forLive.some((name) => flags.has(name))) checkLiveFlags(scene);
  if (isStageCommand(command)) return runEdit(command, scene);
  return 'look' in command ? runLook(command, scene) : runUndertaking(command, scene);
};
