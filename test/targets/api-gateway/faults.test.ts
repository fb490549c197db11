import { type LiveEditOptions, stageOnApiGateway } from '../../../src/targets/api-gateway.js';
import { aStage } from '../../stages.js';
import { conflict, refusal, type Script } from '../../stub-api-gateway.js';
import {
  closeStubs,
  counts,
  describedAs,
  failureOf,
  goLive,
  type Live,
  replace,
  restApiId,
  sentences,
} from './live.js';

afterEach(closeStubs);

const times = (count: number, script: Script): readonly Script[] => Array.from({ length: count }, () => script);
const throttled = refusal(429, 'TooManyRequestsException', 'Too Many Requests', { 'retry-after': '3' });
const busy = (retryAfter: string): Script =>
  refusal(503, 'ServiceUnavailableException', 'Service Unavailable', {
    'retry-after': retryAfter,
  });
const html: Script = { status: 500, body: '<html>Internal Server Error</html>' };
const page: Script = { status: 200, body: '<html>Welcome</html>' };
const otherStage: Script = { status: 200, body: { stageName: 'staging', deploymentId: 'x' } };
const deployment = refusal(400, 'BadRequestException', 'Deployment id does not exist');
const denied = refusal(
  403,
  'AccessDeniedException',
  'User: arn:aws:iam::1:user/x is not authorized to perform: apigateway:PATCH on resource: arn:aws:apigateway:eu-west-1::/restapis/a1b2c3d4e5/stages/prod',
);
const as =
  (description: string) =>
  (live: Live): void => {
    live.stub.stage = { ...live.stub.stage, description };
  };
const pass: Script = () => undefined;
// Waits on the test clock take no time, but a server that hangs takes real time.
const hasty: Partial<LiveEditOptions> = { timeout: 300 };

/** A script, or one that needs the live stage. */
type Step = Script | ((live: Live) => void);

interface Row {
  readonly what: string;
  readonly get?: readonly Step[];
  readonly update?: readonly Step[];
  /** The number of GetStage and UpdateStage calls. */
  readonly asks: readonly [reads: number, writes: number];
  readonly options?: Partial<LiveEditOptions>;
  /** The final description of the stage (default: `new`, or `old` if the edit failed). */
  readonly holds?: string;
}

interface Survived extends Row {
  readonly waits?: readonly number[];
  /** The fault, if a read showed that the edit was applied. */
  readonly readBack?: string;
}

const run = async ({ get = [], update = [], options }: Row): Promise<Live> => {
  const live = await goLive(aStage({ description: 'old' }), options);
  const scripts = (steps: readonly Step[]): Script[] =>
    steps.map((step) => (typeof step === 'function' ? () => step(live) : step));
  live.stub.scripts['GetStage'] = scripts(get);
  live.stub.scripts['UpdateStage'] = scripts(update);
  return live;
};

const asksOf = ({ stub }: Live): Row['asks'] => {
  const { GetStage: reads = 0, UpdateStage: writes = 0 } = counts(stub);
  return [reads, writes];
};

const survived: readonly Survived[] = [
  { what: '409 three times', update: times(3, conflict), asks: [4, 4], waits: [125, 250, 500] },
  { what: '429 with Retry-After', update: [throttled], asks: [1, 2], waits: [3000] },
  { what: '429 on the read', get: [throttled], asks: [2, 1], waits: [3000] },
  { what: '503 with Retry-After', update: [busy('7')], asks: [2, 2], waits: [7000] },
  { what: '500 on the read', get: [html, html], asks: [3, 1] },
  { what: 'a reset of the read, and a truncated one', get: ['reset-before', 'cut'], asks: [3, 1] },
  { what: '500 on a write that was not made', update: [html], asks: [2, 2] },
  { what: 'a reset before the write was made', update: ['reset-before'], asks: [2, 2] },
  {
    what: 'a reset after the write was made',
    update: ['reset-after'],
    asks: [2, 1],
    readBack: 'The connection was lost before UpdateStage was answered',
  },
  { what: 'a truncated answer', update: ['cut'], asks: [2, 1], readBack: 'The answer to UpdateStage was cut off' },
  { what: 'an answer without a stage', update: [{ status: 200, body: {} }], asks: [2, 2] },
  { what: 'an answer about another stage', update: [otherStage], asks: [2, 2] },
  {
    what: 'a server that hangs before the write was made',
    update: ['hang-before'],
    asks: [2, 2],
    options: { timeout: 1000 },
  },
  {
    what: 'a server that hangs after the write was made',
    update: ['hang-after'],
    asks: [2, 1],
    readBack: 'UpdateStage got no answer within 150 ms',
    options: hasty,
  },
  {
    what: 'a lost write, while the read after it fails at first',
    get: [pass, html, 'reset-before'],
    update: ['reset-after'],
    asks: [4, 1],
    readBack: 'The connection was lost before UpdateStage was answered',
  },
  { what: 'a lost write and then conflicts', update: ['reset-before', conflict, conflict], asks: [4, 4] },
  {
    what: 'a 409 after the edit was made',
    get: [pass, as('new')],
    update: [conflict],
    asks: [2, 1],
  },
  {
    what: 'a 409 after the edit was made, at the last attempt',
    get: [pass, as('new')],
    update: [conflict],
    asks: [2, 1],
    options: { maxAttempts: 1 },
  },
  {
    what: 'a lost write that is applied late, and then refused when sent again',
    get: [pass, pass, as('new')],
    update: ['reset-before', deployment],
    asks: [3, 2],
    readBack: 'The connection was lost before UpdateStage was answered',
  },
];

test.each(survived)('$what: the edit is made, once', async (row) => {
  const live = await run(row);
  const outcome = await live.target.edit(() => describedAs('new'));
  expect([live.stub.stage.description, outcome.after.description]).toEqual(['new', 'new']);
  expect(outcome.calls.map(({ state }) => state)).toEqual(['made']);
  const { readBack } = row;
  const told = readBack ? [expect.stringMatching(`^${readBack}.*; the stage shows that it was applied\\.$`)] : [];
  expect(outcome.notices?.map(({ message }) => message)).toEqual(told);
  expect(asksOf(live)).toEqual(row.asks);
  if (row.waits) expect(live.waits).toEqual(row.waits);
});

test('every wait is reported in a sentence', async () => {
  const { told, target } = await run({ what: '', update: [conflict, throttled], asks: [0, 0] });
  await target.edit(() => describedAs('new'));
  expect(told).toEqual([
    'a1b2c3d4e5/prod: another update is still in progress; API Gateway refused the edit once; trying again in 125 ms.',
    'a1b2c3d4e5/prod: Too Many Requests; trying again in 3 s.',
  ]);
});

test('a server that breaks each connection at its second request is called on a new connection', async () => {
  const live = await goLive(aStage({ description: 'old' }));
  live.stub.breaksConnections = true;
  await live.target.edit(() => describedAs('new'));
  expect(live.stub.stage.description).toBe('new');
  expect(asksOf(live)).toEqual([2, 1]);
});

interface Failed extends Row {
  readonly kind: string;
  readonly code: string;
  readonly says: readonly (string | RegExp)[];
}

const nothing = /^a1b2c3d4e5\/prod: Nothing was written\./;
const unclear = 'a1b2c3d4e5/prod: unclear whether the update was applied; check with stage get.';

const failed: readonly Failed[] = [
  {
    what: 'endless 409',
    update: times(10, conflict),
    asks: [11, 10],
    kind: 'refused',
    code: 'conflict',
    says: [
      'another update is still in progress; API Gateway refused the edit 10 times',
      'a1b2c3d4e5/prod: Nothing was written. Wait for it to end, and run the command again.',
    ],
  },
  {
    what: 'endless 409 with few attempts',
    update: times(3, conflict),
    asks: [4, 3],
    kind: 'refused',
    code: 'conflict',
    says: [/3 times$/, nothing],
    options: { maxAttempts: 3 },
  },
  {
    what: 'a 409 because of another change of the same property',
    get: [pass, as('theirs')],
    update: [conflict],
    asks: [2, 1],
    kind: 'expectation',
    code: 'concurrent-change',
    says: ['a1b2c3d4e5/prod: description changed from old to theirs during this edit. Nothing was written.'],
    holds: 'theirs',
  },
  {
    what: 'endless 429',
    update: times(20, throttled),
    asks: [1, 10],
    kind: 'unavailable',
    code: 'throttled',
    says: ['Too Many Requests', /Nothing was written\. All tools of the account share API Gateway's quota/],
  },
  ...['120', '1e11', '100000000000'].map(
    (seconds): Failed => ({
      what: `429 with Retry-After: ${seconds}`,
      update: [refusal(429, 'LimitExceededException', 'Rate exceeded', { 'retry-after': seconds })],
      asks: [1, 1],
      kind: 'unavailable',
      code: 'throttled',
      says: ['Rate exceeded', /asked to wait (2 min|more than a day), longer than the 60 s of --timeout\.$/],
    }),
  ),
  {
    what: 'endless 500',
    update: times(20, html),
    asks: [11, 10],
    kind: 'unavailable',
    code: 'server-error',
    says: [
      'API Gateway answered UpdateStage with 500 and no message after 10 attempts.',
      'a1b2c3d4e5/prod: Nothing was written. Run the command again later.',
    ],
  },
  {
    what: 'endless 500 on the read',
    get: times(20, refusal(500, 'InternalServerErrorException', 'Internal failure')),
    asks: [10, 0],
    kind: 'unavailable',
    code: 'server-error',
    says: ['Internal failure', /GetStage failed \(500\) after 10 attempts\. Run the command again later\.$/],
  },
  ...[page, { status: 200, body: {} }, otherStage].map(
    (answer): Failed => ({
      what: `a read that is answered with ${JSON.stringify(answer)}`,
      get: [answer],
      asks: [1, 0],
      kind: 'unavailable',
      code: 'strange-answer',
      says: [/^GetStage got status 200, but the answer is not from API Gateway/, /: Is http:\S+ API Gateway\?$/],
    }),
  ),
  {
    what: 'an answer of more than 10 MB',
    get: [{ status: 200, body: JSON.stringify({ stageName: 'prod', description: 'x'.repeat(11 * 1024 * 1024) }) }],
    asks: [1, 0],
    kind: 'unavailable',
    code: 'strange-answer',
    says: [/^GetStage got status .*: it is larger than 10 MB\.$/, /API Gateway\?$/],
  },
  {
    what: 'a write and all later reads answered by another server',
    get: [pass, page],
    update: [page],
    asks: [2, 1],
    kind: 'unavailable',
    code: 'strange-answer',
    says: [/^UpdateStage got status 200/, /API Gateway\?$/, unclear],
  },
  {
    what: 'a server that always hangs',
    get: times(9, 'hang-before'),
    asks: [2, 0],
    kind: 'unavailable',
    code: 'timed-out',
    says: [/^GetStage got no answer within \d+ ms after 2 attempts\.$/, /To wait longer than 200 ms, add --timeout/],
    options: { timeout: 200, maxAttempts: 2 },
  },
  {
    what: 'a server that hangs on the only write',
    update: ['hang-before'],
    asks: [2, 1],
    kind: 'unavailable',
    code: 'timed-out',
    says: [/^UpdateStage got no answer/, /--timeout/, unclear],
    options: { ...hasty, maxAttempts: 1 },
  },
  {
    what: 'a lost write after which the stage cannot be read',
    get: [pass, ...times(20, html)],
    update: ['reset-after'],
    asks: [11, 1],
    kind: 'unavailable',
    code: 'no-answer',
    says: [/^The connection was lost before UpdateStage was answered: /, unclear],
    holds: 'new',
  },
  {
    what: 'a lost write, and another change of the same property',
    get: [pass, as('theirs')],
    update: ['reset-before'],
    asks: [2, 1],
    kind: 'unavailable',
    code: 'no-answer',
    says: [
      /^The connection was lost/,
      unclear,
      'a1b2c3d4e5/prod: description changed from old to theirs during this edit.',
    ],
    holds: 'theirs',
  },
  {
    what: 'a refusal after a lost answer',
    update: ['reset-before', deployment],
    asks: [3, 2],
    kind: 'refused',
    code: 'refused',
    says: ['Deployment id does not exist', nothing],
  },
  {
    what: 'denied access',
    update: [denied],
    asks: [1, 1],
    kind: 'refused',
    code: 'access-denied',
    says: [
      /^User: arn:aws:iam::1:user\/x is not authorized/,
      'a1b2c3d4e5/prod: Nothing was written. Allow apigateway:PATCH on arn:aws:apigateway:eu-west-1::/restapis/a1b2c3d4e5/stages/prod.',
    ],
  },
  {
    what: 'a stage that is deleted in the meantime',
    update: [
      ({ stub: { apis } }) => Object.assign(apis[0] ?? {}, { stages: { staging: aStage({ stageName: 'staging' }) } }),
    ],
    asks: [1, 1],
    kind: 'refused',
    code: 'not-found',
    says: [
      'Invalid stage identifier specified',
      'a1b2c3d4e5/prod: Nothing was written.',
      'a1b2c3d4e5/prod: there is no such stage. Available: staging.',
    ],
    holds: '',
  },
];

test.each(failed)('$what ends the edit', async (row) => {
  const live = await run(row);
  const error = await failureOf(live.target.edit(() => describedAs('new')));
  expect([error.kind, error.problems[0]?.code]).toEqual([row.kind, row.code]);
  const says = row.says.map((said) => (typeof said === 'string' ? said : expect.stringMatching(said)));
  expect(sentences(error)).toEqual(says);
  expect(asksOf(live)).toEqual(row.asks);
  expect(live.stub.stage.description ?? '').toBe(row.holds ?? 'old');
});

test('an unreachable server is tried five times', async () => {
  const { stub, target } = await goLive();
  await stub.close();
  const error = await failureOf(target.read());
  expect([error.kind, error.problems[0]?.code]).toEqual(['unavailable', 'unreachable']);
  expect(sentences(error)[0]).toMatch(/^API Gateway cannot be reached after 5 attempts: connect ECONNREFUSED/);
  expect(sentences(error)[1]).toBe(`a1b2c3d4e5/prod: Is anything listening at ${stub.url}?`);
});

test('an operation with an unknown effect counts as not made only if its place is untouched', async () => {
  const add = { op: 'add', path: '/description', value: 'new' } as const;
  const lost = { what: '', update: ['reset-before'] as const, asks: [0, 0] as const, options: { verbatim: true } };
  const again = await run(lost);
  again.stub.scripts['UpdateStage']?.push({ status: 200, body: { stageName: 'prod', description: 'new' } });
  await again.target.edit(() => [[add]]);
  expect(asksOf(again)).toEqual([2, 2]);
  const touched = await run({ ...lost, get: [pass, as('new')] });
  const error = await failureOf(touched.target.edit(() => [[add]]));
  expect([error.kind, error.problems.map(({ code }) => code)]).toEqual([
    'unavailable',
    ['no-answer', 'unclear', 'concurrent-change'],
  ]);
});

test.each([
  ['GetStage', 'interrupted', 'nothing was changed.'],
  ['UpdateStage', 'unclear', 'unclear whether the update was applied; check with stage get.'],
])('an interruption during %s says what is known', async (operation, code, says) => {
  const { stub, target, controller } = await goLive();
  stub.scripts[operation] = [() => controller.abort('SIGINT')];
  const error = await failureOf(target.edit(() => describedAs('new')));
  expect(error.kind).toBe('interrupted');
  expect(error.problems).toEqual([{ code, message: `a1b2c3d4e5/prod: interrupted by SIGINT; ${says}` }]);
});

test.each([
  ['a lost answer', 'reset-after' as const, 'unclear whether the update was applied; check with stage get.'],
  ['a 429', throttled, 'nothing was written.'],
])('an interruption during the wait after %s says what is known', async (_what, script, says) => {
  const { stub, controller, options } = await goLive();
  stub.scripts['UpdateStage'] = [script];
  const address = { api: { id: 'a1b2c3d4e5' }, stageName: 'prod', label: 'a1b2c3d4e5/prod' };
  const target = stageOnApiGateway(address, { ...options, tell: () => controller.abort('SIGINT') });
  const error = await failureOf(target.edit(() => describedAs('new')));
  expect(sentences(error)).toEqual([`a1b2c3d4e5/prod: interrupted by SIGINT; ${says}`]);
});

test.each([
  [
    'the operation whose number a validation error contains',
    2,
    "Value 'x' at 'updateStageInput.patchOperations.2.member.op' failed",
    1,
  ],
  ['the only one', 1, 'Something is wrong', 0],
  ['otherwise unknown', 2, 'Something is wrong', undefined],
])('the operation at fault is %s', async (_what, count, message, index) => {
  const { stub, target } = await goLive();
  stub.scripts['UpdateStage'] = [refusal(400, 'BadRequestException', message)];
  const operations = [replace('/description', 'x'), replace('/tracingEnabled', 'true')].slice(0, count);
  const error = await failureOf(target.edit(() => [operations]));
  expect(error.problems[0]).toEqual({
    code: 'refused',
    message,
    ...(index !== undefined && { operation: operations[index], index }),
  });
});

test('a CreateStage that finds something else missing does not say that the stage is missing', async () => {
  const { stub, options } = await goLive();
  stub.scripts['CreateStage'] = [refusal(404, 'NotFoundException', 'Invalid Documentation version specified')];
  const address = { api: { id: restApiId }, stageName: 'dev', label: 'a1b2c3d4e5/dev' };
  const { edit } = stageOnApiGateway(address, { ...options, creates: true });
  const create = edit(() => [{ kind: 'CreateStage', stage: { deploymentId: 'dep1' } }]);
  expect(sentences(await failureOf(create))).toEqual([
    'Invalid Documentation version specified',
    'a1b2c3d4e5/dev: Nothing was written.',
  ]);
});
