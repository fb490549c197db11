/** The program is built from the table, and Commander parses. Only this file and `help.ts` know Commander. */

import { Command, CommanderError, Option, type ParseOptionsResult } from 'commander';
import { version } from '../../package.json';
import { type AnyCommand, type CommandOption, usageProblem } from '../commands/command.js';
import { commands, findCommand } from '../commands/commands.js';
import { explain } from '../commands/explain.js';
import type { Problem } from '../stage/problem.js';
import type { World } from '../world.js';
import { optionsOf, sharedOptions } from './common-options.js';
import type { GivenOptions, Invocation, OptionValue } from './given-options.js';
import { addText, configure, exampleText, type Printer, seeSharedText, sharedOptionsHelp, targetText } from './help.js';

type Shown = { readonly shown: true };

/** The options of a failed parse, as far as known, say how its problems are printed. */
type CommandLine =
  | Invocation
  | (GivenOptions & { readonly problems: readonly Problem[]; readonly command?: AnyCommand })
  /** Help or version was asked for, and printed. */
  | Shown;

type Report = (message: string) => void;

const emptyArgument = 'empty argument (unset shell variable?)';

const helpText = ({ help, alias, kind }: CommandOption): string =>
  [help, ...(alias ? [`short form: --${alias}`] : []), ...(kind === 'list' ? ['can be repeated'] : [])].join('; ');

/** Keeps its value under the name in the table: an alias and a --no-x share theirs, and --no-config has its own. */
class NamedOption extends Option {
  constructor(
    flags: string,
    readonly row: CommandOption,
  ) {
    super(`${flags}${'argument' in row ? ` <${row.argument}>` : ''}`, helpText(row));
    this.helpGroup(`${row.heading}:`).hideHelp(row.isHidden === true).negate = false;
  }
  override attributeName(): string {
    return this.row.name;
  }
}

const misfitOf = (row: CommandOption, value: string, previous: OptionValue | undefined): string | undefined => {
  const { name, property } = row;
  if (property && previous !== undefined && !Array.isArray(previous) && String(previous) !== value)
    return `--${name} is given two values: ${previous} and ${value}.`;
  if (!('argument' in row)) return undefined;
  if (value === '' && property?.clear !== '' && !row.takesEmpty)
    return `--${name}: expected ${row.argument}, got an empty value (unset shell variable?).`;
  const isKnown = row.choices?.includes(value) ?? true;
  return isKnown ? undefined : `--${name}: expected one of ${row.choices?.join(', ')}; got ${value}.`;
};

const parserOf =
  (row: CommandOption, report: Report) =>
  (value: string, previous: OptionValue | undefined): OptionValue => {
    const misfit = misfitOf(row, value, previous);
    if (misfit) report(misfit);
    if (row.kind === 'on-off') return value === 'true';
    if (row.kind === 'text') return value;
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
  if (kind !== 'switch') for (const option of options) option.argParser(parserOf(row, report));
  return options;
};

const isNumber = (word: string): boolean => /^-(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(word);

/** A separate value that begins with a dash is taken for an option, so that an empty shell variable cannot swallow one. */
const isValue = (word: string | undefined): boolean =>
  word !== undefined && (!word.startsWith('-') || word === '-' || isNumber(word));

const isTruth = (word: string | undefined): boolean => word === 'true' || word === 'false';

const missingValue = (name: string, argument: string, next: string | undefined): string =>
  next === undefined
    ? `--${name}: expected ${argument}, got no value.`
    : `--${name}: expected ${argument}, got the option ${next}. If ${next} is the value, write --${name}=${next}.`;

/** An option as Commander reads it; or what is wrong with it. `next` is the word after it. */
const spelled = (row: CommandOption, written: string, value: string | undefined, next: string | undefined) => {
  const long = `--${row.name}`;
  if ('argument' in row) {
    if (value !== undefined) return { word: `${long}=${value}` };
    return isValue(next) ? { word: written } : { problem: missingValue(row.name, row.argument, next) };
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

/** One command. What is wrong with its line is collected, so that one report tells it all. */
class Subcommand extends Command {
  readonly problems: Problem[] = [];
  readonly unknown: (readonly [word: string, next: string | undefined])[] = [];

  constructor(readonly row: AnyCommand) {
    super(row.name);
    for (const option of optionsOf(row).flatMap((each) => toOptions(each, this.#report))) this.addOption(option);
  }

  readonly #report: Report = (message) => {
    this.problems.push(usageProblem(message));
  };

  #find(word = ''): CommandOption | undefined {
    const option = this.options.find(({ long, short }) => word === long || word === short);
    return option instanceof NamedOption ? option.row : undefined;
  }

  /** Whether it was told as a missing value of the option before, and is not an option either. */
  #isTold(word: string, previous: string | undefined): boolean {
    const row = this.#find(previous);
    return row !== undefined && 'argument' in row && !/^--|^-h/.test(word) && !this.#find(word.slice(0, 2));
  }

  /** Values never look like options, so each word can be read by itself. */
  #rewrite(word: string, previous: string | undefined, next: string | undefined): readonly string[] {
    if (isValue(word)) return [word];
    const [, written = word, value] = /^(--?[^=]+)=(.*)$/s.exec(word) ?? [];
    const row = this.#find(written);
    if (row === undefined) return this.#isTold(word, previous) ? [] : [word];
    const result = spelled(row, written, value, next);
    if (result.problem) this.#report(result.problem);
    return result.word === undefined ? [] : [result.word];
  }

  /** The words among what Commander does not know. For `explain` the name of an option is a word. */
  #takeUnknown(unknown: readonly string[]): readonly string[] {
    return unknown.filter((word, index) => {
      if (isValue(word) || (this.row.words === 'names' && word.startsWith('--'))) return true;
      this.unknown.push([word, isValue(unknown[index + 1]) ? unknown[index + 1] : undefined]);
      return false;
    });
  }

  override parseOptions(argv: string[]): ParseOptionsResult {
    const own = beforeDashes(argv);
    const items = own.filter((word) => this.#find(word.split('=')[0])?.kind === 'items');
    // The AWS CLI would take the last, and lose the others.
    if (items.length > 1) this.#report(`give ${items[0]?.split('=')[0]} once, with all items`);
    const rewritten = own.flatMap((word, index) => this.#rewrite(word, own[index - 1], own[index + 1]));
    const { operands, unknown } = super.parseOptions([...rewritten, ...argv.slice(own.length)]);
    const strange = beforeDashes(unknown);
    const help = strange.find((word) => word === '--help' || word === '-h');
    if (help !== undefined) return { operands: [], unknown: [help] };
    const words = [...operands, ...this.#takeUnknown(strange), ...unknown.slice(strange.length + 1)];
    if (words.includes('')) this.#report(emptyArgument);
    return { operands: words, unknown: [] };
  }

  get given(): GivenOptions['options'] {
    return new Map(Object.entries(this.opts<Record<string, OptionValue>>()));
  }
}

const summaryOf = ({ summary, aliases }: AnyCommand): string =>
  aliases ? `${summary} (alias: ${aliases.join(', ')})` : summary;

const subcommandFor = (row: AnyCommand, printer: Printer): Subcommand => {
  const command = configure(new Subcommand(row), printer)
    .description(summaryOf(row))
    .usage(`${row.usage} [options]`.trimStart())
    .argument('[words...]')
    .addHelpOption(new Option('-h, --help', 'Show this help').helpGroup('Output:'));
  const own = new Set(['output', ...row.options.map(({ name }) => name)]);
  for (const option of command.options) if (!own.has(option.attributeName())) option.hideHelp();
  addText(command, printer, (width) => [
    ...(row.more ? [row.more()] : []),
    exampleText(row.example, width),
    seeSharedText,
  ]);
  return command;
};

const programFor = (subcommands: readonly Command[], printer: Printer): Command => {
  const program = configure(new Command('stage'), printer)
    .description('Edit the configuration of Amazon API Gateway (REST API) stages')
    .usage('COMMAND [TARGET] [options]')
    .enablePositionalOptions()
    .version(version, '-V, --version', 'Show the version')
    .helpOption('-h, --help', 'Show this help');
  for (const subcommand of subcommands) program.addCommand(subcommand);
  addText(program, printer, () => [targetText]);
  return program;
};

/** What Commander refuses, if it does. */
const parseWith = (program: Command, argv: readonly string[]): Shown | string | undefined => {
  try {
    program.parse([...argv], { from: 'user' });
    return undefined;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const isShown = ['commander.helpDisplayed', 'commander.version'].includes(error.code);
    return isShown ? { shown: true } : error.message.replace(/^error: /, '');
  }
};

/** Loaded only on the way to an error. */
const loadSuggestions = () => import('./suggestions.js');

const unknownOptions = async ({ unknown, row }: Subcommand): Promise<readonly Problem[]> => {
  if (unknown.length === 0) return [];
  const { suggestOption } = await loadSuggestions();
  return unknown.map(([word, next]) => {
    const [, name, value] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
    const suggestion = name === undefined ? undefined : suggestOption(name, value ?? next, optionsOf(row), row);
    const shown = name === undefined ? word : `--${name}`;
    return usageProblem(
      `stage ${row.name} has no option ${shown}. ${suggestion ?? `stage ${row.name} --help lists the options.`}`,
    );
  });
};

const parseCommand = async (row: AnyCommand, words: readonly string[], printer: Printer): Promise<CommandLine> => {
  const command = subcommandFor(row, printer);
  const stopped = parseWith(programFor([command], printer), [row.name, ...words]);
  if (typeof stopped === 'object') return stopped;
  const others = stopped === undefined ? [] : [usageProblem(`${stopped}.`)];
  const problems = [...command.problems, ...(await unknownOptions(command)), ...others];
  const line = { command: row, options: command.given };
  return problems.length > 0 ? { ...line, problems } : { ...line, words: command.args };
};

const unknownCommand = async (word: string, before: string | undefined): Promise<string> => {
  if (word === '') return emptyArgument;
  if (before) return `${word} is not a command. Write the command first, then ${before}.`;
  return `${word} is not a command. ${(await loadSuggestions()).suggestCommand(word)}`;
};

const noCommand = (argv: readonly string[], printer: Printer): Shown | string => {
  const summaries = commands.map((row) => new Command(row.name).summary(summaryOf(row)).usage(row.usage));
  const stopped = parseWith(programFor(summaries, printer), argv) ?? '';
  if (typeof stopped === 'object') return stopped;
  return argv.every((word) => word === '--') ? 'No command was given.' : `${stopped}. stage --help lists the commands.`;
};

/** The options that all commands have may say how an error is printed. */
const optionsAnyway = (argv: readonly string[]): GivenOptions => {
  const command = new Subcommand(explain);
  command.parseOptions([...argv]);
  return { options: command.given };
};

/** Parses a command line. Help and version are printed at once. */
export const parseCommandLine = async (world: Pick<World, 'argv'> & Printer): Promise<CommandLine> => {
  const { argv } = world;
  if (argv[0] === 'help' && argv[1] === 'options') {
    const options = sharedOptions().flatMap((row) => toOptions(row, () => {}));
    sharedOptionsHelp(options, world);
    return { shown: true };
  }
  // `stage help set` is `stage set --help`.
  const words = argv[0] === 'help' ? [...argv.slice(1), '--help'] : argv;
  const at = words.findIndex((word) => !word.startsWith('-'));
  const word = words[at];
  const row = findCommand(word);
  if (row) return parseCommand(row, words.toSpliced(at, 1), world);
  const stopped = word === undefined ? noCommand(words, world) : await unknownCommand(word, words[at - 1]);
  return typeof stopped === 'object' ? stopped : { ...optionsAnyway(words), problems: [usageProblem(stopped)] };
};
