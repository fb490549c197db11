/** Reads texts from the command line, from files, and from standard input. */

import { usageProblem } from '../commands/command.js';
import { mask } from '../render/redact.js';
import type { Notice } from '../stage/plan.js';
import type { Problem } from '../stage/problem.js';
import { decodeText, maxTextSize, readText } from '../targets/read-file.js';
import { withoutBom } from '../text/json.js';
import type { World } from '../world.js';
import type { Invocation } from './given-options.js';

/** Expands `~` and variables as the AWS CLI does with Python: unset variables stay as written. */
const expanded = (name: string, env: World['env']): string =>
  name
    .replace(/^~(?=\/|$)/, (tilde) => env['HOME'] ?? tilde)
    .replace(/\$(?:(\w+)|\{([^}]*)\})/g, (written, bare, braced) => env[bare ?? braced] ?? written);

/** Readers of files and standard input. */
export const textsOf = (world: World) => {
  // A pipe can be read only once.
  const read = new Map<string, string>();
  const readFile = (path: string): string => {
    const text = read.get(path) ?? withoutBom(readText(path, world.cwd));
    read.set(path, text);
    return text;
  };
  return {
    readFile,
    /** Reads the file named after `file://`, with `~` and `$NAME` expanded. */
    readReference: (name: string): string => readFile(expanded(name, world.env)),
    readStdin: async () => withoutBom(decodeText(await world.stdin.read(maxTextSize), 'standard input')),
  };
};

export type Texts = ReturnType<typeof textsOf>;

/** The inputs of parsing a request, and the problems found so far. */
export interface Reading extends Omit<Invocation, 'words'> {
  readonly texts: Texts;
  /** The text of standard input; empty until it is read. */
  readonly stdin: string;
  readonly problems: Problem[];
  readonly notices: Notice[];
  /** The arguments that read standard input. */
  readonly readers: string[];
}

/** Adds a problem to the common report. */
export const addProblem = ({ problems }: Reading, message: string, hint?: string): readonly [] => {
  problems.push({ ...usageProblem(message), ...(hint !== undefined && { hint }) });
  return [];
};

/** Refuses a pasted mask, which would overwrite the secret. */
export const checkMask = (text: string, asker: string, reading: Reading): void => {
  if (text === mask) addProblem(reading, `${asker}: ${mask} is what stage shows instead of a secret, not a value.`);
};

/** The text itself, or the text of the file or standard input that it names. `asker` is the argument it belongs to. */
export const readValue = (text: string, takesAt: boolean, asker: string, reading: Reading): string => {
  if (text.startsWith('fileb://'))
    addProblem(reading, `${asker}: fileb:// reads bytes, but the value is a text; write file://${text.slice(8)}.`);
  const [, prefix, source = ''] = /^(file:\/\/|@)(.*)$/s.exec(text) ?? [];
  if (prefix === undefined || (prefix === '@' && !takesAt)) return text;
  const { readFile, readReference } = reading.texts;
  if (source === '-') reading.readers.push(`${asker} ${text}`);
  const held = source === '-' ? reading.stdin : prefix === '@' ? readFile(source) : readReference(source);
  return held.replace(/\r?\n$/, '');
};
