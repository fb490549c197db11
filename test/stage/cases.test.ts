import { applyPatch } from '../../src/stage/patch.js';
import { PatchError } from '../../src/stage/problem.js';
import type { Stage } from '../../src/stage/stage.js';
import { type Case, cases, expectAfter } from './cases.js';

const run = ({ before, ops, deployments, account }: Case): Stage =>
  applyPatch(before, ops, { ...(deployments && { deploymentIds: deployments }), ...(account && { account }) });

const refusalOf = (example: Case): PatchError => {
  try {
    run(example);
  } catch (error) {
    if (error instanceof PatchError) return error;
    throw error;
  }
  throw new Error('the operations were accepted');
};

test('there are cases to run', () => expect(cases.length).toBeGreaterThan(50));

describe('what API Gateway accepted has the same result here', () => {
  test.each(cases.filter(({ after }) => after).map((example) => [example.id, example.title, example] as const))(
    '%s: %s',
    (_id, _title, example) => {
      expectAfter(example, run(example));
    },
  );
});

describe('what API Gateway refused is refused with its message', () => {
  test.each(cases.filter(({ error }) => error).map((example) => [example.id, example.title, example] as const))(
    '%s: %s',
    (_id, _title, example) => {
      const { message } = refusalOf(example);
      if (example.error?.match === 'exact') expect(message).toBe(example.error.message);
      else expect(message.startsWith(example.error?.message ?? '\n')).toBe(true);
    },
  );
});
