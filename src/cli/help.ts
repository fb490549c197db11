/** Prints help: the options of a command, or the options that commands share. */

import { Command, type HelpConfiguration } from 'commander';
import type { AnyCommand } from '../commands/command.js';
import { wrap } from '../text/wrap.js';
import type { World } from '../world.js';

export type Printer = Pick<World, 'stdout' | 'stderr'>;

const widthOf = ({ columns }: World['stdout']): number => Math.max(columns || 80, 40);

const layoutFor = (width: number): HelpConfiguration => ({
  helpWidth: width,
  padWidth: () => Math.min(28, Math.floor(width / 3)),
  visibleArguments: () => [],
  commandUsage: (command) => wrap(`stage ${command.usage()}`, width - 7).replaceAll('\n', `\n${' '.repeat(7)}`),
  subcommandTerm: (command) => `${command.name()} ${command.usage().replace(/ ?\[options]/, '')}`,
  formatItem: (term, termWidth, description) => {
    const indent = ' '.repeat(termWidth + 4);
    const lines = wrap(description, width - indent.length).replaceAll('\n', `\n${indent}`);
    const isWide = term.length > termWidth;
    return isWide ? `${wrap(`  ${term}`, width)}\n${indent}${lines}` : `  ${term.padEnd(termWidth)}  ${lines}`;
  },
});

/** Configures help and output: Commander's defaults use the process and print errors. Paragraphs are built lazily. */
export const configure = <Kind extends Command>(
  command: Kind,
  { stdout, stderr }: Printer,
  paragraphs: (width: number) => readonly string[],
): Kind => {
  const width = widthOf(stdout);
  const text = () => paragraphs(width).map((paragraph) => `\n${wrap(paragraph, width)}`);
  return command
    .exitOverride()
    .helpCommand(false)
    .showSuggestionAfterError(false)
    .configureHelp(layoutFor(width))
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      outputError: () => {},
      getOutHelpWidth: () => width,
      getOutHasColors: () => false,
    })
    .addHelpText('after', () => text().join('\n'));
};

/** Wraps an example between words so that it can still be pasted. */
const exampleText = (example: string, width: number): string => {
  const quoted = example.replace(/'[^']*'/g, (text) => text.replaceAll(' ', '\0'));
  return `Example:\n${wrap(`  ${quoted}`, width - 2)
    .replaceAll('\n', ' \\\n  ')
    .replaceAll('\0', ' ')}`;
};

/** The paragraphs below the options in `stage --help`. */
export const programText = (): readonly string[] => [
  'TARGET is a stage file (prod.json, prod.yaml, file:PATH), a live stage (API/STAGE, name:API/STAGE), - for standard input, or a ' +
    'name of .stagerc.',
  'stage COMMAND --help describes a command, stage help options the options that commands share.',
];

export const commandText = ({ more, example }: AnyCommand, width: number): readonly string[] => [
  ...(more ? [more()] : []),
  exampleText(example, width),
  'stage help options describes shared options (--dry-run, --config, --region and others) and values from files.',
];

const filesText = `Values from files:
  file://PATH    the text of a file without its final newline, for every option that takes a text and in PROPERTY=file://PATH; ~ and $NAME are expanded, as in the AWS CLI
  @PATH          the same for variables (--variable NAME=@PATH, --variables @PATH) and access log formats
  file://- or @- standard input; only one argument can read it
To set a variable to a text that begins like that, write --variables '{"NAME":"file://…"}'.`;

/** `stage help options` */
export const printSharedOptions = (options: Command['options'], printer: Printer): void => {
  const topic = configure(new Command('stage'), printer, () => [filesText])
    .description('The options that commands share; the help of a command describes its own')
    .usage('COMMAND [options]')
    .helpOption(false);
  for (const option of options) topic.addOption(option);
  topic.outputHelp();
};
