/** The only room that knows Commander. */

import { Command, CommanderError, Option } from 'commander';
import { version } from '../../package.json';
import { type AnyCommand, type CommandOption, usageProblem } from '../commands/command.js';
import { commands } from '../commands/commands.js';
import { explain } from '../commands/explain.js';
import type { Problem } from '../stage/problem.js';
import type { World } from '../world.js';
import { emptyWord, tidy } from './argv.js';
import { optionsOf } from './common-options.js';
import type { GivenOptions, OptionValue } from './given-options.js';
import { suggestCommand } from './suggestions.js';

/** A command line, read. */
export interface Invocation extends GivenOptions {
  readonly command: AnyCommand;
  readonly words: readonly string[];
}

type Parsed =
  | Invocation
  | { readonly problems: readonly Problem[] }
  /** Help or version was asked for, and printed. */
  | { readonly shown: true };

/** Of one that has problems, the flags as far as they could be read: they may say how the problems are to be told. */
export type CommandLine = Parsed & ((GivenOptions & { readonly command?: AnyCommand }) | { readonly shown: true });

const collect = (item: string, items: readonly string[] | undefined): readonly string[] => [...(items ?? []), item];

const isMany = ({ kind }: CommandOption): boolean => kind === 'list' || kind === 'items';

const optionText = (flag: CommandOption): string =>
  `${flag.short ? `-${flag.short}, ` : ''}--${flag.name}${'argument' in flag ? ` <${flag.argument}>` : ''}`;

const helpText = ({ help, alias, kind }: CommandOption): string =>
  [help, ...(alias ? [`--${alias} for short`] : []), ...(kind === 'list' ? ['can be repeated'] : [])].join('; ');

const toOptions = (flag: CommandOption): readonly Option[] => {
  const option = new Option(optionText(flag), helpText(flag)).helpGroup(`${flag.heading}:`);
  if (flag.isHidden) option.hideHelp();
  if (isMany(flag)) option.argParser(collect);
  return flag.kind === 'on-off' ? [option, new Option(`--no-${flag.name}`).hideHelp()] : [option];
};

const onOff = (options: readonly CommandOption[]): ReadonlySet<string> =>
  new Set(options.filter(({ kind }) => kind === 'on-off').map(({ name }) => `--${name}`));

const givenTo = (flag: CommandOption, command: Command): OptionValue | undefined => {
  const option = command.options.find(({ long }) => long === `--${flag.name}`);
  const value: unknown = option && command.getOptionValue(option.attributeName());
  // Commander keeps --no-config as the opposite of --config, under one name.
  if (option?.negate) return value === false ? true : undefined;
  if (flag.kind === 'text') return typeof value === 'string' ? value : undefined;
  return value as OptionValue | undefined;
};

const helpWidth = 110;

/** Where Commander prints help. */
interface Printer {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

const configure = (command: Command, { out, err }: Printer): Command =>
  command
    .exitOverride()
    .helpCommand(false)
    .configureOutput({
      writeOut: out,
      writeErr: err,
      // What went wrong is told once, by us.
      outputError: () => {},
      // Asking Commander's defaults would touch the process.
      getOutHelpWidth: () => helpWidth,
      getErrHelpWidth: () => helpWidth,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });

/** Reads flags and words. */
const readerOf = (verb: AnyCommand, options: readonly CommandOption[], printer: Printer): Command => {
  const command = configure(new Command(`stage ${verb.name}`), printer)
    .helpOption(false)
    .argument('[words...]');
  for (const option of options.flatMap(toOptions)) command.addOption(option);
  return command;
};

/** Prints the help of a verb. */
const helperOf = (verb: AnyCommand, options: readonly CommandOption[], printer: Printer): Command => {
  const switches = onOff(options);
  return readerOf(verb, options, printer)
    .description(verb.summary)
    .usage(verb.usage === '' ? '[flags]' : `${verb.usage} [flags]`)
    .configureHelp({
      visibleArguments: () => [],
      optionTerm: ({ flags: text }) => (switches.has(text) ? text.replace('--', '--[no-]') : text),
    })
    .addHelpOption(new Option('-h, --help', 'Show this help').helpGroup('Output:'))
    .addHelpText(
      'after',
      [verb.more?.() ?? [], `Example:\n  ${verb.example}`]
        .flat()
        .map((part) => `\n${part}`)
        .join('\n'),
    );
};

const programOf = (printer: Printer): Command => {
  const program = configure(new Command('stage'), printer)
    .description('Edit the configuration of Amazon API Gateway (REST API) stages')
    .usage('VERB [TARGET] [flags]')
    .version(version, '-V, --version', 'Show the version')
    .helpOption('-h, --help', 'Show this help')
    .configureHelp({ subcommandTerm: (command) => `${command.name()} ${command.usage().replace(' [flags]', '')}` })
    .addHelpText(
      'after',
      '\nTARGET is a stage file (prod.json, prod.yaml, file:PATH), a live stage (API/STAGE, name:API/STAGE), - for standard input,\n' +
        'or a name of .stagerc.',
    )
    .addHelpText('after', 'stage VERB --help describes a verb.');
  for (const verb of commands) {
    program.addCommand(new Command(verb.name).summary(verb.summary).usage(`${verb.usage} [flags]`).helpCommand(false));
  }
  return program;
};

const helpIsShown = (error: unknown): boolean =>
  error instanceof CommanderError &&
  ['commander.helpDisplayed', 'commander.version', 'commander.help'].includes(error.code);

const parseWith = (command: Command, argv: readonly string[]): Parsed | undefined => {
  try {
    command.parse([...argv], { from: 'user' });
    return undefined;
  } catch (error) {
    if (helpIsShown(error)) return { shown: true };
    if (!(error instanceof CommanderError)) throw error;
    const sentence = error.message.replace(/^error: ./, (start) => start.slice(-1).toUpperCase());
    const problem = usageProblem(`${sentence}. stage --help lists the verbs.`);
    return { problems: [problem] };
  }
};

/** Whether a flag is among tidied words. To make an option of each that a verb knows would take as long as the edit. */
const isIn = (argv: readonly string[]): ((flag: CommandOption) => boolean) => {
  const given = new Set(argv.map((word) => word.replace(/=.*/s, '')));
  return ({ name }) => given.has(`--${name}`) || given.has(`--no-${name}`);
};

const parseVerb = (verb: AnyCommand, words: readonly string[], printer: Printer): Parsed => {
  const known = optionsOf(verb);
  if (words.some((word) => word === '--help' || word === '-h'))
    return parseWith(helperOf(verb, known, printer), ['--help']) ?? { shown: true };
  const { argv, problems } = tidy(words, known, verb);
  if (problems.length > 0) return { problems };
  const options = known.filter(isIn(argv));
  const command = readerOf(verb, options, printer);
  const stopped = parseWith(command, argv);
  if (stopped) return stopped;
  const values = options.flatMap((flag) => {
    const value = givenTo(flag, command);
    return value === undefined ? [] : [[flag.name, value] as const];
  });
  return { command: verb, options: new Map(values), words: command.args };
};

const unknownVerb = (word: string, before: string | undefined): Parsed => {
  if (word === '') return { problems: [usageProblem(emptyWord)] };
  const advice = before ? `Write the verb first, and ${before} behind it.` : suggestCommand(word);
  // What is behind an equals sign may be a secret.
  return { problems: [usageProblem(`There is no verb ${word.replace(/=.*$/s, '=…')}. ${advice}`)] };
};

const parseTop = (argv: readonly string[], printer: Printer): Parsed => {
  const program = programOf(printer);
  if (argv.some((word) => word !== '--')) return parseWith(program, argv) ?? { shown: true };
  program.outputHelp({ error: true });
  return { problems: [usageProblem('No verb was given.')] };
};

const parseWords = (words: readonly string[], at: number, verb: AnyCommand | undefined, printer: Printer): Parsed => {
  if (verb) return parseVerb(verb, words.toSpliced(at, 1), printer);
  return at < 0 ? parseTop(words, printer) : unknownVerb(words[at] ?? '', words[at - 1]);
};

/** The flags among words that cannot be read as a whole; where no verb is known, those that every verb has. */
const flagsAnyway = (words: readonly string[], verb: AnyCommand = explain): GivenOptions['options'] =>
  new Map(
    tidy(words, optionsOf(verb), verb).argv.flatMap((word) => {
      const [, name, value] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
      return name === undefined ? [] : [[name, value ?? true] as const];
    }),
  );

/** Reads a command line. Help and version are printed to `world` at once. */
export const parseCommandLine = ({ argv, stdout, stderr }: Pick<World, 'argv' | 'stdout' | 'stderr'>): CommandLine => {
  const printer: Printer = { out: (text) => stdout.write(text), err: (text) => stderr.write(text) };
  // `stage help set` is `stage set --help`.
  const words = argv[0] === 'help' ? [...argv.slice(1), '--help'] : argv;
  const at = words.findIndex((word) => !word.startsWith('-'));
  const verb = commands.find(({ name }) => name === words[at]);
  const line = parseWords(words, at, verb, printer);
  return 'problems' in line ? { ...line, options: flagsAnyway(words, verb), ...(verb && { command: verb }) } : line;
};
