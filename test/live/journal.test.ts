/** The journal: what it records, how `undo` uses it, and how it survives failures. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JournalEntry } from '../../src/history/journal.js';
import { stopServing } from '../serve/serving.js';
import { aCanary, aMethod, aStage } from '../stages.js';
import { testIf } from '../tools.js';
import { newFolder, removeFolders } from '../world.js';
import { goLive, type LiveTest, prod, restApiId } from './live.js';
import { cleanEnvironment, keysOfTest, program, runProgram, start } from './processes.js';

jest.setTimeout(120_000);

afterEach(async () => {
  await stopServing();
  removeFolders();
});

const world = { random: Math.random };

const entriesOf = async ({ stage }: LiveTest, target = ''): Promise<readonly JournalEntry[]> =>
  JSON.parse((await stage(`history ${target} -o json`)).stdout);

const begun = { description: 'old', variables: { color: 'red', apiKey: 'hunter2' } };

test('an edit is listed, undone and redone', async () => {
  const live = await goLive(aStage(begun));
  await live.stage(`set ${prod} --description new --reason 'ticket 7'`, { world });
  await live.stage(`set ${prod} variables.color=blue`, { world });
  const [second, first] = await entriesOf(live, prod);
  expect(first).toMatchObject({
    state: 'done',
    command: 'set',
    reason: 'ticket 7',
    target: { label: prod, live: { stageName: 'prod', region: 'eu-west-1' } },
    operations: [{ op: 'replace', path: '/description', value: 'new' }],
    inverse: [{ op: 'replace', path: '/description', value: 'old' }],
    touched: [{ path: '/description', before: 'old', after: 'new' }],
  });
  expect(second).not.toHaveProperty('reason');
  const { stdout } = await live.stage('history');
  expect(stdout).toBe(
    `${second?.id}\t${second?.time}\t${prod}\tset\tvariables.color\t\n` +
      `${first?.id}\t${first?.time}\t${prod}\tset\tdescription\tticket 7\n`,
  );
  expect(await live.stage(`undo ${prod}`, { world })).toMatchObject({ code: 0 });
  expect(live.held().variables).toEqual(begun.variables);
  expect(await live.stage(['undo', '--id', String(first?.id)], { world, isBare: true })).toMatchObject({ code: 0 });
  expect(live.held()).toMatchObject(begun);
  await live.stage(`undo ${prod}`, { world });
  expect(live.held().description).toBe('new');
});

test('edits by somebody else in the meantime are not recorded, and stay', async () => {
  const live = await goLive(aStage(begun), { faults: 'UpdateStage:429@1' });
  const random = () => {
    if (live.server.lines.some((line) => line.includes(' UpdateStage 429')))
      writeFileSync(
        join(live.server.folder, `${prod}.json`),
        JSON.stringify({ ...aStage(begun), description: 'theirs' }),
      );
    return Math.random();
  };
  await live.stage(`set ${prod} variables.color=blue`, { world: { random } });
  expect(await entriesOf(live)).toMatchObject([{ touched: [{ path: '/variables/color' }] }]);
  expect((await entriesOf(live))[0]?.touched).toHaveLength(1);
  await live.stage(`undo ${prod}`, { world });
  expect(live.held()).toMatchObject({ description: 'theirs', variables: { color: 'red' } });
});

test('effects that no operation undoes are named, and an undone edit leaves nothing to change', async () => {
  const live = await goLive(aStage(begun));
  await live.stage(`set ${prod} cacheClusterEnabled=true cacheClusterSize=0.5`, { world });
  const undone = await live.stage(`undo ${prod}`, { world });
  expect(undone).toMatchObject({ code: 0, stderr: expect.stringMatching(/^notice: cacheClusterSize /) });
  await live.stage(`set ${prod} variables.color=blue`, { world });
  const [colored] = await entriesOf(live);
  await live.stage(`undo ${prod}`, { world });
  const again = await live.stage(['undo', '--id', String(colored?.id)], { world });
  expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('nothing to change') });
  expect(again.stderr).not.toContain('was not made');
});

test('an undo that can undo nothing is refused', async () => {
  const live = await goLive(aStage(), {}, { 'o.yaml': 'variables: {q: "a\\tb"}\n' });
  const options = { world, isBare: true } as const;
  expect(await live.stage('unset o.yaml --variable q --journal', options)).toMatchObject({ code: 0 });
  expect(await live.stage('undo o.yaml -q', options)).toMatchObject({
    code: 5,
    stderr: expect.stringMatching(/^stage: variables\.q cannot be changed\. /),
  });
});

test('later changes are named, and stay unless forced', async () => {
  const live = await goLive(aStage(begun));
  await live.stage(`set ${prod} --description new variables.color=blue`, { world });
  await live.stage(`set ${prod} --description newer --no-journal`, { world });
  expect(await live.stage(`undo ${prod}`, { world })).toMatchObject({
    code: 5,
    stderr: expect.stringContaining('description is newer, but the edit left it new.'),
  });
  expect(live.held()).toMatchObject({ description: 'newer', variables: { color: 'blue' } });
  expect(await live.stage(`undo ${prod} --force`, { world })).toMatchObject({ code: 0 });
  expect(live.held()).toMatchObject({ description: 'newer', variables: { color: 'red' } });
});

test('secrets are recorded only with journal: full', async () => {
  const live = await goLive(aStage(begun), {}, { '.stagerc': 'journal: full\n' });
  await live.stage(`set ${prod} variables.apiKey=hunter3`, { world, env: { STAGE_JOURNAL: 'on' } });
  expect(JSON.stringify(await entriesOf(live))).not.toMatch(/hunter/);
  expect(await live.stage(`undo ${prod}`, { world })).toMatchObject({
    code: 5,
    stderr: expect.stringContaining('these stay: variables.apiKey'),
  });
  await live.stage(`set ${prod} variables.apiKey=hunter4`, { world });
  await live.stage(`undo ${prod}`, { world });
  expect(live.held().variables).toMatchObject({ apiKey: 'hunter3' });
});

test.each([
  ['--no-journal', {}],
  ['', { STAGE_JOURNAL: 'off' }],
  ['--dry-run', {}],
])('with %s %j, nothing is recorded', async (flag, env) => {
  const live = await goLive(aStage(begun));
  await live.stage(`set ${prod} --description new ${flag}`, { world, env });
  expect(await entriesOf(live)).toEqual([]);
  expect(await live.stage(`undo ${prod}`, { world })).toMatchObject({
    code: 5,
    stderr: `stage: ${prod}: the journal has no edit of this stage.\n`,
  });
});

test('an edit that API Gateway refused is listed as refused, and undo uses the previous one', async () => {
  const live = await goLive(aStage(begun), { faults: 'UpdateStage:403@2' });
  await live.stage(`set ${prod} variables.color=blue`, { world });
  expect(await live.stage(`set ${prod} --description new`, { world })).toMatchObject({ code: 6 });
  expect(await entriesOf(live)).toMatchObject([{ state: 'refused' }, { state: 'done' }]);
  expect((await live.stage('history')).stdout).toContain('\trefused: description\t');
  expect(await live.stage(`undo ${prod}`, { world })).toMatchObject({ code: 0 });
  expect(live.held()).toMatchObject(begun);
});

test.each([
  ['a patch whose test fails', 'op=test,path=/description,value=x op=replace,path=/description,value=y', 5],
  ['a patch that API Gateway is known to refuse', 'op=replace,path=/frob,value=y', 3],
])('%s is not recorded', async (_, operations, code) => {
  const live = await goLive(aStage(begun));
  expect(await live.stage(`patch ${prod} --patch-operations ${operations}`, { world })).toMatchObject({ code });
  expect(await entriesOf(live)).toEqual([]);
});

test('a stage that cannot be created without an id of a deployment is not recorded', async () => {
  const live = await goLive(aStage(begun));
  expect(await live.stage(`copy ${prod} ${restApiId}/new --all --create`, { world })).toMatchObject({ code: 3 });
  expect(await entriesOf(live)).toEqual([]);
});

test('a refused operation with an unknown effect is listed by its path', async () => {
  const live = await goLive(aStage(begun), { faults: 'UpdateStage:403' });
  const line = `patch ${prod} --patch-operations op=add,path=/description,value=x`;
  expect(await live.stage(line, { world })).toMatchObject({ code: 6 });
  expect((await live.stage('history')).stdout).toContain('\trefused: description\t');
});

test('a stage that was created without all of its settings is listed as failed, and undo says what to do', async () => {
  const live = await goLive(aStage({ ...begun, methodSettings: { '*/*': aMethod({ loggingLevel: 'INFO' }) } }), {
    faults: 'UpdateStage:403',
  });
  const dev = `${restApiId}/dev`;
  const copied = await live.stage(`copy ${prod} ${dev} --all --create --deployment-id dep1`, { world });
  expect(copied).toMatchObject({ code: 6, stderr: expect.stringContaining('the stage was created') });
  expect((await live.stage('history')).stdout).toContain('\tfailed: created with description, deploymentId, ');
  expect(await live.stage(`undo ${dev}`, { world })).toMatchObject({
    code: 5,
    stderr: expect.stringContaining('delete-stage'),
  });
});

test('undo takes back the calls that were made of an edit that AWS then refused', async () => {
  const live = await goLive(aStage({ ...begun, canarySettings: aCanary() }), { faults: 'UpdateStage:403@2' });
  const before = live.held();
  const refused = await live.stage(`promote-canary ${prod} --end-canary`, { world });
  expect(refused).toMatchObject({ code: 6, stderr: expect.stringContaining('1 of 2 calls was applied') });
  expect(live.held().deploymentId).toBe(aCanary().deploymentId);
  expect(await live.stage(`undo ${prod}`, { world })).toMatchObject({ code: 0 });
  expect(live.held()).toMatchObject({ deploymentId: before.deploymentId, canarySettings: before.canarySettings });
});

test('undo skips an edit that was throttled until the time was over', async () => {
  const faults = Array.from({ length: 30 }, (_, index) => `UpdateStage:429@${index + 2}`).join(',');
  const live = await goLive(aStage(begun), { faults });
  await live.stage(`set ${prod} variables.color=blue`, { world });
  const failed = await live.stage(`set ${prod} variables.color=red --timeout 2s`, { world });
  expect(failed).toMatchObject({ code: 7, stderr: expect.stringContaining('Nothing was written.') });
  expect(await entriesOf(live)).toHaveLength(1);
  expect((await live.stage(`undo ${prod} --dry-run`, { world })).stdout).toContain('~ variables.color: blue → ');
});

test('undo skips an edit that changed nothing', async () => {
  const live = await goLive(aStage(begun));
  await live.stage(`set ${prod} variables.color=blue`, { world });
  await live.stage(`patch ${prod} --patch-operations op=replace,path=/description,value=old`, { world });
  expect(await entriesOf(live)).toMatchObject([{ touched: [] }, {}]);
  expect(await live.stage(`undo ${prod}`, { world })).toMatchObject({ code: 0 });
  expect(live.held()).toMatchObject(begun);
});

test('an edit of a file is recorded with --journal, under its real path, and so is its undo', async () => {
  const live = await goLive(aStage(), {}, { 'prod.json': { description: 'old' } });
  const options = { world, isBare: true } as const;
  await live.stage('set prod.json --description new', options);
  expect(await live.stage('undo prod.json', options)).toMatchObject({
    code: 5,
    stderr: expect.stringContaining('Edits of files are recorded with --journal.'),
  });
  await live.stage('set prod.json --description newer --journal', options);
  const held = () => JSON.parse(readFileSync(join(live.cwd, 'prod.json'), 'utf8'));
  expect(await live.stage('undo ./prod.json', options)).toMatchObject({ code: 0 });
  expect(held()).toEqual({ description: 'new' });
  // An undo is recorded too, so that it can be undone.
  expect(await live.stage('undo prod.json', options)).toMatchObject({ code: 0 });
  expect(held()).toEqual({ description: 'newer' });
  await live.stage('undo prod.json --no-journal', options);
  expect((await live.stage('history prod.json', options)).stdout.split('\n')).toHaveLength(4);
});

test('the operations that undo an edit can be saved, and applied with patch without a journal', async () => {
  const live = await goLive(aStage(begun));
  await live.stage(`set ${prod} --description new --save-inverse back.json --no-journal`, { world });
  await live.stage(`patch ${prod} --patch-operations file://back.json`, { world });
  expect(live.held()).toMatchObject(begun);
});

test.each([
  ['s.json', 'the command reads or edits it.'],
  ['.', 'it is a folder.'],
  ['/dev/null', 'it is not a file.'],
  ['no/back.json', 'ENOENT: no such file or directory.'],
  // Permissions allow it, but no file can be created there; a system without /proc has no such folder.
  ['/proc/back.json', 'E'],
])('operations are not saved over %s, and nothing is edited', async (file, why) => {
  const { stage, cwd } = await goLive(aStage(begun), {}, { 's.json': begun });
  const { code, stderr } = await stage(`set s.json --description new --save-inverse ${file}`, { isBare: true });
  expect({ code, stderr }).toEqual({
    code: 3,
    stderr: expect.stringContaining(`stage: --save-inverse: ${file} cannot be written: ${why}`),
  });
  expect(JSON.parse(readFileSync(join(cwd, 's.json'), 'utf8'))).toEqual(begun);
});

test('secrets that changed later are masked when they are named', async () => {
  const live = await goLive(aStage(begun), {}, { '.stagerc': { journal: 'full' } });
  await live.stage(`set ${prod} variables.apiKey=hunter3`, { world });
  await live.stage(`set ${prod} variables.apiKey=hunter4 --no-journal`, { world });
  for (const form of ['text', 'json']) {
    const { code, stderr } = await live.stage(`undo ${prod} -o ${form}`, { world });
    expect({ code, stderr }).toEqual({ code: 5, stderr: expect.stringContaining('variables.apiKey') });
    expect(stderr).not.toContain('hunter');
  }
});

test('an empty history says so', async () => {
  const { stage } = await goLive(aStage(begun));
  expect(await stage('history')).toEqual({
    code: 0,
    stdout: '',
    stderr: 'notice: There are no edits in the journal.\n',
  });
  expect((await stage(`history ${prod}`)).stderr).toBe(`notice: There are no edits of ${prod} in the journal.\n`);
  expect(await stage('history -o json')).toEqual({ code: 0, stdout: '[]\n', stderr: '' });
});

test('on a terminal an edit ends with the command that undoes it', async () => {
  const live = await goLive(aStage(begun));
  const edited = await live.stage(`set ${prod} --description new`, { world, isTTY: true });
  const flag = `--endpoint-url ${live.server.url}`;
  expect(edited.stderr.endsWith(`undo: stage undo ${prod} ${flag}\n`)).toBe(true);
  const here = await live.stage(`set ${prod} --description newer --region eu-west-1`, { world, isTTY: true });
  expect(here.stderr.endsWith(`undo: stage undo ${prod} --region eu-west-1 ${flag}\n`)).toBe(true);
  const again = await live.stage(`set ${prod} --description newer`, { world, isTTY: true });
  expect(again.stderr).not.toContain('undo:');
  // These edits have no such command.
  const secret = await live.stage(`set ${prod} variables.apiKey=hunter3`, { world, isTTY: true });
  const created = await live.stage(`copy ${prod} ${restApiId}/dev --all --create --deployment-id dep1`, {
    world,
    isTTY: true,
  });
  expect([secret, created]).toEqual([expect.objectContaining({ code: 0 }), expect.objectContaining({ code: 0 })]);
  expect(secret.stderr + created.stderr).not.toContain('undo:');
});

test.each([
  ['undo --id zzz', 5, 'The journal has no edit zzz; stage history lists those that it has.'],
  ['undo', 3, 'Which stage?'],
])('%s → %i %s', async (line, code, says) => {
  const { stage } = await goLive(aStage(begun));
  expect(await stage(line, { world })).toMatchObject({ code, stderr: expect.stringContaining(says) });
});

test('a stage of another region or another endpoint is another stage', async () => {
  const live = await goLive(aStage(begun));
  await live.stage(`set ${prod} --description new`, { world });
  const none = { code: 5, stderr: expect.stringContaining('the journal has no edit of this stage') };
  expect(await live.stage(`undo ${prod} --region us-east-1`, { world })).toMatchObject(none);
  const elsewhere = `undo ${prod} --endpoint-url http://127.0.0.1:1`;
  expect(await live.stage(elsewhere, { world, isBare: true })).toMatchObject(none);
  expect(live.held().description).toBe('new');
});

test('an id from another stage is refused', async () => {
  const live = await goLive(aStage(begun), {}, { 'prod.json': {} });
  await live.stage(`set ${prod} --description new`, { world });
  const [entry] = await entriesOf(live);
  expect(await live.stage(`undo prod.json --id ${entry?.id}`, { world, isBare: true })).toMatchObject({
    code: 3,
    stderr: expect.stringContaining(`was made on ${prod}, not on prod.json`),
  });
});

const journalIn = (state: string): string => join(state, 'stage/journal');

const readJournal = (state: string): readonly JournalEntry[] =>
  readdirSync(journalIn(state)).map((name) => JSON.parse(readFileSync(join(journalIn(state), name), 'utf8')));

test('eight processes at once write eight entries, and all can be undone', async () => {
  const { server, held } = await goLive(aStage(begun));
  const state = newFolder();
  const run = (...words: readonly string[]) =>
    runProgram([...words, '--endpoint-url', server.url], { ...keysOfTest, XDG_STATE_HOME: state, STAGE_JOURNAL: 'on' });
  const names = [...'abcdefgh'];
  const ended = await Promise.all(names.map((name) => run('set', prod, `variables.${name}=1`)));
  expect(ended.map(({ code }) => code)).toEqual(names.map(() => 0));
  const entries = readJournal(state);
  expect(entries.map((entry) => entry.state)).toEqual(names.map(() => 'done'));
  expect(entries.flatMap(({ touched }) => touched.map(({ path }) => path)).sort()).toEqual(
    names.map((name) => `/variables/${name}`),
  );
  expect(statSync(journalIn(state)).mode & 0o777).toBe(0o700);
  const undone = await Promise.all(entries.map(({ id }) => run('undo', prod, '--id', id)));
  expect(undone.map(({ code }) => code)).toEqual(names.map(() => 0));
  expect(held()).toMatchObject(begun);
});

test('a killed process leaves an unfinished edit, and undo checks whether it was made', async () => {
  const { server, held } = await goLive(aStage(begun), { faults: 'UpdateStage:hangx1' });
  const env = { ...cleanEnvironment, ...keysOfTest, XDG_STATE_HOME: newFolder(), STAGE_JOURNAL: 'on' };
  const flags = ['--endpoint-url', server.url];
  const set = start([process.execPath, program, 'set', prod, '--description', 'new', '--debug', ...flags], env);
  await set.told(/UpdateStage|PATCH/);
  set.child.kill('SIGKILL');
  await set.ended;
  expect(readJournal(env.XDG_STATE_HOME)).toMatchObject([{ state: 'started' }]);
  expect((await runProgram(['history'], env)).stdout).toContain('unfinished: description');
  expect(await runProgram(['undo', prod, ...flags], env)).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/was not made, .* stage undo --id ID\.$/m),
  });
  expect(held()).toMatchObject(begun);
});

describe('on a full disk', () => {
  const isRoot = process.getuid?.() === 0;
  const disk = mkdtempSync(join(tmpdir(), 'stage-disk-'));
  const isMounted = isRoot && spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]).status === 0;
  afterAll(() => {
    if (isMounted) execFileSync('umount', [disk]);
    rmSync(disk, { recursive: true });
  });

  testIf(isMounted, 'a small disk cannot be mounted here')('edits are made, and the journal stays valid', async () => {
    const live = await goLive(aStage(begun));
    const env = { XDG_STATE_HOME: disk };
    await live.stage(`set ${prod} variables.color=blue`, { world, env });
    spawnSync('dd', ['if=/dev/zero', `of=${join(disk, 'filler')}`, 'bs=1k']);
    expect(await live.stage(`set ${prod} --description new`, { world, env })).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('The journal cannot be written, so stage undo may not know this edit: ENOSPC'),
    });
    expect(live.held().description).toBe('new');
    expect(readJournal(disk)).toMatchObject([{ state: 'done', touched: [{ path: '/variables/color' }] }]);
    await live.stage(`undo ${prod}`, { world, env });
    expect(live.held()).toMatchObject({ description: 'new', variables: { color: 'red' } });
  });
});
