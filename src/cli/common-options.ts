import type { AnyCommand, CommandOption, Deed } from '../commands/command.js';
import { type Output, outputs, viewFormats } from '../settings/settings.js';
import { defaults } from '../targets/defaults.js';

const seconds = (milliseconds: number): string => `${milliseconds / 1000} seconds`;

const lockTimeout = (heading: string): CommandOption => ({
  name: 'lock-timeout',
  kind: 'text',
  argument: 'TIME',
  heading,
  help: `How long to wait for another edit of the same file; ${seconds(defaults.lockTimeout)} unless said otherwise`,
});

const editing: readonly CommandOption[] = [
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
  lockTimeout('Edit'),
  {
    name: 'show-values',
    kind: 'switch',
    heading: 'Output',
    help: 'Show the values of variables whose names look like secrets',
  },
  { name: 'quiet', short: 'q', kind: 'switch', heading: 'Output', help: 'Say nothing but what went wrong' },
];

const output = (forms: readonly Output[]): CommandOption => ({
  name: 'output',
  short: 'o',
  kind: 'text',
  argument: 'FORM',
  heading: 'Output',
  help: `Form of the output: ${forms.join(', ')}`,
});

const noColor: CommandOption = { name: 'no-color', kind: 'switch', heading: 'Output', help: 'No colours' };

const always: readonly CommandOption[] = [
  noColor,
  {
    name: 'config',
    kind: 'text',
    argument: 'PATH',
    heading: 'Configuration',
    help: 'Configuration to read in the place of the nearest .stagerc',
  },
  { name: 'no-config', kind: 'switch', heading: 'Configuration', help: 'Read no configuration' },
];

const heading = 'Live stages';

/** How API Gateway is reached. */
const reaching: readonly CommandOption[] = [
  { name: 'region', kind: 'text', argument: 'REGION', heading, help: 'AWS region; one in the address counts first' },
  {
    name: 'profile',
    kind: 'text',
    argument: 'NAME',
    heading,
    help: 'AWS profile, also where the environment holds credentials',
  },
  { name: 'endpoint-url', kind: 'text', argument: 'URL', heading, help: 'Address that stands in for API Gateway' },
  { name: 'role-arn', kind: 'text', argument: 'ARN', heading, help: 'Role to take on, through STS' },
  { name: 'ca-bundle', kind: 'text', argument: 'PATH', heading, help: 'Certificates to trust' },
  {
    name: 'timeout',
    kind: 'text',
    argument: 'TIME',
    heading,
    help: `How long to try: 30, 500ms, 2m; ${seconds(defaults.timeout)} unless said otherwise`,
  },
  {
    name: 'max-attempts',
    kind: 'text',
    argument: 'NUMBER',
    heading,
    help: `How often to try a call; ${defaults.maxAttempts} times unless said otherwise`,
  },
  { name: 'verbose', kind: 'switch', heading, help: 'Say why and how long it waits, off a terminal too' },
  { name: 'debug', kind: 'switch', heading, help: 'Show requests and answers, without credentials and secrets' },
];

/** How a live stage is named as the AWS CLI does it. */
const naming: readonly CommandOption[] = [
  {
    name: 'rest-api-id',
    kind: 'text',
    argument: 'ID',
    heading,
    help: "With --stage-name, in the place of TARGET: the API's id",
  },
  { name: 'stage-name', kind: 'text', argument: 'NAME', heading, help: 'With --rest-api-id, in the place of TARGET' },
];

const editingLive: readonly CommandOption[] = [
  {
    name: 'allow-unknown-method',
    kind: 'switch',
    heading,
    help: 'Do not look whether the API has the methods that --method names',
  },
  {
    name: 'refuse-owned',
    kind: 'switch',
    heading,
    help: 'Leave a stage alone that CloudFormation or the like deploys',
  },
  { name: 'wait', kind: 'switch', heading, help: 'Wait until the cache cluster has settled' },
  {
    name: 'wait-timeout',
    kind: 'text',
    argument: 'TIME',
    heading,
    help: `How long; ${defaults.cacheTimeout / 60_000} minutes unless said otherwise`,
  },
];

/** Flags of how a live stage is reached and edited. */
export const forLive: readonly string[] = [...reaching, ...editingLive].map(({ name }) => name);

/** Flags that only an edit of a live stage can follow. */
export const liveOnly: readonly string[] = editingLive.map(({ name }) => name);

/** Made only for the verb that is asked for. */
const commonFlags: Readonly<Record<Deed, () => readonly CommandOption[]>> = {
  edit: () => [...editing, output(outputs), ...naming, ...reaching, ...editingLive, ...always],
  read: () => [output(viewFormats), ...naming, ...reaching, ...always],
  list: () => [output(viewFormats), ...reaching, ...always],
  serve: () => [lockTimeout('Serve'), noColor],
  tell: () => [output(viewFormats), ...always],
};

/** The flags of a verb: its own, then those of all that do the same. A flag that the verb has itself is not given twice. */
export const optionsOf = (command: AnyCommand): readonly CommandOption[] => {
  const own = new Set(command.options.map(({ name }) => name));
  return [...command.options, ...commonFlags[command.does]().filter(({ name }) => !own.has(name))];
};
