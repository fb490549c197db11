/** Runs a command that a user wrote, for its exit code and for what it says. */
import { spawn } from 'node:child_process';
import { commandWords } from '../text/command-words.js';

interface CheckRun {
  readonly command: string;
  /** Whether a shell reads the command; else it is split at spaces, but for quotes. */
  readonly isShell: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Milliseconds. */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/** `code` is undefined where the command was not found or was killed. */
interface CheckAnswer {
  readonly code: number | undefined;
  /** The end of what it wrote, or why it did not run. */
  readonly said: string;
}

const mostKept = 2000;

const killGroup = (leader: number): void => {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // All of them ended in the meantime.
  }
};

export const runCheck = ({ command, isShell, env, cwd, timeout, signal }: CheckRun): Promise<CheckAnswer> => {
  const [name = '', ...words] = isShell ? ['sh', '-c', command] : (commandWords(command) ?? []);
  return new Promise((resolve) => {
    let said = '';
    // A group of its own, so that what the command started ends with it. Windows has no such groups.
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
    // What it left running would keep its output open.
    child.on('exit', kill);
    child.on('close', (code, by) => end(code ?? undefined, by === null ? undefined : `it was killed by ${by}`));
  });
};
