import { StageError } from '../../src/stage/problem.js';
import { stageOnStdio } from '../../src/targets/stdio.js';
import type { World } from '../../src/world.js';

const testWorld = (text: string) => {
  const written: string[] = [];
  let reads = 0;
  const world: Pick<World, 'stdin' | 'stdout'> = {
    stdin: {
      isTTY: false,
      read: async () => {
        reads += 1;
        return new TextEncoder().encode(text);
      },
      readLine: async () => undefined,
    },
    stdout: { isTTY: false, write: (chunk) => void written.push(chunk) },
  };
  return { world, written, reads: () => reads };
};

const calls = [[{ op: 'replace', path: '/description', value: 'new' }]] as const;

describe('a stage on stdin', () => {
  test('is read once, edited, and written to stdout', async () => {
    const { world, written, reads } = testWorld('\uFEFF{ "description": "old", "x": 10000.0 }\r\n');
    const target = stageOnStdio(world);
    expect(await target.read()).toEqual({ description: 'old', x: 10000 });
    const outcome = await target.edit(() => calls);
    expect(outcome).toMatchObject({
      before: { description: 'old' },
      after: { description: 'new' },
      calls: [{ kind: 'UpdateStage', operations: calls[0], state: 'made' }],
    });
    expect(written.join('')).toBe('\uFEFF{ "description": "new", "x": 10000.0 }\r\n');
    expect(reads()).toBe(1);
  });

  test('is written unchanged when nothing changes', async () => {
    const { world, written } = testWorld('{ "x":1,"stageName" : "a" }');
    await stageOnStdio(world).edit(() => []);
    expect(written.join('')).toBe('{ "x":1,"stageName" : "a" }');
  });

  test('is not written when the edit is refused', async () => {
    const { world, written } = testWorld('{}');
    const refuse = (): never => {
      throw new StageError('patch', []);
    };
    await expect(stageOnStdio(world).edit(refuse)).rejects.toBeInstanceOf(StageError);
    const broken = testWorld('');
    await expect(stageOnStdio(broken.world).read()).rejects.toThrow(/^stdin: expected a stage, got an empty text\./);
    expect([...written, ...broken.written]).toEqual([]);
  });

  test('is refused if it is larger than 64 MB, and the rest is not read', async () => {
    const read = jest.fn(async (limit?: number) => new Uint8Array((limit ?? 0) + 1));
    const { world } = testWorld('');
    const large = { ...world, stdin: { ...world.stdin, read } };
    await expect(stageOnStdio(large).read()).rejects.toThrow('stdin: expected at most 64 MB of text, got more.');
    expect(read).toHaveBeenCalledWith(64 * 1024 * 1024);
  });
});
