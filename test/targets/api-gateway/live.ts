/** A live stage for tests: a stub server, a clock that takes no real time, and the reported sentences. */

import type { Calls, Outcome } from '../../../src/stage/plan.js';
import { StageError } from '../../../src/stage/problem.js';
import type { PatchOperation, Stage } from '../../../src/stage/stage.js';
import { type LiveEditOptions, type LiveStage, stageOnApiGateway } from '../../../src/targets/api-gateway.js';
import { aStage } from '../../stages.js';
import { type Stub, type StubApi, startStub } from '../../stub-api-gateway.js';

// The SDK reads these from the process: hide the settings of this machine.
Object.assign(process.env, {
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/no-such-file',
  AWS_SHARED_CREDENTIALS_FILE: '/no-such-file',
});
for (const name of ['AWS_REGION', 'AWS_PROFILE', 'AWS_ENDPOINT_URL', 'AWS_CA_BUNDLE']) delete process.env[name];

export const restApiId = 'a1b2c3d4e5';

export interface Live {
  readonly stub: Stub;
  readonly target: LiveStage;
  readonly options: LiveEditOptions;
  /** Every wait between attempts, in milliseconds. */
  readonly waits: number[];
  readonly told: string[];
  readonly controller: AbortController;
}

const stubs: Stub[] = [];

export const closeStubs = async (): Promise<void> => {
  await Promise.all(stubs.splice(0).map((stub) => stub.close()));
};

export const keys = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret-key-of-the-test' };

/** Sleeping takes no real time, and advances the clock. */
export const fakeTime = (start = Date.parse('2026-01-01T00:00:00Z')) => {
  const waits: number[] = [];
  let now = start;
  return {
    waits,
    now: () => now,
    sleep: async (milliseconds: number) => {
      waits.push(milliseconds);
      now += milliseconds;
    },
  };
};

export const goLive = async (
  stage: Stage = aStage(),
  more: Partial<LiveEditOptions> = {},
  apis: readonly StubApi[] = [],
): Promise<Live> => {
  const stub = await startStub([{ id: restApiId, name: 'orders-api', stages: { prod: stage } }, ...apis]);
  stubs.push(stub);
  const time = fakeTime();
  const told: string[] = [];
  const controller = new AbortController();
  const options: LiveEditOptions = {
    world: { env: keys, now: time.now, random: () => 0.5, signal: controller.signal },
    sleep: time.sleep,
    region: 'eu-west-1',
    endpointUrl: stub.url,
    tell: (sentence) => told.push(sentence),
    verbatim: false,
    ownerTags: [],
    refuseOwned: false,
    showLeaf: (_place, leaf) => (leaf === undefined ? 'nothing' : String(leaf)),
    ...more,
  };
  const target = stageOnApiGateway({ api: { id: restApiId }, stageName: 'prod', label: 'a1b2c3d4e5/prod' }, options);
  return { stub, target, options, waits: time.waits, told, controller };
};

export const replace = (path: string, value: string): PatchOperation => ({ op: 'replace', path, value });

export const describedAs = (value: string): Calls => [[replace('/description', value)]];

/** Returns the failure of an edit or a read. */
export const failureOf = async (work: Promise<Outcome | unknown>): Promise<StageError> => {
  try {
    await work;
  } catch (error) {
    if (error instanceof StageError) return error;
    throw error;
  }
  throw new Error('it did not fail');
};

export const sentences = ({ problems }: StageError): readonly string[] => problems.map(({ message }) => message);

/** The number of calls of each operation. */
export const counts = ({ asked }: Stub): Readonly<Record<string, number>> =>
  Object.fromEntries([...new Set(asked)].map((name) => [name, asked.filter((other) => other === name).length]));
