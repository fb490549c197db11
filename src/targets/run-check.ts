/** Runs a user's command for its exit code and its output. */
import { spawn } from 'node:child_process';
import { commandWords } from '../text/command-words.js';

interface CheckRun {
  readonly command: string;
  /** Whether a shell runs the command. If not, it is split at spaces outside quotes. */
  readonly isShell: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Milliseconds. */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/** `code` is undefined if the command was not found or was killed. */
interface CheckAnswer {
  readonly code: number | undefined;
  /** The end of its output, or why it did not run. */
  readonly said: string;
}

const mostKept = 2000;

const killGroup = (leader: number): void => {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // All processes have already ended.
  }
};

export const runCheck = ({ command, isShell, env, cwd, timeout, signal }: CheckRun): Promise<CheckAnswer> => {
  const [name = '', ...words] = isShell ? ['sh', '-c', command] : (commandWords(command) ?? []);
  return new Promise((resolve) => {
    let said = '';
    // Its own process group, so that its child processes end with it. Windows has no process groups.
    const detached = process.platform !== 'win32';
    const child = spawn(name, words, { cwd, env: { ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached });
    const kill = (): void => {
      if (detached && child.pid !== undefined) killGroup(child.pid);
      else child.kill('SIGKILL');
    };
    const end = (code: number | undefined, why?: string): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', kill);
      resolve({ code, said: why ?? said.trim() });
    };
    const timer = setTimeout(() => {
      kill();
      end(undefined, `it took longer than ${timeout / 1000} s, and was killed`);
    }, timeout);
    signal.addEventListener('abort', kill);
    if (signal.aborted) kill();
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        said = `${said}${chunk}`.slice(-mostKept);
      });
    child.on('error', ({ message }: NodeJS.ErrnoException) => end(undefined, `it did not start: ${message}`));
    // Child processes that still run would keep its output open.
    child.on('exit', kill);
    child.on('close', (code, by) => end(code ?? undefined, by === null ? undefined : `it was killed by ${by}`));
  });
};
