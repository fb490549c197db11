/** Eight letters and digits that no other run has. */
export const randomWord = ({ random }: Pick<World, 'random'>): string =>
  Math.floor(random() * 36 ** 8)
    .toString(36)
    .padStart(8, '0');

/** Where text goes. `write` returns when the text is handed over. */
export interface Sink {
  readonly isTTY: boolean;
  /** The width of a terminal, in characters. */
  readonly columns?: number;
  write(text: string): void;
}

/** Where text comes from. */
interface Source {
  readonly isTTY: boolean;
  /** All of it; where that is more than `limit` bytes, its beginning, which is longer than `limit` too. It can be read once. */
  read(limit?: number): Promise<Uint8Array>;
  /** One line, without its end; undefined at the end of the input. For a prompt. */
  readLine(): Promise<string | undefined>;
}

/** The process as a value: everything outside that the program may touch. Tests hand in buffers. */
export interface World {
  /** The words after the program's name. */
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
  /** Instead of a timer, for tests: a clock of their own moves on by that. */
  sleep?(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** Aborts on SIGINT and SIGTERM; its reason is the signal's name. Signals end the process at once until this is first read. */
  readonly signal: AbortSignal;
}
