/** An invocation carried out: the target is opened, the verb is run, and the result is told. */

import type { LookCommand, PlanInput, Sight, StageCommand } from '../commands/command.js';
import { isStageCommand } from '../commands/commands.js';
import { edit } from '../edit.js';
import { asJson, asYaml } from '../render/document.js';
import { changeLines } from '../render/human.js';
import { type Output, renderers } from '../render/render.js';
import type { Settings } from '../settings/settings.js';
import { changesBetween } from '../stage/diff.js';
import type { Outcome } from '../stage/plan.js';
import { printable, printableLines } from '../stage/printable.js';
import { StageError } from '../stage/problem.js';
import { applyCalls, type StageResult } from '../stage/result.js';
import type { Stage } from '../stage/stage.js';
import { confirmed } from '../targets/confirmed.js';
import { dryRun } from '../targets/dry-run.js';
import { stageFile } from '../targets/file.js';
import { stageOnStdio } from '../targets/stdio.js';
import type { StageTarget } from '../targets/target.js';
import type { Sink, World } from '../world.js';
import { type Address, addressOf } from './address.js';
import type { Invocation } from './program.js';
import type { ParsedRequest } from './request.js';
import type { Voice } from './voice.js';

export interface Scene {
  readonly world: World;
  readonly voice: Voice;
  readonly settings: Settings;
  readonly invocation: Invocation;
  readonly request: ParsedRequest;
}

/** What the user, once done, exits with; failures are thrown. */
const exit = { done: 0, differences: 2, absent: 5 } as const;

const refuse = (message: string): StageError => new StageError('usage', [{ code: 'usage', message }]);

const isOn = ({ invocation }: Scene, flag: string): boolean => invocation.flags.get(flag) === true;

const flagText = ({ invocation }: Scene, flag: string): string | undefined => {
  const value = invocation.flags.get(flag);
  return typeof value === 'string' ? value : undefined;
};

const defaultLockTimeout = 10;

const lockTimeout = (scene: Scene): number => {
  const text = flagText(scene, 'lock-timeout');
  if (text === undefined) return defaultLockTimeout * 1000;
  if (!/^\d+(\.\d+)?$/.test(text)) throw refuse(`--lock-timeout: expected seconds, such as 30, came ${text}.`);
  return Number(text) * 1000;
};

const addressIn = ({ settings, world }: Scene, word: string | undefined): Address =>
  addressOf(word, { settings, cwd: world.cwd, env: world.env });

const open = ({ file, label }: Address, scene: Scene): StageTarget => {
  const { world } = scene;
  if (file === '-') return stageOnStdio({ world, apply: applyCalls });
  return { ...stageFile(file, { world, lockTimeout: lockTimeout(scene), apply: applyCalls }), label };
};

const interrupted = (name: string, reason: unknown): StageError =>
  new StageError('interrupted', [
    { code: 'interrupted', message: `${name}: interrupted by ${String(reason)}; nothing was changed.` },
  ]);

const askFor = async (name: string, outcome: Outcome, { world, voice }: Scene): Promise<void> => {
  const refused = (why: string): StageError =>
    new StageError('expectation', [
      { code: 'protected', message: `${name} is a protected stage: ${why} Nothing was written.` },
    ]);
  if (!world.stdin.isTTY || !world.stderr.isTTY) throw refused('to edit it, add --yes.');
  // Asked for before the question, so that Ctrl-C has its answer.
  const { signal } = world;
  world.stderr.write(`${[printable(name), ...changeLines(outcome, voice.isSecret, voice.paintErrors)].join('\n')}\n`);
  world.stderr.write(`${printable(name)} is protected. Make this edit? [y/N] `);
  const answer = await world.stdin.readLine();
  // Where the input ended, the cursor is still behind the question.
  if (answer === undefined) {
    world.stderr.write('\n');
    if (signal.aborted) throw interrupted(name, signal.reason);
  }
  if (!/^\s*y(es)?\s*$/i.test(answer ?? '')) throw refused('the answer was not yes.');
};

/** What is asked of every edit is another target around the first. */
const wrap = (target: StageTarget, { protectedBy }: Address, scene: Scene): StageTarget => {
  if (isOn(scene, 'dry-run')) return dryRun(target);
  if (protectedBy === undefined || isOn(scene, 'yes')) return target;
  return confirmed(target, (outcome) => askFor(protectedBy, outcome, scene));
};

/** The stage that the AWS CLI's flags name, where no TARGET does. */
const awsTarget = (scene: Scene): string | undefined => {
  const [restApiId, stageName] = [flagText(scene, 'rest-api-id'), flagText(scene, 'stage-name')];
  if ((restApiId === undefined) !== (stageName === undefined))
    throw refuse('--rest-api-id and --stage-name name a stage together; only one of them came.');
  return restApiId && `${restApiId}/${stageName}`;
};

const sourceAndTarget = (scene: Scene): readonly [string | undefined, string | undefined] => {
  const [first, second] = scene.request.targets;
  const isBetween = scene.invocation.command.name === 'copy' && !scene.invocation.flags.has('from');
  return isBetween ? [first, second] : [undefined, first ?? awsTarget(scene)];
};

/** On a terminal nothing of a stage may act on it; elsewhere it is told as it is. */
const onTerminal = (text: string, { isTTY }: Sink): string => (isTTY ? printableLines(text) : text);

const tellOrigin = ({ label, from }: Address, { world, voice }: Scene): void => {
  if (from && !voice.isQuiet) world.stderr.write(`${printable(label)}${from}\n`);
};

const render = async (
  result: StageResult,
  form: Output,
  from: string | undefined,
  { world, voice }: Scene,
  stream: 'stdout' | 'stderr' = 'stdout',
): Promise<string> => {
  const paint = stream === 'stdout' ? voice.paint : voice.paintErrors;
  const text = await renderers[form](result, { isSecret: voice.isSecret, paint, ...(from && { from }) });
  return form === 'text' ? text : onTerminal(text, world[stream]);
};

/** Notices go to stderr, unless the form of the output holds them. */
const tellNotices = ({ notices }: Pick<StageResult, 'notices'>, form: Output, { world, voice }: Scene): void => {
  if (form === 'json' || form === 'yaml' || voice.isQuiet) return;
  for (const { message } of notices)
    world.stderr.write(`${voice.paintErrors.warning('notice:')} ${printable(message)}\n`);
};

/** Where stdout holds the stage itself, all that is told goes to stderr. */
const tell = async (result: StageResult, address: Address, command: StageCommand, scene: Scene): Promise<void> => {
  const { world, voice, settings } = scene;
  const isFilter = address.file === '-';
  const printsStage = command.output === 'stage' && voice.asked === undefined && !isFilter;
  const isAside = printsStage || (isFilter && !result.isDryRun);
  const asked = voice.asked ?? settings.output ?? 'text';
  const form = isAside && asked === 'stage' ? 'text' : asked;
  const stream = isAside ? 'stderr' : 'stdout';
  if (printsStage) world.stdout.write(await render(result, 'stage', undefined, scene));
  if (!voice.isQuiet || (!isAside && form !== 'text'))
    world[stream].write(await render(result, form, address.from, scene, stream));
  if (!isAside && form !== 'text') tellOrigin(address, scene);
  tellNotices(result, form, scene);
};

const exitCodeOf = (result: StageResult, scene: Scene): number =>
  isOn(scene, 'detailed-exitcode') && changesBetween(result.before, result.after).length > 0
    ? exit.differences
    : exit.done;

const runEdit = async (command: StageCommand, scene: Scene): Promise<number> => {
  if (isOn(scene, 'detailed-exitcode') && !isOn(scene, 'dry-run'))
    throw refuse('--detailed-exitcode goes with --dry-run.');
  const [sourceWord, targetWord] = sourceAndTarget(scene);
  const source = sourceWord === undefined ? undefined : await open(addressIn(scene, sourceWord), scene).read();
  const address = addressIn(scene, targetWord);
  const target = wrap(open(address, scene), address, scene);
  const request = { ...scene.request, ...(source && { source }), isDryRun: isOn(scene, 'dry-run') };
  const result = await edit(command, target, request);
  await tell(result, address, command, scene);
  return exitCodeOf(result, scene);
};

const bare = (value: unknown): string =>
  typeof value === 'object' && value !== null ? asJson(value) : `${String(value)}\n`;

const renderValue = (value: unknown, { voice }: Scene): string | Promise<string> => {
  if (voice.asked === 'json') return asJson(value);
  return voice.asked === 'yaml' ? asYaml(value) : bare(value);
};

const tellSight = async (sight: Sight, scene: Scene): Promise<number> => {
  if ('nothing' in sight) return exit.absent;
  if ('problems' in sight) throw new StageError(sight.kind, sight.problems);
  const isText = 'text' in sight && (scene.voice.asked ?? 'text') === 'text';
  const text = isText ? `${sight.text}\n` : await renderValue(sight.value, scene);
  scene.world.stdout.write(onTerminal(text, scene.world.stdout));
  return exit.done;
};

const readStage = (scene: Scene): Promise<Stage> => {
  const address = addressIn(scene, scene.request.targets[0]);
  tellOrigin(address, scene);
  return open(address, scene).read();
};

const runLook = async (command: LookCommand, scene: Scene): Promise<number> => {
  const { asked } = scene.voice;
  if (asked !== undefined && !['text', 'json', 'yaml'].includes(asked)) {
    throw refuse(`--output: ${command.name} prints text, json or yaml, not ${asked}.`);
  }
  const input: PlanInput = { ...scene.request, stage: command.reads ? await readStage(scene) : {} };
  return tellSight(command.look(input), scene);
};

/** Does what was asked for, and answers with the exit code. Throws StageError where it cannot be done. */
export const run = (scene: Scene): Promise<number> => {
  const { command } = scene.invocation;
  return isStageCommand(command) ? runEdit(command, scene) : runLook(command, scene);
};
