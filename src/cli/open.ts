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
import type { Context } from './context.js';
import { isOn, timeOption } from './given-options.js';
import { identified, isElsewhere, openLive, regionNotices } from './live.js';
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

const surroundings = (context: Context) => ({
  settings: context.settings,
  isSecret: context.output.isSecret,
  cwd: context.world.cwd,
  env: context.world.env,
  // Asked of live stages alone: whoever edits a file does not load how they are reached.
  get isElsewhere() {
    return isElsewhere(context);
  },
});

/** The stage that is meant, which is not looked up. */
export const addressFor = (named: Named, context: Context): Address => addressOf(named, surroundings(context));

/** The address, of a live stage with the id of its API where some live stage is protected: protection goes by ids. */
const findAddress = async (named: Named, context: Context): Promise<Address> => {
  const address = addressFor(named, context);
  const hasLive = [...context.settings.stages.values()].some((entry) => entry.protected && 'restApiId' in entry);
  return address.kind === 'live' && hasLive ? { ...address, live: await identified(address.live, context) } : address;
};

const guardOf = (address: Address, { settings: { stages }, world }: Context): string | undefined => {
  if (address.kind === 'stdio') return undefined;
  if (address.kind === 'file') return findProtected(stages, { file: resolve(world.cwd, address.file) })?.name;
  const { api, stageName } = address.live;
  return 'id' in api ? findProtected(stages, { restApiId: api.id, stageName })?.name : undefined;
};

const refuseDefault = (name: string): StageError =>
  failure('config', 'target', `The default stage is ${name}, which is protected; a protected stage has to be named.`);

/** Opens the stage that was named, or the default one; `source` is that which is copied to it. */
export const open = async (named: Named, context: Context, source?: Opened): Promise<Opened> => {
  const { world } = context;
  const address = await findAddress(named, context);
  const name = guardOf(address, context);
  if (name !== undefined && address.from !== undefined) throw refuseDefault(name);
  const guard = name === undefined ? {} : { protectedBy: name };
  if (address.kind === 'live') {
    const live = await openLive(address.live, address.label, context);
    return { address, target: live, live, notices: regionNotices(address.label, address.live, context), ...guard };
  }
  if (address.kind === 'stdio') return { address, target: stageOnStdio(world), notices: [], ...guard };
  const lockTimeout = timeOption(context, 'lock-timeout', defaults.lockTimeout);
  const printedBy = source?.live && `stage get ${quoteShell(source.address.label)}`;
  const target = stageFile(address.file, { world, lockTimeout, ...(printedBy && { printedBy }) });
  return { address, target: { ...target, label: address.label }, notices: [], ...guard };
};

const interrupted = (name: string, reason: unknown): StageError =>
  failure('interrupted', 'interrupted', `${name}: interrupted by ${String(reason)}; nothing was changed.`);

/** `name` is what the configuration calls it, `label` what the user did. */
const askFor = async (name: string, label: string, outcome: Outcome, context: Context): Promise<void> => {
  const { world, output } = context;
  const which = label === name ? `${name} is a protected stage` : `${label} is the protected stage ${name}`;
  const refused = (why: string): StageError =>
    failure('expectation', 'protected', `${which}: ${why} Nothing was written.`);
  if (!world.stdin.isTTY || !world.stderr.isTTY) throw refused('to edit it, add --yes.');
  // Asked for before the question, so that Ctrl-C has its answer.
  const { signal } = world;
  const lines = [printable(label), ...changeLines(outcome, output.isSecret, output.paintErrors)];
  world.stderr.write(`${lines.join('\n')}\n`);
  tellNotices(outcome.notices ?? [], context);
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
export const wrapped = ({ target, protectedBy }: Opened, context: Context): StageTarget => {
  if (isOn(context, 'dry-run')) return dryRun(target);
  if (protectedBy === undefined || isOn(context, 'yes')) return target;
  return confirmed(target, (outcome) => askFor(protectedBy, target.label, outcome, context));
};
