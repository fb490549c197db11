/** What is printed of a result, and where. */

import type { EditCommand, View } from '../commands/command.js';
import { asJson, asYaml } from '../render/document.js';
import { changeLines, conclusion } from '../render/human.js';
import type { Query } from '../render/query.js';
import { renderers } from '../render/render.js';
import { table } from '../render/table.js';
import type { Output } from '../settings/settings.js';
import type { Notice } from '../stage/plan.js';
import type { StageResult } from '../stage/result.js';
import { printable, printableLines } from '../text/printable.js';
import type { Sink } from '../world.js';
import type { Address } from './address.js';
import type { Context } from './context.js';

/** On a terminal, control characters of a stage must not act on it; a program gets the text as it is. */
export const onTerminal = (text: string, { isTTY }: Sink): string => (isTTY ? printableLines(text) : text);

/** Says which stage is the default. */
export const tellOrigin = ({ label, from }: Address, { world, output }: Context): void => {
  if (from && !output.isQuiet) world.stderr.write(`${printable(label)}${from}\n`);
};

export const tellNotice = (message: string, { world, output }: Context): void =>
  world.stderr.write(`${output.paintErrors.warning('notice:')} ${printable(message)}\n`);

/** Prints each notice once. */
export const tellNotices = (notices: readonly Notice[], context: Context): void => {
  const { told, output } = context;
  for (const { message } of notices) {
    if (!output.isQuiet && !told.has(message)) tellNotice(message, context);
    told.add(message);
  }
};

/** Prints what an edit changes. */
export const tellChanges = (outcome: Parameters<typeof changeLines>[0], label: string, context: Context): void => {
  const { told, output, world } = context;
  const lines = changeLines(outcome, output.isSecret, output.paintErrors);
  world.stderr.write(`${[printable(label), ...lines].join('\n')}\n`);
  told.add(lines.join('\n'));
};

type Stream = 'stdout' | 'stderr';

const render = async (
  result: StageResult,
  form: Output,
  from: string | undefined,
  { world, output, told }: Context,
  stream: Stream,
): Promise<string> => {
  const paint = stream === 'stdout' ? output.paint : output.paintErrors;
  const { isSecret } = output;
  if (form !== 'text') return onTerminal(await renderers[form](result, { isSecret, paint }), world[stream]);
  const isShown = world[stream].isTTY && told.has(changeLines(result, isSecret, paint).join('\n'));
  return renderers.text(result, { isSecret, paint, isShown, ...(from && { from }) });
};

/** `--query` takes the place of the AWS CLI's, and `--output` with it. */
const renderQueried = async (query: Query, value: unknown, { output }: Context): Promise<string> => {
  const found = query(value);
  if (output.asked === 'yaml') return asYaml(found);
  if (output.asked !== 'text') return asJson(found);
  const { awsText } = await import('../render/query.js');
  return awsText(found);
};

/** Where the report of an edit goes, in which form, and whether stdout holds the stage instead. */
const planReport = (
  { isDryRun }: Pick<StageResult, 'isDryRun'>,
  { kind }: Address,
  command: EditCommand,
  { output, settings }: Context,
  query: Query | undefined,
): { readonly form: Output; readonly stream: Stream; readonly printsStage: boolean } => {
  const isFilter = kind === 'stdio';
  const printsStage = command.output === 'stage' && (output.asked === undefined || query !== undefined) && !isFilter;
  const isAside = printsStage || (isFilter && !isDryRun);
  // With --query, --output is about what that finds.
  const form = query ? 'text' : (output.asked ?? settings.output ?? 'text');
  return { form: isAside && form === 'stage' ? 'text' : form, stream: isAside ? 'stderr' : 'stdout', printsStage };
};

/** Whether what is printed of an edit holds the stage as it is afterwards. */
export const showsStage = (...plan: Parameters<typeof planReport>): boolean => {
  const { form, printsStage } = planReport(...plan);
  return printsStage || ['json', 'yaml', 'stage'].includes(form);
};

/** Reports an edit. It ends with a line that says what was done, on stderr where stdout holds data. */
export const tell = async (
  result: StageResult,
  address: Address,
  command: EditCommand,
  context: Context,
  query: Query | undefined,
): Promise<void> => {
  const { world, output } = context;
  const { form, stream, printsStage } = planReport(result, address, command, context, query);
  const isDocument = form === 'json' || form === 'yaml';
  if (query && printsStage)
    world.stdout.write(onTerminal(await renderQueried(query, result.after, context), world.stdout));
  else if (printsStage) world.stdout.write(await render(result, 'stage', undefined, context, 'stdout'));
  if (!isDocument) tellNotices(result.notices, context);
  if (!output.isQuiet || (stream === 'stdout' && form !== 'text'))
    world[stream].write(await render(result, form, address.from, context, stream));
  if (output.isQuiet || form === 'text' || stream === 'stderr') return;
  tellOrigin(address, context);
  const lines = changeLines(result, output.isSecret, output.paintErrors);
  world.stderr.write(`${output.paintErrors.quiet(conclusion(result, lines))}\n`);
};

const bare = (value: unknown): string =>
  typeof value === 'object' && value !== null ? asJson(value) : `${String(value)}\n`;

/** Something that was found. */
export type Found = Exclude<View, { readonly kind: unknown } | { readonly nothing: unknown }>;

/** What was found as text to read, where it has one. */
const textOf = (view: Found): string | undefined => {
  if ('table' in view) return `${table(view.table)}\n`;
  if (!('text' in view)) return undefined;
  return view.text === '' ? '' : `${view.text}\n`;
};

/** Prints what a command found. */
export const tellView = async (view: Found, context: Context, query: Query | undefined): Promise<void> => {
  const { output, world } = context;
  const render = (): string | Promise<string> => {
    if (query) return renderQueried(query, view.value, context);
    if (output.asked === 'json') return asJson(view.value);
    return output.asked === 'yaml' ? asYaml(view.value) : (textOf(view) ?? bare(view.value));
  };
  world.stdout.write(onTerminal(await render(), world.stdout));
};
