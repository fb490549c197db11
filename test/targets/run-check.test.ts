/** User commands, as real processes. */
import { runCheck } from '../../src/targets/run-check.js';
import { testIf } from '../tools.js';

const shell = (command: string, more: { readonly timeout?: number; readonly signal?: AbortSignal } = {}) =>
  runCheck({
    ...{ command, isShell: true, env: process.env, cwd: '.', timeout: 5000, signal: new AbortController().signal },
    ...more,
  });

const onPosix = testIf(process.platform !== 'win32', 'Windows has no process groups');

onPosix('a check that takes too long has no exit code, and says so', async () => {
  expect(await shell("trap '' TERM; sleep 20 & wait", { timeout: 100 })).toEqual({
    code: undefined,
    said: 'it took longer than 0.1 s, and was killed',
  });
});

onPosix('what a check started ends with it where nobody waits for it any more', async () => {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 300);
  // The output ends when the last process that can write to it ends.
  const answer = await shell("trap '' TERM; sleep 20 & echo started; wait", { signal: stop.signal, timeout: 60_000 });
  expect(answer).toEqual({ code: undefined, said: 'it was killed by SIGKILL' });
});

onPosix('a check ends with its own process, whatever it left running', async () => {
  expect(await shell('sleep 20 & echo started')).toEqual({ code: 0, said: 'started' });
});

onPosix('a check whose rollout was stopped before it began is killed at once', async () => {
  const signal = AbortSignal.abort();
  expect(await shell('sleep 20', { signal })).toEqual({ code: undefined, said: 'it was killed by SIGKILL' });
});

test('a missing command did not start', async () => {
  const { code, said } = await runCheck({
    ...{ command: './none.sh', isShell: false, env: process.env, cwd: '.', timeout: 5000 },
    signal: new AbortController().signal,
  });
  expect([code, said]).toEqual([undefined, expect.stringMatching(/^it did not start: .*none\.sh/)]);
});
