/** Opens a named stage as a target, with protection and locks as the options and the configuration require. */

import { resolve } from 'node:path';
import { findProtected } from '../settings/protection.js';
import type { Notice, Outcome } from '../stage/plan.js';
import { failure, type StageError, withMore } from '../stage/problem.js';
import type { LiveStage } from '../targets/api-gateway.js';
import { confirmed, dryRun } from '../targets/confirmed.js';
import { stageFile } from '../targets/file.js';
import { stageOnStdio } from '../targets/stdio.js';
import type { StageTarget } from '../targets/target.js';
import { printable } from '../text/printable.js';
import { type Address, addressOf, type Named } from './address.js';
import type { Context } from './context.js';
import { isOn, numberOption, textOption } from './given-options.js';
import { tellChanges, tellNotices } from './tell.js';

/** A stage that can be read and edited. */
export interface OpenedStage {
  readonly address: Address;
  readonly target: StageTarget;
  /** The target, if the stage is live. */
  readonly live?: LiveStage;
  /** The configuration entry that protects the stage, even if TARGET uses another name. */
  readonly protectedBy?: string;
  readonly notices: readonly Notice[];
}

/** The address. Includes the API's id if any live stage is protected: protection compares ids. */
const findAddress = async (named: Named, context: Context): Promise<Address> => {
  const address = await addressOf(named, context);
  const hasLive = [...context.settings.stages.values()].some((entry) => entry.protected && 'restApiId' in entry);
  if (address.kind !== 'live' || !hasLive) return address;
  return { ...address, live: await (await import('./live.js')).identified(address.live, context) };
};

const protectionOf = (address: Address, { settings: { stages }, world }: Context): string | undefined => {
  if (address.kind === 'stdio') return undefined;
  if (address.kind === 'file') return findProtected(stages, { file: resolve(world.cwd, address.file) })?.name;
  const { api, stageName } = address.live;
  return 'id' in api ? findProtected(stages, { restApiId: api.id, stageName })?.name : undefined;
};

/** Opens the named or the default stage; `creates`: a missing one may be created. */
export const open = async (named: Named, context: Context, creates = false): Promise<OpenedStage> => {
  const { world } = context;
  const address = await findAddress(named, context);
  const { label } = address;
  const name = protectionOf(address, context);
  if (name !== undefined && address.from !== undefined)
    throw failure('config', 'target', `The default stage ${name} is protected; name it to use it.`);
  const opened = { address, notices: [], ...(name !== undefined && { protectedBy: name }) };
  if (address.kind === 'stdio') return { ...opened, target: stageOnStdio(world) };
  if (address.kind === 'live') {
    const live = await (await import('./live.js')).openLive(address.live, label, context, creates);
    const [asked, named] = [textOption(context, 'region'), address.live.region];
    const message = `--region ${asked} is ignored; the address names ${named}.`;
    const notices = asked && named && asked !== named ? [{ code: 'region-of-address', message }] : [];
    return { ...opened, target: live, live, notices };
  }
  const target = stageFile(address.file, {
    world,
    // Only edits lock the file and have this option.
    lockTimeout: numberOption(context, 'lock-timeout') ?? 0,
    force: isOn(context, 'force'),
    creates,
  });
  return { ...opened, target: { ...target, label } };
};

/** `name` is the stage's name in the configuration, `label` the name that the user typed. */
const askFor = async (name: string, label: string, outcome: Outcome, context: Context): Promise<void> => {
  const { world } = context;
  const which = label === name ? `${name} is a protected stage` : `${label} is the protected stage ${name}`;
  const refused = (why: string): StageError =>
    failure('expectation', 'protected', `${which}: ${why} Nothing was written.`);
  if (!world.stdin.isTTY || !world.stderr.isTTY) throw refused('to edit it, add --yes.');
  // Reading `signal` makes Ctrl-C answer the question from here on.
  const { signal } = world;
  tellChanges(outcome, label, context);
  tellNotices(outcome.notices ?? [], context);
  world.stderr.write(`${printable(which)}. Make this edit? [y/N] `);
  const answer = await world.stdin.readLine();
  // The cursor is still on the line of the question.
  if (answer === undefined) world.stderr.write('\n');
  if (answer === undefined && signal.aborted)
    throw failure('interrupted', 'interrupted', `${label}: interrupted by ${signal.reason}; nothing was changed.`);
  if (!/^\s*y(es)?\s*$/i.test(answer ?? '')) throw refused('the answer was not yes.');
};

/** Whether to record an edit: for a live stage or an undo; for a file only with --journal; never if off. */
export const isJournaled = ({ live, address }: OpenedStage, context: Context): boolean => {
  const isOff = context.settings.journal === 'off' || isOn(context, 'no-journal');
  if (isOn(context, 'dry-run') || isOff) return false;
  const isUndo = 'undoes' in context.command;
  return live !== undefined || (address.kind === 'file' && (isUndo || isOn(context, 'journal')));
};

/** The target, wrapped for a dry run or to confirm the edit of a protected stage. */
export const wrapped = ({ target, protectedBy }: OpenedStage, context: Context): StageTarget => {
  if (isOn(context, 'dry-run')) return dryRun(target);
  if (protectedBy === undefined || isOn(context, 'yes')) return target;
  return confirmed(target, (outcome) => askFor(protectedBy, target.label, outcome, context));
};

/** Adds the name of the stage to a failure if the stage is the default. */
export const nameDefault =
  ({ label, from }: Address) =>
  (error: unknown): never => {
    const message = `This is about ${label}${from}.`;
    throw from === undefined ? error : withMore(error, [{ code: 'default-stage', message }]);
  };
