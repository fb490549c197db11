import { PatchError } from '../../../src/stage/problem.js';
import { type LiveEditOptions, stageOnApiGateway } from '../../../src/targets/api-gateway.js';
import { aStage } from '../../stages.js';
import { conflict, refusal, type Script } from '../../stub-api-gateway.js';
import { closeStubs, counts, describedAs, failureOf, goLive, replace, sentences } from './live.js';

afterEach(closeStubs);

const times = (count: number, script: Script): readonly Script[] => Array.from({ length: count }, () => script);
const throttled = refusal(429, 'TooManyRequestsException', 'Too Many Requests', { 'retry-after': '3' });
const busy = (retryAfter: string, date?: string): Script =>
  refusal(503, 'ServiceUnavailableException', 'Service Unavailable', {
    'retry-after': retryAfter,
    ...(date && { date }),
  });
const now = Date.now();
const httpDate = (milliseconds: number): string => new Date(milliseconds).toUTCString();
const html: Script = {
  status: 500,
  body: '<html>Internal Server Error</html>',
  headers: { 'content-type': 'text/html' },
};
const expired = refusal(403, 'ExpiredTokenException', 'The security token included in the request is expired');
const denied = refusal(
  403,
  'AccessDeniedException',
  'User: arn:aws:iam::1:user/x is not authorized to perform: apigateway:PATCH on resource: arn:aws:apigateway:eu-west-1::/restapis/a1b2c3d4e5/stages/prod',
);
const deployment = refusal(400, 'BadRequestException', 'Deployment id does not exist');
const sentence409 = 'Unable to complete operation due to concurrent modification. Please try again later.';

// The clock costs no time, save where something hangs: that takes as long as it takes.
const hasty: Partial<LiveEditOptions> = { timeout: 300 };

interface Ridden {
  readonly what: string;
  readonly get?: readonly Script[];
  readonly update?: readonly Script[];
  readonly calls: Readonly<Record<string, number>>;
  readonly notices?: readonly string[];
  readonly waits?: readonly number[];
  readonly options?: Partial<LiveEditOptions>;
}

const lost = (why: string, became: string): string =>
  `The answer to the edit did not arrive (${why}), so the stage was read back: ${became}.`;
const reset = 'the connection was lost (ECONNRESET)';
const isMade = 'the edit was made';
const isSentAgain = 'the edit had not been made, and was sent again';

const ridden: readonly Ridden[] = [
  {
    what: '409 three times',
    update: times(3, conflict),
    calls: { GetStage: 4, UpdateStage: 4 },
    waits: [125, 250, 500],
  },
  {
    what: '409 while what is touched is rechecked',
    update: [conflict],
    calls: { GetStage: 3, UpdateStage: 2 },
    options: { recheck: true },
  },
  { what: '429 with Retry-After', update: [throttled], calls: { GetStage: 1, UpdateStage: 2 }, waits: [3000] },
  { what: '429 on the read', get: [throttled], calls: { GetStage: 2, UpdateStage: 1 }, waits: [3000] },
  {
    what: '503 with Retry-After',
    update: [busy('7')],
    calls: { GetStage: 2, UpdateStage: 2 },
    notices: [lost('API Gateway failed (503)', isSentAgain)],
    waits: [7000],
  },
  {
    what: '503 with a date as Retry-After, on the read',
    get: [busy(httpDate(now + 9000), httpDate(now))],
    calls: { GetStage: 2, UpdateStage: 1 },
    waits: [9000],
  },
  { what: '500 on the read', get: [html, html], calls: { GetStage: 3, UpdateStage: 1 } },
  { what: 'a reset of the read', get: ['reset-before', 'cut'], calls: { GetStage: 3, UpdateStage: 1 } },
  {
    what: '500 on the write, which was not made',
    update: [html],
    calls: { GetStage: 2, UpdateStage: 2 },
    notices: [lost('API Gateway failed (500)', isSentAgain)],
  },
  {
    what: 'a reset before the write was made',
    update: ['reset-before'],
    calls: { GetStage: 2, UpdateStage: 2 },
    notices: [lost(reset, isSentAgain)],
  },
  {
    what: 'a reset after the write was made',
    update: ['reset-after'],
    calls: { GetStage: 2, UpdateStage: 1 },
    notices: [lost(reset, isMade)],
  },
  {
    what: 'an answer that breaks off',
    update: ['cut'],
    calls: { GetStage: 2, UpdateStage: 1 },
    notices: [lost('the answer broke off', isMade)],
  },
  {
    what: 'a server that hangs before the write was made',
    update: ['hang-before'],
    calls: { GetStage: 2, UpdateStage: 2 },
    notices: [lost('no answer within 150 ms', 'the edit had not been made by then, and was sent again')],
    options: hasty,
  },
  {
    what: 'a server that hangs after the write was made',
    update: ['hang-after'],
    calls: { GetStage: 2, UpdateStage: 1 },
    notices: [lost('no answer within 150 ms', isMade)],
    options: hasty,
  },
  {
    what: 'a lost write, while the read back fails at first',
    get: [() => undefined, html, 'reset-before'],
    update: ['reset-after'],
    calls: { GetStage: 4, UpdateStage: 1 },
    notices: [lost(reset, isMade)],
  },
  {
    what: 'a lost write and then conflicts',
    update: ['reset-before', conflict, conflict],
    calls: { GetStage: 4, UpdateStage: 4 },
    notices: [lost(reset, isSentAgain)],
  },
];

test.each(ridden)('$what is ridden out', async ({ get = [], update = [], calls, notices = [], waits, options }) => {
  const { stub, target, waits: waited, told } = await goLive(aStage({ description: 'old' }), options);
  stub.scripts['GetStage'] = [...get];
  stub.scripts['UpdateStage'] = [...update];
  const outcome = await target.edit(() => describedAs('new'));
  expect(stub.stage.description).toBe('new');
  expect(outcome.after.description).toBe('new');
  expect(outcome.calls.map(({ state }) => state)).toEqual(['made']);
  expect(outcome.notices?.map(({ message }) => message)).toEqual(notices);
  expect(counts(stub)).toEqual(calls);
  if (waits) expect(waited).toEqual(waits);
  expect(told.length).toBeGreaterThan(0);
});

test('a wait is told in a sentence', async () => {
  const { stub, target, told } = await goLive();
  stub.scripts['UpdateStage'] = [conflict, throttled];
  await target.edit(() => describedAs('new'));
  expect(told).toEqual([
    'a1b2c3d4e5/prod: another change of this stage is under way (409); trying again in 125 ms.',
    'a1b2c3d4e5/prod: the quota of the account is used up (429); trying again in 3 s.',
  ]);
});

interface Failed {
  readonly what: string;
  readonly get?: readonly Script[];
  readonly update?: readonly Script[];
  readonly calls: Readonly<Record<string, number>>;
  readonly kind: string;
  readonly code: string;
  readonly says: readonly (string | RegExp)[];
  /** What the stage holds then. */
  readonly description?: string;
  readonly options?: Partial<LiveEditOptions>;
}

const failed: readonly Failed[] = [
  {
    what: '409 for ever',
    update: times(10, conflict),
    calls: { GetStage: 10, UpdateStage: 10 },
    kind: 'refused',
    code: 'conflict',
    says: [
      sentence409,
      'a1b2c3d4e5/prod: Nothing was written. Another change went on all the time: wait for it to end, and run the command again.',
    ],
  },
  {
    what: '409 for ever with few attempts',
    update: times(3, conflict),
    calls: { GetStage: 3, UpdateStage: 3 },
    kind: 'refused',
    code: 'conflict',
    says: [sentence409, /Nothing was written/],
    options: { maxAttempts: 3 },
  },
  {
    what: '409 for ever whose last attempt is throttled',
    update: [...times(2, conflict), throttled],
    calls: { GetStage: 3, UpdateStage: 3 },
    kind: 'refused',
    code: 'conflict',
    says: [sentence409, /Nothing was written\. Another change went on all the time/],
    options: { maxAttempts: 3 },
  },
  {
    what: '409 for ever whose last attempt is lost',
    update: [...times(2, conflict), 'reset-before'],
    calls: { GetStage: 4, UpdateStage: 3 },
    kind: 'refused',
    code: 'conflict',
    says: [sentence409, /Nothing was written\. Another change went on all the time/],
    options: { maxAttempts: 3 },
  },
  {
    what: '409 for ever whose last attempt times out',
    update: [...times(2, conflict), 'hang-before'],
    calls: { GetStage: 4, UpdateStage: 3 },
    kind: 'refused',
    code: 'conflict',
    says: [sentence409, /had not been changed by then; API Gateway may still make the edit/],
    options: { maxAttempts: 3, timeout: 1000 },
  },
  {
    what: 'one 409 and then 429 for ever',
    update: [conflict, ...times(9, throttled)],
    calls: { GetStage: 2, UpdateStage: 10 },
    kind: 'unavailable',
    code: 'throttled',
    says: ['Too Many Requests', /Nothing was written/],
  },
  {
    what: '409 for ever until the edit is refused',
    update: [...times(3, conflict), deployment],
    calls: { GetStage: 4, UpdateStage: 4 },
    kind: 'refused',
    code: 'refused',
    says: ['Deployment id does not exist', /Nothing was written/],
  },
  {
    what: '429 for ever',
    update: times(20, throttled),
    calls: { GetStage: 1, UpdateStage: 10 },
    kind: 'unavailable',
    code: 'throttled',
    says: ['Too Many Requests', /Nothing was written\. All tools of the account share API Gateway's quota/],
  },
  {
    what: '429 that asks for more time than there is',
    update: [refusal(429, 'LimitExceededException', 'Rate exceeded', { 'retry-after': '120' })],
    calls: { GetStage: 1, UpdateStage: 1 },
    kind: 'unavailable',
    code: 'throttled',
    says: ['Rate exceeded', /Nothing was written.*; it asked to wait 2 min, longer than the 60 s of --timeout\.$/],
  },
  {
    what: '503 that asks for more time than there is',
    update: [busy('120')],
    calls: { GetStage: 2, UpdateStage: 1 },
    kind: 'unavailable',
    code: 'server-error',
    says: ['Service Unavailable', /Nothing was written/],
  },
  {
    what: '500 for ever',
    update: times(20, html),
    calls: { GetStage: 11, UpdateStage: 10 },
    kind: 'unavailable',
    code: 'server-error',
    says: [
      'API Gateway answered UpdateStage with 500 and no sentence of its own after 10 attempts.',
      'a1b2c3d4e5/prod: Nothing was written. Run the command again later.',
    ],
  },
  {
    what: '500 for ever on the read',
    get: times(20, refusal(500, 'InternalServerErrorException', 'Internal failure')),
    calls: { GetStage: 10 },
    kind: 'unavailable',
    code: 'server-error',
    says: [
      'Internal failure',
      'a1b2c3d4e5/prod: API Gateway failed (500) at GetStage after 10 attempts. Run the command again later.',
    ],
  },
  ...['<html>Welcome</html>', {}, ''].map((body) => ({
    what: `an answer that is none of API Gateway's, ${JSON.stringify(body)},`,
    get: [{ status: 200, body }],
    calls: { GetStage: 1 },
    kind: 'unavailable' as const,
    code: 'strange-answer',
    says: [
      'GetStage was answered with 200, but not as API Gateway answers it.',
      /^a1b2c3d4e5\/prod: Is http:\S+ API Gateway\?$/,
    ],
  })),
  {
    what: "an answer to the edit that is none of API Gateway's, and then no better one",
    get: [() => undefined, { status: 200, body: '<html>Welcome</html>' }],
    update: [{ status: 200, body: '<html>Welcome</html>' }],
    calls: { GetStage: 2, UpdateStage: 1 },
    kind: 'unavailable',
    code: 'strange-answer',
    says: [
      'UpdateStage was answered with 200, but not as API Gateway answers it.',
      /Whether the edit was made is not known; stage get shows the stage as it is\. Is http:\S+ API Gateway\?$/,
    ],
  },
  {
    what: 'a server that always hangs',
    get: times(9, 'hang-before'),
    calls: { GetStage: 2 },
    kind: 'unavailable',
    code: 'timed-out',
    says: [/^GetStage got no answer within \d+ ms after 2 attempts\.$/, /--timeout gives it longer than 200 ms/],
    options: { timeout: 200, maxAttempts: 2 },
  },
  {
    what: 'a lost write whose stage cannot be read back',
    get: [() => undefined, ...times(20, html)],
    update: ['reset-after'],
    calls: { GetStage: 11, UpdateStage: 1 },
    kind: 'unavailable',
    code: 'no-answer',
    says: [
      /^The connection was lost before UpdateStage was answered: /,
      'a1b2c3d4e5/prod: Whether the edit was made is not known; stage get shows the stage as it is.',
    ],
    description: 'new',
  },
  {
    what: 'an expired token',
    get: [expired],
    calls: { GetStage: 1 },
    kind: 'config',
    code: 'expired-token',
    says: ['The security token included in the request is expired', /Sign in again \(aws sso login\), or export/],
  },
  {
    what: 'denied access',
    update: [denied],
    calls: { GetStage: 1, UpdateStage: 1 },
    kind: 'refused',
    code: 'access-denied',
    says: [
      /^User: arn:aws:iam::1:user\/x is not authorized/,
      'a1b2c3d4e5/prod: Nothing was written. Allow apigateway:PATCH on arn:aws:apigateway:eu-west-1::/restapis/a1b2c3d4e5/stages/prod.',
    ],
  },
  {
    what: 'an unknown deployment',
    update: [deployment],
    calls: { GetStage: 1, UpdateStage: 1 },
    kind: 'refused',
    code: 'refused',
    says: [
      'Deployment id does not exist',
      'a1b2c3d4e5/prod: Nothing was written. aws apigateway get-deployments --rest-api-id a1b2c3d4e5 --region eu-west-1 lists those there are.',
    ],
  },
  {
    what: 'a refusal after an answer that was lost',
    update: ['reset-before', deployment],
    calls: { GetStage: 3, UpdateStage: 2 },
    kind: 'refused',
    code: 'refused',
    says: ['Deployment id does not exist', /Nothing was written/],
  },
];

test.each(failed)('$what ends the edit', async ({ get = [], update = [], calls, kind, code, says, ...rest }) => {
  const { stub, target } = await goLive(aStage({ description: 'old' }), rest.options);
  stub.scripts['GetStage'] = [...get];
  stub.scripts['UpdateStage'] = [...update];
  const error = await failureOf(target.edit(() => describedAs('new')));
  expect(error).toMatchObject({ kind, problems: [{ code }, ...error.problems.slice(1)] });
  expect(sentences(error)).toEqual(says.map((said) => (typeof said === 'string' ? said : expect.stringMatching(said))));
  expect(counts(stub)).toEqual(calls);
  expect(stub.stage.description).toBe(rest.description ?? 'old');
});

test('nothing listens: it is not reached, and says so soon', async () => {
  const { stub, target } = await goLive();
  await stub.close();
  const error = await failureOf(target.read());
  expect(error).toMatchObject({ kind: 'unavailable', problems: [{ code: 'unreachable' }, {}] });
  expect(sentences(error)[0]).toMatch(/^API Gateway cannot be reached after 5 attempts: connect ECONNREFUSED/);
  expect(sentences(error)[1]).toBe(`a1b2c3d4e5/prod: Is anything listening at ${stub.url}?`);
});

test('a write that was made, lost and then refused as made already, is made', async () => {
  const { stub, target } = await goLive(aStage({ variables: { a: '1' } }));
  // The first is still on its way when the stage is read back.
  const late = (): void => {
    stub.stage = aStage();
  };
  const gone = refusal(400, 'BadRequestException', 'Invalid stage variable');
  stub.scripts['UpdateStage'] = ['reset-before', gone];
  stub.scripts['GetStage'] = [() => undefined, () => undefined, late];
  const outcome = await target.edit(() => [[{ op: 'remove', path: '/variables/a' }]]);
  expect(outcome.notices?.map(({ message }) => message)).toEqual([lost(reset, isMade)]);
});

test('an attempt that lands late is no other writer, also where what is touched is rechecked', async () => {
  const { stub, target } = await goLive(aStage({ description: 'old' }), { recheck: true });
  const land = (): void => {
    stub.stage = { ...stub.stage, description: 'new' };
  };
  stub.scripts['UpdateStage'] = ['reset-before', conflict];
  stub.scripts['GetStage'] = [() => undefined, () => undefined, () => undefined, land];
  const { notices } = await target.edit(() => describedAs('new'));
  expect(notices?.map(({ code }) => code)).toEqual(['read-back']);
  expect(counts(stub)).toEqual({ GetStage: 4, UpdateStage: 2 });
});

test('a stage that is gone when it is read back is told as such', async () => {
  const { stub, target } = await goLive();
  stub.scripts['UpdateStage'] = ['reset-after'];
  stub.scripts['GetStage'] = [() => undefined, refusal(404, 'NotFoundException', 'Invalid stage identifier specified')];
  const error = await failureOf(target.edit(() => describedAs('new')));
  expect(error.kind).toBe('unavailable');
  expect(sentences(error)[1]).toMatch(/is not known: the stage is not there any more/);
});

test('a lost write over which another writer went is not guessed at', async () => {
  const { stub, target } = await goLive(aStage({ description: 'old' }));
  stub.scripts['UpdateStage'] = ['reset-before'];
  stub.scripts['GetStage'] = [
    () => undefined,
    () => {
      stub.stage = { ...stub.stage, description: 'theirs' };
    },
  ];
  const error = await failureOf(target.edit(() => describedAs('new')));
  expect(error.kind).toBe('unavailable');
  expect(sentences(error)[1]).toMatch(/neither as it was nor as it should be.*is not known/);
  expect(sentences(error)[2]).toBe(
    'description was old when the stage was read, and is theirs now; this edit would make it new.',
  );
  expect(counts(stub)).toEqual({ GetStage: 2, UpdateStage: 1 });
});

test.each([
  ['and somebody else changed something else: it is sent again', { tracingEnabled: true }, 2],
  ['and the stage was touched: it may have been made and undone', {}, 1],
] as const)('after a lost write the stage is as it was, %s', async (_what, theirs, writes) => {
  const { stub, target } = await goLive(aStage({ description: 'old' }));
  stub.scripts['UpdateStage'] = ['reset-before'];
  stub.scripts['GetStage'] = [
    () => undefined,
    () => {
      stub.stage = { ...stub.stage, ...theirs, lastUpdatedDate: '2026-03-03T00:00:00+00:00' };
    },
  ];
  const work = target.edit(() => describedAs('new'));
  if (writes === 2) expect((await work).notices?.map(({ code }) => code)).toEqual(['sent-again', 'changed-meanwhile']);
  else
    expect(sentences(await failureOf(work))[1]).toMatch(
      /may have been the edit, undone by somebody else\. .* not known/,
    );
  expect(counts(stub)['UpdateStage']).toBe(writes);
});

test.each(['GetStage', 'the wait before it'])('an interruption in %s of a lost edit is one', async (where) => {
  const { stub, controller, options } = await goLive();
  stub.scripts['UpdateStage'] = ['reset-after'];
  stub.scripts['GetStage'] = [() => undefined, 'hang-before'];
  const stopped = stageOnApiGateway(at, {
    ...options,
    tell: () => {
      if (where === 'GetStage') setTimeout(() => controller.abort('SIGINT'), 100);
      else controller.abort('SIGINT');
    },
  });
  const error = await failureOf(stopped.edit(() => describedAs('new')));
  expect(error.kind).toBe('interrupted');
  expect(sentences(error)).toEqual([
    'a1b2c3d4e5/prod: interrupted by SIGINT; whether the edit was made is not known. stage get shows it.',
  ]);
});

test('a stage that is deleted in between is not found, and the others are named', async () => {
  const { stub, target } = await goLive();
  stub.scripts['UpdateStage'] = [
    () => {
      const [api] = stub.apis;
      if (api) api.stages = { staging: aStage({ stageName: 'staging' }) };
    },
  ];
  const error = await failureOf(target.edit(() => describedAs('new')));
  expect(error.kind).toBe('refused');
  expect(sentences(error)).toEqual([
    'Invalid stage identifier specified',
    'a1b2c3d4e5/prod: Nothing was written.',
    'a1b2c3d4e5/prod: there is no such stage. There is staging.',
  ]);
});

test('the operation at fault is told', async () => {
  const { stub, target } = await goLive();
  stub.scripts['UpdateStage'] = [deployment];
  const operations = [replace('/description', 'x'), replace('/deploymentId', 'nope')];
  const error = await failureOf(target.edit(() => [operations]));
  expect(error.problems[0]).toMatchObject({ operation: operations[1], index: 1 });
});

test('where what is expected no longer holds behind a write that nobody answered, that may still be made', async () => {
  const { stub, target } = await goLive(aStage({ description: 'old' }), hasty);
  const expectation = { op: 'test', path: '/description', value: 'old' } as const;
  const meddle = (): void => {
    stub.stage = { ...stub.stage, description: 'theirs' };
  };
  stub.scripts['UpdateStage'] = ['hang-before'];
  stub.scripts['GetStage'] = [() => undefined, () => undefined, meddle];
  const error = await failureOf(target.edit(() => [[expectation, replace('/tracingEnabled', 'true')]]));
  expect(error.kind).toBe('unavailable');
  expect(sentences(error).slice(1)).toEqual([
    expect.stringContaining('the edit had not been made by then; API Gateway may still make it.'),
    'Expected description to be old, but it is theirs.',
    'a1b2c3d4e5/prod: Somebody else changed that after the stage was first read. The edit was not sent again.',
  ]);
  expect(counts(stub)).toEqual({ GetStage: 3, UpdateStage: 1 });
});

test('an expectation that does not hold is not met, and nothing is sent', async () => {
  const { stub, target } = await goLive();
  const error = await failureOf(target.edit(() => [[{ op: 'test', path: '/description', value: 'x' }]]));
  expect(error).toBeInstanceOf(PatchError);
  expect(error.kind).toBe('expectation');
  expect(stub.asked).toEqual(['GetStage']);
});

test.each([
  ['GetStage', 'nothing was being changed'],
  ['UpdateStage', 'whether the edit was made is not known'],
])('an interruption during %s says what is known', async (operation, says) => {
  const { stub, target, controller } = await goLive();
  stub.scripts[operation] = [() => controller.abort('SIGINT')];
  const error = await failureOf(target.edit(() => describedAs('new')));
  expect(error.kind).toBe('interrupted');
  expect(sentences(error)[0]).toContain(`interrupted by SIGINT; ${says}`);
});

const at = { api: { id: 'a1b2c3d4e5' }, stageName: 'prod' };

test('no region is said before anything is sent', async () => {
  const { region: _, ...options } = (await goLive()).options;
  const error = await failureOf(stageOnApiGateway(at, options).read());
  expect(error.kind).toBe('config');
  expect(sentences(error)).toEqual([
    'No AWS region is set.',
    'a1b2c3d4e5/prod: Give --region, export AWS_REGION=eu-west-1, or run aws configure set region eu-west-1.',
  ]);
});

test('a profile that is not there is named, with what to run', async () => {
  const { options } = await goLive();
  const error = await failureOf(stageOnApiGateway(at, { ...options, profile: { name: 'nope', from: 'flag' } }).read());
  expect(error).toMatchObject({ kind: 'config', problems: [{ code: 'no-credentials' }, {}] });
  expect(sentences(error)).toEqual([
    expect.stringContaining('[nope]'),
    expect.stringContaining('aws configure --profile nope'),
  ]);
});

test('a CA bundle that cannot be read is named', async () => {
  const { options } = await goLive();
  const error = await failureOf(stageOnApiGateway(at, { ...options, caBundle: '/none.pem' }).read());
  expect(error.kind).toBe('config');
  expect(sentences(error)[0]).toMatch(/^--ca-bundle: the CA bundle \/none\.pem cannot be read: ENOENT/);
  const world = { ...options.world, env: { ...options.world.env, AWS_CA_BUNDLE: '/none.pem' } };
  const other = await failureOf(stageOnApiGateway(at, { ...options, world }).read());
  expect(sentences(other)[0]).toMatch(/^AWS_CA_BUNDLE: the CA bundle \/none\.pem cannot be read: ENOENT/);
});
