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

/** A word for the shell; a variable of the shell where it is not known. */
const orVariable = (word: string | undefined, name: string): string =>
  word === undefined ? `"$${name}"` : quoteShell(word);

/** Which stage, and how to reach it. */
const optionsFor = ({ before, whereabouts: where }: StageResult): string =>
  [
    ['--rest-api-id', orVariable(where?.restApiId, 'REST_API_ID')],
    ['--stage-name', orVariable(where?.stageName ?? before.stageName, 'STAGE_NAME')],
    ...[
      ['--region', where?.region],
      ['--profile', where?.profile],
      ['--endpoint-url', where?.endpointUrl],
      ['--ca-bundle', where?.caBundle],
    ].flatMap(([option, text]) => (text === undefined ? [] : [[option, quoteShell(text)]])),
  ]
    .flat()
    .join(' ');

/** The AWS CLI has no option for it. */
const roleLine = (roleArn: string | undefined): string =>
  roleArn === undefined ? '' : `# with the credentials of the role ${printable(roleArn)}\n`;

/** The same edit as commands of the AWS CLI, one a call. One that fails is the last to run. */
export const awsCli = (result: StageResult): string => {
  const calls = result.calls.map(({ operations }) => sent(operations)).filter(({ length }) => length > 0);
  const commands = calls.map((operations) => command(operations, optionsFor(result)));
  return commands.length === 0 ? '' : `${roleLine(result.whereabouts?.roleArn)}${commands.join(' && \\\n')}\n`;
};
