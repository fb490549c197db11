/** From the name of a stage to a target that can be edited, with what the edit was asked to respect. */

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
import { quoteShell } from '../text/quote-shell.js';
import { type Address, addressOf, type Named } from './address.js';
import type { Context } from './context.js';
import { isOn, numberOption, textOption } from './given-options.js';
import { tellChanges, tellNotices } from './tell.js';

/** A stage that was found, and can be read and edited. */
export interface OpenedStage {
  readonly address: Address;
  readonly target: StageTarget;
  /** The same, where it is a live one. */
  readonly live?: LiveStage;
  /** The name of the entry of the configuration that protects it, whatever it was called here. */
  readonly protectedBy?: string;
  readonly notices: readonly Notice[];
}

/** The address, with the id of the API where some live stage is protected: protection goes by ids. */
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

interface OpenOptions {
  /** What a file that is missing can be made of. */
  readonly source?: OpenedStage | undefined;
  /** Whether the stage may be created if it is not there. */
  readonly creates?: boolean;
}

/** Opens the stage that was named, or the default one. */
export const open = async (
  named: Named,
  context: Context,
  { source, creates = false }: OpenOptions = {},
): Promise<OpenedStage> => {
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
    // Only edits wait for a lock, and only they have the option.
    lockTimeout: numberOption(context, 'lock-timeout') ?? 0,
    force: isOn(context, 'force'),
    creates,
    ...(source?.live && { printedBy: `stage get ${quoteShell(source.address.label)}` }),
  });
  return { ...opened, target: { ...target, label } };
};

/** `name` is what the configuration calls the stage, `label` what the user called it. */
const askFor = async (name: string, label: string, outcome: Outcome, context: Context): Promise<void> => {
  const { world } = context;
  const which = label === name ? `${name} is a protected stage` : `${label} is the protected stage ${name}`;
  const refused = (why: string): StageError =>
    failure('expectation', 'protected', `${which}: ${why} Nothing was written.`);
  if (!world.stdin.isTTY || !world.stderr.isTTY) throw refused('to edit it, add --yes.');
  // From here on Ctrl-C is an answer.
  const { signal } = world;
  tellChanges(outcome, label, context);
  tellNotices(outcome.notices ?? [], context);
  world.stderr.write(`${printable(which)}. Make this edit? [y/N] `);
  const answer = await world.stdin.readLine();
  // The cursor still stands after the question.
  if (answer === undefined) world.stderr.write('\n');
  if (answer === undefined && signal.aborted)
    throw failure('interrupted', 'interrupted', `${label}: interrupted by ${signal.reason}; nothing was changed.`);
  if (!/^\s*y(es)?\s*$/i.test(answer ?? '')) throw refused('the answer was not yes.');
};

/** Whether an edit is written down, unless the user wants none: one of a live stage, an undo, one of a file where asked. */
export const isJournaled = ({ live, address }: OpenedStage, context: Context): boolean => {
  const isOff = context.settings.journal === 'off' || isOn(context, 'no-journal');
  if (isOn(context, 'dry-run') || isOff) return false;
  const isUndo = 'undoes' in context.command;
  return live !== undefined || (address.kind === 'file' && (isUndo || isOn(context, 'journal')));
};

/** The target as it is to be edited: only seemingly, or after a question. */
export const wrapped = ({ target, protectedBy }: OpenedStage, context: Context): StageTarget => {
  if (isOn(context, 'dry-run')) return dryRun(target);
  if (protectedBy === undefined || isOn(context, 'yes')) return target;
  return confirmed(target, (outcome) => askFor(protectedBy, target.label, outcome, context));
};

/** A failure with the stage that it is about, where that is a default. */
export const nameDefault =
  ({ label, from }: Address) =>
  (error: unknown): never => {
    const message = `This is about ${label}${from}.`;
    throw from === undefined ? error : withMore(error, [{ code: 'default-stage', message }]);
  };
