import { type AnyCommand, type CommandOption, optionsUnder } from '../commands/command.js';
import { unknownMethodOption } from '../commands/options.js';
import { type Output, outputs, viewFormats } from '../settings/settings.js';
import { defaults } from '../targets/defaults.js';
import { wholeFrom } from '../text/number.js';
import { parseTime } from '../text/time.js';

const time = { parse: parseTime };

const waiting = (heading: string, otherwise = '10s'): CommandOption =>
  optionsUnder(heading)('lock-timeout', 'TIME', 'How long to wait for another edit of the same file', {
    ...time,
    default: otherwise,
  });

const edit = optionsUnder('Edit');

const editing: readonly CommandOption[] = [
  edit('dry-run', undefined, 'Show what would change, and change nothing', { short: 'n' }),
  edit('expect', 'PROPERTY=VALUE', 'Edit only if a property has this value; an empty value means not set', {
    kind: 'list',
  }),
  edit('yes', undefined, 'Edit a protected stage without a question'),
  edit(
    'force',
    undefined,
    "Edit a file with several hard links; start a canary on the stage's own deployment; undo the rest if something was changed since",
  ),
  edit('detailed-exitcode', undefined, 'With --dry-run: exit with 2 if something would change', { needs: ['dry-run'] }),
  edit('reason', 'TEXT', 'Why, for stage history', { excludes: 'no-journal' }),
  edit('journal', undefined, 'Write the edit of a stage file down too, so that stage undo knows it', {
    excludes: 'no-journal',
  }),
  edit('no-journal', undefined, 'Do not write the edit down'),
  edit('save-inverse', 'FILE', 'Write the operations that undo the edit to a file, for stage patch', {
    excludes: 'dry-run',
  }),
  waiting('Edit'),
];

const out = optionsUnder('Output');

const output = (forms: readonly Output[]): CommandOption =>
  out('output', 'FORM', `Form of the output: ${forms.join(', ')}`, { short: 'o', choices: forms });

const showValues = out('show-values', undefined, 'Show the values of variables whose names look like secrets');

const editOutput = [output(outputs), showValues, out('quiet', undefined, 'Print only what went wrong', { short: 'q' })];

const noColor = out('no-color', undefined, 'No colours');

const configuration = optionsUnder('Configuration');

const always = [
  noColor,
  configuration('config', 'PATH', 'Configuration to read instead of the nearest .stagerc', { excludes: 'no-config' }),
  configuration('no-config', undefined, 'Read no configuration'),
];

const live = optionsUnder('Live stages');

const reaching = [
  live('region', 'REGION', 'AWS region; a region in the address wins'),
  live('profile', 'NAME', 'AWS profile; wins over credentials in the environment'),
  live('endpoint-url', 'URL', 'Send requests to this address instead of API Gateway'),
  live('role-arn', 'ARN', 'Role to assume, through STS'),
  live('ca-bundle', 'PATH', 'Certificates to trust'),
  live('timeout', 'TIME', `How long to try: 30, 500ms, 2m (default: ${defaults.timeout / 1000}s)`, time),
  live('max-attempts', 'NUMBER', `How often to try a call (default: ${defaults.maxAttempts})`, { parse: wholeFrom(1) }),
  live('verbose', undefined, 'Say why and how long stage waits, also off a terminal'),
  live('debug', undefined, 'Show requests and answers, without credentials and secrets'),
];

const naming = [
  live('rest-api-id', 'ID', 'With --stage-name, instead of TARGET: the id of the API', { needs: ['stage-name'] }),
  live('stage-name', 'NAME', 'With --rest-api-id, instead of TARGET: the name of the stage', {
    needs: ['rest-api-id'],
  }),
];

const onStage = [...always, ...naming, ...reaching];

const editingLive = [
  live('refuse-owned', undefined, 'Refuse to edit a stage that CloudFormation or another tool deploys'),
  live('wait', undefined, 'Wait until the cache cluster has settled'),
  live('wait-timeout', 'TIME', `How long to wait (default: ${defaults.cacheTimeout / 60_000}m)`, {
    ...time,
    needs: ['wait'],
  }),
];

const namesOf = (options: readonly CommandOption[]): readonly string[] => options.map(({ name }) => name);

/** Options for reaching and editing a live stage. */
export const forLive = namesOf([...reaching, ...editingLive]);

/** Options that only affect edits of live stages. */
export const liveOnly = namesOf([unknownMethodOption, ...editingLive]);

/** The edit options that rollout commands accept. */
const ofRollout = ['dry-run', 'yes', 'reason', 'journal', 'no-journal', 'quiet', 'refuse-owned'];

const commonOptions: Readonly<Record<AnyCommand['does'], () => readonly CommandOption[]>> = {
  edit: () => [...editing, ...editOutput, ...onStage, ...editingLive],
  read: () => [output(viewFormats), ...onStage],
  history: () => [output(viewFormats), ...onStage],
  list: () => [output(viewFormats), ...always, ...reaching],
  deployments: () => [output(viewFormats), ...always, ...reaching],
  status: () => [output([...viewFormats, 'markdown']), showValues, ...onStage],
  diff: () => [output([...viewFormats, 'patch', 'aws-cli', 'markdown']), showValues, ...onStage],
  export: () => [...onStage],
  rollout: () => [
    ...[...editing, ...editOutput, ...editingLive].filter(({ name }) => ofRollout.includes(name)),
    waiting('Edit', '1s'),
    output(['text', 'json']),
    ...onStage,
  ],
  'rollout-status': () => [output(viewFormats), ...onStage],
  approve: () => [...onStage],
  validate: () => [noColor],
  serve: () => [waiting('Serve'), noColor],
  tell: () => [output(viewFormats), ...always],
  complete: () => [noColor],
};

/** All shared options: edit commands have every one of them. */
export const sharedOptions = commonOptions.edit;

/** The options of a command: its own, then the shared options of its kind that it does not redefine. */
export const optionsOf = (command: AnyCommand): readonly CommandOption[] => {
  const own = namesOf(command.options);
  return [...command.options, ...commonOptions[command.does]().filter(({ name }) => !own.includes(name))];
};
