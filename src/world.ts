/** Eight random letters and digits, unique to this run. */
export const randomWord = ({ random }: Pick<World, 'random'>): string =>
  Math.floor(random() * 36 ** 8)
    .toString(36)
    .padStart(8, '0');

/** An output stream. `write` returns when the text has been handed over. */
export interface Sink {
  readonly isTTY: boolean;
  /** The width of a terminal, in characters. */
  readonly columns?: number;
  write(text: string): void;
}

/** An input stream. */
interface Source {
  readonly isTTY: boolean;
  /** Reads everything, or stops after a little more than `limit` bytes. Can be called only once. */
  read(limit?: number): Promise<Uint8Array>;
  /** Reads one line for a prompt, without its line end; undefined at the end of the input. */
  readLine(): Promise<string | undefined>;
}

/** The process as a value: everything outside that the program may touch. Tests pass buffers. */
/** A signal that interrupts the program. */
export type Signal = 'SIGHUP' | 'SIGINT' | 'SIGTERM';

export interface World {
  /** The arguments after the program's name. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly pid: number;
  readonly stdin: Source;
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** Milliseconds since 1970. */
  now(): number;
  random(): number;
  /** Replaces timers in tests, to advance their own clock. */
  sleep?(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** Aborts on SIGINT, SIGTERM and SIGHUP; the reason is the name. Until it is read, signals end the process. */
  readonly signal: AbortSignal;
}
