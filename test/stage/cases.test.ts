import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PatchOperation } from '../../src/stage/operation.js';
import { applyPatch } from '../../src/stage/patch.js';
import { PatchError } from '../../src/stage/problem.js';
import type { Stage } from '../../src/stage/stage.js';

interface Case {
  readonly id: string;
  readonly title: string;
  readonly before: Stage;
  readonly ops: readonly PatchOperation[];
  readonly deployments?: readonly string[];
  readonly after?: Stage;
  readonly afterMode?: 'full' | 'partial';
  readonly absentAfter?: readonly string[];
  readonly error?: { readonly message: string; readonly match: 'exact' | 'prefix' };
}

const cases: readonly Case[] = JSON.parse(readFileSync(join(__dirname, '../fixtures/cases.json'), 'utf8'));

const run = ({ before, ops, deployments }: Case): Stage =>
  applyPatch(before, ops, deployments ? { deploymentIds: deployments } : {});

const refusalOf = (example: Case): PatchError => {
  try {
    run(example);
  } catch (error) {
    if (error instanceof PatchError) return error;
    throw error;
  }
  throw new Error('the operations were accepted');
};

const at = (stage: Stage, path: string): unknown =>
  path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], stage);

test('there are cases to run', () => expect(cases.length).toBeGreaterThan(50));

describe('what API Gateway accepted is applied as it was', () => {
  test.each(cases.filter(({ after }) => after).map((example) => [example.id, example.title, example] as const))(
    '%s: %s',
    (_id, _title, example) => {
      const after = run(example);
      if (example.afterMode === 'full') expect(after).toEqual(example.after);
      else expect(after).toMatchObject(example.after ?? {});
      for (const path of example.absentAfter ?? []) expect(at(after, path)).toBeUndefined();
    },
  );
});

describe('what API Gateway refused is refused in its words', () => {
  test.each(cases.filter(({ error }) => error).map((example) => [example.id, example.title, example] as const))(
    '%s: %s',
    (_id, _title, example) => {
      const { message } = refusalOf(example);
      if (example.error?.match === 'exact') expect(message).toBe(example.error.message);
      else expect(message.startsWith(example.error?.message ?? '\n')).toBe(true);
    },
  );
});
