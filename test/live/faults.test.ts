/** What can go wrong on the way: what is said of it, what it exits with, how often is written, and what the stage is then. */
import { tmpdir } from 'node:os';
import type { Stage } from '../../src/stage/stage.js';
import { stopServing } from '../serve/serving.js';
import { aMethod, aStage } from '../stages.js';
import { refusal, type Script, type Stub, startStub } from '../stub-api-gateway.js';
import { removeFolders } from '../world.js';
import { canaryStage, goLive, prod, type RunLive, restApiId, runAgainst } from './live.js';

const stubs: Stub[] = [];

afterEach(async () => {
  await Promise.all(stubs.splice(0).map((stub) => stub.close()));
  await stopServing();
  removeFolders();
});

interface Fault {
  readonly what: string;
  readonly faults: string;
  readonly flags?: string;
  readonly exits: number;
  /** Requests of UpdateStage. */
  readonly writes: number;
  readonly says: readonly string[];
  readonly holds: 'old' | 'new';
}

const conflict = 'Unable to complete operation due to concurrent modification. Please try again later.';
const written = `${prod}\n  ~ description: old → new\n`;
const nothing = `stage: ${prod}: Nothing was written.`;
const made = 'so the stage was read back: the edit was made.';
const again = 'so the stage was read back: the edit had not been made, and was sent again.';

const faults: readonly Fault[] = [
  { what: '409 three times', faults: 'UpdateStage:409x3', exits: 0, writes: 4, says: [], holds: 'new' },
  {
    what: '409 for ever',
    faults: 'UpdateStage:409',
    exits: 6,
    writes: 10,
    says: [conflict, `${nothing} Another change went on all the time`],
    holds: 'old',
  },
  {
    what: '409 for ever, and few attempts',
    faults: 'UpdateStage:409',
    flags: '--max-attempts 2',
    exits: 6,
    writes: 2,
    says: [conflict, nothing],
    holds: 'old',
  },
  { what: '429 with Retry-After', faults: 'UpdateStage:429@1', exits: 0, writes: 2, says: [], holds: 'new' },
  { what: '429 with Retry-After on the read', faults: 'GetStage:429@1', exits: 0, writes: 1, says: [], holds: 'new' },
  {
    what: '429 for ever',
    faults: 'UpdateStage:429',
    flags: '--timeout 900ms',
    exits: 7,
    writes: 1,
    says: ['Too Many Requests', `${nothing} All tools of the account share`],
    holds: 'old',
  },
  { what: '500 once', faults: 'UpdateStage:500@1', exits: 0, writes: 2, says: [again], holds: 'new' },
  { what: '503 on the read', faults: 'GetStage:503x2', exits: 0, writes: 1, says: [], holds: 'new' },
  {
    what: '500 for ever',
    faults: 'UpdateStage:500',
    flags: '--max-attempts 3',
    exits: 7,
    writes: 3,
    says: ['Internal server error', nothing],
    holds: 'old',
  },
  {
    what: '500 for ever on the read',
    faults: 'GetStage:500',
    flags: '--max-attempts 3',
    exits: 7,
    writes: 0,
    says: ['Internal server error'],
    holds: 'old',
  },
  {
    what: 'a reset before the request',
    faults: 'UpdateStage:reset@1',
    exits: 0,
    writes: 2,
    says: [again],
    holds: 'new',
  },
  {
    what: 'a reset after the request',
    faults: 'UpdateStage:reset-after@1',
    exits: 0,
    writes: 1,
    says: [made],
    holds: 'new',
  },
  {
    what: 'a reset in the middle of the answer',
    faults: 'UpdateStage:truncate@1',
    exits: 0,
    writes: 1,
    says: [made],
    holds: 'new',
  },
  {
    what: 'resets of the read',
    faults: 'GetStage:resetx2,GetStage:truncate@3',
    exits: 0,
    writes: 1,
    says: [],
    holds: 'new',
  },
  {
    what: 'a reset for ever',
    faults: 'UpdateStage:reset',
    flags: '--max-attempts 3',
    exits: 7,
    writes: 3,
    says: ['The connection was lost before UpdateStage was answered after 3 attempts', nothing],
    holds: 'old',
  },
  {
    what: 'a write that is made, and nothing is to be reached any more',
    faults: 'UpdateStage:reset-after,GetStage:reset@2,GetStage:resetx99@3',
    flags: '--max-attempts 2',
    exits: 7,
    writes: 1,
    says: [`stage: ${prod}: Whether the edit was made is not known; stage get shows the stage as it is.`],
    holds: 'new',
  },
  {
    what: 'a server that hangs on the write',
    faults: 'UpdateStage:hang@1',
    flags: '--timeout 600ms',
    exits: 0,
    writes: 2,
    says: ['so the stage was read back: the edit had not been made by then, and was sent again.'],
    holds: 'new',
  },
  {
    what: 'a server that hangs for ever',
    faults: '*:hang',
    flags: '--timeout 300ms',
    exits: 7,
    writes: 0,
    says: ['GetStage got no answer within', `stage: ${prod}: --timeout gives it longer than 300 ms.`],
    holds: 'old',
  },
  {
    what: 'an expired token',
    faults: '*:expired',
    exits: 4,
    writes: 0,
    says: [
      'The security token included in the request is expired',
      'Sign in again (aws sso login), or export fresh AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.',
    ],
    holds: 'old',
  },
  {
    what: 'access denied to read',
    faults: 'GetStage:403',
    exits: 6,
    writes: 0,
    says: ['is not authorized to perform: apigateway:GET', `Allow apigateway:GET on arn:aws:apigateway:`],
    holds: 'old',
  },
  {
    what: 'access denied to write',
    faults: 'UpdateStage:403',
    exits: 6,
    writes: 1,
    says: [
      'is not authorized to perform: apigateway:PATCH',
      `${nothing} Allow apigateway:PATCH on arn:aws:apigateway:eu-west-1::/restapis/${prod.replace('/', '/stages/')}.`,
    ],
    holds: 'old',
  },
];

test.each(faults)('$what: $faults', async ({ faults: text, flags = '', exits, writes, says, holds }) => {
  const { stage, calls, held } = await goLive(aStage({ description: 'old' }), { faults: text });
  const { code, stdout, stderr } = await stage(`set ${prod} --description new ${flags}`);
  expect({ code, stdout }).toEqual({ code: exits, stdout: exits === 0 ? written : '' });
  for (const sentence of says) expect(stderr).toContain(sentence);
  if (says.length === 0) expect(stderr).toBe('');
  expect(calls().filter((operation) => operation === 'UpdateStage')).toHaveLength(writes);
  expect(held().description).toBe(holds);
});

test.each([
  ['on a terminal', { isTTY: true }, ''],
  ['with --verbose', {}, ' --verbose'],
])('%s, every wait is a line', async (_what, world, flags) => {
  const { stage } = await goLive(aStage(), { faults: 'UpdateStage:409x2' });
  const { stderr } = await stage(`set ${prod} --description new${flags}`, world);
  const line = `${prod}: another change of this stage is under way (409); trying again in 0 ms.\n`;
  expect(stderr).toBe(line.repeat(2));
});

interface Scripted {
  readonly what: string;
  readonly line: string;
  readonly get?: (stub: Stub) => readonly Script[];
  readonly update?: (stub: Stub) => readonly Script[];
  readonly exits: number;
  readonly writes: number;
  readonly says: readonly string[];
  readonly holds: object | undefined;
}

const change =
  (stub: Stub, members: Stage): Script =>
  () => {
    stub.stage = { ...stub.stage, ...members };
  };

const remove =
  ({ apis }: Stub): Script =>
  () => {
    for (const api of apis) delete api.stages['prod'];
  };

const nothingYet: Script = () => undefined;

const scripted: readonly Scripted[] = [
  {
    what: 'a stage that is deleted in between',
    line: `set ${prod} --description new`,
    update: (stub) => [remove(stub)],
    exits: 6,
    writes: 1,
    says: ['Invalid stage identifier specified', nothing, 'there is no such stage. There is staging.'],
    holds: undefined,
  },
  {
    what: 'a second writer of the same property, who is overwritten',
    line: `set ${prod} --description new`,
    update: (stub) => [change(stub, { description: 'theirs' })],
    exits: 0,
    writes: 1,
    says: [],
    holds: { description: 'new' },
  },
  {
    what: 'a second writer elsewhere',
    line: `set ${prod} --description new`,
    update: (stub) => [change(stub, { tracingEnabled: true })],
    exits: 0,
    writes: 1,
    says: ["tracingEnabled was false when the stage was read, and is true in API Gateway's answer"],
    holds: { description: 'new', tracingEnabled: true },
  },
  {
    what: 'a second writer of the same property, with --expect',
    line: `set ${prod} --description new --expect variables.color=red`,
    get: (stub) => [nothingYet, change(stub, { description: 'theirs' })],
    exits: 5,
    writes: 0,
    says: [
      'description was old when the stage was read, and is theirs now; this edit would make it new. Nothing was written.',
    ],
    holds: { description: 'theirs' },
  },
  {
    what: 'a second writer of what was expected',
    line: `set ${prod} --description new --expect variables.color=red`,
    get: (stub) => [nothingYet, change(stub, { variables: { color: 'theirs' } })],
    exits: 5,
    writes: 0,
    says: ['Expected variables.color to be red, but it is theirs.'],
    holds: { description: 'old' },
  },
  {
    what: 'a second writer between a lost answer and the read back',
    line: `set ${prod} --description new`,
    get: (stub) => [nothingYet, change(stub, { description: 'theirs' })],
    update: () => ['reset-before'],
    exits: 7,
    writes: 1,
    says: ['neither as it was nor as it should be', 'Whether the edit was made is not known'],
    holds: { description: 'theirs' },
  },
];

test('values of secrets that differ are told apart, and not shown', async () => {
  const secrets = (apiKey: string) => ({ ...canaryStage, variables: { apiKey } });
  const { stub, stage } = await againstStub(secrets('hunter1'));
  stub.scripts['UpdateStage'] = [{ status: 200, body: { ...secrets('hunter3'), createdDate: 1, lastUpdatedDate: 1 } }];
  const { code, stderr } = await stage(`set ${prod} --variable apiKey=hunter2`);
  expect(code).toBe(0);
  expect(stderr).not.toContain('hunter');
  expect(stderr).toContain(
    'variables.apiKey was ******** when the stage was read and should be ******** (another value) by ' +
      'this edit; API Gateway answered ******** (a third value).',
  );
});

test.each(scripted)('$what', async (row) => {
  const { line, get, update, exits, writes, says, holds } = row;
  const { stub, stage } = await againstStub({ ...canaryStage });
  stub.scripts['GetStage'] = [...(get?.(stub) ?? [])];
  stub.scripts['UpdateStage'] = [...(update?.(stub) ?? [])];
  const { code, stderr } = await stage(line);
  for (const sentence of says) expect(stderr).toContain(sentence);
  expect([code, says.length === 0 ? stderr : '']).toEqual([exits, '']);
  expect(stub.asked.filter((operation) => operation === 'UpdateStage')).toHaveLength(writes);
  if (holds === undefined) expect(stub.stage).toEqual({});
  else expect(stub.stage).toMatchObject(holds);
});

test('what a second writer changes elsewhere is no line of the report, and is in the stage as it is now', async () => {
  const { stub, stage } = await againstStub({ ...canaryStage });
  const theirs = { tracingEnabled: true, variables: { color: 'theirs', size: '1' } };
  stub.scripts['UpdateStage'] = [change(stub, theirs)];
  const line = `set ${prod} --description new`;
  expect(await stage(line)).toEqual({
    code: 0,
    stdout: written,
    stderr: expect.stringMatching(/^notice: tracingEnabled was false .*\nnotice: variables\.color was red .*\n$/),
  });
  stub.stage = { ...canaryStage };
  stub.scripts['UpdateStage'] = [change(stub, theirs)];
  const document = JSON.parse((await stage(`${line} -o json`)).stdout);
  expect(document).toMatchObject({
    changed: true,
    before: { description: 'old', tracingEnabled: false },
    after: { description: 'new', ...theirs },
    inverse: [{ op: 'replace', path: '/description', value: 'old' }],
    calls: ['made'],
  });
});

test('an edit that API Gateway did not make, in a stage that somebody else changed, changed nothing', async () => {
  const { createdDate: _, lastUpdatedDate: __, ...held } = canaryStage;
  const { stub, stage } = await againstStub(held);
  stub.scripts['UpdateStage'] = [{ status: 200, body: { ...held, tracingEnabled: true } }];
  const { stdout, stderr } = await stage(`set ${prod} --description new`);
  expect(stdout).toBe(`${prod}: the edit was sent, and changed nothing\n`);
  expect(stderr).toContain('API Gateway answered old.');
});

const againstStub = async (stage: Stage): Promise<{ readonly stub: Stub; readonly stage: RunLive }> => {
  const stages = { prod: stage, staging: aStage({ stageName: 'staging' }) };
  const stub = await startStub([{ id: restApiId, name: 'orders-api', stages }]);
  stubs.push(stub);
  return { stub, stage: runAgainst(stub.url, tmpdir()) };
};

describe('an edit of four calls whose third is refused', () => {
  const many = aStage({
    methodSettings: Object.fromEntries(
      Array.from({ length: 100 }, (_, index) => [
        `~1r${index}/GET`,
        aMethod({ loggingLevel: 'INFO', throttlingBurstLimit: 7, metricsEnabled: true }),
      ]),
    ),
  });
  const line = `copy many.json ${prod} --all`;
  const before = aStage({ description: 'old', methodSettings: { '~1a/GET': aMethod() } });

  test.each([
    ['', '; calls 1 to 2 had been made and taken back: the stage is as it was.', 0],
    [' --on-partial keep', '(calls 1 to 2 of 4). Run the command again for the rest.', 52],
  ])('with%s', async (flags, says, entries) => {
    const { stage, held, calls } = await goLive(before, { faults: 'UpdateStage:403@3' }, { 'many.json': many });
    const { code, stdout, stderr } = await stage(line + flags);
    expect([code, stdout]).toEqual([6, '']);
    expect(stderr).toContain('Call 3 was not made.');
    expect(stderr).toContain(says);
    expect(Object.keys(held().methodSettings ?? {}).length - 1).toBe(entries);
    expect(calls().filter((operation) => operation === 'UpdateStage').length).toBe(flags === '' ? 4 : 3);
    expect(await stage(line)).toMatchObject({ code: 0 });
    expect(held().methodSettings).toEqual({ ...before.methodSettings, ...many.methodSettings });
  });
});

test.each([
  [
    'Deployment id does not exist',
    'operation 171 of 200: Deployment id does not exist (replace /deploymentId)',
    { index: 170, of: 200 },
  ],
  [
    'Something is wrong',
    'operations 161 to 200 of 200: Something is wrong',
    { firstIndex: 160, lastIndex: 199, of: 200 },
  ],
])('%s: of a long patch it is said where, whatever else is expected', async (message, says, at) => {
  const operations = Array.from({ length: 200 }, (_, index) =>
    index === 170
      ? { op: 'replace', path: '/deploymentId', value: 'nope' }
      : { op: 'replace', path: `/variables/v${index % 50}`, value: 'x' },
  );
  const { stub, stage } = await againstStub(aStage({ description: 'old' }));
  const line = ['patch', prod, '--expect', 'description=old', '--patch-operations', JSON.stringify(operations)];
  const scripts = [nothingYet, nothingYet, refusal(400, 'BadRequestException', message)];
  stub.scripts['UpdateStage'] = [...scripts];
  expect((await stage(line)).stderr).toContain(`stage: ${says}\nstage: ${prod}: Call 3 was not made.`);
  stub.scripts['UpdateStage'] = [...scripts];
  const { error } = JSON.parse((await stage([...line, '-o', 'json'])).stderr);
  expect(error.problems[0]).toMatchObject({ message, ...at });
});

test('with many faults at once nothing is lost and nothing is applied twice', async () => {
  const text = 'UpdateStage:reset@30%,UpdateStage:reset-after@30%,GetStage:500@20%,UpdateStage:409@30%';
  const { stage, held } = await goLive(aStage(), { faults: text });
  const names = Array.from({ length: 25 }, (_, index) => `v${index}`);
  for (const name of names)
    expect(await stage(`set ${prod} --variable ${name}=x --max-attempts 40`)).toMatchObject({ code: 0 });
  expect(Object.keys(held().variables ?? {})).toEqual(names);
});
