/** From the word for a stage to a target that can be edited, with what is asked of the edit around it. */

import { resolve } from 'node:path';
import { changeLines } from '../render/human.js';
import { findProtected } from '../settings/protection.js';
import type { Notice, Outcome } from '../stage/plan.js';
import { failure, type StageError } from '../stage/problem.js';
import type { LiveStage } from '../targets/api-gateway.js';
import { confirmed } from '../targets/confirmed.js';
import { defaults } from '../targets/defaults.js';
import { dryRun } from '../targets/dry-run.js';
import { stageFile } from '../targets/file.js';
import { stageOnStdio } from '../targets/stdio.js';
import type { StageTarget } from '../targets/target.js';
import { printable } from '../text/printable.js';
import { quoteShell } from '../text/quote-shell.js';
import { type Address, addressOf, type Named } from './address.js';
import { flagTime, isOn } from './given.js';
import { identified, isElsewhere, openLive, regionNotices } from './live.js';
import type { Scene } from './scene.js';
import { tellNotices } from './tell.js';

/** A stage that was found, and can be read and edited. */
export interface Opened {
  readonly address: Address;
  readonly target: StageTarget;
  /** The same, where it is a live one. */
  readonly live?: LiveStage;
  /** The name of the entry of the configuration that protects it, whatever it was called here. */
  readonly protectedBy?: string;
  /** What is to be said of how it was found. */
  readonly notices: readonly Notice[];
}

const surroundings = (scene: Scene) => ({
  settings: scene.settings,
  isSecret: scene.voice.isSecret,
  cwd: scene.world.cwd,
  env: scene.world.env,
  // Asked of live stages alone: whoever edits a file does not load how they are reached.
  get isElsewhere() {
    return isElsewhere(scene);
  },
});

/** The stage that is meant, which is not looked up. */
export const addressFor = (named: Named, scene: Scene): Address => addressOf(named, surroundings(scene));

/** The address, of a live stage with the id of its API where some live stage is protected: protection goes by ids. */
const findAddress = async (named: Named, scene: Scene): Promise<Address> => {
  const address = addressFor(named, scene);
  const hasLive = [...scene.settings.stages.values()].some((entry) => entry.protected && 'restApiId' in entry);
  return address.kind === 'live' && hasLive ? { ...address, live: await identified(address.live, scene) } : address;
};

const guardOf = (address: Address, { settings: { stages }, world }: Scene): string | undefined => {
  if (address.kind === 'stdio') return undefined;
  if (address.kind === 'file') return findProtected(stages, { file: resolve(world.cwd, address.file) })?.name;
  const { api, stageName } = address.live;
  return 'id' in api ? findProtected(stages, { restApiId: api.id, stageName })?.name : undefined;
};

const refuseDefault = (name: string): StageError =>
  failure('config', 'target', `The default stage is ${name}, which is protected; a protected stage has to be named.`);

/** Opens the stage that was named, or the default one; `source` is that which is copied to it. */
export const open = async (named: Named, scene: Scene, source?: Opened): Promise<Opened> => {
  const { world } = scene;
  const address = await findAddress(named, scene);
  const name = guardOf(address, scene);
  if (name !== undefined && address.from !== undefined) throw refuseDefault(name);
  const guard = name === undefined ? {} : { protectedBy: name };
  if (address.kind === 'live') {
    const live = await openLive(address.live, address.label, name !== undefined, scene);
    return { address, target: live, live, notices: regionNotices(address.label, address.live, scene), ...guard };
  }
  if (address.kind === 'stdio') return { address, target: stageOnStdio(world), notices: [], ...guard };
  const lockTimeout = flagTime(scene, 'lock-timeout', defaults.lockTimeout);
  const printedBy = source?.live && `stage get ${quoteShell(source.address.label)}`;
  const target = stageFile(address.file, { world, lockTimeout, ...(printedBy && { printedBy }) });
  return { address, target: { ...target, label: address.label }, notices: [], ...guard };
};

const interrupted = (name: string, reason: unknown): StageError =>
  failure('interrupted', 'interrupted', `${name}: interrupted by ${String(reason)}; nothing was changed.`);

/** `name` is what the configuration calls it, `label` what the user did. */
const askFor = async (name: string, label: string, outcome: Outcome, scene: Scene): Promise<void> => {
  const { world, voice } = scene;
  const which = label === name ? `${name} is a protected stage` : `${label} is the protected stage ${name}`;
  const refused = (why: string): StageError =>
    failure('expectation', 'protected', `${which}: ${why} Nothing was written.`);
  if (!world.stdin.isTTY || !world.stderr.isTTY) throw refused('to edit it, add --yes.');
  // Asked for before the question, so that Ctrl-C has its answer.
  const { signal } = world;
  const lines = [printable(label), ...changeLines(outcome, voice.isSecret, voice.paintErrors)];
  world.stderr.write(`${lines.join('\n')}\n`);
  tellNotices(outcome.notices ?? [], scene);
  world.stderr.write(`${printable(which)}. Make this edit? [y/N] `);
  const answer = await world.stdin.readLine();
  // Where the input ended, the cursor is still behind the question.
  if (answer === undefined) {
    world.stderr.write('\n');
    if (signal.aborted) throw interrupted(label, signal.reason);
  }
  if (!/^\s*y(es)?\s*$/i.test(answer ?? '')) throw refused('the answer was not yes.');
};

/** What is asked of an edit is another target around the first. */
export const wrapped = ({ target, protectedBy }: Opened, scene: Scene): StageTarget => {
  if (isOn(scene, 'dry-run')) return dryRun(target);
  if (protectedBy === undefined || isOn(scene, 'yes')) return target;
  return confirmed(target, (outcome) => askFor(protectedBy, target.label, outcome, scene));
};
