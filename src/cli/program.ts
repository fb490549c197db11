/** The only file that knows Commander: the program is built from the table, and Commander parses. */

import { Command, CommanderError, type HelpConfiguration, Option, type ParseOptionsResult } from 'commander';
import { version } from '../../package.json';
import { type AnyCommand, type CommandOption, usageProblem } from '../commands/command.js';
import { commands } from '../commands/commands.js';
import { explain } from '../commands/explain.js';
import type { Problem } from '../stage/problem.js';
import { wrap } from '../text/wrap.js';
import type { World } from '../world.js';
import { optionsOf, sharedOptions } from './common-options.js';
import type { GivenOptions, OptionValue } from './given-options.js';

/** A command line, parsed. */
export interface Invocation extends GivenOptions {
  readonly command: AnyCommand;
  readonly words: readonly string[];
}

/** The options of a failed parse, as far as known, say how its problems are printed. */
export type CommandLine =
  | Invocation
  | (GivenOptions & { readonly problems: readonly Problem[]; readonly command?: AnyCommand })
  /** Help or version was asked for, and printed. */
  | { readonly shown: true };

type Printer = Pick<World, 'stdout' | 'stderr'>;
type Report = (message: string) => void;

const emptyArgument = 'empty argument (unset shell variable?)';

/** Keeps its value under the name in the table: an alias and a --no-x share theirs, and --no-config has its own. */
class NamedOption extends Option {
  constructor(
    flags: string,
    help: string,
    readonly key: string,
  ) {
    super(flags, help);
    this.negate = false;
  }
  override attributeName(): string {
    return this.key;
  }
}

const isMany = ({ kind }: CommandOption): boolean => kind === 'list' || kind === 'items';

const mayBeEmpty = (option: CommandOption): boolean => option.property?.clear === '' || 'takesEmpty' in option;

const misfitOf = (option: CommandOption, value: string, previous: OptionValue | undefined): string | undefined => {
  const { name, kind, property } = option;
  if (property && previous !== undefined && !isMany(option) && String(previous) !== value)
    return `--${name} is given two values: ${previous} and ${value}.`;
  if (!('argument' in option)) return undefined;
  const { argument, choices } = option;
  if (value === '' && (kind === 'items' || !mayBeEmpty(option)))
    return `--${name}: expected ${argument}, got an empty value (unset shell variable?).`;
  return choices && !choices.includes(value)
    ? `--${name}: expected one of ${choices.join(', ')}; got ${value}.`
    : undefined;
};

const valueParser =
  (option: CommandOption, report: Report) =>
  (value: string, previous: OptionValue | undefined): OptionValue => {
    const misfit = misfitOf(option, value, previous);
    if (misfit) report(misfit);
    if (isMany(option)) return [...(Array.isArray(previous) ? previous : []), value];
    return option.kind === 'on-off' ? value === 'true' : value;
  };

const helpText = ({ help, alias, kind }: CommandOption): string =>
  [help, ...(alias ? [`short form: --${alias}`] : []), ...(kind === 'list' ? ['can be repeated'] : [])].join('; ');

const toOptions = (option: CommandOption, report: Report): readonly Option[] => {
  const { name, short, alias, kind, heading } = option;
  const argument = 'argument' in option ? ` <${option.argument}>` : '';
  const named = (long: string): NamedOption => new NamedOption(`${long}${argument}`, helpText(option), name);
  const main = named(`${short ? `-${short}, ` : ''}--${name}`).helpGroup(`${heading}:`);
  main.hideHelp(option.isHidden === true);
  const others = alias ? [named(`--${alias}`).hideHelp()] : [];
  if (kind === 'on-off') {
    main.preset('true').flags = `--[no-]${name}`;
    others.push(named(`--no-${name}`).preset('false').hideHelp());
  }
  const all = [main, ...others];
  return kind === 'switch' ? all : all.map((each) => each.argParser(valueParser(option, report)));
};

const isNumber = (word: string): boolean => /^-(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(word);

/** A separate value that begins with a dash is taken for an option, so that an empty shell variable cannot swallow one. */
const isValue = (word: string | undefined): boolean =>
  word !== undefined && (!word.startsWith('-') || word === '-' || isNumber(word));

const isTruth = (word: string | undefined): boolean => word === 'true' || word === 'false';

/** The options before `--`, where there is one. */
const beforeDashes = (words: readonly string[]): readonly string[] =>
  words.includes('--') ? words.slice(0, words.indexOf('--')) : words;

/** One command. What is wrong with its line is collected, so that one report tells it all. */
class Subcommand extends Command {
  readonly problems: Problem[] = [];
  readonly unknown: (readonly [word: string, next: string | undefined])[] = [];
  readonly #known: readonly CommandOption[];

  constructor(readonly record: AnyCommand) {
    super(record.name);
    this.#known = optionsOf(record);
    for (const option of this.#known.flatMap((each) => toOptions(each, this.#report))) this.addOption(option);
  }

  readonly #report = (message: string): void => {
    this.problems.push(usageProblem(message));
  };

  #find(word: string): CommandOption | undefined {
    const name = word.replace(/^--(no-(?=.))?/, '');
    return this.#known.find(
      (option) =>
        word === `-${option.short}` ||
        word === `--${option.name}` ||
        word === `--${option.alias}` ||
        (option.kind === 'on-off' && name === option.name),
    );
  }

  #lacksValue(word: string, next: string | undefined): boolean {
    const option = this.#find(word);
    return option !== undefined && 'argument' in option && !isValue(next);
  }

  #missingValue({ name }: CommandOption, argument: string, next: string | undefined): readonly string[] {
    const instead = next === undefined ? '' : ` If ${next} is the value, write --${name}=${next}.`;
    const got = next === undefined ? 'no value' : `the option ${next}`;
    this.#report(`--${name}: expected ${argument}, got ${got}.${instead}`);
    return [];
  }

  #onOff(option: CommandOption, word: string, value: string | undefined, next: string | undefined): readonly string[] {
    const { name } = option;
    const isNegated = word !== `--${name}`;
    if (value === undefined && !isTruth(next)) return [word];
    if (value === undefined)
      this.#report(`write the value after an equals sign: --${name}=${(next === 'true') !== isNegated}`);
    else if (!isNegated && isTruth(value)) return [value === 'true' ? word : `--no-${name}`];
    else this.#report(`${word}=${value}: write --${name}, --no-${name}, or --${name}=true or =false.`);
    return [];
  }

  /** Writes one word as Commander reads it; what cannot be read goes, with a problem. Values never look like options. */
  #rewrite(word: string, previous: string, next: string | undefined): readonly string[] {
    if (isValue(word)) return [word];
    const [, name = word, value] = /^(--?[^=]+)=(.*)$/s.exec(word) ?? [];
    const option = this.#find(name);
    if (option === undefined) return !this.#looksLikeOption(word) && this.#lacksValue(previous, word) ? [] : [word];
    if (option.kind === 'on-off') return this.#onOff(option, name, value, next);
    if ('argument' in option) {
      if (value !== undefined) return [`--${option.name}=${value}`];
      return isValue(next) ? [word] : this.#missingValue(option, option.argument, next);
    }
    if (value === undefined) return [word];
    this.#report(`--${option.name}: expected no value, got ${value === '' ? 'an empty one' : value}.`);
    return [];
  }

  #looksLikeOption(word: string): boolean {
    return word.startsWith('--') || ['h', ...this.#known.map(({ short }) => short)].includes(word[1]);
  }

  /** Of several the AWS CLI takes the last and says nothing; whoever means them all would lose some. */
  #checkRepeats(words: readonly string[]): void {
    for (const { name, kind } of this.#known) {
      if (kind === 'items' && words.filter((word) => word.split('=')[0] === `--${name}`).length > 1)
        this.#report(`give --${name} once, with all items`);
    }
  }

  /** Unknown options; where words are names (`explain --logging-level`) an option is one too. */
  #readUnknown(words: readonly string[]): readonly string[] {
    return words.filter((word, index) => {
      if (isValue(word) || (this.record.words === 'names' && word.startsWith('--'))) return true;
      this.unknown.push([word, isValue(words[index + 1]) ? words[index + 1] : undefined]);
      return false;
    });
  }

  override parseOptions(argv: string[]): ParseOptionsResult {
    const own = beforeDashes(argv);
    this.#checkRepeats(own);
    const rewritten = own.flatMap((word, index) => this.#rewrite(word, own[index - 1] ?? '', own[index + 1]));
    const { operands, unknown } = super.parseOptions([...rewritten, ...argv.slice(own.length)]);
    const strange = beforeDashes(unknown);
    const help = strange.find((word) => word === '--help' || word === '-h');
    if (help !== undefined) return { operands: [], unknown: [help] };
    const words = [...operands, ...this.#readUnknown(strange), ...unknown.slice(strange.length + 1)];
    if (words.includes('')) this.#report(emptyArgument);
    return { operands: words, unknown: [] };
  }

  get given(): GivenOptions {
    return { options: new Map(Object.entries(this.opts<Record<string, OptionValue>>())) };
  }
}

const helpLayout = (width: number): HelpConfiguration => ({
  helpWidth: width,
  padWidth: () => Math.min(28, Math.floor(width / 3)),
  visibleArguments: () => [],
  commandUsage: (command) => {
    const names = command.parent ? `stage ${command.name()}` : 'stage';
    return wrap(`${names} ${command.usage()}`, width - 7).replaceAll('\n', `\n${' '.repeat(7)}`);
  },
  subcommandTerm: (command) =>
    `${[command.name(), ...command.aliases()].join(', ')} ${command.usage().replace(' [options]', '')}`,
  formatItem: (term, termWidth, description) => {
    const indent = ' '.repeat(termWidth + 4);
    const lines = wrap(description, width - indent.length).replaceAll('\n', `\n${indent}`);
    const isWide = term.length > termWidth;
    return isWide ? `${wrap(`  ${term}`, width)}\n${indent}${lines}` : `  ${term.padEnd(termWidth)}  ${lines}`;
  },
});

const widthOf = ({ columns = 80 }: World['stdout']): number => Math.max(columns, 40);

const configure = <Kind extends Command>(command: Kind, { stdout, stderr }: Printer): Kind =>
  command
    .exitOverride()
    .helpCommand(false)
    .showSuggestionAfterError(false)
    .configureHelp(helpLayout(widthOf(stdout)))
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      // The caller prints errors.
      outputError: () => {},
      // Commander's defaults read the process.
      getOutHelpWidth: () => widthOf(stdout),
      getErrHelpWidth: () => widthOf(stderr),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });

const addText = (command: Command, printer: Printer, textOf: () => readonly string[]): void => {
  command.addHelpText('after', () =>
    textOf()
      .map((part) => `\n${wrap(part, widthOf(printer.stdout))}`)
      .join('\n'),
  );
};

/** Broken between words, and still to be pasted. */
const exampleText = (example: string, width: number): string => {
  const quoted = example.replace(/'[^']*'/g, (text) => text.replaceAll(' ', '\0'));
  return `Example:\n${wrap(`  ${quoted}`, width - 2)
    .replaceAll('\n', ' \\\n  ')
    .replaceAll('\0', ' ')}`;
};

const subcommandFor = (record: AnyCommand, printer: Printer): Subcommand => {
  const command = configure(new Subcommand(record), printer)
    .description(record.summary)
    .usage(`${record.usage} [options]`.trimStart())
    .aliases(record.aliases ?? [])
    .argument('[words...]')
    .addHelpOption(new Option('-h, --help', 'Show this help').helpGroup('Output:'));
  const own = new Set(['output', ...record.options.map(({ name }) => name)]);
  for (const option of command.options) if (!own.has(option.attributeName())) option.hideHelp();
  addText(command, printer, () => [
    ...(record.more ? [record.more()] : []),
    exampleText(record.example, widthOf(printer.stdout)),
    'stage help options describes shared options (--dry-run, --config, --region and others) and values from files.',
  ]);
  return command;
};

const targetText =
  'TARGET is a stage file (prod.json, file:PATH), a live stage (API/STAGE, name:API/STAGE), - for standard input, or a ' +
  'name of .stagerc.\n\nstage COMMAND --help describes a command, stage help options the options that commands share.';

const programFor = (printer: Printer): Command => {
  const program = configure(new Command('stage'), printer)
    .description('Edit the configuration of Amazon API Gateway (REST API) stages')
    .usage('COMMAND [TARGET] [options]')
    .enablePositionalOptions()
    .version(version, '-V, --version', 'Show the version')
    .helpOption('-h, --help', 'Show this help');
  addText(program, printer, () => [targetText]);
  return program;
};

const withSummaries = (program: Command): Command => {
  for (const { name, aliases = [], summary, usage } of commands)
    program.addCommand(new Command(name).aliases(aliases).summary(summary).usage(`${usage} [options]`));
  return program;
};

const filesText = `Values from files:
  file://PATH    the text of a file without its final newline, for every option that takes a text and in PROPERTY=file://PATH; ~ and $NAME are expanded, as in the AWS CLI
  @PATH          the same for variables (--variable NAME=@PATH, --variables @PATH) and access log formats
  file://- or @- standard input; only one argument can read it
To set a variable to a text that begins like that, write --variables '{"NAME":"file://…"}'.`;

const showSharedOptions = (printer: Printer): void => {
  const topic = configure(new Command('stage'), printer)
    .description('The options that commands share; the help of a command describes its own')
    .usage('COMMAND [options]')
    .helpOption(false);
  for (const option of sharedOptions().flatMap((each) => toOptions(each, () => {}))) topic.addOption(option);
  addText(topic, printer, () => [filesText]);
  topic.outputHelp();
};

const isShown = (error: CommanderError): boolean =>
  ['commander.helpDisplayed', 'commander.version'].includes(error.code);

/** Whether help or version was printed; otherwise what Commander refuses. */
const parseWith = (program: Command, argv: readonly string[]): { readonly shown: true } | string | undefined => {
  try {
    program.parse([...argv], { from: 'user' });
    return undefined;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return isShown(error) ? { shown: true } : error.message.replace(/^error: /, '');
  }
};

/** Loaded only on the way to an error. */
const loadSuggestions = () => import('./suggestions.js');

const unknownOptions = async ({ unknown, record }: Subcommand): Promise<readonly Problem[]> => {
  if (unknown.length === 0) return [];
  const { suggestOption } = await loadSuggestions();
  const { name } = record;
  return unknown.map(([word, next]) => {
    const [, long = '', value] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
    const advice = word.startsWith('--')
      ? suggestOption(long, value ?? next, optionsOf(record), record)
      : `stage ${name} --help lists the options.`;
    return usageProblem(`stage ${name} has no option ${long === '' ? word : `--${long}`}. ${advice}`);
  });
};

const parseCommand = async (record: AnyCommand, words: readonly string[], printer: Printer): Promise<CommandLine> => {
  const command = subcommandFor(record, printer);
  const stopped = parseWith(programFor(printer).addCommand(command), [record.name, ...words]);
  if (typeof stopped === 'object') return stopped;
  const problems = [
    ...command.problems,
    ...(await unknownOptions(command)),
    ...(stopped === undefined ? [] : [usageProblem(`${stopped}.`)]),
  ];
  const { options } = command.given;
  return problems.length > 0
    ? { command: record, options, problems }
    : { command: record, options, words: command.args };
};

const unknownCommand = async (word: string, before: string | undefined): Promise<string> => {
  if (word === '') return emptyArgument;
  const { suggestCommand } = await loadSuggestions();
  return `${word} is not a command. ${before ? `Write the command first, then ${before}.` : suggestCommand(word)}`;
};

const noCommand = (argv: readonly string[], printer: Printer): { readonly shown: true } | string => {
  const program = withSummaries(programFor(printer));
  const isEmpty = argv.every((word) => word === '--');
  const stopped = parseWith(program, argv) ?? '';
  if (typeof stopped === 'object') return stopped;
  return isEmpty ? 'No command was given.' : `${stopped}. stage --help lists the commands.`;
};

/** The options that every command has may say how the error is printed. */
const optionsAnyway = (argv: readonly string[]): GivenOptions => {
  const command = new Subcommand(explain);
  command.parseOptions([...argv]);
  return command.given;
};

/** Parses a command line. Help and version are printed at once. */
export const parseCommandLine = async ({
  argv,
  stdout,
  stderr,
}: Pick<World, 'argv'> & Printer): Promise<CommandLine> => {
  const printer = { stdout, stderr };
  if (argv[0] === 'help' && argv[1] === 'options') {
    showSharedOptions(printer);
    return { shown: true };
  }
  // `stage help set` is `stage set --help`.
  const words = argv[0] === 'help' ? [...argv.slice(1), '--help'] : argv;
  const at = words.findIndex((word) => !word.startsWith('-'));
  const word = words[at];
  const record = commands.find(({ name, aliases }) => name === word || aliases?.includes(word ?? ''));
  if (record) return parseCommand(record, words.toSpliced(at, 1), printer);
  const stopped = word === undefined ? noCommand(words, printer) : await unknownCommand(word, words[at - 1]);
  return typeof stopped === 'object' ? stopped : { ...optionsAnyway(words), problems: [usageProblem(stopped)] };
};
