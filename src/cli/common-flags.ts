import type { Flag, LookCommand, StageCommand } from '../commands/command.js';
import { isStageCommand } from '../commands/commands.js';

const editing: readonly Flag[] = [
  { name: 'dry-run', short: 'n', kind: 'switch', heading: 'Edit', help: 'Show what would change, and change nothing' },
  {
    name: 'expect',
    kind: 'list',
    argument: 'PROPERTY=VALUE',
    heading: 'Edit',
    help: 'Edit only if a property has this value; an empty one expects that it is not set',
  },
  { name: 'yes', kind: 'switch', heading: 'Edit', help: 'Edit a protected stage without being asked' },
  {
    name: 'detailed-exitcode',
    kind: 'switch',
    heading: 'Edit',
    help: 'With --dry-run: exit 2 where something would change',
  },
  {
    name: 'lock-timeout',
    kind: 'text',
    argument: 'SECONDS',
    heading: 'Edit',
    help: 'How long to wait for another edit of the same file; 10 seconds unless said otherwise',
  },
  {
    name: 'show-values',
    kind: 'switch',
    heading: 'Output',
    help: 'Show the values of variables whose names look like secrets',
  },
  { name: 'quiet', short: 'q', kind: 'switch', heading: 'Output', help: 'Say nothing but what went wrong' },
];

const output = (forms: string): Flag => ({
  name: 'output',
  short: 'o',
  kind: 'text',
  argument: 'FORM',
  heading: 'Output',
  help: `Form of the output: ${forms}`,
});

const always: readonly Flag[] = [
  { name: 'no-color', kind: 'switch', heading: 'Output', help: 'No colours' },
  {
    name: 'config',
    kind: 'text',
    argument: 'PATH',
    heading: 'Configuration',
    help: 'Configuration to read in the place of the nearest .stagerc',
  },
  { name: 'no-config', kind: 'switch', heading: 'Configuration', help: 'Read no configuration' },
];

/** The flags of a verb: its own, then those that all of its kind have. A flag that the verb has itself is not given twice. */
export const flagsOf = (command: StageCommand | LookCommand): readonly Flag[] => {
  const common = isStageCommand(command)
    ? [...editing, output('text, json, yaml, stage, patch, aws-cli'), ...always]
    : [output('text, json, yaml'), ...always];
  const own = new Set(command.flags.map(({ name }) => name));
  return [...command.flags, ...common.filter(({ name }) => !own.has(name))];
};
