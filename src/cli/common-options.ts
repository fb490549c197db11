import type { AnyCommand, CommandOption } from '../commands/command.js';
import { type Output, outputs, viewFormats } from '../settings/settings.js';
import { defaults } from '../targets/defaults.js';
import { wholeFrom } from '../text/number.js';
import { parseTime } from '../text/time.js';

/** Parsers by argument name. */
const parsers: Readonly<Record<string, CommandOption['parse']>> = { TIME: parseTime, NUMBER: wholeFrom(1) };

/** Options as help shows them: `-n, --dry-run`, `--region REGION`, or `--expect PROPERTY=VALUE…` if repeatable. */
const optionsUnder = (
  heading: string,
  rows: Readonly<Record<string, string>>,
  choices?: readonly string[],
): readonly CommandOption[] =>
  Object.entries(rows).map(([flags, help]) => {
    const [, short, name = '', argument, many] = /^(?:-(\w), )?--([\w-]+)(?: ([^\s…]+)(…?))?$/.exec(flags) ?? [];
    const option = { heading, name, help, ...(short !== undefined && { short }) };
    if (argument === undefined) return { ...option, kind: 'switch' };
    const parse = parsers[argument];
    return { ...option, kind: many ? 'list' : 'text', argument, ...(parse && { parse }), ...(choices && { choices }) };
  });

/** `otherwise` is the default lock timeout. */
const waiting = (heading: string, otherwise = '10s'): readonly CommandOption[] =>
  optionsUnder(heading, { '--lock-timeout TIME': 'How long to wait for another edit of the same file' }).map(
    (option) => ({
      ...option,
      default: otherwise,
    }),
  );

const editing = [
  ...optionsUnder('Edit', {
    '-n, --dry-run': 'Show what would change, and change nothing',
    '--expect PROPERTY=VALUE…': 'Edit only if a property has this value; an empty value means not set',
    '--yes': 'Edit a protected stage without a question',
    '--force': "Edit a file with several hard links; start a canary on the stage's own deployment",
    '--detailed-exitcode': 'With --dry-run: exit with 2 if something would change',
    '--reason TEXT': 'Why, for stage history',
    '--journal': 'Write the edit of a stage file down too, so that stage undo knows it',
    '--no-journal': 'Do not write the edit down',
    '--save-inverse FILE': 'Write the operations that undo the edit to a file, for stage patch',
  }),
  ...waiting('Edit'),
];

const output = (forms: readonly Output[]): readonly CommandOption[] =>
  optionsUnder('Output', { '-o, --output FORM': `Form of the output: ${forms.join(', ')}` }, forms);

const showValues = optionsUnder('Output', {
  '--show-values': 'Show the values of variables whose names look like secrets',
});

const editOutput = [
  ...output(outputs),
  ...showValues,
  ...optionsUnder('Output', { '-q, --quiet': 'Print only what went wrong' }),
];

const noColor = optionsUnder('Output', { '--no-color': 'No colours' });

const always = [
  ...noColor,
  ...optionsUnder('Configuration', {
    '--config PATH': 'Configuration to read instead of the nearest .stagerc',
    '--no-config': 'Read no configuration',
  }),
];

const reaching = optionsUnder('Live stages', {
  '--region REGION': 'AWS region; a region in the address wins',
  '--profile NAME': 'AWS profile; wins over credentials in the environment',
  '--endpoint-url URL': 'Send requests to this address instead of API Gateway',
  '--role-arn ARN': 'Role to assume, through STS',
  '--ca-bundle PATH': 'Certificates to trust',
  '--timeout TIME': `How long to try: 30, 500ms, 2m (default: ${defaults.timeout / 1000}s)`,
  '--max-attempts NUMBER': `How often to try a call (default: ${defaults.maxAttempts})`,
  '--verbose': 'Say why and how long stage waits, also off a terminal',
  '--debug': 'Show requests and answers, without credentials and secrets',
});

const naming = optionsUnder('Live stages', {
  '--rest-api-id ID': 'With --stage-name, instead of TARGET: the id of the API',
  '--stage-name NAME': 'With --rest-api-id, instead of TARGET: the name of the stage',
});

const editingLive = optionsUnder('Live stages', {
  '--allow-unknown-method': 'Do not check that the API has the methods that --method names',
  '--refuse-owned': 'Refuse to edit a stage that CloudFormation or another tool deploys',
  '--wait': 'Wait until the cache cluster has settled',
  '--wait-timeout TIME': `How long to wait (default: ${defaults.cacheTimeout / 60_000}m)`,
});

const namesOf = (options: readonly CommandOption[]): readonly string[] => options.map(({ name }) => name);

/** Options for reaching and editing a live stage. */
export const forLive = namesOf([...reaching, ...editingLive]);

/** Options that only affect edits of live stages. */
export const liveOnly = namesOf(editingLive);

/** The edit options that rollout commands accept. */
const ofRollout = ['dry-run', 'yes', 'reason', 'journal', 'no-journal', 'quiet', 'refuse-owned'];

const commonOptions: Readonly<Record<AnyCommand['does'], () => readonly CommandOption[]>> = {
  edit: () => [...editing, ...editOutput, ...always, ...naming, ...reaching, ...editingLive],
  read: () => [...output(viewFormats), ...always, ...naming, ...reaching],
  history: () => [...output(viewFormats), ...always, ...naming, ...reaching],
  list: () => [...output(viewFormats), ...always, ...reaching],
  deployments: () => [...output(viewFormats), ...always, ...reaching],
  status: () => [...output([...viewFormats, 'markdown']), ...showValues, ...always, ...naming, ...reaching],
  diff: () => [
    ...output([...viewFormats, 'patch', 'aws-cli', 'markdown']),
    ...showValues,
    ...always,
    ...naming,
    ...reaching,
  ],
  export: () => [...always, ...naming, ...reaching],
  rollout: () => [
    ...[...editing, ...editOutput, ...editingLive].filter(({ name }) => ofRollout.includes(name)),
    ...waiting('Edit', '1s'),
    ...output(['text', 'json']),
    ...always,
    ...naming,
    ...reaching,
  ],
  'rollout-status': () => [...output(viewFormats), ...always, ...naming, ...reaching],
  approve: () => [...always, ...naming, ...reaching],
  validate: () => noColor,
  serve: () => [...waiting('Serve'), ...noColor],
  tell: () => [...output(viewFormats), ...always],
  complete: () => noColor,
};

/** All shared options: edit commands have every one of them. */
export const sharedOptions = commonOptions.edit;

/** The options of a command: its own, then the shared options of its kind that it does not redefine. */
export const optionsOf = (command: AnyCommand): readonly CommandOption[] => {
  const own = namesOf(command.options);
  return [...command.options, ...commonOptions[command.does]().filter(({ name }) => !own.includes(name))];
};
