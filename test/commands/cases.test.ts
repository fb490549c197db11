/** Recorded cases of API Gateway, run by `stage patch` on a stage file. */

import { runInFolder, textOf } from '../runs.js';
import { type Case, cases, expectAfter } from '../stage/cases.js';

const run = ({ before, ops }: Case, ...options: readonly string[]) =>
  runInFolder(['patch', 's.json', '--patch-operations', JSON.stringify(ops), ...options], {
    files: { 's.json': before },
  });

// A file has no data about deployments and the account.
const isAboutOthers = ({ error }: Case): boolean =>
  error?.message === 'Deployment id does not exist' || error?.message.includes('role ARN must be set') === true;
const titled = (list: readonly Case[]) => list.map((example) => [example.id, example] as const);

test('all cases except four can be run on a file', () => {
  expect(cases.filter(isAboutOthers)).toHaveLength(4);
});

test.each(titled(cases.filter(({ after }) => after)))(
  '%s: the file has the stage from the response of API Gateway',
  async (_id, example) => {
    const { code, stdout, files } = await run(example);
    const after = JSON.parse(files['s.json'] ?? '');
    expect(code).toBe(0);
    expectAfter(example, after);
    expectAfter(example, JSON.parse(stdout));
  },
);

test.each(titled(cases.filter((example) => example.error && !isAboutOthers(example))))(
  '%s: refused with the message of API Gateway, and the file is unchanged',
  async (_id, example) => {
    const { code, stdout, stderr, files } = await run(example, '-o', 'json');
    expect({ code, stdout, file: files['s.json'] }).toEqual({ code: 3, stdout: '', file: textOf(example.before) });
    expect(JSON.parse(stderr).error.message).toContain(example.error?.message);
  },
);
