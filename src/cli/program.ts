/** Builds the program from the table; Commander parses. Only this file and `help.ts` use Commander. */

import { Command, CommanderError, Option, type ParseOptionsResult } from 'commander';
import { version } from '../../package.json';
import { type AnyCommand, type CommandOption, usageProblem } from '../commands/command.js';
import { commands, findCommand } from '../commands/commands.js';
import { explain } from '../commands/explain.js';
import type { Problem } from '../stage/problem.js';
import type { World } from '../world.js';
import { optionsOf, sharedOptions } from './common-options.js';
import type { GivenOptions, Invocation, OptionValue } from './given-options.js';
import { commandText, configure, type Printer, printSharedOptions, programText } from './help.js';
import { suggestCommand, unknownOption } from './suggestions.js';

/** An invalid line has the options parsed so far. `shown`: help or the version was printed. */
type CommandLine =
  | Invocation
  | (GivenOptions & { readonly problems: readonly Problem[]; readonly command?: AnyCommand })
  | { readonly shown: true };

const emptyArgument = 'empty argument (unset shell variable?)';

const helpText = ({ help, alias, kind }: CommandOption): string =>
  [help, ...(alias ? [`short form: --${alias}`] : []), ...(kind === 'list' ? ['can be repeated'] : [])].join('; ');

/** Stores its value under the name in the table: --x, its alias and --no-x share one value; --no-config has its own. */
class NamedOption extends Option {
  constructor(
    flags: string,
    readonly row: CommandOption,
  ) {
    super(`${flags}${'argument' in row ? ` <${row.argument}>` : ''}`, helpText(row));
    if (row.default !== undefined) this.default(row.parse?.(row.default) ?? row.default, row.default);
    this.helpGroup(`${row.heading}:`).hideHelp(row.isHidden === true).negate = false;
  }
  override attributeName(): string {
    return this.row.name;
  }
}

type Report = (message: string) => void;

/** Checks a value, and appends it to the earlier values of a repeatable option. */
const readerOf =
  (row: CommandOption, report: Report) =>
  (value: string, previous: OptionValue | undefined): OptionValue => {
    const { name, property, kind } = row;
    if (property && (typeof previous === 'string' || typeof previous === 'boolean') && String(previous) !== value)
      report(`--${name} is given two values: ${previous} and ${value}.`);
    if (!('argument' in row)) return value === 'true';
    if (value === '' && property?.clear !== '' && !row.takesEmpty)
      report(`--${name}: expected ${row.argument}, got an empty value (unset shell variable?).`);
    else if (row.choices?.includes(value) === false)
      report(`--${name}: expected one of ${row.choices.join(', ')}; got ${value}.`);
    const number = value === '' ? undefined : row.parse?.(value);
    if (typeof number === 'string') report(`--${name}: ${number}.`);
    if (kind === 'text') return number ?? value;
    const items: string[] = Array.isArray(previous) ? previous : [];
    items.push(value);
    return items;
  };

const toOptions = (row: CommandOption, report: Report): readonly NamedOption[] => {
  const { name, short, alias, kind } = row;
  const main = new NamedOption(`${short ? `-${short}, ` : ''}--${name}`, row);
  const options = [main, ...(alias ? [new NamedOption(`--${alias}`, row).hideHelp()] : [])];
  if (kind === 'on-off') {
    main.preset('true').flags = `--[no-]${name}`;
    options.push(new NamedOption(`--no-${name}`, row).preset('false').hideHelp());
  }
  if (kind !== 'switch') for (const option of options) option.argParser(readerOf(row, report));
  return options;
};

/** A separate word that starts with a dash is an option, so that an empty shell variable cannot swallow it. */
const isValue = (word: string | undefined): boolean =>
  word !== undefined && (!word.startsWith('-') || /^-$|^-(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(word));

const isTruth = (word: string | undefined): boolean => word === 'true' || word === 'false';

/** The words for Commander, or a problem. `next` is the word after the option. */
const spelled = (row: CommandOption, written: string, value: string | undefined, next: string | undefined) => {
  const long = `--${row.name}`;
  if ('argument' in row) {
    if (value !== undefined) return { word: `${long}=${value}` };
    if (isValue(next)) return { word: written };
    const got = next === undefined ? 'no value' : `the option ${next}. If ${next} is the value, write ${long}=${next}`;
    return { problem: `${long}: expected ${row.argument}, got ${got}.` };
  }
  const isOnOff = row.kind === 'on-off';
  if (isOnOff && written === long && isTruth(value)) return { word: value === 'true' ? long : `--no-${row.name}` };
  if (value !== undefined) {
    const got = written === long ? value || 'an empty value' : `${written}=${value}`;
    return { problem: `${long}: expected ${isOnOff ? 'true or false' : 'no value'}, got ${got}.` };
  }
  if (isOnOff && isTruth(next))
    return { problem: `write the value after an equals sign: ${long}=${(next === 'true') === (written === long)}` };
  return { word: written };
};

const beforeDashes = (words: readonly string[]): readonly string[] =>
  words.includes('--') ? words.slice(0, words.indexOf('--')) : words;

/** One command. Collects all problems of its line for one report. */
class Subcommand extends Command {
  readonly problems: Problem[] = [];

  constructor(
    readonly row: AnyCommand,
    printer: Printer,
  ) {
    super(row.name);
    configure(this, printer, (width) => commandText(row, width))
      .description(summaryOf(row))
      .usage(`${row.name} ${row.usage} [options]`.replace('  ', ' '))
      .argument('[words...]')
      .addHelpOption(new Option('-h, --help', 'Show this help').helpGroup('Output:'));
    const own = ['output', ...row.options.map(({ name }) => name)];
    for (const option of optionsOf(row).flatMap((each) => toOptions(each, this.#report)))
      this.addOption(own.includes(option.row.name) ? option : option.hideHelp());
  }

  readonly #report: Report = (message) => {
    this.problems.push(usageProblem(message));
  };

  #find(word = ''): CommandOption | undefined {
    const option = this.options.find(({ long, short }) => word === long || word === short);
    return option instanceof NamedOption ? option.row : undefined;
  }

  /** Rewrites the words for Commander. Values never look like options, so each word is rewritten alone. */
  #rewrite(words: readonly string[]): readonly string[] {
    return words.flatMap((word, index) => {
      const [, written = word, value] = /^(--?[^=]+)=(.*)$/s.exec(word) ?? [];
      const row = isValue(word) ? undefined : this.#find(written);
      if (row === undefined) return [word];
      const { word: read, problem } = spelled(row, written, value, words[index + 1]);
      if (problem) this.#report(problem);
      return read === undefined ? [] : [read];
    });
  }

  /** `explain` accepts the name of an option as a word. */
  #isWord(word: string): boolean {
    return isValue(word) || (this.row.words === 'names' && word.startsWith('--'));
  }

  override parseOptions(argv: string[]): ParseOptionsResult {
    const own = beforeDashes(argv);
    const items = own.filter((word) => this.#find(word.split('=')[0])?.kind === 'items');
    // The AWS CLI would use the last one and drop the others.
    if (items.length > 1) this.#report(`give ${items[0]?.split('=')[0]} once, with all items`);
    const { operands, unknown } = super.parseOptions([...this.#rewrite(own), ...argv.slice(own.length)]);
    const strange = beforeDashes(unknown);
    const help = strange.find((word) => word === '--help' || word === '-h');
    if (help !== undefined) return { operands: [], unknown: [help] };
    const words = [...operands, ...strange.filter((word) => this.#isWord(word)), ...unknown.slice(strange.length + 1)];
    if (words.includes('')) this.#report(emptyArgument);
    for (const word of strange.filter((each) => !this.#isWord(each))) this.#report(unknownOption(word, this.row));
    return { operands: words, unknown: [] };
  }

  get given(): GivenOptions {
    return { options: new Map(Object.entries(this.opts<Record<string, OptionValue>>())) };
  }
}

const summaryOf = ({ summary, aliases }: AnyCommand): string =>
  aliases ? `${summary} (alias: ${aliases.join(', ')})` : summary;

const isHelp = (error: unknown): boolean =>
  error instanceof CommanderError && ['commander.helpDisplayed', 'commander.version'].includes(error.code);

/** Returns Commander's errors. Throws after printing help or the version. */
const parseWith = (command: Command, words: readonly string[]): readonly string[] => {
  try {
    command.parse([...words], { from: 'user' });
    return [];
  } catch (error) {
    if (!(error instanceof CommanderError) || isHelp(error)) throw error;
    return [`${error.message.replace(/^error: /, '')}.`];
  }
};

/** Prints the program's help or version, or returns what is wrong with a line that has only options. */
const parseWithoutCommand = (words: readonly string[], printer: Printer): string => {
  const program = configure(new Command('stage'), printer, programText)
    .description('Edit the configuration of Amazon API Gateway (REST API) stages')
    .usage('COMMAND [TARGET] [options]')
    .version(version, '-V, --version', 'Show the version')
    .helpOption('-h, --help', 'Show this help');
  for (const row of commands) program.addCommand(new Command(row.name).summary(summaryOf(row)).usage(row.usage));
  const [refused] = words.every((word) => word === '--') ? [] : parseWith(program, words);
  return refused === undefined ? 'No command was given.' : `${refused} stage --help lists the commands.`;
};

/** The sentences about required options that are missing, and options that need or exclude another one. */
const optionProblems = (command: Subcommand): readonly string[] => {
  const { row } = command;
  const isGiven = (name: string): boolean => command.getOptionValueSource(name) === 'cli';
  return optionsOf(row).flatMap(({ name, argument, isRequired, needs = [name], excludes = '' }) => {
    if (!isGiven(name)) return isRequired ? [`${row.name} needs --${name} ${argument}, as in: ${row.example}`] : [];
    if (!needs.some(isGiven)) return [`--${name} needs --${needs.join(' or --')}.`];
    return isGiven(excludes) ? [`--${name} cannot be used with --${excludes}.`] : [];
  });
};

const variantOf = (row: AnyCommand, words: readonly string[]): AnyCommand =>
  row.variant && beforeDashes(words).includes(`--${row.variant.name}`) ? { ...row, options: row.variant.options } : row;

const parse = (words: readonly string[], printer: Printer): CommandLine => {
  // `stage help set` is `stage set --help`.
  if (words[0] === 'help') return parse([...words.slice(1), '--help'], printer);
  const at = words.findIndex((word) => !word.startsWith('-'));
  const word = words[at];
  const found = findCommand(word);
  if (found) {
    const row = variantOf(found, words);
    const command = new Subcommand(row, printer);
    const refused = parseWith(command, words.toSpliced(at, 1));
    const { given } = command;
    const problems = [...command.problems, ...[...refused, ...optionProblems(command)].map(usageProblem)];
    return { command: row, ...given, ...(problems.length > 0 ? { problems } : { words: command.args }) };
  }
  const before = words[at - 1];
  const next = before ? `Write the command first, then ${before}.` : suggestCommand(word ?? '');
  const unknown = word === '' ? emptyArgument : `${word} is not a command. ${next}`;
  // Options that all commands share can set how an error is printed.
  const command = new Subcommand(explain, printer);
  command.parseOptions([...words]);
  return {
    ...command.given,
    problems: [usageProblem(word === undefined ? parseWithoutCommand(words, printer) : unknown)],
  };
};

/** Parses a command line. Prints help and version immediately. */
export const parseCommandLine = (world: Pick<World, 'argv'> & Printer): CommandLine => {
  try {
    if (world.argv.slice(0, 2).join(' ') !== 'help options') return parse(world.argv, world);
    const options = sharedOptions().flatMap((row) => toOptions(row, () => {}));
    printSharedOptions(options, world);
  } catch (error) {
    if (!isHelp(error)) throw error;
  }
  return { shown: true };
};
