/** `stage validate`: checks files without contacting AWS. */
import { resolve } from 'node:path';
import { type Finding, validateDocument } from '../documents/validate.js';
import { asJson, asYaml } from '../render/document.js';
import { readConfigFile } from '../settings/config-file.js';
import { isConfigFile } from '../settings/find.js';
import { StageError } from '../stage/problem.js';
import { stageShape } from '../stage/stage.js';
import { printable } from '../text/printable.js';
import { type Context, exitCodes } from './context.js';
import { parametersOf, splitName } from './desired.js';
import { textOption, usageError } from './given-options.js';
import { textsOf } from './texts.js';

interface Checked {
  readonly file: string;
  readonly problems: readonly Finding[];
}

const checkConfig = async (file: string, cwd: string): Promise<readonly Finding[]> => {
  const { problems } = await readConfigFile(resolve(cwd, file), cwd, Object.keys(stageShape), false);
  return problems.map(({ message, line = 1, column = 1 }) => ({ code: 'config', message, line, column }));
};

const check = async (word: string, context: Context): Promise<Checked> => {
  const { world } = context;
  const texts = textsOf(world);
  const { path, name } = splitName(word, context);
  if (isConfigFile(path)) return { file: path, problems: await checkConfig(path, world.cwd) };
  const options = { label: path, parameters: parametersOf(context), ...(name !== undefined && { name }) };
  try {
    const text = path === '-' ? await texts.readStdin() : texts.readFile(path);
    return { file: path, problems: await validateDocument(text, options) };
  } catch (error) {
    // Report an unreadable file, and go on with the others.
    if (!(error instanceof StageError)) throw error;
    return { file: path, problems: error.problems.map((problem) => ({ line: 1, column: 1, ...problem })) };
  }
};

/** https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands */
const escaped = (text: string, more: RegExp = /[%\r\n]/g): string => text.replace(more, encodeURIComponent);

/** The message without the file and line, which are printed separately. */
const sentenceOf = (file: string, { line, column, message }: Finding): string => {
  const starts = [`${file}:${line}: `, `${file}: line ${line}, column ${column}: `, `${file}: `];
  const start = starts.find((prefix) => message.startsWith(prefix)) ?? '';
  return message.slice(start.length).replace(` (line ${line})`, '');
};

const annotation = (file: string, found: Finding): string =>
  `::error file=${escaped(file, /[%\r\n:,]/g)},line=${found.line},col=${found.column}::${escaped(sentenceOf(file, found))}\n`;

const inText = (file: string, found: Finding): string =>
  `${printable(`${file}:${found.line}:${found.column}: ${sentenceOf(file, found)}`)}\n`;

const render = (checked: readonly Checked[], form: string): string | Promise<string> => {
  const document = { schemaVersion: 1, files: checked };
  if (form === 'json') return asJson(document);
  if (form === 'yaml') return asYaml(document);
  const lineOf = form === 'github' ? annotation : inText;
  return checked.flatMap(({ file, problems }) => problems.map((problem) => lineOf(file, problem))).join('');
};

export const runValidate = async (context: Context): Promise<number> => {
  const { world, request, output } = context;
  if (request.targets.length === 0) throw usageError('validate needs FILE, as in: stage validate prod.json .stagerc');
  const checked: Checked[] = [];
  for (const word of request.targets) checked.push(await check(word, context));
  world.stdout.write(await render(checked, textOption(context, 'output') ?? 'text'));
  const count = checked.reduce((sum, { problems }) => sum + problems.length, 0);
  const conclusion = `${checked.length} ${checked.length === 1 ? 'file' : 'files'}: ${count || 'no'} ${count === 1 ? 'problem' : 'problems'}`;
  world.stderr.write(`${output.paintErrors.quiet(conclusion)}\n`);
  return count > 0 ? exitCodes.input : exitCodes.done;
};
