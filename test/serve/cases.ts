/** The known behaviour of API Gateway, as a folder of stages to serve and the answers that clients should get. */
import type { Stage } from '../../src/stage/stage.js';
import { type Case, cases, expectAfter } from '../stage/cases.js';
import type { Files } from './serving.js';

export const stageNameOf = ({ before }: Case): string => before.stageName ?? 'prod';

/** A case may have its own answer of GetAccount, and a folder has only one account. */
const accountOf = (example: Case): unknown => (example as { readonly account?: unknown }).account;

const accountText = (example: Case): string => JSON.stringify(accountOf(example) ?? '');

/** The cases, in groups that can be served from one folder. */
export const rounds: readonly (readonly Case[])[] = [...new Set(cases.map(accountText))].map((account) =>
  cases.filter((example) => accountText(example) === account),
);

/** An API for each case, named after the case. All cases must have the same account. */
export const filesOf = (examples: readonly Case[]): Files =>
  Object.fromEntries(
    examples.flatMap((example): readonly (readonly [string, unknown])[] => [
      [`${example.id}/${stageNameOf(example)}.json`, example.before],
      ...(accountOf(example) === undefined ? [] : [['account.json', accountOf(example)] as const]),
      ...(example.deployments === undefined
        ? []
        : [[`${example.id}.json`, { deployments: example.deployments.map((id) => ({ id })) }] as const]),
    ]),
  );

/** A client's result: the stage after the call, or an error. The AWS CLI reports no status. */
export type Got =
  | { readonly stage: Stage }
  | { readonly error: string; readonly status?: number; readonly message: string };

const withoutDates = ({ createdDate: _, lastUpdatedDate: __, ...members }: Stage): Stage => members;

const expectError = (got: Got, { code, httpStatus, message, match }: NonNullable<Case['error']>): void => {
  expect(got).toMatchObject('status' in got ? { error: code, status: httpStatus } : { error: code });
  const said = 'message' in got ? got.message : '';
  if (match === 'exact') expect(said).toBe(message);
  else expect(said.slice(0, message.length)).toBe(message);
};

const expectStage = (got: Got, { after = {}, ...example }: Case): void => {
  expect(got).toHaveProperty('stage');
  if ('stage' in got) expectAfter({ ...example, after: withoutDates(after) }, withoutDates(got.stage));
};

/** Compares a client's result with API Gateway's answer. */
export const expectCase = (example: Case, got: Got): void => {
  if (example.error === undefined) expectStage(got, example);
  else expectError(got, example.error);
};

/** The same for the results of several cases, in order. */
export const expectCases = (examples: readonly Case[], answers: readonly Got[]): void => {
  expect(answers).toHaveLength(examples.length);
  examples.forEach((example, index) => {
    expectCase(example, answers[index] as Got);
  });
};
