import { describedDeployment } from '../stage/canary-deployment.js';
import type { Call } from '../stage/plan.js';
import { type StageResult, sent, type Whereabouts } from '../stage/result.js';
import { quoteShorthand } from '../stage/shorthand.js';
import type { PatchOperation } from '../stage/stage.js';
import { printable } from '../text/printable.js';
import { quoteShell } from '../text/quote-shell.js';

// The AWS CLI accepts several shorthand items or one JSON list, not a mixture.
const items = (operations: readonly PatchOperation[]): readonly string[] => {
  const shorthand = operations.map(quoteShorthand);
  return shorthand.some((item) => item.startsWith('{')) ? [JSON.stringify(operations)] : shorthand;
};

const updating = (operations: readonly PatchOperation[], options: string): readonly string[] => [
  `update-stage ${options}`,
  '  --patch-operations',
  ...items(operations).map((item) => `    ${quoteShell(item)}`),
];

const optionOf = (member: string, value: unknown): string => {
  const name = member.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  if (typeof value === 'boolean') return `--${value ? '' : 'no-'}${name}`;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  // With a space, the AWS CLI would read a value that starts with a dash as an option.
  return `--${name}${text.startsWith('-') ? '=' : ' '}${quoteShell(text)}`;
};

const withMembers = (start: string, members: object): readonly string[] => [
  start,
  ...Object.entries(members).map(([member, value]) => `  ${optionOf(member, value)}`),
];

const linesOf = (call: Call, options: string): readonly string[] => {
  if (call.kind === 'CreateStage') {
    const { stageName: _, ...members } = call.stage;
    return withMembers(`create-stage ${options}`, members);
  }
  if (call.kind === 'FlushStageCache') return [`flush-stage-cache ${options}`];
  if (call.kind === 'UpdateStage') return updating(sent(call.operations), options);
  const { canarySettings } = call;
  return withMembers(`create-deployment ${options}`, { description: describedDeployment(call), canarySettings });
};

const command = (call: Call, options: string): string => `aws apigateway ${linesOf(call, options).join(' \\\n')}`;

/** The parts of a result that its commands depend on. */
interface Made extends Pick<StageResult, 'before' | 'calls'> {
  readonly whereabouts?: Whereabouts | undefined;
}

/** Options for the stage and the connection. Unknown values become shell variables. */
const optionsFor = ({ before, whereabouts: where }: Made): string =>
  [
    ['--rest-api-id', where?.restApiId, '"$REST_API_ID"'],
    ['--stage-name', where?.stageName ?? before.stageName, '"$STAGE_NAME"'],
    ['--region', where?.region],
    ['--profile', where?.profile],
    ['--endpoint-url', where?.endpointUrl],
    ['--ca-bundle', where?.caBundle],
  ]
    .map(([option, text, variable]) => [option, text === undefined ? variable : quoteShell(text)])
    .filter(([, word]) => word !== undefined)
    .flat()
    .join(' ');

/** The edit as AWS CLI commands, one per call. A failed command stops the rest. */
export const awsCli = (result: Made): string => {
  const calls = result.calls.filter(({ kind, operations }) => kind !== 'UpdateStage' || sent(operations).length > 0);
  const commands = calls.map((call) => command(call, optionsFor(result)));
  const { roleArn } = result.whereabouts ?? {};
  // The AWS CLI has no option for a role.
  const role = roleArn === undefined ? '' : `# with the credentials of the role ${printable(roleArn)}\n`;
  return commands.length === 0 ? '' : `${role}${commands.join(' && \\\n')}\n`;
};
