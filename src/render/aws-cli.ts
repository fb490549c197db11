import type { PatchOperation } from '../stage/operation.js';
import { type StageResult, sent } from '../stage/result.js';
import { quoteShorthand } from '../stage/shorthand.js';
import { quoteShell } from '../text/quote-shell.js';

// The AWS CLI takes several items of shorthand, or one JSON list: never a mixture.
const items = (operations: readonly PatchOperation[]): readonly string[] => {
  const shorthand = operations.map(quoteShorthand);
  return shorthand.some((item) => item.startsWith('{')) ? [JSON.stringify(operations)] : shorthand;
};

const command = (operations: readonly PatchOperation[], restApiId: string, stageName: string): string =>
  [
    `aws apigateway update-stage --rest-api-id ${restApiId} --stage-name ${stageName}`,
    '  --patch-operations',
    ...items(operations).map((item) => `    ${quoteShell(item)}`),
  ].join(' \\\n');

/** A word that the shell is given, or where it is not known a variable of the shell. */
const orVariable = (word: string | undefined, name: string): string =>
  word === undefined ? `"$${name}"` : quoteShell(word);

/** The same edit as commands of the AWS CLI, one a call. */
export const awsCli = ({ calls, before, restApiId }: StageResult): string => {
  const apiWord = orVariable(restApiId, 'REST_API_ID');
  const stageWord = orVariable(before.stageName, 'STAGE_NAME');
  const commands = calls.map(({ operations }) => sent(operations)).filter((operations) => operations.length > 0);
  return commands.map((operations) => `${command(operations, apiWord, stageWord)}\n`).join('');
};
