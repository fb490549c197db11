/** What is at hand, and what is gathered, while a command line is read. */

import { usageProblem } from '../commands/command.js';
import { type IsSecret, mask } from '../render/redact.js';
import type { Notice } from '../stage/plan.js';
import type { Problem } from '../stage/problem.js';
import type { Invocation } from './program.js';
import type { Texts } from './texts.js';

export interface Reading extends Omit<Invocation, 'words'> {
  readonly texts: Texts;
  readonly isSecret: IsSecret;
  readonly problems: Problem[];
  readonly notices: Notice[];
  /** Who reads standard input. */
  readonly readers: string[];
}

/** Notes what is wrong, to be told with all else. */
export const slip = ({ problems }: Reading, message: string): readonly [] => {
  problems.push(usageProblem(message));
  return [];
};

/** A mask is no value: who pasted one would write it in the place of the secret. */
export const checkMask = (text: string, asker: string, reading: Reading): void => {
  if (text === mask) slip(reading, `${asker}: ${mask} is what stage shows in the place of a secret, and no value.`);
};

// What came, where a text is no JSON, may be a whole word of it; so may the key that an equals sign is missing behind.
const quotation = /; write .*$|(?<=column \d+: .*), came .*$| after "(?:[^"\\]|\\.)*"/gs;

/** A reason without its quotation of the text, where that may hold a secret. */
export const discreet = (reason: string, text: string, { isSecret }: Reading): string =>
  isSecret(text) ? reason.replace(quotation, '') : reason;
