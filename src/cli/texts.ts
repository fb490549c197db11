/** Texts that the command line gives, or names: in files, on standard input. */

import { usageProblem } from '../commands/command.js';
import { mask } from '../render/redact.js';
import type { Notice } from '../stage/plan.js';
import type { Problem } from '../stage/problem.js';
import { decodeText, isThere, maxTextSize, readText } from '../targets/read-file.js';
import { withoutBom } from '../text/json.js';
import type { World } from '../world.js';
import type { Invocation } from './given-options.js';

export interface Texts {
  readonly readFile: (path: string) => string;
  /** A file as the AWS CLI names it after `file://`, with `~` and `$NAME`. */
  readonly readReference: (name: string) => string;
  readonly isThere: (path: string) => boolean;
  /** All of standard input. */
  readonly readStdin: () => Promise<string>;
}

/** As Python's `expanduser` and `expandvars` do it for the AWS CLI: a variable that is not set stays as written. */
const expanded = (name: string, env: World['env']): string =>
  name
    .replace(/^~(?=\/|$)/, (tilde) => env['HOME'] ?? tilde)
    .replace(/\$(?:(\w+)|\{([^}]*)\})/g, (written, bare, braced) => env[bare ?? braced] ?? written);

export const textsOf = (world: World): Texts => {
  let stdin: Promise<string> | undefined;
  const readFile = (path: string): string => withoutBom(readText(path, world.cwd));
  return {
    readFile,
    readReference: (name) => readFile(expanded(name, world.env)),
    isThere: (path) => isThere(path, world.cwd),
    readStdin: () => {
      stdin ??= world.stdin.read(maxTextSize).then((bytes) => withoutBom(decodeText(bytes, 'standard input')));
      return stdin;
    },
  };
};

/** What is at hand, and what is gathered, while a request is read. */
export interface Reading extends Omit<Invocation, 'words'> {
  readonly texts: Texts;
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

const sourceOf = (text: string, takesAt: boolean): string | undefined => {
  if (text.startsWith('file://')) return text.slice('file://'.length);
  return takesAt && text.startsWith('@') ? text.slice(1) : undefined;
};

export const refuseBytes = (text: string, asker: string, reading: Reading): void => {
  if (text.startsWith('fileb://'))
    addProblem(reading, `${asker}: fileb:// reads bytes, but the value is a text; write file://${text.slice(8)}.`);
};

/** The text, or what the file or standard input that it names holds; `asker` is the argument before it. */
export const readValue = async (text: string, takesAt: boolean, asker: string, reading: Reading): Promise<string> => {
  const source = sourceOf(text, takesAt);
  refuseBytes(text, asker, reading);
  if (source === undefined) return text;
  if (source === '-') reading.readers.push(`${asker} ${text}`);
  const { readFile, readReference, readStdin } = reading.texts;
  const held = source === '-' ? await readStdin() : text.startsWith('@') ? readFile(source) : readReference(source);
  return held.replace(/\r?\n$/, '');
};
