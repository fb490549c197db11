import { execFileSync, spawnSync } from 'node:child_process';
import fs, {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Calls } from '../../src/stage/plan.js';
import { StageError } from '../../src/stage/problem.js';
import type { Stage } from '../../src/stage/stage.js';
import { type FileOptions, stageFile } from '../../src/targets/file.js';
import type { StageTarget } from '../../src/targets/target.js';
import { testIf } from '../tools.js';
import { compileWorker, finished, kill, newFolder, ownLockOf, removeFolders, start, started } from './processes.js';

const isLinux = process.platform === 'linux';
const isRoot = process.getuid?.() === 0;
const canBeSomebodyElse = isRoot && isLinux && spawnSync(process.execPath, ['--version'], { uid: 65534 }).status === 0;

const calls: Calls = [[{ op: 'replace', path: '/description', value: 'new' }]];

const world = (): FileOptions['world'] => ({
  pid: process.pid,
  cwd: '/',
  now: Date.now,
  random: Math.random,
  signal: new AbortController().signal,
});

/** A world that fails on any wait: reading the signal is the start of a wait. */
const unwaiting = (): FileOptions['world'] => ({
  ...world(),
  get signal(): AbortSignal {
    throw new Error('it waits');
  },
});

const target = (path: string, options: Partial<FileOptions> = {}): StageTarget =>
  stageFile(path, { lockTimeout: 2000, world: world(), ...options });

const content = '{\n    "description": "old",\n    "tracingEnabled": false\n}\n';

const aFile = (text: string | Uint8Array = content): string => {
  const file = join(newFolder(), 'prod.json');
  writeFileSync(file, text);
  return file;
};

const filesBeside = (file: string): readonly string[] => readdirSync(join(file, '..'));

const failureOf = async (work: Promise<unknown>): Promise<StageError> => {
  const error: unknown = await work.then(
    () => new Error('nothing was refused'),
    (reason: unknown) => reason,
  );
  if (error instanceof StageError) return error;
  throw error;
};

afterAll(removeFolders);

const worker = { path: '' };
beforeAll(() => {
  worker.path = compileWorker();
});

describe('a stage file', () => {
  test('is read, decided on and written, and the outcome is returned', async () => {
    const file = aFile();
    const seen: Stage[] = [];
    const outcome = await target(file).edit((stage) => {
      seen.push(stage);
      return calls;
    });
    expect(seen).toEqual([{ description: 'old', tracingEnabled: false }]);
    expect(outcome).toEqual({
      before: { description: 'old', tracingEnabled: false },
      after: { description: 'new', tracingEnabled: false },
      calls: [{ kind: 'UpdateStage', operations: calls[0], state: 'made' }],
    });
    expect(readFileSync(file, 'utf8')).toBe(content.replace('old', 'new'));
    expect(filesBeside(file)).toEqual(['prod.json']);
  });

  test('is resolved from the working directory, and labelled as the user named it', async () => {
    const file = aFile();
    const relative = target('prod.json', { world: { ...world(), cwd: join(file, '..') } });
    expect(relative.label).toBe('prod.json');
    expect(await relative.read()).toEqual({ description: 'old', tracingEnabled: false });
  });

  test('is not written when nothing changes', async () => {
    const file = aFile();
    utimesSync(file, 1, 1);
    const { ino } = statSync(file);
    await target(file).edit(() => []);
    await target(file).edit(() => [[{ op: 'replace', path: '/description', value: 'old' }]]);
    expect(statSync(file)).toMatchObject({ mtimeMs: 1000, ino });
  });

  test('is not written, and unlocked, when the edit is refused', async () => {
    const file = aFile();
    const refuse = (): never => {
      throw new StageError('patch', []);
    };
    expect((await failureOf(target(file).edit(refuse))).kind).toBe('patch');
    expect((await failureOf(target(file, { apply: refuse }).edit(() => calls))).kind).toBe('patch');
    expect(readFileSync(file, 'utf8')).toBe(content);
    expect(filesBeside(file)).toEqual(['prod.json']);
  });

  test('keeps the symbolic links that lead to it', async () => {
    const file = aFile();
    const link = join(newFolder(), 'link.json');
    symlinkSync(file, link);
    await target(link).edit(() => calls);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readlinkSync(link)).toBe(file);
    expect(readFileSync(file, 'utf8')).toBe(content.replace('old', 'new'));
    expect([...filesBeside(link), ...filesBeside(file)]).toEqual(['link.json', 'prod.json']);
  });

  test('keeps its mode', async () => {
    const file = aFile();
    for (const mode of [0o600, 0o664, 0o640]) {
      chmodSync(file, mode);
      await target(file).edit(() => [[{ op: 'replace', path: '/description', value: String(mode) }]]);
      expect(statSync(file).mode & 0o7777).toBe(mode);
    }
  });

  testIf(isRoot, 'only root gives files away')('keeps its owner', async () => {
    const file = aFile();
    chownSync(file, 1234, 4321);
    await target(file).edit(() => calls);
    expect(statSync(file)).toMatchObject({ uid: 1234, gid: 4321 });
    expect(readFileSync(file, 'utf8')).toContain('new');
  });

  test('survives concurrent edits in one process', async () => {
    const file = aFile('{"description": "0"}');
    const countUp = (stage: Stage): Stage => ({ description: String(Number(stage.description) + 1) });
    await Promise.all(Array.from({ length: 10 }, () => target(file, { apply: countUp }).edit(() => calls)));
    expect(readFileSync(file, 'utf8')).toBe('{"description": "10"}');
  });
});

describe('an edit that cannot be made', () => {
  const expectFailure = async (file: string, path: string, sentence: string, options: Partial<FileOptions> = {}) => {
    const error = await failureOf(target(path, options).edit(() => calls));
    expect(error.problems.map(({ message }) => message)).toEqual([`${path}: ${sentence}`]);
    expect(filesBeside(file)).not.toContainEqual(expect.stringMatching(/^\./));
    return error;
  };

  test('reports a missing file, and the existing ones', async () => {
    const file = aFile();
    const path = join(file, '..', 'pord.json');
    const sentence = `no such file. Files here: prod.json. To create it: aws apigateway get-stage --rest-api-id ID --stage-name NAME > ${path}`;
    expect((await expectFailure(file, path, sentence)).kind).toBe('file');
    expect((await failureOf(target(path).read())).message).toBe(`${path}: ${sentence}`);
    expect((await failureOf(target('/no/such/folder/x').read())).message).toMatch(
      /^\/no\/such\/folder\/x: no such file\. To create/,
    );
  });

  testIf(canBeSomebodyElse, 'only root can be somebody else, and only who may run this Node')(
    'says that the folder is not writable, though the file is',
    () => {
      const file = aFile();
      const folder = join(file, '..');
      chmodSync(file, 0o666);
      chmodSync(folder, 0o755);
      const run = spawnSync(process.execPath, [worker.path, 'hold', file, '0'], { uid: 65534, encoding: 'utf8' });
      expect(run.stderr).toBe(
        `${file}: cannot be edited (unchanged): permission denied. To read, you need access to the file; to edit, to ` +
          'its folder too. [EACCES]',
      );
    },
  );

  testIf(canBeSomebodyElse, 'only root can be somebody else, and only who may run this Node')(
    'tells the owner who can keep a group that is not theirs',
    () => {
      const file = aFile();
      const folder = join(file, '..');
      chmodSync(folder, 0o777);
      chownSync(file, 65534, 4321);
      const run = spawnSync(process.execPath, [worker.path, 'count', file], {
        uid: 65534,
        gid: 65534,
        encoding: 'utf8',
      });
      expect(run.stderr).toBe(
        `${file}: cannot be edited (unchanged): operation not permitted. Run this as a user who may keep the owner ` +
          'and the group of the file. [EPERM]',
      );
    },
  );

  test('reports a dangling link, and suggests no other missing file', async () => {
    const file = aFile();
    const folder = join(file, '..');
    symlinkSync('gone.json', join(folder, 'd.json'));
    symlinkSync('d.json', join(folder, 'dang.json'));
    symlinkSync('circle.json', join(folder, 'circle.json'));
    mkdirSync(join(folder, 'folder.json'));
    for (const [name, next] of [
      ['d.json', 'gone.json'],
      ['dang.json', 'd.json'],
    ] as const)
      expect((await failureOf(target(join(folder, name)).read())).message).toContain(
        `${name}: it is a link to ${next}, which does not exist. Files here: prod.json. To create it:`,
      );
  });

  test('reports a folder', async () => {
    const folder = newFolder();
    const sentence = 'is a folder; expected a stage file. Name a file in it.';
    expect((await expectFailure(join(folder, 'x'), folder, sentence)).kind).toBe('file');
    expect((await failureOf(target(folder).read())).message).toBe(`${folder}: ${sentence}`);
  });

  testIf(existsSync('/dev/null'), 'no /dev/null here')('reports a device', async () => {
    expect((await failureOf(target('/dev/null').edit(() => calls))).message).toBe(
      '/dev/null: is a pipe or a device; only a file can be edited. Give - to read from stdin and write to stdout.',
    );
  });

  test('reports a file with several hard links, unless forced', async () => {
    const file = aFile();
    linkSync(file, join(file, '..', 'other.json'));
    await expectFailure(
      file,
      file,
      'has 2 hard links, and the edit would separate this one from the others. To edit it anyway, add --force.',
    );
    await target(file).edit(() => []);
    await target(file, { force: true }).edit(() => calls);
    expect(readFileSync(file, 'utf8')).toContain('new');
    expect(readFileSync(join(file, '..', 'other.json'), 'utf8')).toBe(content);
  });

  test('reports a text that is too large, and an endless one', async () => {
    const file = aFile();
    truncateSync(file, 600 * 1024 * 1024);
    await expectFailure(file, file, 'expected at most 64 MB of text, got more.');
    if (!existsSync('/dev/zero')) return;
    expect((await failureOf(target('/dev/zero').read())).message).toBe(
      '/dev/zero: expected at most 64 MB of text, got more.',
    );
  });

  test('reports a null character in the path', async () => {
    const error = await failureOf(target('/tmp/a\0b.json').edit(() => calls));
    expect(error).toMatchObject({
      kind: 'file',
      message: expect.stringContaining('/tmp/a\\u0000b.json: cannot be edited'),
    });
    expect((await failureOf(target('/tmp/a\0b.json').read())).message).toContain('the path has a null character in it');
  });

  testIf(isRoot && isLinux, 'only root mounts')('reports a file that is a mount point', async () => {
    const file = aFile();
    const mounted = aFile();
    if (spawnSync('mount', ['--bind', mounted, file]).status !== 0) return;
    try {
      const error = await failureOf(target(file).edit(() => calls));
      expect(error.message).toBe(
        `${file}: cannot be edited (unchanged): it is a mount point, as of a single file in Docker, and cannot be ` +
          'replaced. Mount its folder instead. [EBUSY]',
      );
      expect(filesBeside(file)).toEqual(['prod.json']);
    } finally {
      execFileSync('umount', [file]);
    }
  });

  test('reports a path that leads through a file, and circular links', async () => {
    const file = aFile();
    await expectFailure(
      file,
      join(file, 'x'),
      'cannot be edited (unchanged): part of the path is a file, not a folder. Check the path. [ENOTDIR]',
    );
    symlinkSync('loop', join(file, '..', 'loop'));
    await expectFailure(
      file,
      join(file, '..', 'loop'),
      'cannot be edited (unchanged): its symbolic links lead in a circle. Check where they point. [ELOOP]',
    );
  });

  test('shows no control characters of a path', async () => {
    expect((await failureOf(target('/tmp/\u001b[31m.json').read())).message).toMatch(
      /^\/tmp\/\\u001b\[31m\.json: no such file/,
    );
  });

  test('reports broken content and leaves it unchanged', async () => {
    const file = aFile('{"stageName" "a"}');
    expect((await expectFailure(file, file, 'line 1, column 14: expected a colon, got a string')).kind).toBe('input');
    expect(readFileSync(file, 'utf8')).toBe('{"stageName" "a"}');
  });

  test.each([
    ['ENOSPC', 'no space left on the disk. Free some space and run this again.'],
    ['EACCES', 'permission denied. To read, you need access to the file; to edit, to its folder too.'],
    ['EIO', 'i/o\\u0007 error'],
  ])('leaves the file unchanged, and no other file, on %s in the middle of writing', async (code, reason) => {
    const file = aFile();
    const writing = jest.spyOn(fs, 'writeFileSync').mockImplementationOnce((to) => {
      fs.writeSync(Number(to), '{"des');
      throw Object.assign(new Error('i/o\u0007 error'), { code, syscall: 'write' });
    });
    try {
      const sentence = `cannot be edited (unchanged): ${reason} [${code}]`;
      expect((await expectFailure(file, file, sentence)).kind).toBe('file');
    } finally {
      writing.mockRestore();
    }
    expect(readFileSync(file, 'utf8')).toBe(content);
    expect(filesBeside(file)).toEqual(['prod.json']);
  });

  test('fails if the system refuses: a folder in /proc', async () => {
    if (!existsSync('/proc/self/comm')) return;
    const error = await failureOf(target('/proc/version').edit(() => calls));
    expect(error.kind).toBe('file');
  });

  const mountSmallDisk = (): string | undefined => {
    const folder = newFolder();
    const mounted =
      isRoot && isLinux && spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]).status === 0;
    return mounted ? folder : undefined;
  };
  const disk = mountSmallDisk();
  afterAll(() => disk !== undefined && execFileSync('umount', [disk]));

  testIf(disk !== undefined, 'a small disk cannot be mounted here')(
    'leaves the file unchanged on a full disk',
    async () => {
      const file = join(disk ?? '', 'prod.json');
      writeFileSync(file, content);
      // Room for the lock, not for another file of this size.
      const long = `{"description": "old", "x": "${'x'.repeat(24 * 1024)}"}`;
      writeFileSync(file, long);
      writeFileSync(join(disk ?? '', 'filler'), 'x'.repeat(24 * 1024));
      const sentence =
        'cannot be edited (unchanged): no space left on the disk. Free some space and run this again. [ENOSPC]';
      expect((await expectFailure(file, file, sentence)).kind).toBe('file');
      expect(readFileSync(file, 'utf8')).toBe(long);
      const free = spawnSync('dd', ['if=/dev/zero', `of=${join(disk ?? '', 'rest')}`, 'bs=1k']);
      expect(free.status).not.toBe(0);
      await expectFailure(file, file, sentence);
      expect(readFileSync(file, 'utf8')).toBe(long);
    },
  );

  testIf(disk !== undefined, 'a disk cannot be mounted here')('says so when the file system is read-only', async () => {
    const file = join(disk ?? '', 'prod.json');
    for (const name of readdirSync(disk ?? '')) if (name !== 'prod.json') execFileSync('rm', [join(disk ?? '', name)]);
    writeFileSync(file, content);
    execFileSync('mount', ['-o', 'remount,ro', disk ?? '']);
    expect((await failureOf(target(file).edit(() => calls))).message).toMatch(
      /cannot be edited \(unchanged\): EROFS: read-only file system, .* \[EROFS\]$/,
    );
    expect(await target(file).read()).toMatchObject({ description: 'old' });
  });
});

describe('the lock of a stage file', () => {
  /** The path of a lock as this process would name it, but with another owner. */
  const lockOf = async (
    file: string,
    owner: Partial<Record<'host' | 'namespace' | 'start', string> & { pid: number }> = {},
  ): Promise<string> => {
    const name = await ownLockOf(file);
    const [, prefix, host, namespace, pid, start, nonce] =
      /^(.*\.)([^.]+)-(\d*)-(\d+)-(\d*)-([0-9a-z]+)\.lock$/.exec(name) ?? [];
    const named = { host, namespace, pid, start, ...owner };
    const words = [named.host, named.namespace, named.pid, named.start, `${nonce}9`];
    return join(dirname(file), `${prefix}${words.join('-')}.lock`);
  };

  const writeLock = async (file: string, owner: Parameters<typeof lockOf>[1] = {}): Promise<string> => {
    const lock = await lockOf(file, { pid: deadPid, start: '88', ...owner });
    writeFileSync(lock, '{"descr');
    return lock;
  };

  // spawnSync returns when the process has ended and been reaped.
  const deadPid = spawnSync(process.execPath, ['-v']).pid;

  const heldBy = (file: string, pid: number, lock: string): string => {
    const host = basename(lock)
      .slice('.prod.json.'.length)
      .replace(/(-[^-]*){4}$/, '');
    return `${file}: locked by process ${pid} on ${host}. If that process is gone, delete ${lock}; otherwise wait longer with --lock-timeout.`;
  };

  const expectEdited = async (file: string): Promise<void> => {
    await target(file).edit(() => calls);
    expect(readFileSync(file, 'utf8')).toContain('"new"');
    expect(filesBeside(file)).toEqual(['prod.json']);
  };

  test('exists while a command decides, and reading does not wait for it', async () => {
    const file = aFile();
    const read: Promise<Stage>[] = [];
    await target(file).edit(() => {
      expect(filesBeside(file)).toEqual([expect.stringMatching(/^\.prod\.json\..*\.lock$/), 'prod.json']);
      read.push(target(file).read());
      return calls;
    });
    expect(await read[0]).toEqual({ description: 'old', tracingEnabled: false });
  });

  test('is removed at once when its process is dead', async () => {
    const file = aFile();
    await writeLock(file);
    await expectEdited(file);
  });

  testIf(isLinux, 'the start of a process is read from /proc')(
    'is removed when its pid now belongs to another process',
    async () => {
      const file = aFile();
      await writeLock(file, { pid: process.pid, start: '1' });
      await expectEdited(file);
    },
  );

  testIf(isLinux, 'zombies are seen in /proc')('is removed when its process is a zombie', async () => {
    const file = aFile();
    // The shell starts a process, then becomes one that never collects its exit code.
    const parent = spawnSync('sh', ['-c', `sh -c 'exit 0' & echo $!; exec sleep 5 >/dev/null 2>&1 &`], {
      encoding: 'utf8',
    });
    const pid = Number(parent.stdout.trim());
    await writeLock(file, { pid });
    await expectEdited(file);
  });

  test.each([
    ['of another host', { host: 'build-7_x' }],
    ['of another container on this host', { namespace: '1' }],
  ])('is reported to the user, after a wait, when it is %s', async (_whose, owner) => {
    const file = aFile();
    const lock = await writeLock(file, owner);
    const begun = Date.now();
    const error = await failureOf(target(file, { lockTimeout: 100 }).edit(() => calls));
    expect(Date.now() - begun).toBeGreaterThanOrEqual(99);
    expect(error.kind).toBe('lock');
    expect(error.message).toBe(heldBy(file, deadPid, lock));
    expect(filesBeside(file)).toEqual([basename(lock), 'prod.json']);
    unlinkSync(lock);
    await expectEdited(file);
  });

  test('of a dead process stays if it cannot be removed: it is a folder', async () => {
    const file = aFile();
    const lock = await lockOf(file, { pid: deadPid });
    mkdirSync(lock);
    const error = await failureOf(target(file, { lockTimeout: 100 }).edit(() => calls));
    expect(error.kind).toBe('lock');
    expect(error.message).toBe(heldBy(file, deadPid, lock));
    expect(readFileSync(file, 'utf8')).toBe(content);
  });

  test.each([
    ['a name of 255 bytes', `${'x'.repeat(250)}.json`],
    ['a name of 255 bytes in another script', `${'ж'.repeat(125)}.json`],
    ['a name with special characters of patterns', 'a*b %2E.json'],
  ])('fits beside a file with %s', async (_what, name) => {
    const file = join(newFolder(), name);
    writeFileSync(file, content);
    const lock = await writeLock(file);
    expect(basename(lock).length).toBeLessThan(256);
    await target(file).edit(() => calls);
    expect(readFileSync(file, 'utf8')).toContain('"new"');
    expect(filesBeside(file)).toEqual([name]);
  });

  test('is not mistaken for the lock of a file whose name starts the same', async () => {
    const file = aFile();
    const other = join(file, '..', 'prod');
    writeFileSync(other, content);
    await writeLock(file, { host: 'elsewhere' });
    await target(other, { lockTimeout: 0 }).edit(() => calls);
    expect(readFileSync(other, 'utf8')).toContain('"new"');
  });

  test('is waited for, but only as long as allowed, and then its owner is named', async () => {
    const file = aFile();
    const child = start(worker.path, 'hold', file, '60000');
    await started(child);
    const begun = Date.now();
    const error = await failureOf(target(file, { lockTimeout: 150 }).edit(() => calls));
    expect(Date.now() - begun).toBeGreaterThanOrEqual(149);
    expect(error.kind).toBe('lock');
    const [lock = ''] = filesBeside(file);
    expect(error.message).toBe(heldBy(file, Number(child.pid), join(dirname(file), lock)));
    await kill(child);
    await expectEdited(file);
  });

  test('is waited for until it is released', async () => {
    const file = aFile();
    const child = start(worker.path, 'hold', file, '200');
    const done = finished(child);
    await started(child);
    await target(file).edit(() => calls);
    expect(readFileSync(file, 'utf8')).toContain('"new"');
    await done;
  });

  test('is no longer waited for when the run is interrupted', async () => {
    const file = aFile();
    const child = start(worker.path, 'hold', file, '60000');
    await started(child);
    const controller = new AbortController();
    // Read when the wait begins, like the time before each wait.
    const waiting = {
      ...world(),
      get signal() {
        setImmediate(() => controller.abort('SIGINT'));
        return controller.signal;
      },
      now: () => {
        if (controller.signal.aborted) throw new Error('it waits on');
        return Date.now();
      },
    };
    const error = await failureOf(target(file, { lockTimeout: 60_000, world: waiting }).edit(() => calls));
    expect(error).toMatchObject({
      kind: 'interrupted',
      message: `${file}: interrupted by SIGINT; nothing was changed.`,
    });
    await kill(child);
    await expectEdited(file);
  });

  test('is removed after killed processes, and other files stay', async () => {
    const file = aFile();
    const own = ['other.json', '.prod.json.lock', '.prod.json.x.lock', `${basename(await lockOf(file))}.json`];
    for (const name of own) writeFileSync(join(file, '..', name), '');
    await writeLock(file);
    await writeLock(file);
    await target(file).edit(() => []);
    expect(filesBeside(file)).toEqual([...own, 'prod.json'].sort());
  });

  test('does not stop an editor from saving: the saved file is read and decided on again', async () => {
    const file = aFile();
    const seen: (string | undefined)[] = [];
    await target(file).edit((stage) => {
      seen.push(stage.description);
      if (seen.length === 1)
        writeFileSync(file, content.replace('false', 'true').replace('old', 'saved, and much longer'));
      if (seen.length === 2) {
        writeFileSync(join(file, '..', 'draft'), content.replace('false', 'true').replace('old', 'last'));
        renameSync(join(file, '..', 'draft'), file);
      }
      return calls;
    });
    expect(seen).toEqual(['old', 'saved, and much longer', 'last']);
    expect(readFileSync(file, 'utf8')).toBe(content.replace('false', 'true').replace('old', 'new'));
    expect(filesBeside(file)).toEqual(['prod.json']);
  });

  test('is given up if another program keeps saving', async () => {
    const file = aFile();
    let count = 0;
    const error = await failureOf(
      target(file).edit(() => {
        count += 1;
        writeFileSync(file, content.replace('old', 'x'.repeat(count)));
        return calls;
      }),
    );
    expect(error).toMatchObject({
      kind: 'lock',
      message: `${file}: another program keeps writing it. Run this again later.`,
    });
    expect(filesBeside(file)).toEqual(['prod.json']);
  });

  test('lets in one of many processes at a time, though all find the lock of a dead process', async () => {
    for (let round = 0; round < 3; round += 1) {
      const file = aFile('{"description": "0"}');
      await writeLock(file);
      const children = await Promise.all(Array.from({ length: 12 }, () => finished(start(worker.path, 'count', file))));
      expect(children.map(({ stderr }) => stderr).join('')).toBe('');
      expect(readFileSync(file, 'utf8')).toBe('{"description": "12"}');
      expect(filesBeside(file)).toEqual(['prod.json']);
    }
  });

  test('lets twenty processes through that queue at once', async () => {
    const file = aFile('{"description": "0"}');
    // Each process waits at most 10 seconds.
    const children = await Promise.all(Array.from({ length: 20 }, () => finished(start(worker.path, 'count', file))));
    expect(children.map(({ stderr }) => stderr).join('')).toBe('');
    expect(readFileSync(file, 'utf8')).toBe('{"description": "20"}');
  });

  test('keeps the file whole whenever a process is killed, and the next edit works at once', async () => {
    const file = aFile(`{"description": "0", "x": "${'x'.repeat(100_000)}"}`);
    let edits = 0;
    for (let round = 0; round < 100; round += 1) {
      const children = [start(worker.path, 'loop', file), start(worker.path, 'loop', file)];
      await Promise.race(children.map(started));
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
      await Promise.all(children.map(kill));
      const { description, x } = JSON.parse(readFileSync(file, 'utf8'));
      expect([Number(description) >= 0, x.length]).toEqual([true, 100_000]);
      edits += Number(description);
      await target(file, { world: unwaiting() }).edit(() => [[{ op: 'replace', path: '/description', value: '0' }]]);
      expect(filesBeside(file)).toEqual(['prod.json']);
    }
    expect(edits).toBeGreaterThan(100);
  }, 120_000);

  test('loads no Node modules except those for files', async () => {
    const { stdout } = await finished(start(worker.path, 'modules', aFile()));
    expect(stdout).toContain('NativeModule fs');
    expect(stdout).not.toMatch(/^NativeModule (child_process|net|crypto|http|https|internal\/fs\/rimraf)$/m);
  });
});

describe('a file that may be created', () => {
  const creating: Calls = [{ kind: 'CreateStage', stage: { description: 'new' } }];

  test('is created whole, and no lock stays', async () => {
    const folder = newFolder();
    const outcome = await target(join(folder, 'new.json'), { creates: true }).edit(() => creating);
    expect(outcome).toMatchObject({ before: {}, after: { description: 'new' }, calls: [{ kind: 'CreateStage' }] });
    expect(JSON.parse(readFileSync(join(folder, 'new.json'), 'utf8'))).toEqual(outcome.after);
    expect(readdirSync(folder)).toEqual(['new.json']);
  });

  test('does not overwrite a file that another program creates in the meantime, but edits it', async () => {
    const file = join(newFolder(), 'new.json');
    const seen: Stage[] = [];
    const outcome = await target(file, { creates: true }).edit((stage) => {
      seen.push(stage);
      if (seen.length > 1) return calls;
      writeFileSync(file, content);
      return creating;
    });
    expect(seen).toEqual([{}, JSON.parse(content)]);
    expect(outcome.calls).toMatchObject([{ kind: 'UpdateStage' }]);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ description: 'new', tracingEnabled: false });
  });

  test('is refused in a missing folder', async () => {
    const file = join(newFolder(), 'none', 'new.json');
    await expect(target(file, { creates: true }).edit(() => creating)).rejects.toMatchObject({ kind: 'file' });
  });
});
