/** What API Gateway is known to do, as a folder of stages to serve and what clients are to get of it. */
import type { Stage } from '../../src/stage/stage.js';
import { type Case, cases, expectAfter } from '../stage/cases.js';
import type { Files } from './serving.js';

export const stageNameOf = ({ before }: Case): string => before.stageName ?? 'prod';

/** A case may name what GetAccount answers, and a folder has one account. */
const accountOf = (example: Case): unknown => (example as { readonly account?: unknown }).account;

const accountText = (example: Case): string => JSON.stringify(accountOf(example) ?? '');

/** The cases, in groups that can be served from one folder. */
export const rounds: readonly (readonly Case[])[] = [...new Set(cases.map(accountText))].map((account) =>
  cases.filter((example) => accountText(example) === account),
);

/** An API for each case, named after it. All of them are of one account. */
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

/** What a client says it got: a stage as it is after the call, or an error; the AWS CLI tells no status. */
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

/** Holds what a client got against what API Gateway answers. */
export const expectCase = (example: Case, got: Got): void => {
  if (example.error === undefined) expectStage(got, example);
  else expectError(got, example.error);
};

/** The same of a client that was asked these cases, in their order. */
export const expectCases = (examples: readonly Case[], answers: readonly Got[]): void => {
  expect(answers).toHaveLength(examples.length);
  examples.forEach((example, index) => {
    expectCase(example, answers[index] as Got);
  });
};
