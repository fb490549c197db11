/** What is settled before Commander sees the words: every flag written in one way, and every slip told at once. */

import { type AnyCommand, type CommandOption, type TextOption, usageProblem } from '../commands/command.js';
import type { Problem } from '../stage/problem.js';
import { suggestOption } from './suggestions.js';

export interface Tidied {
  readonly argv: readonly string[];
  readonly problems: readonly Problem[];
}

interface Step {
  readonly words: readonly string[];
  /** How many words of the command line were used. */
  readonly used: number;
  readonly problem?: Problem;
  /** A value is missing, and the next word may have been meant for it. */
  readonly lacksValue?: true;
}

const unsetVariable = 'An unset shell variable looks like this.';

/** The sentence for a word that is empty. */
export const emptyWord = `An argument is empty. ${unsetVariable}`;

const refused = (message: string, used = 1): Step => ({ words: [], used, problem: usageProblem(message) });

const isNumber = (word: string): boolean => /^-(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(word);

/** A separate value that begins with a dash is taken for a flag, so that an empty shell variable cannot swallow it. */
const isValue = (word: string | undefined): word is string =>
  word !== undefined && (!word.startsWith('-') || word === '-' || isNumber(word));

const isClearable = ({ property }: CommandOption): boolean => property?.clear === '';

const withValue = (flag: TextOption, value: string, used: number): Step =>
  value === '' && !isClearable(flag)
    ? refused(`--${flag.name} is empty; expected ${flag.argument}. ${unsetVariable}`, used)
    : { words: [`--${flag.name}=${value}`], used };

const missingValue = (flag: TextOption, next: string | undefined): Step => {
  const came = next === undefined ? 'nothing' : `the flag ${next}`;
  const instead = next === undefined ? '' : ` If ${next} is the value, write --${flag.name}=${next}.`;
  return { ...refused(`--${flag.name} needs a value, ${flag.argument}; came ${came}.${instead}`), lacksValue: true };
};

const takeText = (flag: TextOption, value: string | undefined, next: string | undefined): Step => {
  if (value !== undefined) return withValue(flag, value, 1);
  return isValue(next) ? withValue(flag, next, 2) : missingValue(flag, next);
};

const isTruth = (word: string | undefined): boolean => word === 'true' || word === 'false';

const takeOnOff = (flag: CommandOption, name: string, value: string | undefined, next: string | undefined): Step => {
  if (value === undefined && isTruth(next))
    return refused(
      `A switch takes its value behind an equals sign: --${flag.name}=${name === flag.name ? next : next !== 'true'}.`,
      2,
    );
  if (value === undefined) return { words: [`--${name}`], used: 1 };
  if (name === flag.name && isTruth(value)) {
    return { words: [value === 'true' ? `--${name}` : `--no-${name}`], used: 1 };
  }
  return refused(`--${name}=${value}: write --${flag.name}, --no-${flag.name}, or --${flag.name}=true or =false.`);
};

const takeSwitch = (flag: CommandOption, value: string | undefined): Step =>
  value === undefined
    ? { words: [`--${flag.name}`], used: 1 }
    : refused(`--${flag.name} takes no value; came ${value === '' ? 'an empty one' : value}.`);

/** The items of a flag that takes several, up to the next flag. Each is tied to the flag, so that none is lost. */
const takeItems = (flag: TextOption, value: string | undefined, rest: readonly string[]): Step => {
  const end = rest.findIndex((word) => !isValue(word));
  const items = value === undefined ? rest.slice(0, end < 0 ? rest.length : end) : [value];
  if (items.length === 0) return missingValue(flag, rest[0]);
  if (items.includes('')) return refused(`--${flag.name} holds an empty item.`, items.length + 1);
  return { words: items.map((item) => `--${flag.name}=${item}`), used: value === undefined ? items.length + 1 : 1 };
};

const take = (flag: CommandOption, name: string, value: string | undefined, rest: readonly string[]): Step => {
  switch (flag.kind) {
    case 'switch':
      return takeSwitch(flag, value);
    case 'on-off':
      return takeOnOff(flag, name, value, rest[0]);
    case 'items':
      return takeItems(flag, value, rest);
    case 'text':
    case 'list':
      return takeText(flag, value, rest[0]);
  }
};

const findFlag = (options: readonly CommandOption[], name: string): CommandOption | undefined =>
  options.find(
    (flag) => flag.name === name || flag.alias === name || (flag.kind === 'on-off' && name === `no-${flag.name}`),
  );

const helpWords: readonly string[] = ['--help', '-h'];

const takeLong = (word: string, rest: readonly string[], options: readonly CommandOption[], verb: AnyCommand): Step => {
  const [, name = '', value] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
  const flag = findFlag(options, name);
  if (flag) return take(flag, name, value, rest);
  const next = value ?? (isValue(rest[0]) ? rest[0] : undefined);
  return refused(`stage ${verb.name} has no flag --${name}. ${suggestOption(name, next, options, verb)}`);
};

/** One letter, or several at once: `-n`, `-nq`, `-o json`, `-ojson`. */
const takeShort = (
  word: string,
  rest: readonly string[],
  options: readonly CommandOption[],
  verb: AnyCommand,
): Step => {
  const flag = options.find(({ short }) => short === word[1]);
  if (flag === undefined)
    return refused(`stage ${verb.name} has no flag ${word}. stage ${verb.name} --help lists the flags.`);
  const more = word.slice(2);
  if (flag.kind !== 'switch') return take(flag, flag.name, more === '' ? undefined : more.replace(/^=/, ''), rest);
  if (more === '' || more.startsWith('=')) return takeSwitch(flag, more === '' ? undefined : more.slice(1));
  const others = takeShort(`-${more}`, rest, options, verb);
  return { ...others, words: [`--${flag.name}`, ...others.words] };
};

/** Whether a word is a flag, or one misspelled. */
const isFlag = (word: string, options: readonly CommandOption[]): boolean =>
  word.startsWith('--') || helpWords.includes(word) || options.some(({ short }) => short === word[1]);

const takeWord = (word: string, rest: readonly string[], options: readonly CommandOption[], verb: AnyCommand): Step => {
  if (word === '') return refused(emptyWord);
  if (helpWords.includes(word) || !word.startsWith('-') || word === '-') return { words: [word], used: 1 };
  return word.startsWith('--') ? takeLong(word, rest, options, verb) : takeShort(word, rest, options, verb);
};

const takeNext = (
  [word = '', ...rest]: readonly string[],
  options: readonly CommandOption[],
  verb: AnyCommand,
): Step => {
  const step = takeWord(word, rest, options, verb);
  const [next] = rest;
  // Told once: it would be no flag either.
  return step.lacksValue && next !== undefined && !isFlag(next, options) ? { ...step, used: step.used + 1 } : step;
};

/** Of several, the AWS CLI takes the last and says nothing: whoever means them all would lose some, and never know. */
const repeatedItems = (words: readonly string[], options: readonly CommandOption[]): readonly Problem[] => {
  const timesOf = (name: string): number => words.filter((word) => word.split('=')[0] === `--${name}`).length;
  return options
    .filter(({ kind, name }) => kind === 'items' && timesOf(name) > 1)
    .map(({ name }) =>
      usageProblem(
        `--${name} came more than once, and the AWS CLI would take the last alone: put all items behind one.`,
      ),
    );
};

/** Flags of a property that were given different values. Of other flags the last counts. */
const contraryFlags = (argv: readonly string[], options: readonly CommandOption[]): readonly Problem[] =>
  options
    .filter(({ property, kind }) => property !== undefined && (kind === 'text' || kind === 'on-off'))
    .filter(({ name }) => new Set(argv.filter((word) => /^--(?:no-)?([^=]+)/.exec(word)?.[1] === name)).size > 1)
    .map(({ name }) => usageProblem(`--${name} is given two values.`));

/** The words behind a verb, every flag spelled out with its value, and every slip in them. */
export const tidy = (words: readonly string[], options: readonly CommandOption[], verb: AnyCommand): Tidied => {
  const argv: string[] = [];
  const problems: Problem[] = [...repeatedItems(words, options)];
  let rest = words;
  while (rest.length > 0 && rest[0] !== '--') {
    const step = takeNext(rest, options, verb);
    argv.push(...step.words);
    if (step.problem) problems.push(step.problem);
    rest = rest.slice(step.used);
  }
  return { argv: [...argv, ...rest], problems: [...problems, ...contraryFlags(argv, options)] };
};
