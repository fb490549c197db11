/** Texts that the command line gives, or names: in files, on standard input. */

import { usageProblem } from '../commands/command.js';
import { mask } from '../render/redact.js';
import type { Notice } from '../stage/plan.js';
import type { Problem } from '../stage/problem.js';
import { decodeText, maxTextSize, readText } from '../targets/read-file.js';
import { withoutBom } from '../text/json.js';
import type { World } from '../world.js';
import type { Invocation } from './given-options.js';

/** As Python's `expanduser` and `expandvars` do it for the AWS CLI: a variable that is not set stays as written. */
const expanded = (name: string, env: World['env']): string =>
  name
    .replace(/^~(?=\/|$)/, (tilde) => env['HOME'] ?? tilde)
    .replace(/\$(?:(\w+)|\{([^}]*)\})/g, (written, bare, braced) => env[bare ?? braced] ?? written);

/** What a run reads its texts from. */
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
    /** A file as the AWS CLI names it after `file://`, with `~` and `$NAME`. */
    readReference: (name: string): string => readFile(expanded(name, world.env)),
    readStdin: async () => withoutBom(decodeText(await world.stdin.read(maxTextSize), 'standard input')),
  };
};

export type Texts = ReturnType<typeof textsOf>;

/** What is at hand, and what is gathered, while a request is read. */
export interface Reading extends Omit<Invocation, 'words'> {
  readonly texts: Texts;
  /** The text of standard input, as far as it was read. */
  readonly stdin: string;
  readonly problems: Problem[];
  readonly notices: Notice[];
  /** The arguments that read standard input. */
  readonly readers: string[];
}

/** Adds a problem; all are reported together. */
export const addProblem = ({ problems }: Reading, message: string, hint?: string): readonly [] => {
  problems.push({ ...usageProblem(message), ...(hint !== undefined && { hint }) });
  return [];
};

/** A pasted mask would be written instead of the secret. */
export const checkMask = (text: string, asker: string, reading: Reading): void => {
  if (text === mask) addProblem(reading, `${asker}: ${mask} is what stage shows instead of a secret, not a value.`);
};

/** The text, or that of the file or standard input that it names; `asker` is the argument before it. */
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
