/** The whole program against a server with faults: exit code, report and resulting stage. Targets test each fault. */
import { stopServing } from '../serve/serving.js';
import { aMethod, aStage } from '../stages.js';
import { removeFolders } from '../world.js';
import { canaryStage, goLive, prod } from './live.js';

afterEach(async () => {
  await stopServing();
  removeFolders();
});

interface Fault {
  readonly faults: string;
  readonly flags?: string;
  readonly exits: number;
  /** Number of UpdateStage requests. */
  readonly writes: number;
  readonly says: readonly string[];
  readonly holds: 'old' | 'new';
}

const written = `${prod}\n  ~ description: old → new\nupdated ${prod}: 1 change\n`;
const nothing = `stage: ${prod}: Nothing was written.`;
const unclear = `stage: ${prod}: unclear whether the update was applied; check with stage get.`;
const few = '--max-attempts 2';

const faults: readonly Fault[] = [
  { faults: 'UpdateStage:409x3', exits: 0, writes: 4, says: [], holds: 'new' },
  {
    faults: 'UpdateStage:409',
    exits: 6,
    writes: 10,
    says: ['another update is still in progress; API Gateway refused the edit 10 times', nothing],
    holds: 'old',
  },
  { faults: 'UpdateStage:429@1,GetStage:503@1', exits: 0, writes: 2, says: [], holds: 'new' },
  {
    faults: 'UpdateStage:429',
    flags: '--timeout 900ms',
    exits: 7,
    writes: 1,
    says: ['Too Many', nothing],
    holds: 'old',
  },
  {
    faults: 'UpdateStage:500',
    flags: few,
    exits: 7,
    writes: 2,
    says: ['Internal server error', nothing],
    holds: 'old',
  },
  { faults: 'GetStage:500', flags: few, exits: 7, writes: 0, says: ['Internal server error'], holds: 'old' },
  { faults: 'UpdateStage:reset@1', exits: 0, writes: 2, says: [], holds: 'new' },
  {
    faults: 'UpdateStage:reset-after@1',
    exits: 0,
    writes: 1,
    says: [
      'notice: The connection was lost before UpdateStage was answered: read ECONNRESET; the stage shows that it was applied.',
    ],
    holds: 'new',
  },
  {
    faults: 'UpdateStage:truncate@1',
    exits: 0,
    writes: 1,
    says: ['the stage shows that it was applied.'],
    holds: 'new',
  },
  {
    faults: 'UpdateStage:reset-after,GetStage:reset@2,GetStage:resetx99@3',
    flags: few,
    exits: 7,
    writes: 1,
    says: [unclear],
    holds: 'new',
  },
  { faults: '*:hang', flags: '--timeout 300ms', exits: 7, writes: 0, says: ['GetStage got no answer'], holds: 'old' },
  { faults: '*:expired', exits: 4, writes: 0, says: ['token included in the request is expired'], holds: 'old' },
  { faults: 'GetStage:403', exits: 6, writes: 0, says: ['Allow apigateway:GET on arn:aws:apigateway:'], holds: 'old' },
  { faults: 'UpdateStage:403', exits: 6, writes: 1, says: [`${nothing} Allow apigateway:PATCH on`], holds: 'old' },
];

test.each(faults)('$faults $flags', async ({ faults: text, flags = '', exits, writes, says, holds }) => {
  const { stage, calls, held } = await goLive(aStage({ description: 'old' }), { faults: text });
  const { code, stdout, stderr } = await stage(`set ${prod} --description new ${flags}`);
  expect({ code, stdout }).toEqual({ code: exits, stdout: exits === 0 ? written : '' });
  for (const sentence of says) expect(stderr).toContain(sentence);
  if (says.length === 0) expect(stderr).toBe('');
  expect(calls().filter((operation) => operation === 'UpdateStage')).toHaveLength(writes);
  expect(held().description).toBe(holds);
});

test.each([
  ['on a terminal', { isTTY: true }, ''],
  ['with --verbose', {}, ' --verbose'],
])('%s, every wait is reported on a line', async (_what, world, flags) => {
  const { stage } = await goLive(aStage(), { faults: 'UpdateStage:409x2' });
  const { stderr } = await stage(`set ${prod} --description new${flags}`, world);
  const line = 'another update is still in progress; API Gateway refused the edit';
  expect(stderr.split(line)).toHaveLength(3);
});

describe('an edit of five calls, the third of which is refused', () => {
  const settings = { loggingLevel: 'INFO', throttlingBurstLimit: 7, metricsEnabled: true };
  const many = aStage({
    methodSettings: Object.fromEntries(
      Array.from({ length: 100 }, (_, index) => [`~1r${index}/GET`, aMethod(settings)]),
    ),
  });
  const before = aStage({ description: 'old', methodSettings: { '~1a/GET': aMethod() } });

  test('says which calls were made, and can be finished', async () => {
    const { stage, held } = await goLive(before, { faults: 'UpdateStage:403@3' }, { 'many.json': many });
    const line = `copy many.json ${prod} --all`;
    const { code, stdout, stderr } = await stage(line);
    expect([code, stdout]).toEqual([6, '']);
    expect(stderr).toContain('Call 3 was not made.');
    expect(stderr).toContain('stage: 2 of 5 calls were applied; run the command again to finish\n');
    expect(await stage(line)).toMatchObject({ code: 0 });
    expect(held().methodSettings).toEqual({ ...before.methodSettings, ...many.methodSettings });
  });

  test('says so with -o json', async () => {
    const { stage } = await goLive(before, { faults: 'UpdateStage:403@3' }, { 'many.json': many });
    const { error } = JSON.parse((await stage(`copy many.json ${prod} --all -o json`)).stderr);
    expect(error.problems.at(-1)).toMatchObject({ calls: ['made', 'made', 'not-made', 'not-made', 'not-made'] });
  });
});

test('a deployment that does not exist fails a dry run and an edit', async () => {
  const { stage, calls } = await goLive(canaryStage);
  for (const flag of ['', ' --dry-run']) {
    const { code, stderr } = await stage(`set ${prod} --deployment-id nope99${flag}`);
    expect([code, stderr]).toEqual([3, expect.stringContaining('Deployment id does not exist')]);
  }
  expect(calls()).not.toContain('UpdateStage');
});

test('with many faults at once, nothing is lost or applied twice', async () => {
  const text = 'UpdateStage:reset@30%,UpdateStage:reset-after@30%,GetStage:500@20%,UpdateStage:409@30%';
  const { stage, held } = await goLive(aStage(), { faults: text });
  const names = Array.from({ length: 25 }, (_, index) => `v${index}`);
  for (const name of names)
    expect(await stage(`set ${prod} --variable ${name}=x --max-attempts 40`)).toMatchObject({ code: 0 });
  expect(Object.keys(held().variables ?? {})).toEqual(names);
});
