/** A separate process that edits a stage file: `node worker.js VERB FILE [ARGUMENT]`. Compiled by `processes.ts`. */
import { closeSync, openSync, unlinkSync } from 'node:fs';
import { StageError } from '../../src/stage/problem.js';
import type { Stage } from '../../src/stage/stage.js';
import { stageFile } from '../../src/targets/file.js';

const [, , verb = '', file = '', argument = ''] = process.argv;

const world = {
  pid: process.pid,
  cwd: process.cwd(),
  now: Date.now,
  random: Math.random,
  signal: new AbortController().signal,
};

const sleep = (milliseconds: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
};

const countOf = (stage: Stage): number => Number(stage.description ?? 0);

const countUp = (stage: Stage): Stage => ({ ...stage, description: String(countOf(stage) + 1) });

/** Fails if another process is in its critical section. */
const alone = (): void => {
  const marker = `${file}.inside`;
  closeSync(openSync(marker, 'wx'));
  sleep(2);
  unlinkSync(marker);
};

const target = stageFile(file, { lockTimeout: 60_000, world, apply: countUp });

const edits: Readonly<Record<string, () => Promise<unknown>>> = {
  count: () =>
    target.edit(() => {
      alone();
      return [];
    }),
  loop: async () => {
    for (;;) {
      await target.edit(() => []);
      process.stdout.write('.');
    }
  },
  hold: () =>
    target.edit(() => {
      process.stdout.write('.');
      sleep(Number(argument));
      return [];
    }),
  modules: async () => {
    await target.edit(() => []);
    // Listed first: writing to a pipe as stdout loads more modules.
    const loaded = (process as unknown as { moduleLoadList: readonly string[] }).moduleLoadList.join('\n');
    process.stdout.write(loaded);
  },
};

edits[verb]?.().catch((error: unknown) => {
  process.stderr.write(error instanceof StageError ? error.message : String(error));
  process.exitCode = 1;
});
