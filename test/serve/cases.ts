/** What API Gateway is known to do, as a folder of stages to serve and what clients are to get of it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PatchOperation } from '../../src/stage/operation.js';
import type { Stage } from '../../src/stage/stage.js';
import type { Files } from './serving.js';

export interface Case {
  readonly id: string;
  readonly title: string;
  readonly before: Stage;
  readonly ops: readonly PatchOperation[];
  readonly deployments?: readonly string[];
  readonly after?: Stage;
  readonly afterMode?: 'full' | 'partial';
  readonly absentAfter?: readonly string[];
  readonly error?: {
    readonly code: string;
    readonly httpStatus: number;
    readonly message: string;
    readonly match: 'exact' | 'prefix';
  };
}

export const cases: readonly Case[] = JSON.parse(readFileSync(join(__dirname, '../fixtures/cases.json'), 'utf8'));

export const stageNameOf = ({ before }: Case): string => before.stageName ?? 'prod';

/** An API for each case, named after it. */
export const filesOf = (examples: readonly Case[]): Files =>
  Object.fromEntries(
    examples.flatMap((example): readonly (readonly [string, unknown])[] => [
      [`${example.id}/${stageNameOf(example)}.json`, example.before],
      ...(example.deployments === undefined
        ? []
        : [[`${example.id}.json`, { deployments: example.deployments.map((id) => ({ id })) }] as const]),
    ]),
  );

/** What a client says it got: a stage as it is after the call, or an error; the AWS CLI tells no status. */
export type Got =
  | { readonly stage: Readonly<Record<string, unknown>> }
  | { readonly error: string; readonly status?: number; readonly message: string };

const at = (value: unknown, path: string): unknown =>
  path.split('.').reduce((held, key) => (held as Readonly<Record<string, unknown>> | undefined)?.[key], value);

const withoutDates = ({ createdDate: _, lastUpdatedDate: __, ...members }: Readonly<Record<string, unknown>>) =>
  members;

const expectError = (got: Got, { code, httpStatus, message, match }: NonNullable<Case['error']>): void => {
  expect(got).toMatchObject('status' in got ? { error: code, status: httpStatus } : { error: code });
  const said = 'message' in got ? got.message : '';
  if (match === 'exact') expect(said).toBe(message);
  else expect(said.slice(0, message.length)).toBe(message);
};

const expectStage = (got: Got, { after, afterMode, absentAfter = [] }: Case): void => {
  const stage = 'stage' in got ? withoutDates(got.stage) : got;
  if (afterMode === 'full') expect(stage).toEqual(withoutDates({ ...after }));
  else expect(stage).toMatchObject({ ...after });
  for (const path of absentAfter) expect(at(stage, path)).toBeUndefined();
};

/** Holds what a client got against what API Gateway answers. */
export const expectCase = (example: Case, got: Got): void => {
  if (example.error === undefined) expectStage(got, example);
  else expectError(got, example.error);
};

/** The same of a client that was asked every case, in their order. */
export const expectCases = (answers: readonly Got[]): void => {
  expect(answers).toHaveLength(cases.length);
  cases.forEach((example, index) => {
    expectCase(example, answers[index] as Got);
  });
};
