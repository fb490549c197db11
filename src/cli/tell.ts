/** Prints results and notices to stdout or stderr. */

import { type EditCommand, noticeIf, type View } from '../commands/command.js';
import { asJson, asYaml } from '../render/document.js';
import { changeLines, conclusion, type Reported } from '../render/human.js';
import type { Query } from '../render/query.js';
import { isSecretPlace } from '../render/redact.js';
import { renderers } from '../render/render.js';
import { type Table, tableData, tableText } from '../render/table.js';
import type { Change } from '../stage/diff.js';
import type { Notice } from '../stage/plan.js';
import { changesOf, makesCall, type StageResult } from '../stage/result.js';
import { printable, printableLines } from '../text/printable.js';
import { quoteShell } from '../text/quote-shell.js';
import { wrap } from '../text/wrap.js';
import type { Sink } from '../world.js';
import type { Address } from './address.js';
import type { Context } from './context.js';
import { textOption } from './given-options.js';

/** Escapes control characters for a terminal; programs get the text unchanged. */
export const onTerminal = (text: string, { isTTY }: Sink): string => (isTTY ? printableLines(text) : text);

/** Names the stage on stderr if it is the default. */
export const tellOrigin = ({ label, from }: Address, { world, output }: Context): void => {
  if (from && !output.isQuiet) world.stderr.write(`${printable(label)}${from}\n`);
};

export const tellNotice = (message: string, { world, output }: Context): void =>
  world.stderr.write(`${output.paintErrors.warning('notice:')} ${printable(message)}\n`);

/** Prints each notice once. */
export const tellNotices = (notices: readonly Notice[], context: Context): void => {
  for (const { message } of notices) {
    if (!context.output.isQuiet && !context.told.has(message)) tellNotice(message, context);
    context.told.add(message);
  }
};

/** Prints the changes of an edit before a confirmation. */
export const tellChanges = (edit: Reported, label: string, { told, output, world }: Context): void => {
  const lines = changeLines(edit, output.isSecret, output.paintErrors);
  world.stderr.write(`${[printable(label), ...lines].join('\n')}\n`);
  told.add(lines.join('\n'));
};

/** The parsed `--query`. */
export const queryOf = async (context: Context): Promise<Query | undefined> => {
  const expression = textOption(context, 'query');
  return expression === undefined ? undefined : (await import('../render/query.js')).parseQuery(expression);
};

/** Applies `--query` and `--output` like the AWS CLI. */
const renderQueried = async (query: Query, value: unknown, { output }: Context): Promise<string> => {
  const found = query(value);
  if (output.asked === 'yaml') return asYaml(found);
  return output.asked === 'text' ? (await import('../render/query.js')).awsText(found) : asJson(found);
};

/** Notices about calls that a patch cannot contain. */
const leftOut = ({ calls }: StageResult): readonly Notice[] =>
  calls.flatMap(({ kind }) => {
    const message = `A patch holds only operations of UpdateStage, without ${kind}; -o aws-cli prints every call.`;
    return noticeIf(kind !== 'UpdateStage', 'only-operations', message);
  });

/** Reports an edit. The last line says what was done, on stderr if stdout has data. */
export const tell = async (
  result: StageResult,
  address: Address,
  command: EditCommand,
  context: Context,
  query?: Query,
): Promise<void> => {
  const { world, output, told, settings } = context;
  const isFilter = address.kind === 'stdio';
  const printsStage = command.standsIn && (output.asked === undefined || query !== undefined) && !isFilter;
  const isAside = printsStage || (isFilter && !result.isDryRun);
  // With --query, --output is the format of the query result.
  const asked = query ? 'text' : (output.asked ?? settings.output ?? 'text');
  const form = isAside && asked === 'stage' ? 'text' : asked;
  const [sink, paint] = isAside ? [world.stderr, output.paintErrors] : [world.stdout, output.paint];
  const lines = changeLines(result, output.isSecret, paint);
  if (printsStage) {
    const text = query ? await renderQueried(query, result.after, context) : await renderers.stage(result);
    world.stdout.write(onTerminal(text, world.stdout));
  }
  // These forms include the notices.
  if (form !== 'json' && form !== 'yaml' && form !== 'markdown') tellNotices(result.notices, context);
  if (form === 'patch') tellNotices(leftOut(result), context);
  const isData = form !== 'text';
  const text = await renderers[form](result, {
    ...output,
    paint,
    from: address.from ?? '',
    keepsPlan: command.keepsPlan === true && result.isDryRun,
    isShown: sink.isTTY && told.has(lines.join('\n')),
  });
  if (!output.isQuiet || (isData && !isAside)) sink.write(isData ? onTerminal(text, sink) : text);
  if (output.isQuiet || !isData || isAside) return;
  tellOrigin(address, context);
  const counted = form === 'markdown' ? changesOf(result) : lines;
  world.stderr.write(`${output.paintErrors.quiet(conclusion(result, counted))}\n`);
};

/** Options that a later command may need to find the same stage. */
const whereFound = ['config', 'region', 'profile', 'endpoint-url', 'role-arn', 'ca-bundle'];

/** On a terminal, ends the report of a recorded edit with the command that undoes it. */
export const tellUndo = (result: StageResult, { label }: Address, context: Context): void => {
  const { world, output, settings } = context;
  const isHeld = ({ place }: Change): boolean => settings.journal === 'full' || !isSecretPlace(place, output.isSecret);
  const isUndoable =
    changesOf(result).some(isHeld) &&
    !makesCall(result, 'CreateStage') &&
    !result.notices.some(({ code }) => code === 'not-journaled');
  if (!isUndoable || output.isQuiet || !world.stderr.isTTY) return;
  const given = whereFound.filter((name) => context.options.has(name));
  const found = given.flatMap((name) => [`--${name}`, textOption(context, name) ?? '']);
  const line = ['stage', 'undo', label, ...found].map(quoteShell).join(' ');
  world.stderr.write(`${output.paintErrors.quiet(printable(`undo: ${line}`))}\n`);
};

/** A view with something to print. */
export type Found = Exclude<View, { readonly kind: unknown } | { readonly nothing: unknown }>;

/** Lists are a table on a terminal and lines without a header for programs; `explain` always prints a table. */
const tableOf = (table: Table, { command, output, world }: Context): string => {
  if (table.length < 2) return '';
  return world.stdout.isTTY || command.does === 'tell'
    ? tableText(table, { ...output, width: Number.POSITIVE_INFINITY })
    : tableData(table);
};

const textOf = (found: Found, context: Context): string => {
  const { command, world } = context;
  if ('table' in found) return tableOf(found.table, context);
  if ('text' in found)
    return `${command.does === 'tell' ? wrap(found.text, world.stdout.columns || 80) : found.text}\n`;
  return typeof found.value === 'object' && found.value !== null ? asJson(found.value) : `${String(found.value)}\n`;
};

/** Prints the result of a command that does not edit. */
export const tellFound = async (found: Found, context: Context, query?: Query): Promise<void> => {
  const { output, world } = context;
  const { asked } = output;
  const text = asked === 'json' ? asJson(found.value) : asked === 'yaml' ? asYaml(found.value) : textOf(found, context);
  const shown = query ? renderQueried(query, found.value, context) : text;
  world.stdout.write(onTerminal(await shown, world.stdout));
};
