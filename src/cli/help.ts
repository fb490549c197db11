/** Prints help: a command's own options, or in one place the options that commands share. */

import { Command, type HelpConfiguration } from 'commander';
import { wrap } from '../text/wrap.js';
import type { World } from '../world.js';

export type Printer = Pick<World, 'stdout' | 'stderr'>;

const widthOf = ({ columns = 80 }: World['stdout']): number => Math.max(columns, 40);

const layoutFor = (width: number): HelpConfiguration => ({
  helpWidth: width,
  padWidth: () => Math.min(28, Math.floor(width / 3)),
  visibleArguments: () => [],
  commandUsage: (command) => {
    const names = command.parent ? `stage ${command.name()}` : 'stage';
    return wrap(`${names} ${command.usage()}`, width - 7).replaceAll('\n', `\n${' '.repeat(7)}`);
  },
  subcommandTerm: (command) => `${command.name()} ${command.usage().replace(/ ?\[options]/, '')}`,
  formatItem: (term, termWidth, description) => {
    const indent = ' '.repeat(termWidth + 4);
    const lines = wrap(description, width - indent.length).replaceAll('\n', `\n${indent}`);
    const isWide = term.length > termWidth;
    return isWide ? `${wrap(`  ${term}`, width)}\n${indent}${lines}` : `  ${term.padEnd(termWidth)}  ${lines}`;
  },
});

/** Commander's defaults would read the process, and print errors. */
export const configure = <Kind extends Command>(command: Kind, { stdout, stderr }: Printer): Kind =>
  command
    .exitOverride()
    .helpCommand(false)
    .showSuggestionAfterError(false)
    .configureHelp(layoutFor(widthOf(stdout)))
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      outputError: () => {},
      getOutHelpWidth: () => widthOf(stdout),
      getErrHelpWidth: () => widthOf(stderr),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });

/** Adds paragraphs, made when they are printed. */
export const addText = (
  command: Command,
  { stdout }: Printer,
  paragraphs: (width: number) => readonly string[],
): void => {
  const width = widthOf(stdout);
  command.addHelpText('after', () =>
    paragraphs(width)
      .map((paragraph) => `\n${wrap(paragraph, width)}`)
      .join('\n'),
  );
};

/** Broken between words, and still to be pasted. */
export const exampleText = (example: string, width: number): string => {
  const quoted = example.replace(/'[^']*'/g, (text) => text.replaceAll(' ', '\0'));
  return `Example:\n${wrap(`  ${quoted}`, width - 2)
    .replaceAll('\n', ' \\\n  ')
    .replaceAll('\0', ' ')}`;
};

export const targetText =
  'TARGET is a stage file (prod.json, prod.yaml, file:PATH), a live stage (API/STAGE, name:API/STAGE), - for standard input, or a ' +
  'name of .stagerc.\n\nstage COMMAND --help describes a command, stage help options the options that commands share.';

export const seeSharedText =
  'stage help options describes shared options (--dry-run, --config, --region and others) and values from files.';

const filesText = `Values from files:
  file://PATH    the text of a file without its final newline, for every option that takes a text and in PROPERTY=file://PATH; ~ and $NAME are expanded, as in the AWS CLI
  @PATH          the same for variables (--variable NAME=@PATH, --variables @PATH) and access log formats
  file://- or @- standard input; only one argument can read it
To set a variable to a text that begins like that, write --variables '{"NAME":"file://…"}'.`;

/** `stage help options` */
export const sharedOptionsHelp = (options: Command['options'], printer: Printer): void => {
  const topic = configure(new Command('stage'), printer)
    .description('The options that commands share; the help of a command describes its own')
    .usage('COMMAND [options]')
    .helpOption(false);
  for (const option of options) topic.addOption(option);
  addText(topic, printer, () => [filesText]);
  topic.outputHelp();
};
