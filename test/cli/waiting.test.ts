/** Progress output while waiting for a live stage. */
import { goLive, prod } from '../live/live.js';
import { stopServing } from '../serve/serving.js';
import { aStage } from '../stages.js';
import { removeFolders } from '../world.js';

afterEach(stopServing);
afterAll(removeFolders);

const clear = '\r\u001b[K';

describe('a call that takes seconds', () => {
  const slow = { faults: 'GetStage:slow=2300' };

  test('shows a status line on a terminal, and clears it', async () => {
    const { stage } = await goLive(aStage({ description: 'old' }), slow);
    const { code, stdout, stderr } = await stage(`get ${prod} description`, { isTTY: true });
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'old\n', stderr: `waiting for API Gateway…${clear}` });
  });

  test('shows nothing off a terminal', async () => {
    const { stage } = await goLive(aStage({ description: 'old' }), slow);
    expect(await stage(`get ${prod} description`)).toMatchObject({ code: 0, stderr: '' });
  });
});

test('--wait --verbose prints a line for each read off a terminal, and the settled status', async () => {
  const { stage } = await goLive(aStage(), { cacheDelay: 300 });
  const { code, stdout, stderr } = await stage(
    `set ${prod} --cache-cluster-enabled --cache-cluster-size 0.5 --wait --verbose`,
  );
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: `cacheClusterStatus CREATE_IN_PROGRESS, 0 s\n${prod}: cacheClusterStatus is AVAILABLE\n`,
  });
  expect(stdout).toMatch(/\nupdated a1b2c3d4e5\/prod: \d changes\n$/);
});
