import type { AnyCommand, CommandOption } from '../commands/command.js';
import { type Output, outputs, viewFormats } from '../settings/settings.js';
import { defaults } from '../targets/defaults.js';

const under = (heading: string) => ({
  switch: (name: string, help: string, short?: string): CommandOption => ({
    ...{ kind: 'switch', heading, name, help },
    ...(short !== undefined && { short }),
  }),
  text: (name: string, argument: string, help: string) => ({ kind: 'text', heading, name, argument, help }) as const,
});

const inSeconds = (milliseconds: number): string => `${milliseconds / 1000}s`;

const lockTimeout = (heading: string): CommandOption =>
  under(heading).text(
    'lock-timeout',
    'TIME',
    `How long to wait for another edit of the same file (default: ${inSeconds(defaults.lockTimeout)})`,
  );

const edit = under('Edit');

const editing: readonly CommandOption[] = [
  edit.switch('dry-run', 'Show what would change, and change nothing', 'n'),
  {
    ...edit.text('expect', 'PROPERTY=VALUE', 'Edit only if a property has this value; an empty value means not set'),
    kind: 'list',
  },
  edit.switch('yes', 'Edit a protected stage without a question'),
  edit.switch('force', "Edit a file with several hard links; start a canary on the stage's own deployment"),
  edit.switch('detailed-exitcode', 'With --dry-run: exit with 2 if something would change'),
  lockTimeout('Edit'),
];

const printing = under('Output');

const output = (forms: readonly Output[]): CommandOption => ({
  ...printing.text('output', 'FORM', `Form of the output: ${forms.join(', ')}`),
  short: 'o',
  choices: forms,
});

const showValues = printing.switch('show-values', 'Show the values of variables whose names look like secrets');

const editOutput: readonly CommandOption[] = [
  output(outputs),
  showValues,
  printing.switch('quiet', 'Print only what went wrong', 'q'),
];

const noColor = printing.switch('no-color', 'No colours');

const configuration = under('Configuration');

const always: readonly CommandOption[] = [
  noColor,
  configuration.text('config', 'PATH', 'Configuration to read instead of the nearest .stagerc'),
  configuration.switch('no-config', 'Read no configuration'),
];

const live = under('Live stages');

const reaching: readonly CommandOption[] = [
  live.text('region', 'REGION', 'AWS region; a region in the address wins'),
  live.text('profile', 'NAME', 'AWS profile; wins over credentials in the environment'),
  live.text('endpoint-url', 'URL', 'Send requests to this address instead of API Gateway'),
  live.text('role-arn', 'ARN', 'Role to assume, through STS'),
  live.text('ca-bundle', 'PATH', 'Certificates to trust'),
  live.text('timeout', 'TIME', `How long to try: 30, 500ms, 2m (default: ${inSeconds(defaults.timeout)})`),
  live.text('max-attempts', 'NUMBER', `How often to try a call (default: ${defaults.maxAttempts})`),
  live.switch('verbose', 'Say why and how long stage waits, also off a terminal'),
  live.switch('debug', 'Show requests and answers, without credentials and secrets'),
];

const naming: readonly CommandOption[] = [
  live.text('rest-api-id', 'ID', 'With --stage-name, instead of TARGET: the id of the API'),
  live.text('stage-name', 'NAME', 'With --rest-api-id, instead of TARGET: the name of the stage'),
];

const editingLive: readonly CommandOption[] = [
  live.switch('allow-unknown-method', 'Do not check that the API has the methods that --method names'),
  live.switch('refuse-owned', 'Refuse to edit a stage that CloudFormation or another tool deploys'),
  live.switch('wait', 'Wait until the cache cluster has settled'),
  live.text('wait-timeout', 'TIME', `How long to wait (default: ${defaults.cacheTimeout / 60_000}m)`),
];

/** Options of how a live stage is reached and edited. */
export const forLive: readonly string[] = [...reaching, ...editingLive].map(({ name }) => name);

/** Options that only an edit of a live stage can follow. */
export const liveOnly: readonly string[] = editingLive.map(({ name }) => name);

const commonOptions: Readonly<Record<AnyCommand['does'], () => readonly CommandOption[]>> = {
  edit: () => [...editing, ...editOutput, ...always, ...naming, ...reaching, ...editingLive],
  read: () => [output(viewFormats), ...always, ...naming, ...reaching],
  list: () => [output(viewFormats), ...always, ...reaching],
  serve: () => [lockTimeout('Serve'), noColor],
  status: () => [output([...viewFormats, 'markdown']), showValues, ...always, ...naming, ...reaching],
  diff: () => [
    output([...viewFormats, 'patch', 'aws-cli', 'markdown']),
    showValues,
    under('Compare').switch('detailed-exitcode', 'Exit with 2 if something differs'),
    ...always,
    ...naming,
    ...reaching,
  ],
  export: () => [...always, ...naming, ...reaching],
  validate: () => [...always],
  tell: () => [output(viewFormats), ...always],
  complete: () => [noColor],
};

/** What commands share: an edit has all of it. */
export const sharedOptions = commonOptions.edit;

/** The options of a command: its own, then those of all that do the same. Its own win. */
export const optionsOf = (command: AnyCommand): readonly CommandOption[] => {
  const own = new Set(command.options.map(({ name }) => name));
  return [...command.options, ...commonOptions[command.does]().filter(({ name }) => !own.has(name))];
};
