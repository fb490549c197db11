/** Rollouts from the command line, on stages that `stage serve` serves in this process. Waiting takes no time. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fits } from '../json-schema';
import { goLive, type LiveTest, type LiveWorld, prod, prodFile } from '../live/live';
import { stopServing } from '../serve/serving';
import { aCanary, aStage } from '../stages';
import { type Run, removeFolders, root } from '../world';

afterEach(stopServing);
afterAll(removeFolders);

const minute = 60_000;
const ms = 1;

/** A clock that only waits move. `meddle` is called in each second of a wait, with the minutes that the rollout has waited. */
const clock = (meddle: (minutes: number) => unknown = () => undefined) => {
  const start = Date.parse('2026-01-01T12:00:00Z');
  let now = start;
  return {
    now: () => now,
    sleep: async (milliseconds: number) => {
      now += milliseconds;
      await meddle((now - start) / minute);
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
};

const steps = '--steps 5:10m,25:30m,50 --interval 10m';
const starting = '--deployment-id dep2';

interface Rolling {
  readonly live: LiveTest;
  readonly home: string;
  roll(options: string, world?: LiveWorld & { readonly meddle?: (minutes: number) => unknown }): Promise<Run>;
  stage(line: string): Promise<Run>;
  state(): Record<string, unknown>;
}

const rolling = async (served = aStage(), options: Parameters<typeof goLive>[1] = {}): Promise<Rolling> => {
  const live = await goLive(served, options);
  const home = join(live.cwd, 'state');
  const env = { XDG_STATE_HOME: home };
  const folder = join(home, 'stage/rollouts');
  return {
    ...{ live, home },
    roll: (options, { meddle, world, ...rest } = {}) =>
      live.stage(`rollout-canary ${prod} ${options.includes('--steps') ? '' : steps} ${options}`, {
        ...rest,
        env: { ...env, ...rest.env },
        world: { ...clock(meddle), random: Math.random, ...world },
      }),
    stage: (line) => live.stage(line, { env, world: clock() }),
    state: () => {
      const [name = ''] = readdirSync(folder).filter((file) => file.endsWith('.json'));
      return JSON.parse(readFileSync(join(folder, name), 'utf8'));
    },
  };
};

const eventsOf = ({ stdout }: Run) =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

const namesOf = (run: Run): readonly string[] => eventsOf(run).map(({ event }) => event);

/** Calls that change the stage. */
const writes = (live: LiveTest): readonly string[] => live.calls().filter((name) => !/^Get/.test(name));

const once = (at: number, does: () => unknown) => {
  let isDone = false;
  return async (minutes: number) => {
    if (isDone || minutes < at) return;
    isDone = true;
    await does();
  };
};

const interrupting = (at: number, signal: 'SIGINT' | 'SIGTERM') => {
  const controller = new AbortController();
  return { signal: controller.signal, meddle: once(at, () => controller.abort(signal)) };
};

test('a rollout starts a canary, shifts it step by step, and promotes it', async () => {
  const { roll, live, state } = await rolling();
  const run = await roll(starting);
  expect(run).toMatchObject({ code: 0, stderr: expect.stringContaining('nothing watches the canary') });
  expect(live.held()).toMatchObject({ deploymentId: 'dep2', canarySettings: { percentTraffic: 0 } });
  expect(state()).toMatchObject({ phase: 'promoted', step: 2 });
  expect(run.stdout).toMatchInlineSnapshot(`
"a1b2c3d4e5/prod: rollout of deployment dep2: 5% for 10m, 25% for 30m, 50% for 10m, then promote
step 1 of 3  [#...................]    5%
step 1 of 3  waiting 10m
step 2 of 3  [#####...............]   25%
step 2 of 3  waiting 30m
step 3 of 3  [##########..........]   50%
step 3 of 3  waiting 10m
promoted: production serves deployment dep2
"
`);
});

test('a step is one GetStage and one UpdateStage', async () => {
  const { roll, live } = await rolling();
  await roll(starting);
  const calls = live.calls().filter((name) => name !== 'GetDeployment');
  // One reading begins the rollout.
  expect(calls).toEqual(['GetStage', ...Array(4).fill(['GetStage', 'UpdateStage']).flat()]);
});

test('a gate that fails takes the traffic back, and exits with 8', async () => {
  const { roll, live, stage } = await rolling();
  const run = await roll(`${starting} --check false`);
  expect(run).toMatchObject({ code: 8, stdout: expect.stringContaining('aborted: production serves deployment dep1') });
  expect(live.held().canarySettings).toMatchObject({ deploymentId: 'dep2', percentTraffic: 0 });
  expect((await stage(`rollout-status ${prod}`)).stdout).toMatch(/aborted.*\nstep 1 of \d: 0%/);
});

test('--on-fail hold leaves the canary to a person, who lets it go on', async () => {
  const { roll, live, stage } = await rolling();
  const options = `${starting} --then hold`;
  const held = await roll(options);
  expect(held).toMatchObject({ code: 9, stdout: expect.stringContaining('approve-canary') });
  expect(live.held().canarySettings).toMatchObject({ percentTraffic: 50 });
  expect(await roll(options)).toMatchObject({ code: 9 });
  expect(await stage(`approve-canary ${prod} --deployment-id dep7`)).toMatchObject({ code: 5 });
  await stage(`shift-canary ${prod} 60`);
  expect(await stage(`approve-canary ${prod} --deployment-id dep2`)).toMatchObject({
    code: 5,
    stderr: expect.stringContaining(
      'from deployment dep2 at 50 percent to deployment dep2 at 60 percent. Nothing was approved.',
    ),
  });
  await stage(`shift-canary ${prod} 50`);
  expect(await stage(`approve-canary ${prod} --deployment-id dep2`)).toMatchObject({ code: 0 });
  expect(await roll(options)).toMatchObject({ code: 0 });
  expect(live.held().deploymentId).toBe('dep2');
});

test.each([
  ['--state rollout.json', '--state rollout.json --endpoint-url URL'],
  ['--region us-east-1', '--region us-east-1 --endpoint-url URL'],
])('a held rollout with %s prints the command that approves it', async (given, options) => {
  const { roll, live, home } = await rolling();
  const { stdout } = await roll(`${starting} --then hold ${given}`);
  const [, line = ''] = /To let it go on: stage (approve-canary .*), then stage rollout-canary/.exec(stdout) ?? [];
  expect(line).toBe(`approve-canary ${prod} ${options.replace('URL', live.server.url)} --deployment-id dep2`);
  expect(await live.stage(line, { isBare: true, env: { XDG_STATE_HOME: home } })).toMatchObject({ code: 0 });
});

test('a call that was refused leaves no doubt what the canary serves', async () => {
  const { roll } = await rolling(aStage(), { faults: 'UpdateStage:403' });
  const { code, stderr } = await roll(`${starting} --check true`);
  expect([code, stderr]).toEqual([6, expect.stringContaining('The canary still serves 0 percent. To go on: stage')]);
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s holds at the present percent, and the same command goes on', async (signal, code) => {
  const { roll, live } = await rolling();
  const run = await roll(starting, interrupting(15, signal));
  expect(run).toMatchObject({
    code,
    stderr: expect.stringMatching(/still serves 25 percent. To go on: stage rollout-canary/),
  });
  expect(live.held().canarySettings?.percentTraffic).toBe(25);
  live.calls();
  expect(await roll(starting)).toMatchObject({ code: 0, stdout: expect.stringContaining('goes on with step 2 of 3') });
  expect(writes(live)).toEqual(['UpdateStage', 'UpdateStage']);
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('--on-interrupt abort takes the traffic back on %s', async (signal, code) => {
  const { roll, live } = await rolling();
  const run = await roll(`${starting} --on-interrupt abort`, interrupting(15, signal));
  expect(run).toMatchObject({ code, stdout: expect.stringContaining(`interrupted by ${signal}`) });
  expect(live.held().canarySettings?.percentTraffic).toBe(0);
});

test.each([
  ['hold', 143, 'promote'],
  ['abort', 0, 'promoted'],
] as const)(
  'a signal during the promotion with --on-interrupt %s: exit code %i, and the stage ends promoted',
  async (onInterrupt, code, phase) => {
    const { roll, live } = await rolling(aStage(), { faults: 'UpdateStage:slow=300@4' });
    const file = join(live.cwd, 'rollout.json');
    const phaseNow = () => existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).phase;
    const controller = new AbortController();
    const options = `${starting} --then promote-and-end --on-interrupt ${onInterrupt} --state rollout.json`;
    const run = roll(options, { signal: controller.signal });
    while (phaseNow() !== 'promote') await new Promise((resolve) => setTimeout(resolve, 5));
    setTimeout(() => controller.abort('SIGTERM'), 150 * ms);
    expect((await run).code).toBe(code);
    expect(phaseNow()).toBe(phase);
    expect(await roll(options)).toMatchObject({ code: 0 });
    expect(live.held()).toMatchObject({ deploymentId: 'dep2' });
    expect(live.held().canarySettings).toBeUndefined();
  },
);

/** Waits until the first step is served, and what follows has begun. */
const servesFive = async (live: LiveTest): Promise<void> => {
  while (live.held().canarySettings?.percentTraffic !== 5) await new Promise((resolve) => setTimeout(resolve, 10));
  await new Promise((resolve) => setTimeout(resolve, 400 * ms));
};

/** What came of a run, and the milliseconds until its end. */
const timed = async (work: Promise<Run>): Promise<{ readonly run: Run; readonly took: number }> => {
  const begun = Date.now();
  return { run: await work, took: Date.now() - begun };
};

test.each([
  ['a check runs', '', "--check 'sleep 20'"],
  ['a shift is not answered', 'UpdateStage:hang@2', ''],
  ['a stage is not read', 'GetStage:hang@3', ''],
])('a signal while %s: the traffic is taken back within two seconds', async (_, faults, options) => {
  const { roll, live } = await rolling(aStage(), faults === '' ? {} : { faults });
  const controller = new AbortController();
  const rolled = roll(`${starting} ${options} --on-interrupt abort`, { signal: controller.signal });
  await servesFive(live);
  controller.abort('SIGTERM');
  const { run, took } = await timed(rolled);
  expect(run).toMatchObject({ code: 143, stdout: expect.stringContaining('aborted') });
  expect(took).toBeLessThan(2000);
  expect(live.held().canarySettings).toMatchObject({ deploymentId: 'dep2', percentTraffic: 0 });
});

test.each([starting, '--create-deployment'])(
  'a signal before a takeover with %s takes all traffic back',
  async (start) => {
    const canary = aCanary({ deploymentId: 'dep3', percentTraffic: 10 });
    const { roll, live } = await rolling(aStage({ canarySettings: canary }), { faults: 'GetStage:hang@2' });
    const controller = new AbortController();
    const rolled = roll(`${start} --replace --on-interrupt abort`, { signal: controller.signal });
    await new Promise((resolve) => setTimeout(resolve, 400 * ms));
    controller.abort('SIGTERM');
    expect(await rolled).toMatchObject({ code: 143, stdout: expect.stringContaining('aborted: production serves') });
    expect(live.held()).toMatchObject({
      deploymentId: 'dep1',
      canarySettings: { deploymentId: 'dep3', percentTraffic: 0 },
    });
  },
);

test('a signal while the abort of a failed gate is sent does not change its exit code', async () => {
  const { roll, live } = await rolling(aStage(), { faults: 'UpdateStage:slow=600@2' });
  const controller = new AbortController();
  const rolled = roll(`${starting} --steps 5:0s --check false`, { signal: controller.signal });
  await servesFive(live);
  controller.abort('SIGTERM');
  expect(await rolled).toMatchObject({ code: 8, stdout: expect.stringContaining('The step of 5 percent failed') });
  expect(live.held().canarySettings?.percentTraffic).toBe(0);
});

test('abort-canary of another terminal while a check runs ends the rollout within two seconds', async () => {
  const { roll, live, stage } = await rolling();
  const rolled = roll(`${starting} --check 'sleep 20'`);
  await servesFive(live);
  expect(await stage(`abort-canary ${prod}`)).toMatchObject({ code: 0 });
  const { run, took } = await timed(rolled);
  expect(run).toMatchObject({ code: 5, stderr: expect.stringContaining('A person aborted the canary') });
  expect(took).toBeLessThan(2000);
});

test('abort-canary of another terminal stops the rollout, which says so', async () => {
  const { roll, live, stage, state } = await rolling();
  const run = await roll(starting, { meddle: once(12, () => stage(`abort-canary ${prod}`)) });
  expect(run).toMatchObject({ code: 5, stderr: expect.stringContaining('A person aborted the canary') });
  expect(live.held().canarySettings?.percentTraffic).toBe(0);
  expect(state()).toMatchObject({ phase: 'aborted', reason: expect.stringContaining('person') });
  expect(await roll(starting)).toMatchObject({ code: 5 });
});

test('a shift that reaches the stage after abort-canary is taken back', async () => {
  const { roll, live, stage } = await rolling(aStage(), { faults: 'UpdateStage:slow=1000@2' });
  const options = `${starting} --steps 5:0s,25:10m --check true --state rollout.json`;
  const rolled = roll(options);
  await servesFive(live);
  expect(await stage(`abort-canary ${prod} --state rollout.json`)).toMatchObject({ code: 0 });
  expect(await rolled).toMatchObject({ code: 5, stderr: expect.stringContaining('A person aborted the canary') });
  expect(live.held()).toMatchObject({ deploymentId: 'dep1', canarySettings: { percentTraffic: 0 } });
});

test('a second rollout of the same stage is refused, and names the process of the first', async () => {
  const { roll, live } = await rolling();
  let second: Run | undefined;
  const run = await roll(starting, {
    meddle: once(12, async () => {
      second = await roll('--deployment-id dep2 --lock-timeout 0s');
    }),
  });
  expect(second).toMatchObject({ code: 7, stderr: expect.stringContaining(`process ${process.pid} on`) });
  expect(run.code).toBe(0);
  expect(live.held().deploymentId).toBe('dep2');
});

test.each([
  [
    'another percent',
    'set --canary-percent-traffic 40',
    'from deployment dep2 at 25 percent to deployment dep2 at 40 percent',
  ],
  ['a removed canary', 'unset --canary', 'from deployment dep2 at 25 percent to none'],
  ['a promotion', 'promote-canary', 'was promoted'],
])('%s by somebody else stops the rollout with 5', async (_, line, sentence) => {
  const { roll, live, stage } = await rolling();
  const [command, ...rest] = line.split(' ');
  const meddle = once(15, () => stage([command, prod, ...rest].join(' ')));
  const run = await roll(`${starting} -o json`, { meddle });
  expect(run.code).toBe(5);
  expect(run.stderr).toContain(sentence);
  expect(eventsOf(run).at(-1)).toMatchObject({ event: 'stopped', message: expect.stringContaining(sentence) });
  expect(live.held().canarySettings?.percentTraffic).not.toBe(50);
});

test('a percentage that somebody else gave a failing canary is taken back, and told', async () => {
  const { roll, live, stage } = await rolling();
  const meddle = once(8, () => stage(`shift-canary ${prod} 40`));
  const run = await roll(`${starting} --check false`, { meddle });
  expect([run.code, live.held().canarySettings?.percentTraffic]).toEqual([8, 0]);
  expect(run.stderr).toContain(
    'notice: Somebody else changed the canary from deployment dep2 at 5 percent to deployment dep2 at 40 percent.',
  );
});

test('another plan for the same canary needs --replace', async () => {
  const { roll } = await rolling();
  await roll(starting, interrupting(15, 'SIGINT'));
  expect(await roll(`${starting} --check true`)).toMatchObject({
    code: 5,
    stderr: expect.stringContaining('--replace'),
  });
  expect(await roll(`${starting} --check true --replace`)).toMatchObject({ code: 0 });
});

test('an aborted rollout begins again with --replace', async () => {
  const { roll, live } = await rolling();
  expect(await roll(`${starting} --check false`)).toMatchObject({ code: 8 });
  expect(await roll(`${starting} --check true --replace`)).toMatchObject({ code: 0 });
  expect(live.held().deploymentId).toBe('dep2');
});

test('--replace takes over the canary that is on', async () => {
  const { roll, live } = await rolling(
    aStage({
      canarySettings: aCanary({ deploymentId: 'dep1', percentTraffic: 10, stageVariableOverrides: { color: 'blue' } }),
    }),
  );
  expect(await roll(starting)).toMatchObject({ code: 5 });
  expect(await roll(`${starting} --replace`)).toMatchObject({ code: 0 });
  expect(live.held()).toMatchObject({ deploymentId: 'dep2' });
});

test('a rollout creates its deployment once, even where its process died before it knew', async () => {
  const { roll, live } = await rolling();
  // The answer is lost, and so is the process.
  const first = await roll('--create-deployment', {
    meddle: once(0, () => {
      throw new Error('killed');
    }),
  });
  expect(first.code).toBe(1);
  expect(await roll('--create-deployment')).toMatchObject({ code: 0 });
  expect(writes(live).filter((name) => name === 'CreateDeployment')).toHaveLength(1);
});

/** A process that is killed where it reads the clock for the nth time. */
const dying = (nth: number): LiveWorld => {
  const { now, sleep } = clock();
  let count = 0;
  const alive = (): void => {
    count += 1;
    if (count >= nth) throw new Error('killed');
  };
  return {
    world: {
      now: () => {
        alive();
        return now();
      },
      sleep,
    },
  };
};

test('a rollout that is killed anywhere makes each call once, and ends as one that is not', async () => {
  let deaths = 0;
  for (let nth = 2; nth < 80; nth += 5) {
    const { roll, live } = await rolling();
    const options = `${starting} --steps 5:1s,50:1s`;
    const first = await roll(options, dying(nth));
    if (first.code === 1) deaths += 1;
    expect(await roll(options)).toMatchObject({ code: 0 });
    expect(writes(live)).toEqual(['UpdateStage', 'UpdateStage', 'UpdateStage']);
    expect(live.held()).toMatchObject({ deploymentId: 'dep2', canarySettings: { percentTraffic: 0 } });
  }
  expect(deaths).toBeGreaterThan(5);
});

test('a protected stage is rolled out on only with --yes', async () => {
  const { live } = await rolling();
  const config = join(live.cwd, '.stagerc');
  writeFileSync(config, `stages: {shop: {restApiId: a1b2c3d4e5, stageName: prod, protected: true}}`);
  const line = `rollout-canary shop ${steps} ${starting}`;
  expect(await live.stage(line, { world: clock() })).toMatchObject({
    code: 5,
    stderr: expect.stringContaining('--yes'),
  });
});

test('an abort that cannot be sent exits with 7, and prints the command that does it', async () => {
  const { roll } = await rolling(aStage(), { faults: 'UpdateStage:403x9@2' });
  const run = await roll(`${starting} --check false --timeout 5s`);
  expect(run).toMatchObject({
    code: 7,
    stderr: expect.stringContaining('aws apigateway update-stage --rest-api-id a1b2c3d4e5'),
  });
  expect(run.stderr).toMatch(/ --patch-operations op=replace,path=\/canarySettings\/percentTraffic,value=0$/m);
  expect(run.stderr).not.toContain('\\');
});

test('a state file that is broken is an error that names it', async () => {
  const { roll, live } = await rolling();
  writeFileSync(join(live.cwd, 'rollout.json'), '{"version":1');
  const run = await roll(`${starting} --state rollout.json`);
  expect(run).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(/rollout\.json: expected the state .* broken JSON.*delete the file/s),
  });
  expect(writes(live)).toEqual([]);
});

test('a state file that cannot be written stops the rollout, which says what the canary serves', async () => {
  const { roll, live } = await rolling();
  const file = join(live.cwd, 'rollout.json');
  const run = await roll(`${starting} --state rollout.json`, {
    meddle: once(1, () => {
      rmSync(file);
      mkdirSync(file);
    }),
  });
  expect(run).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(
      /rollout\.json, cannot be written: .*\n.*The canary still serves 5 percent\. To go on: stage rollout-canary/,
    ),
  });
});

test('output that cannot be written does not keep a failing canary serving', async () => {
  const { roll, live } = await rolling();
  const full = {
    isTTY: false,
    write: () => {
      if (live.held().canarySettings) throw new Error('standard output cannot be written (ENOSPC).');
    },
  };
  const run = await roll(`${starting} --check false`, { world: { ...clock(), stdout: full, stderr: full } });
  expect(run.code).toBe(8);
  expect(live.held().canarySettings).toMatchObject({ deploymentId: 'dep2', percentTraffic: 0 });
});

test('-o json prints a line for each event, by its schema', async () => {
  const { roll } = await rolling();
  const run = await roll(`${starting} --check true -o json`);
  const schema = JSON.parse(readFileSync(join(root, 'docs/rollout.schema.json'), 'utf8'));
  for (const event of eventsOf(run)) expect(fits(event, schema)).toBe(true);
  expect(namesOf(run)).toEqual(['started', ...Array(3).fill(['shifted', 'waiting', 'measured']).flat(), 'promoted']);
});

test.each(['--check true', '--check false --on-fail hold', '--check true --max 5xx=1%'])(
  'rollout-status -o json prints the state by its schema after %s',
  async (gates) => {
    const { roll, stage } = await rolling();
    await roll(`${starting} ${gates}`);
    const { stdout } = await stage(`rollout-status ${prod} -o json`);
    const schema = JSON.parse(readFileSync(join(root, 'docs/rollout-status.schema.json'), 'utf8'));
    expect(fits(JSON.parse(stdout), schema)).toBe(true);
    expect(fits({ ...JSON.parse(stdout), phase: 'frob' }, schema)).toBe(false);
  },
);

test('--dry-run prints the timetable, and reads the stage once', async () => {
  const { roll, live, home } = await rolling();
  const run = await roll(`${starting} --check true --then promote-and-end --dry-run`);
  expect(run).toMatchObject({ code: 0, stderr: '' });
  expect(run.stdout).toMatchInlineSnapshot(`
"after 0s: step 1 of 3  [#...................]    5%
  UpdateStage op=replace,path=/canarySettings/deploymentId,value=dep2 op=replace,path=/canarySettings/percentTraffic,value=5
after 0s: step 1 of 3  waiting 10m
after 10m: step 1 of 3  pass  --check true: asked, and assumed to pass
after 10m: step 2 of 3  [#####...............]   25%
  UpdateStage op=replace,path=/canarySettings/percentTraffic,value=25
after 10m: step 2 of 3  waiting 30m
after 40m: step 2 of 3  pass  --check true: asked, and assumed to pass
after 40m: step 3 of 3  [##########..........]   50%
  UpdateStage op=replace,path=/canarySettings/percentTraffic,value=50
after 40m: step 3 of 3  waiting 10m
after 50m: step 3 of 3  pass  --check true: asked, and assumed to pass
after 50m: promoted: production serves deployment dep2
  UpdateStage op=copy,from=/canarySettings/stageVariableOverrides,path=/variables op=copy,from=/canarySettings/deploymentId,path=/deploymentId op=replace,path=/canarySettings/percentTraffic,value=0.0
  UpdateStage op=remove,path=/canarySettings
"
`);
  expect(live.calls()).toEqual(['GetStage']);
  expect(existsSync(join(home, 'stage/rollouts'))).toBe(false);
});

test('--dry-run of a rollout that is held or over says so, and has no calls', async () => {
  const { roll, stage } = await rolling();
  const options = `${starting} --then hold`;
  await roll(options);
  expect((await roll(`${options} --dry-run`)).stdout).toMatch(/^after 0s: held: .* stage approve-canary .*\n$/);
  await stage(`approve-canary ${prod} --deployment-id dep2`);
  expect((await roll(`${options} --dry-run`)).stdout).toContain('UpdateStage op=copy');
  await roll(options);
  expect((await roll(`${options} --dry-run`)).stdout).toBe('after 0s: promoted: production serves deployment dep2\n');
});

test.each(['--deployment-id dep2', '--create-deployment'])(
  'secrets are masked in reports of a rollout: %s',
  async (start) => {
    const { roll, stage } = await rolling();
    // One secret is the start of the other, as its name is the end of the other's.
    const secrets = '--canary-variable password=hu --canary-variable db_password=hunter2';
    const options = `${start} ${secrets} --canary-variable color=red --then hold`;
    const dryRun = await roll(`${options} --dry-run`);
    const run = await roll(`${options} --summary out.md`);
    const status = await stage(`rollout-status ${prod} -o json`);
    expect(JSON.parse(status.stdout)).toMatchObject({ plan: { start: { variables: { color: 'red' } } } });
    expect(dryRun.stdout).toContain('********');
    expect(JSON.stringify([dryRun, run, status])).not.toContain('nter2');
  },
);

test('a summary that cannot be written is refused before anything is done', async () => {
  const { roll, live } = await rolling();
  expect(await roll(`${starting} --summary none/out.md`)).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('--summary: none/out.md cannot be written'),
  });
  expect(writes(live)).toEqual([]);
});

test('a summary does not replace the stage file or the state', async () => {
  const { live } = await rolling();
  const file = join(live.server.folder, prodFile);
  for (const options of [`--summary ${file}`, `--state st.json --summary ./st.json`]) {
    const run = await live.stage(`rollout-canary ${file} ${steps} ${starting} ${options}`, { isBare: true });
    expect(run).toMatchObject({ code: 3, stderr: expect.stringContaining('holds the stage or the state') });
  }
});

test('a rollout that is refused leaves no summary', async () => {
  const { roll, live, stage } = await rolling();
  await stage(`start-canary ${prod} --deployment-id dep2 --percent-traffic 5 --canary-variable x=y`);
  expect((await roll(`${starting} --summary out.md`)).stderr).toContain('A canary with another deployment');
  expect(existsSync(join(live.cwd, 'out.md'))).toBe(false);
});

test('--summary writes the steps and what was measured', async () => {
  const { roll, live } = await rolling();
  await roll(`${starting} --check true --summary out.md`);
  const text = readFileSync(join(live.cwd, 'out.md'), 'utf8');
  expect(text).toContain('promoted');
  writeFileSync(join(live.cwd, 'ci.md'), '# before\n');
  const summary = join(live.cwd, 'ci.md');
  await roll(`--deployment-id dep1 --check false --summary ${summary}`, { env: { GITHUB_STEP_SUMMARY: summary } });
  expect(readFileSync(summary, 'utf8')).toMatch(/^# before\n### Rollout.*aborted/s);
});

test('a rollout of a stage file works as one of a live stage', async () => {
  const { live } = await rolling();
  const file = join(live.server.folder, prodFile);
  const run = await live.stage(`rollout-canary ${file} ${steps} ${starting}`, {
    isBare: true,
    env: { XDG_STATE_HOME: join(live.cwd, 'state') },
    world: clock(),
  });
  expect(run.code).toBe(0);
  expect(live.held().deploymentId).toBe('dep2');
});

test('on a terminal a wait counts down in one line, in which no control character acts', async () => {
  const { roll } = await rolling();
  const run = await roll(`${starting} --check 'true \u001b[2J'`, { isTTY: true, columns: 60 });
  expect(run.stdout).toContain('\r\u001b[Kstep 1 of 3  [#...................]    5%  9m59s left');
  expect(run.stdout).toContain('\r\u001b[Kstep 1 of 3  [#...................]    5%\nstep 1 of 3  pass');
  expect(run.stdout).not.toContain('\u001b[2J');
});
