/** Real processes of the built program: many at once, killed, interrupted, at closed pipes, on a terminal. */
import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ownLockOf } from './targets/processes';
import { testIf } from './tools';
import { examples, newExamples, newFolder, removeFolders, root } from './world';

const program = join(root, 'bin/stage.js');

if (!existsSync(join(root, 'dist/main.js')))
  throw new Error('dist/main.js is missing: run npm run build before these tests, as npm test does.');

const environment = { PATH: process.env['PATH'], HOME: newFolder() };

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

const start = (words: readonly string[], options: SpawnOptions = {}): ChildProcess =>
  spawn(process.execPath, [program, ...words], { env: environment, stdio: ['ignore', 'pipe', 'pipe'], ...options });

const gather = (stream: NodeJS.ReadableStream | null): Buffer[] => {
  const chunks: Buffer[] = [];
  stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
  return chunks;
};

const ended = (child: ChildProcess): Promise<Ended> => {
  const [stdout, stderr] = [gather(child.stdout), gather(child.stderr)];
  return new Promise((resolve) =>
    child.on('close', (code, signal) =>
      resolve({ code, signal, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }),
    ),
  );
};

/** Runs the program to its end, with these bytes on stdin. */
const stage = (words: readonly string[], input: string | Uint8Array = '', cwd = root, env = {}): Ended => {
  const run = spawnSync(process.execPath, [program, ...words], { cwd, input, env: { ...environment, ...env } });
  return { code: run.status, signal: run.signal, stdout: run.stdout.toString(), stderr: run.stderr.toString() };
};

/** Runs a line in a shell, where `stage` is the program. */
const shell = (line: string, cwd: string): Ended => {
  const script = `stage() { "${process.execPath}" "${program}" "$@"; }\n${line}`;
  const run = spawnSync('sh', ['-c', script], { cwd, env: environment });
  return { code: run.status, signal: run.signal, stdout: run.stdout.toString(), stderr: run.stderr.toString() };
};

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

const hasPython = spawnSync('python3', ['-c', 'import pty, fcntl']).status === 0;

const withPython = testIf(hasPython, 'it needs python3 and its module pty');

jest.setTimeout(120_000);

afterAll(removeFolders);

describe('many processes', () => {
  test('that set 20 variables of one file at the same time lose none', async () => {
    const cwd = newExamples();
    const names = Array.from({ length: 20 }, (_, index) => `added${index}`);
    const runs = await Promise.all(
      names.map((name) =>
        ended(start(['set', 'prod.json', '--variable', `${name}=x`, '--lock-timeout', '60'], { cwd })),
      ),
    );
    expect(runs.map(({ code, stderr }) => [code, stderr])).toEqual(names.map(() => [0, '']));
    const { variables } = JSON.parse(readFileSync(join(cwd, 'prod.json'), 'utf8'));
    expect(Object.keys(variables)).toEqual(expect.arrayContaining(names));
    expect(readdirSync(cwd).sort()).toEqual(['prod.json', 'shop.json', 'staging.json']);
  });

  const kills = Number(process.env['STAGE_KILLS'] ?? 60);

  test(`killed ${kills} times, leave a whole file, no lock that holds, and after the next edit nothing else`, async () => {
    const cwd = newFolder({ 'prod.json': examples['shop.json'] });
    const words = (value: string) => ['set', 'prod.json', '--description', value, '--lock-timeout', '5'];
    const begun = performance.now();
    expect(stage(words('first'), '', cwd).code).toBe(0);
    const usual = performance.now() - begun;
    const seen = new Set<string>();
    for (let kill = 0; kill < kills; kill += 1) {
      const child = start(words(`edit ${kill}`), { cwd, stdio: 'ignore' });
      const end = ended(child);
      // Most of a run is start-up; failures happen near the end.
      await pause(usual * (0.2 + Math.random()));
      child.kill('SIGKILL');
      await end;
      const text = readFileSync(join(cwd, 'prod.json'), 'utf8');
      seen.add(JSON.parse(text).description);
      expect(text.endsWith('}\n')).toBe(true);
      for (const name of readdirSync(cwd)) expect(name).toMatch(/^prod\.json$|^\.prod\.json\..*\.lock$/);
    }
    expect([...seen].every((description) => /^first$|^edit \d+$/.test(description))).toBe(true);
    expect(stage(words('last'), '', cwd)).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(readFileSync(join(cwd, 'prod.json'), 'utf8')).description).toBe('last');
    expect(readdirSync(cwd)).toEqual(['prod.json']);
  });
});

describe('a lock that another process holds', () => {
  /** A file that this process has locked. */
  const aLockedFile = async (): Promise<{ readonly cwd: string; readonly lock: string }> => {
    const cwd = newExamples();
    const lock = join(cwd, await ownLockOf(join(cwd, 'prod.json')));
    writeFileSync(lock, '');
    return { cwd, lock };
  };
  const before = examples['prod.json'];

  /** Signals a waiting process and returns how it ends. Retries later if a busy machine has not reached the wait yet. */
  const interrupted = async (signal: NodeJS.Signals, cwd: string, after = 500): Promise<Ended> => {
    const child = start(['set', 'prod.json', '--description', 'x', '--lock-timeout', '60'], { cwd });
    const end = ended(child);
    await pause(after);
    child.kill(signal);
    const run = await end;
    return run.signal === null || after > 10_000 ? run : interrupted(signal, cwd, after * 3);
  };

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'is left alone by a process that is waiting for it when %s comes, which exits %i',
    async (signal, code) => {
      const { cwd, lock } = await aLockedFile();
      expect(await interrupted(signal, cwd)).toEqual({
        code,
        signal: null,
        stdout: '',
        stderr: `stage: prod.json: interrupted by ${signal}; nothing was changed.\n`,
      });
      expect(existsSync(lock)).toBe(true);
      expect(readFileSync(join(cwd, 'prod.json'), 'utf8')).toBe(before);
      expect(readdirSync(cwd)).toHaveLength(4);
    },
  );

  test('until the timeout gives 7 and the owner', async () => {
    const { cwd, lock } = await aLockedFile();
    const { code, stderr, stdout } = stage(
      ['set', 'prod.json', '--description', 'x', '--lock-timeout', '0.2'],
      '',
      cwd,
    );
    expect([code, stdout]).toEqual([7, '']);
    expect(stderr).toMatch(
      new RegExp(`^stage: prod.json: locked by process ${process.pid} on .* wait longer with --lock-timeout.\\n$`),
    );
    expect(existsSync(lock)).toBe(true);
    expect(readFileSync(join(cwd, 'prod.json'), 'utf8')).toBe(before);
  });

  test('does not block reads or dry runs', async () => {
    const { cwd } = await aLockedFile();
    expect(stage(['get', 'prod.json', 'description'], '', cwd).code).toBe(0);
    expect(stage(['set', 'prod.json', '--description', 'x', '-n', '--lock-timeout', '0'], '', cwd).code).toBe(0);
  });
});

describe('a pipe', () => {
  const manyMethods = JSON.stringify(
    {
      stageName: 'big',
      methodSettings: Object.fromEntries(
        Array.from({ length: 2100 }, (_, index) => [
          `~1resource${index}/GET`,
          { metricsEnabled: true, loggingLevel: 'INFO', throttlingBurstLimit: index, throttlingRateLimit: 0.5 },
        ]),
      ),
    },
    null,
    4,
  );

  test.each([
    ['stage get big.json | head -c 1', '{'],
    ['stage get big.json | true', ''],
    ['stage set big.json --description x -n -q -o json | head -c 1', '{'],
    ['stage set - --description x < big.json | head -c 1', '{'],
    ['stage set --frob 2>&1 | true', ''],
    ['stage --help | head -c 1', 'U'],
  ])('whose reader exits is not a failure: %s', (line, stdout) => {
    const cwd = newFolder({ 'big.json': manyMethods });
    const said = line.includes(' - ') ? expect.any(String) : '';
    expect(shell(line, cwd)).toEqual({ code: 0, signal: null, stdout, stderr: said });
  });

  test('whose reader exits does not change the exit code', () => {
    const cwd = newFolder({ 'big.json': manyMethods });
    expect(shell('{ stage get big.json; echo "code $?" >&2; } | true', cwd).stderr).toBe('code 0\n');
    expect(shell('{ stage get big.json --frob 2>/dev/null; echo "code $?" >&2; } | true', cwd).stderr).toBe('code 3\n');
  });

  test('with a slow reader gets everything', () => {
    const cwd = newFolder({ 'big.json': manyMethods });
    const { stdout, stderr } = shell('stage get big.json | { sleep 0.5; cat; }', cwd);
    expect([stdout, stderr]).toEqual([`${manyMethods}\n`, '']);
  });

  withPython('that does not block, and whose reader is slow, gets all', () => {
    const cwd = newFolder({ 'big.json': manyMethods });
    const unblocked = `import fcntl, os, sys
fcntl.fcntl(1, fcntl.F_SETFL, fcntl.fcntl(1, fcntl.F_GETFL) | os.O_NONBLOCK)
os.execv(sys.argv[1], sys.argv[1:])`;
    writeFileSync(join(cwd, 'unblocked.py'), unblocked);
    const line = `python3 unblocked.py "${process.execPath}" "${program}" get big.json | { sleep 0.5; cat; }`;
    const { stdout, stderr } = shell(line, cwd);
    expect(stderr).toBe('');
    expect(stdout).toBe(`${manyMethods}\n`);
  });

  test.each(['\n', '\r\n'])(
    'reads a stage and writes the edited stage, otherwise unchanged, with line endings %j',
    (lineEnd) => {
      const text = `\ufeff${examples['prod.json'].replaceAll('\n', lineEnd)}`;
      const cwd = newFolder({ 'in.json': text });
      const { code, stdout, stderr } = shell('stage set - --description new < in.json > out.json', cwd);
      expect([code, stdout, stderr]).toEqual([0, '', '-\n  ~ description: Orders, live → new\nupdated -: 1 change\n']);
      expect(readFileSync(join(cwd, 'out.json'), 'utf8')).toBe(text.replace('Orders, live', 'new'));
      shell("stage set - --description 'Orders, live' < out.json > again.json", cwd);
      expect(readFileSync(join(cwd, 'again.json'), 'utf8')).toBe(text);
      shell('stage set - --tracing-enabled < in.json > same.json', cwd);
      expect(readFileSync(join(cwd, 'same.json'), 'utf8')).toBe(text);
    },
  );

  test('for output stays empty if the edit is refused', () => {
    const { code, stdout } = stage(['set', '-', '--canary-percent-traffic', '101'], '{"canarySettings": {}}');
    expect([code, stdout]).toEqual([3, '']);
  });

  test('for input that is empty is reported', () => {
    const { code, stdout, stderr } = stage(['set', '-', '--description', 'x']);
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toContain('stdin: expected a stage, got an empty text.');
  });

  test('for input that is not text is reported', () => {
    const { code, stdout, stderr } = stage(['set', '-', '--description', 'x'], Uint8Array.of(0x7b, 0xff));
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toContain('stdin: expected UTF-8 text');
  });

  test('closed from the start is not a failure', () => {
    const cwd = newExamples();
    expect(shell('stage get prod.json description >&-', cwd)).toMatchObject({ stdout: '', stderr: '' });
    expect(shell('stage set prod.json --frob 2>&-', cwd)).toMatchObject({ code: 3, stdout: '', stderr: '' });
  });
});

describe('a terminal', () => {
  const driver = join(__dirname, 'terminal.py');
  const protectedStage = { '.stagerc': 'stages: {prod: {file: prod.json, protected: true}}' };

  /** Runs the program on a terminal, types `answer` at its question, and returns everything that the terminal showed. */
  const onTerminal = (cwd: string, answer: string, ...words: readonly string[]): Ended => {
    const run = spawnSync('python3', [driver, answer, process.execPath, program, ...words], {
      cwd,
      env: { ...environment, NO_COLOR: '1' },
    });
    const stdout = run.stdout.toString().replaceAll('\r\n', '\n');
    return { code: run.status, signal: run.signal, stdout, stderr: run.stderr.toString() };
  };
  const shown = 'prod\n  ~ description: Orders, live → new\nprod is a protected stage. Make this edit? [y/N] ';

  withPython('shows what would change, asks, and does it on y', () => {
    const cwd = newExamples(protectedStage);
    const { code, stdout } = onTerminal(cwd, 'y\n', 'set', 'prod', '--description', 'new');
    expect(stdout).toBe(`${shown}y\nupdated prod: 1 change\n`);
    expect(code).toBe(0);
    expect(JSON.parse(readFileSync(join(cwd, 'prod.json'), 'utf8')).description).toBe('new');
  });

  for (const [name, answer, code] of [
    ['n', 'n\n', 5],
    ['nothing', '\n', 5],
    ['the end of the input', '\u0004', 5],
    ['Ctrl-C', '\u0003', 130],
  ] as const) {
    withPython(`writes nothing on ${name}, and exits ${code}`, () => {
      const cwd = newExamples(protectedStage);
      const run = onTerminal(cwd, answer, 'set', 'prod', '--description', 'new');
      expect(run.stdout.startsWith(shown)).toBe(true);
      expect(run.code).toBe(code);
      expect(readFileSync(join(cwd, 'prod.json'), 'utf8')).toBe(examples['prod.json']);
      expect(readdirSync(cwd)).toHaveLength(4);
    });
  }
});

testIf(existsSync('/dev/full'), 'no /dev/full here')(
  'an edit whose report cannot be printed says that it was made',
  () => {
    const cwd = newExamples();
    const edit = 'stage set prod.json --description new';
    expect(shell(`${edit} > /dev/full`, cwd)).toMatchObject({
      code: 1,
      stderr:
        'stage: prod.json: the edit was applied, but printing it failed: standard output cannot be written (ENOSPC).\n',
    });
    expect(JSON.parse(readFileSync(join(cwd, 'prod.json'), 'utf8')).description).toBe('new');
    const untold = 'stage: Unexpected error: standard output cannot be written (ENOSPC).\n';
    expect(shell(`${edit} -n > /dev/full`, cwd).stderr).toBe(untold);
    expect(shell(`stage set - --description new < prod.json > /dev/full`, cwd).stderr).toBe(untold);
  },
);

test('a removed working folder is reported', () => {
  const line = 'mkdir gone && cd gone && rmdir ../gone && stage get prod.json description';
  const { code, stdout, stderr } = shell(line, newExamples());
  expect([code, stdout]).toEqual([3, '']);
  expect(stderr).toBe('stage: The working directory was removed; change to another one.\n');
});

describe('only our own messages are on stderr', () => {
  const files = {
    '.stagerc': 'redact: [x]',
    'pkg/package.json': '{"stage": {"redact": ["x"]}}',
    'pkg/a.json': '{"description": ""}',
  };

  test.each([
    ['--help'],
    ['--version'],
    ['set', '--help'],
    ['get', 'prod.json'],
    ['get', 'prod.json', '-o', 'yaml'],
    ['set', 'prod.json', '--description', 'x'],
    ['set', 'prod.json', '--description', 'y', '-n', '-q', '-o', 'json'],
    ['promote-canary', 'prod.json', '-n'],
    ['explain'],
  ])('stage %s %s %s', (...words) => {
    const { code, stderr } = stage(words, '', newExamples(files), {
      FORCE_COLOR: '1',
      NODE_OPTIONS: '--trace-deprecation',
    });
    expect([code, stderr]).toEqual([0, '']);
  });

  test('with a configuration in package.json', () => {
    const cwd = join(newFolder(files), 'pkg');
    expect(stage(['get', 'a.json', 'description'], '', cwd)).toMatchObject({ code: 0, stdout: '\n', stderr: '' });
  });
});
