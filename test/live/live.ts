/** The whole program against `stage serve`, both in this process. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { main } from '../../src/main.js';
import type { Stage } from '../../src/stage/stage.js';
import type { World } from '../../src/world.js';
import { textOf } from '../runs.js';
import { type Files, type Serving, type ServingOptions, startServing } from '../serve/serving.js';
import { aCanary, aStage } from '../stages.js';
import { keys, restApiId } from '../targets/api-gateway/live.js';
import { newFolder, type Run, testWorld, type WorldOptions, wordsOf } from '../world.js';

export { keys, restApiId };

/** `a1b2c3d4e5/prod`. */
export const prod = `${restApiId}/prod`;
export const prodFile = `${prod}.json`;

const resource = (path: string, ...methods: readonly string[]) => ({
  id: path,
  path,
  resourceMethods: Object.fromEntries(methods.map((method) => [method, {}])),
});

/** The API of `prod`, without its stages. */
export const anApi = {
  name: 'orders-api',
  deployments: [{ id: 'dep1' }, { id: 'dep2' }],
  resources: [resource('/'), resource('/pets', 'GET', 'POST'), resource('/pets/{id}', 'ANY')],
};

export const canaryStage = aStage({
  description: 'old',
  variables: { color: 'red', size: '1' },
  canarySettings: aCanary({ stageVariableOverrides: { color: 'blue' } }),
});

export interface LiveWorld extends Omit<WorldOptions, 'cwd'> {
  /** Omits `--endpoint-url`. */
  readonly isBare?: true;
  readonly world?: Partial<World>;
}

/** Runs `stage` with this command line against a server. Waits between attempts take no time. */
export type RunLive = (line: string | readonly string[], options?: LiveWorld) => Promise<Run>;

export interface LiveTest {
  readonly server: Serving;
  /** The working directory of `stage`. */
  readonly cwd: string;
  readonly stage: RunLive;
  /** The operations that the server has received since the last call of this function. */
  calls(): readonly string[];
  /** The stage in a file of the server (default: `prod`). */
  held(path?: string): Stage;
}

const operationIn = (line: string): string => line.split(' ')[2] ?? '';

const environment = { ...keys, AWS_REGION: 'eu-west-1', NO_COLOR: '1' };

export const runAgainst =
  (url: string, cwd: string): RunLive =>
  async (line, { isBare, world = {}, env = {}, ...rest } = {}) => {
    const words = typeof line === 'string' ? wordsOf(line) : line;
    const address = isBare ? [] : ['--endpoint-url', url];
    const inBuffers = testWorld([...words, ...address], { cwd, env: { ...environment, ...env }, ...rest });
    const code = await main({ ...inBuffers, random: () => 0, ...world });
    return { code, ...inBuffers.written };
  };

const filesOf = (served: Stage | Files): Files =>
  'stageName' in served ? { [`${restApiId}.json`]: anApi, [prodFile]: served } : (served as Files);

/** Starts a server with `served` as its files, and creates a working directory with `files`. */
export const goLive = async (
  served: Stage | Files = aStage({ description: 'old' }),
  options: ServingOptions = {},
  files: Readonly<Record<string, unknown>> = {},
): Promise<LiveTest> => {
  const server = await startServing(filesOf(served), options);
  const cwd = newFolder(Object.fromEntries(Object.entries(files).map(([path, content]) => [path, textOf(content)])));
  // The search for a configuration ends here.
  mkdirSync(join(cwd, '.git'));
  let told = 0;
  return {
    server,
    cwd,
    stage: runAgainst(server.url, cwd),
    calls: () => {
      const lines = server.lines.slice(told);
      told = server.lines.length;
      return lines.map(operationIn);
    },
    held: (path = prodFile) => server.file(path) as Stage,
  };
};
