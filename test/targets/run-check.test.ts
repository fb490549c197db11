/** Commands of users, as real processes. */
import { runCheck } from '../../src/targets/run-check.js';

const shell = (command: string, more: { readonly timeout?: number; readonly signal?: AbortSignal } = {}) =>
  runCheck({
    ...{ command, isShell: true, env: process.env, cwd: '.', timeout: 5000, signal: new AbortController().signal },
    ...more,
  });

const onPosix = process.platform === 'win32' ? test.skip : test;

onPosix('a check that takes too long has no exit code, and says so', async () => {
  expect(await shell("trap '' TERM; sleep 20 & wait", { timeout: 100 })).toEqual({
    code: undefined,
    said: 'it took longer than 0.1 s, and was killed',
  });
});

onPosix('what a check started ends with it where nobody waits for it any more', async () => {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 300);
  // The output ends when the last process that could write to it does.
  const answer = await shell("trap '' TERM; sleep 20 & echo started; wait", { signal: stop.signal, timeout: 60_000 });
  expect(answer).toEqual({ code: undefined, said: 'started' });
});
