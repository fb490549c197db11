import type { PatchOperation } from '../stage/operation.js';
import { type StageResult, sent } from '../stage/result.js';
import { quoteShell, quoteShorthand } from '../stage/shorthand.js';

// The AWS CLI takes several items of shorthand, or one JSON list: never a mixture.
const items = (operations: readonly PatchOperation[]): readonly string[] => {
  const shorthand = operations.map(quoteShorthand);
  return shorthand.some((item) => item.startsWith('{')) ? [JSON.stringify(operations)] : shorthand;
};

const command = (operations: readonly PatchOperation[], stageName: string): string =>
  [
    `aws apigateway update-stage --rest-api-id "$REST_API_ID" --stage-name ${stageName}`,
    '  --patch-operations',
    ...items(operations).map((item) => `    ${quoteShell(item)}`),
  ].join(' \\\n');

/** The same edit as commands of the AWS CLI, one a call. */
export const awsCli = ({ calls, before }: StageResult): string => {
  const stageName = before.stageName === undefined ? '"$STAGE_NAME"' : quoteShell(before.stageName);
  const commands = calls.map(({ operations }) => sent(operations)).filter((operations) => operations.length > 0);
  return commands.map((operations) => `${command(operations, stageName)}\n`).join('');
};
