/** Where texts come from that the command line only names. */

import { decodeText, isThere, maxTextSize, readText } from '../targets/read-file.js';
import { withoutBom } from '../text/without-bom.js';
import type { World } from '../world.js';

export interface Texts {
  readonly readFile: (path: string) => string;
  /** A file by what the AWS CLI takes behind `file://`. */
  readonly readReference: (name: string) => string;
  /** Whether there is anything of that name. */
  readonly isThere: (path: string) => boolean;
  /** All of standard input. */
  readonly readStdin: () => Promise<string>;
}

/** As Python's `expanduser` and `expandvars` do it, which the AWS CLI asks: a variable that is not set stays as it is written. */
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
