import { type StageResult, sent } from '../stage/result.js';
import { quoteShorthand } from '../stage/shorthand.js';
import type { PatchOperation } from '../stage/stage.js';
import { printable } from '../text/printable.js';
import { quoteShell } from '../text/quote-shell.js';

// The AWS CLI takes several items of shorthand, or one JSON list: never a mixture.
const items = (operations: readonly PatchOperation[]): readonly string[] => {
  const shorthand = operations.map(quoteShorthand);
  return shorthand.some((item) => item.startsWith('{')) ? [JSON.stringify(operations)] : shorthand;
};

const command = (operations: readonly PatchOperation[], options: string): string =>
  [
    `aws apigateway update-stage ${options}`,
    '  --patch-operations',
    ...items(operations).map((item) => `    ${quoteShell(item)}`),
  ].join(' \\\n');

/** Which stage, and how to reach it. What is not known is a variable of the shell. */
const optionsFor = ({ before, whereabouts: where }: StageResult): string =>
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

/** The same edit as commands of the AWS CLI, one a call. One that fails is the last to run. */
export const awsCli = (result: StageResult): string => {
  const calls = result.calls.map(({ operations }) => sent(operations)).filter(({ length }) => length > 0);
  const commands = calls.map((operations) => command(operations, optionsFor(result)));
  const { roleArn } = result.whereabouts ?? {};
  // The AWS CLI has no option for a role.
  const role = roleArn === undefined ? '' : `# with the credentials of the role ${printable(roleArn)}\n`;
  return commands.length === 0 ? '' : `${role}${commands.join(' && \\\n')}\n`;
};
