/** Where texts come from that the command line only names. */

import { decodeText } from '../targets/decode-text.js';
import { readText } from '../targets/read-text.js';
import { withoutBom } from '../text/without-bom.js';
import type { World } from '../world.js';

export interface Texts {
  readonly readFile: (path: string) => string;
  /** All of standard input. */
  readonly readStdin: () => Promise<string>;
}

export const textsOf = (world: World): Texts => {
  let stdin: Promise<string> | undefined;
  return {
    readFile: (path) => withoutBom(readText(path, world.cwd)),
    readStdin: () => {
      stdin ??= world.stdin.read().then((bytes) => withoutBom(decodeText(bytes, 'standard input')));
      return stdin;
    },
  };
};
