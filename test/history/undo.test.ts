/** The journal and undo. */
import { spawnSync } from 'node:child_process';
import fs, { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Context } from '../../src/cli/context.js';
import { journalTargetOf } from '../../src/cli/journal.js';
import type { OpenedStage } from '../../src/cli/open.js';
import { undo } from '../../src/commands/undo.js';
import { checkSavable, type JournalEntry, readJournal, writeEntry, writeWhole } from '../../src/history/journal.js';
import { journaled, previousDeployments } from '../../src/history/journaled.js';
import { secretNames } from '../../src/render/redact.js';
import { changesBetween, diffStages } from '../../src/stage/diff.js';
import { nameOf } from '../../src/stage/place.js';
import type { Calls, Decide } from '../../src/stage/plan.js';
import { applyCalls, withState } from '../../src/stage/result.js';
import type { Stage } from '../../src/stage/stage.js';
import { anyStage } from '../stage/arbitraries.js';
import { newFolder, removeFolders, root } from '../world.js';

afterAll(removeFolders);

const journalOf = (env: Readonly<Record<string, string>>) => ({ env, entries: () => readJournal({ env }) });

type Journal = ReturnType<typeof journalOf>;

/** A stage in memory, and the journal of its edits. */
const held = (first: Stage, { env }: Journal, isSecret = secretNames([])) => {
  let stage = first;
  const target = {
    label: 'here',
    read: async () => stage,
    edit: async (decide: Decide) => {
      const before = stage;
      const calls = decide(before);
      stage = applyCalls(before, calls);
      return { before, after: stage, calls: withState(calls, 'made' as const) };
    },
  };
  const where = async () => ({ label: 'here', key: 'here' });
  let time = Date.parse('2026-01-31T12:00:00Z');
  const now = () => {
    time += 1000;
    return time;
  };
  const written = journaled(target, {
    target: where,
    command: 'set',
    reason: undefined,
    isSecret,
    world: { env, now, random: Math.random },
  });
  let told: readonly string[] = [];
  return {
    stage: () => stage,
    notices: () => told,
    edit: (calls: (stage: Stage) => Calls) => written.edit(calls),
    undo: (entry: JournalEntry | undefined, options = {}) => {
      const decide = (now: Stage): Calls => {
        const plan = undo.plan({
          stage: now,
          ...(entry && { entry }),
          options,
          choices: [],
          methods: undefined,
          only: [],
          excluded: [],
          operations: [],
          notices: [],
        });
        told = 'notices' in plan ? plan.notices.map(({ message }) => message) : [];
        if ('problems' in plan) throw new Error(plan.problems.map(({ message }) => message).join('\n'));
        return plan.calls;
      };
      return written.edit(decide);
    },
  };
};

const newJournal = (folder = newFolder()): { journal: Journal; folder: string } => ({
  folder: join(folder, 'stage/journal'),
  journal: journalOf({ XDG_STATE_HOME: folder }),
});

const toward = (next: Stage) => (stage: Stage) => {
  const { operations } = diffStages(stage, next);
  return operations.length > 0 ? [operations] : [];
};

const named = (before: Stage, after: Stage) => changesBetween(before, after).map(({ place }) => nameOf(place));

test('undoing all edits, newest first, restores the first stage', async () => {
  await fc.assert(
    fc.asyncProperty(anyStage, fc.array(anyStage, { minLength: 1, maxLength: 3 }), async (first, steps) => {
      const { journal } = newJournal();
      const here = held(first, journal, () => false);
      for (const step of steps) await here.edit(toward(step));
      // An edit that only set it cannot be undone.
      const onlySize = (error: Error) => expect(error.message).toMatch(/^cacheClusterSize /);
      for (const entry of journal.entries()) await here.undo(entry).catch(onlySize);
      // The only member that no operation can remove.
      expect(named(first, here.stage()).filter((name) => name !== 'cacheClusterSize')).toEqual([]);
    }),
    { numRuns: 25 },
  );
});

const blue: Stage = { deploymentId: 'dep1', variables: { color: 'blue', dbPassword: 'hunter1' } };
const replace = (path: string, value: string) => () => [[{ op: 'replace' as const, path, value }]];

test('undoing an undo is a redo', async () => {
  const { journal } = newJournal();
  const here = held(blue, journal);
  await here.edit(replace('/variables/color', 'green'));
  await here.undo(journal.entries()[0]);
  expect(here.stage().variables?.['color']).toBe('blue');
  await here.undo(journal.entries()[0]);
  expect(here.stage().variables?.['color']).toBe('green');
});

test('a property changed since is named, and nothing is undone; --force undoes the rest', async () => {
  const { journal } = newJournal();
  const here = held(blue, journal);
  const [color, description] = [replace('/variables/color', 'green'), replace('/description', 'new')];
  await here.edit(() => [[...(color()[0] ?? []), ...(description()[0] ?? [])]]);
  const [entry] = journal.entries();
  await here.edit(replace('/variables/color', 'red'));
  await expect(here.undo(entry)).rejects.toThrow('variables.color is red, but the edit left it green.');
  expect(here.stage().description).toBe('new');
  await here.undo(entry, { force: true });
  expect(here.notices()).toEqual(['Not undone, because they were changed after the edit: variables.color.']);
  expect(here.stage()).toMatchObject({ variables: { color: 'red' } });
  expect(here.stage().description).toBeUndefined();
});

test('--force leaves an entry that the edit created and that was changed since as a whole', async () => {
  const { journal } = newJournal();
  const here = held(
    { ...blue, methodSettings: { '*/*': { throttlingRateLimit: 100, throttlingBurstLimit: 50 } } },
    journal,
  );
  await here.edit(replace('/~1pets/GET/throttling/rateLimit', '5'));
  const [entry] = journal.entries();
  await here.edit(replace('/~1pets/GET/throttling/burstLimit', '9'));
  const now = here.stage();
  await here.undo(entry, { force: true });
  expect(here.stage()).toEqual(now);
  expect(here.notices()).toEqual([
    expect.stringMatching(/^Not undone, .*throttlingBurstLimit\.$/),
    expect.stringMatching(/^Not undone either, because the edit created them together: .*throttlingRateLimit/),
  ]);
});

test('an edit whose process died is compared: applied changes are undone, others need nothing', async () => {
  const { journal } = newJournal();
  const here = held(blue, journal);
  await here.edit(replace('/variables/color', 'green'));
  const [entry] = journal.entries();
  if (entry === undefined) throw new Error('nothing was written down');
  await here.undo({ ...entry, state: 'started' });
  expect(here.stage().variables?.['color']).toBe('blue');
  const again = await here.undo({ ...entry, state: 'started' });
  expect(again.calls).toEqual([]);
});

test('values of secrets are not recorded, and stay', async () => {
  const { journal, folder } = newJournal();
  const here = held(blue, journal);
  await here.edit(replace('/variables/dbPassword', 'hunter2'));
  for (const name of readdirSync(folder)) expect(readFileSync(join(folder, name), 'utf8')).not.toContain('hunter');
  await expect(here.undo(journal.entries()[0])).rejects.toThrow(
    /changed only secrets\. .*these stay: variables\.dbPassword\. .*To undo an earlier edit, .*: stage undo --id ID\.$/,
  );
  const [color, password] = [replace('/variables/color', 'red'), replace('/variables/dbPassword', 'hunter3')];
  await here.edit(() => [[...color(), ...password()].flat()]);
  const { calls } = await here.undo(journal.entries()[0]);
  expect(calls).toMatchObject([{ operations: [{ path: '/variables/color', value: 'blue' }] }]);
  expect(here.stage().variables?.['dbPassword']).toBe('hunter3');
});

test('only the user can read the folder and its files', async () => {
  const { journal, folder } = newJournal();
  await held(blue, journal).edit(replace('/variables/color', 'green'));
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
});

test('an entry is on the disk before the call is made, and before the edit ends', async () => {
  const flushed = jest.spyOn(fs, 'fsyncSync');
  const counted: number[] = [];
  const here = held(blue, newJournal().journal);
  await here.edit(() => {
    counted.push(flushed.mock.calls.length);
    return [[{ op: 'replace', path: '/variables/color', value: 'green' }]];
  });
  counted.push(flushed.mock.calls.length);
  flushed.mockRestore();
  expect(counted).toEqual([0, 2]);
});

test('a relative state folder is ignored', async () => {
  const home = newFolder();
  const journal = journalOf({ XDG_STATE_HOME: 'state', HOME: home });
  await held(blue, journal).edit(replace('/variables/color', 'green'));
  expect(readdirSync(join(home, '.local/state/stage/journal'))).toHaveLength(1);
});

test('if the journal cannot be written, the edit is made with a notice', async () => {
  const file = join(newFolder(), 'file');
  writeFileSync(file, '');
  const journal = journalOf({ XDG_STATE_HOME: file });
  const here = held(blue, journal);
  const { notices } = await here.edit(replace('/variables/color', 'green'));
  expect(here.stage().variables?.['color']).toBe('green');
  expect(notices).toEqual([expect.objectContaining({ code: 'not-journaled' })]);
});

test.each([
  ['/proc', existsSync('/proc/self')],
  ['a link to nothing', true],
])('a journal in %s cannot be written, which is detected immediately', (where, isHere) => {
  const folder = newFolder({ 'prod.json': '{ "description": "old" }' });
  symlinkSync('nowhere', join(folder, 'link'));
  const env = { ...process.env, XDG_STATE_HOME: where === '/proc' ? where : join(folder, 'link') };
  const words = [join(root, 'bin/stage.js'), 'set', 'prod.json', 'description=new', '--journal'];
  const { status, stderr } = spawnSync(process.execPath, words, {
    cwd: folder,
    env,
    timeout: 20_000,
    encoding: 'utf8',
  });
  if (isHere)
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringMatching(/^notice: The journal cannot be /) });
});

test('files that are not entries are skipped, and entries come newest first', async () => {
  const { journal, folder } = newJournal();
  const here = held(blue, journal);
  for (const color of ['red', 'green']) await here.edit(replace('/variables/color', color));
  writeFileSync(join(folder, '20260101T000000.000Z-torn.json'), '{"id": ');
  writeFileSync(join(folder, '20260101T000000.000Z-other.json'), '{"id": "a", "target": {}, "touched": [null]}');
  mkdirSync(join(folder, '20260101T000000.000Z-folder.json'));
  expect(journal.entries().map(({ touched }) => touched[0]?.after)).toEqual(['green', 'red']);
});

test('the oldest entries beyond 10 MB are removed', () => {
  const { journal } = newJournal();
  const entry: JournalEntry = {
    id: 'a',
    time: '2026-01-31T12:00:00.000Z',
    state: 'done',
    target: { label: 'here', key: 'here' },
    command: 'x'.repeat(3_000_000),
    operations: [],
    inverse: [],
    touched: [],
  };
  for (const id of ['a', 'b', 'c', 'd']) writeEntry({ ...entry, id }, journal);
  expect(journal.entries().map(({ id }) => id)).toEqual(['d', 'c', 'b']);
});

test('the deployments that a stage served before are known, newest first', async () => {
  const { journal } = newJournal();
  const here = held(blue, journal);
  for (const id of ['dep2', 'dep3']) await here.edit(replace('/deploymentId', id));
  expect(previousDeployments(journal.entries())).toEqual(['dep3', 'dep2', 'dep2', 'dep1']);
});

test('a deployment that the last edit left counts as served, one that was refused does not', () => {
  const { journal } = newJournal();
  const touched = [{ path: '/deploymentId', before: 'dep1', after: 'dep2' }];
  const entry = {
    id: 'a',
    time: '2026-01-31T12:00:00.000Z',
    target: { label: 'here', key: 'here' },
    command: 'set',
    operations: [],
    inverse: [],
    touched,
  };
  writeEntry({ ...entry, state: 'failed' }, journal);
  expect(previousDeployments(journal.entries())).toEqual(['dep1']);
  writeEntry({ ...entry, state: 'done' }, journal);
  expect(previousDeployments(journal.entries())).toEqual(['dep2', 'dep1']);
});

test('a file is checked and written without leaving a draft, and an error of the file system keeps the old text', () => {
  const folder = newFolder({ 'undo.json': 'old' });
  checkSavable(join(folder, 'undo.json'));
  expect(readFileSync(join(folder, 'undo.json'), 'utf8')).toBe('old');
  writeWhole(join(folder, 'undo.json'), 'new');
  expect(readFileSync(join(folder, 'undo.json'), 'utf8')).toBe('new');
  mkdirSync(join(folder, 'a'));
  expect(() => writeWhole(join(folder, 'a'), 'new')).toThrow();
  expect(readdirSync(folder).sort()).toEqual(['a', 'undo.json']);
});

test.each([
  [{ profile: 'work', roleArn: 'arn:aws:iam::1:role/editor' }, 'arn:aws:iam::1:role/editor'],
  [{ profile: 'work' }, 'work'],
  [{}, undefined],
])('the journal names the role or the profile of an edit with %j as its caller', async (reach, caller) => {
  const opened = {
    address: { kind: 'live', label: 'prod', live: { api: { id: 'a1' }, stageName: 'prod' } },
    live: { whereabouts: async () => ({ restApiId: 'a1', stageName: 'prod', ...reach }) },
  };
  const target = await journalTargetOf(opened as unknown as OpenedStage, {} as Context);
  expect(target).toMatchObject({ label: 'prod', key: 'a1 prod' });
  expect(target.caller).toBe(caller);
});
