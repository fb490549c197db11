/** Runs a command of the user; its answer is the exit code and the output. */
import { spawn } from 'node:child_process';
import { commandWords } from '../text/command-words.js';

interface CheckRun {
  readonly command: string;
  /** Without a shell the command is split at spaces, except in quotes. */
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
    // All of its processes have ended already.
  }
};

export const runCheck = ({ command, isShell, env, cwd, timeout, signal }: CheckRun): Promise<CheckAnswer> => {
  const [name = '', ...words] = isShell ? ['sh', '-c', command] : (commandWords(command) ?? []);
  return new Promise((resolve) => {
    let said = '';
    // In its own process group, so that processes which the command started are killed with it. Windows has no such groups.
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
    child.on('close', (code, by) => end(code ?? undefined, by === null ? undefined : `it was killed by ${by}`));
  });
};
