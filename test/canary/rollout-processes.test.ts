/** Rollouts as processes of their own: killed, interrupted, stopped from another terminal. */
import { join } from 'node:path';
import { goLive, type LiveTest, prod } from '../live/live.js';
import { cleanEnvironment, keysOfTest, program, runProgram, type Started, start } from '../live/processes.js';
import { stopServing } from '../serve/serving.js';
import { aStage } from '../stages.js';
import { removeFolders } from '../world.js';

jest.setTimeout(60_000);

const started: Started[] = [];

afterEach(async () => {
  for (const { child } of started.splice(0)) child.kill('SIGKILL');
  await stopServing();
});
afterAll(removeFolders);

const environmentOf = (live: LiveTest) => ({
  ...keysOfTest,
  AWS_ENDPOINT_URL: live.server.url,
  XDG_STATE_HOME: join(live.cwd, 'state'),
});

const words = ['rollout-canary', prod, '--deployment-id', 'dep2', '--steps', '5:100ms,50:3s,60:100ms'] as const;

const rollOut = (live: LiveTest, ...more: readonly string[]): Started => {
  const env = { ...cleanEnvironment, ...environmentOf(live) };
  const run = start([process.execPath, program, ...words, ...more], env, live.cwd);
  started.push(run);
  return run;
};

const percentOf = (live: LiveTest): number | undefined => live.held().canarySettings?.percentTraffic;

test('a rollout that is killed goes on with the same command: its lock does not outlive it', async () => {
  const live = await goLive(aStage());
  const first = rollOut(live);
  await first.told(/step 2 of 3 {2}waiting 3s/);
  first.child.kill('SIGKILL');
  await first.ended;
  expect(percentOf(live)).toBe(50);
  live.calls();
  const second = rollOut(live);
  expect(await second.ended).toMatchObject({ code: 0, stdout: expect.stringContaining('goes on with step 2 of 3') });
  expect(live.calls().filter((call) => call === 'UpdateStage')).toHaveLength(2);
  expect(live.held().deploymentId).toBe('dep2');
});

test('a rollout that is killed between the two calls of promote-and-end makes the second when it goes on', async () => {
  const live = await goLive(aStage(), { faults: 'UpdateStage:hang@3' });
  const options = ['--deployment-id', 'dep2', '--steps', '5:0s', '--then', 'promote-and-end'];
  const first = start(
    [process.execPath, program, 'rollout-canary', prod, ...options],
    { ...cleanEnvironment, ...environmentOf(live) },
    live.cwd,
  );
  started.push(first);
  while (live.held().deploymentId !== 'dep2') await new Promise((resolve) => setTimeout(resolve, 10));
  // The second call has come, and is not answered.
  await new Promise((resolve) => setTimeout(resolve, 500));
  first.child.kill('SIGKILL');
  await first.ended;
  expect(live.held().canarySettings).toMatchObject({ deploymentId: 'dep2', percentTraffic: 0 });
  live.calls();
  const second = await runProgram(['rollout-canary', prod, ...options], environmentOf(live), live.cwd);
  expect(second).toMatchObject({ code: 0, stdout: expect.stringContaining('promoted') });
  expect(live.calls().filter((call) => call === 'UpdateStage')).toHaveLength(1);
  expect(live.held().canarySettings).toBeUndefined();
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s ends a rollout at once with %i, at the present percent', async (signal, code) => {
  const live = await goLive(aStage());
  const run = rollOut(live, '-o', 'json');
  await run.told(/"waiting".*"step":2/);
  const sent = Date.now();
  run.child.kill(signal);
  expect(await run.ended).toMatchObject({ code, stdout: expect.stringContaining('"event":"interrupted"') });
  expect(Date.now() - sent).toBeLessThan(2000);
  expect(percentOf(live)).toBe(50);
});

test('a closed terminal ends a rollout by its own signal, and takes the traffic back', async () => {
  const live = await goLive(aStage());
  const run = rollOut(live, '--on-interrupt', 'abort', '-o', 'json');
  await run.told(/"waiting".*"step":2/);
  run.child.kill('SIGHUP');
  await run.ended;
  expect(run.child.signalCode).toBe('SIGHUP');
  expect(percentOf(live)).toBe(0);
});

test('--on-interrupt abort takes the traffic back within two seconds', async () => {
  const live = await goLive(aStage());
  const run = rollOut(live, '--on-interrupt', 'abort');
  await run.told(/step 2 of 3 {2}waiting/);
  const sent = Date.now();
  run.child.kill('SIGTERM');
  expect((await run.ended).code).toBe(143);
  expect(Date.now() - sent).toBeLessThan(2000);
  expect(percentOf(live)).toBe(0);
});

test('a signal that comes twice, as from npx and timeout, does not cut off the abort', async () => {
  const live = await goLive(aStage(), { faults: 'UpdateStage:slow=400' });
  const run = rollOut(live, '--on-interrupt', 'abort');
  await run.told(/step 2 of 3 {2}waiting/);
  run.child.kill('SIGTERM');
  setTimeout(() => run.child.kill('SIGTERM'), 50);
  expect((await run.ended).code).toBe(143);
  expect(percentOf(live)).toBe(0);
});

test('abort-canary in another terminal ends the rollout, and a second rollout is refused meanwhile', async () => {
  const live = await goLive(aStage());
  const run = rollOut(live);
  await run.told(/step 2 of 3 {2}waiting/);
  const second = await runProgram([...words, '--lock-timeout', '0s'], environmentOf(live), live.cwd);
  expect(second).toMatchObject({ code: 7, stderr: expect.stringContaining(`process ${run.child.pid} on`) });
  const abort = await runProgram(['abort-canary', prod], environmentOf(live), live.cwd);
  expect(abort.code).toBe(0);
  expect(await run.ended).toMatchObject({ code: 5, stderr: expect.stringContaining('A person aborted the canary') });
  expect(percentOf(live)).toBe(0);
});
