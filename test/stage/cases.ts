/** API Gateway's answers to operations: recorded, documented, or reported by others. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PatchOperation, Stage } from '../../src/stage/stage.js';

export interface Case {
  readonly id: string;
  readonly title: string;
  readonly before: Stage;
  readonly ops: readonly PatchOperation[];
  readonly deployments?: readonly string[];
  readonly account?: { readonly cloudwatchRoleArn: string | null };
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

const at = (stage: Stage, path: string): unknown =>
  path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], stage);

/** Expects a stage to match the stage after a case. */
export const expectAfter = ({ after, afterMode, absentAfter = [] }: Case, stage: Stage): void => {
  if (afterMode === 'full') expect(stage).toEqual(after);
  else expect(stage).toMatchObject(after ?? {});
  for (const path of absentAfter) expect(at(stage, path)).toBeUndefined();
};
