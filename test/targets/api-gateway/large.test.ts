import type { PatchOperation } from '../../../src/stage/operation.js';
import { applyPatch } from '../../../src/stage/patch.js';
import type { LiveEditOptions } from '../../../src/targets/api-gateway.js';
import { aMethod, aStage } from '../../stages.js';
import { refusal, type Script, type Stub } from '../../stub-api-gateway.js';
import { closeStubs, failureOf, goLive, replace, sentences } from './live.js';

afterEach(closeStubs);

const settings = [
  ['throttling/rateLimit', '50'],
  ['throttling/burstLimit', '20'],
  ['caching/ttlInSeconds', '60'],
  ['metrics/enabled', 'true'],
  ['logging/loglevel', 'INFO'],
] as const;
const keys = Array.from({ length: 60 }, (_, index) => `~1pets${index}/GET`);
/** By setting, as somebody would type it: 300 operations. */
const operations: readonly PatchOperation[] = settings.flatMap(([path, value]) =>
  keys.map((key) => replace(`/${key}/${path}`, value)),
);
const stage = aStage({ methodSettings: { '*/*': aMethod(), '~1pets0/GET': aMethod({ metricsEnabled: true }) } });
const refused = refusal(400, 'BadRequestException', 'Something is wrong');
const pass: Script = () => undefined;

const goLarge = (options: Partial<LiveEditOptions> = {}) => goLive(stage, options);

test('more than 80 operations go in several calls, each method whole', async () => {
  const { stub, target } = await goLarge();
  const { calls, after, notices } = await target.edit(() => [operations]);
  expect(stub.patches.map(({ length }) => length)).toEqual([79, 80, 80, 60]);
  expect(calls.map(({ state }) => state)).toEqual(['made', 'made', 'made', 'made']);
  expect(after.methodSettings).toEqual(applyPatch(stage, operations).methodSettings);
  expect(notices).toEqual([]);
});

test('a patch goes in the order that was given', async () => {
  const { stub, target } = await goLarge({ verbatim: true });
  await target.edit(() => [operations]);
  expect(stub.patches.flat()).toEqual(operations);
  expect(stub.patches.map(({ length }) => length)).toEqual([80, 80, 80, 60]);
});

test('when the third of four calls fails, the first two are taken back', async () => {
  const { stub, target } = await goLarge();
  stub.scripts['UpdateStage'] = [pass, pass, refused];
  const error = await failureOf(target.edit(() => [operations]));
  expect(error.kind).toBe('refused');
  expect(sentences(error)).toEqual([
    'Something is wrong',
    'a1b2c3d4e5/prod: Call 3 was not made.',
    'The edit takes 4 calls; calls 1 to 2 had been made and taken back: the stage is as it was.',
  ]);
  expect(error.problems[2]).toMatchObject({
    code: 'rolled-back',
    calls: ['not-made', 'not-made', 'not-made', 'not-made'],
  });
  expect(stub.stage.methodSettings).toEqual(stage.methodSettings);
});

test('when the third of four calls fails, the first two are kept if that is asked for', async () => {
  const { stub, target } = await goLarge({ onPartial: 'keep' });
  stub.scripts['UpdateStage'] = [pass, pass, refused];
  const error = await failureOf(target.edit(() => [operations]));
  expect(sentences(error)).toEqual([
    'Something is wrong',
    'a1b2c3d4e5/prod: Call 3 was not made.',
    'The stage holds 159 of the 299 operations (calls 1 to 2 of 4). Run the command again for the rest.',
  ]);
  expect(error.problems[2]).toMatchObject({ code: 'kept-in-part', calls: ['made', 'made', 'not-made', 'not-made'] });
  expect(Object.keys(stub.stage.methodSettings ?? {})).toHaveLength(33);
});

const meddling =
  (stub: Stub, ...patches: readonly PatchOperation[]): (() => void) =>
  () => {
    stub.stage = applyPatch(stub.stage, patches);
  };
const notBack = 'The edit takes 4 calls; calls 1 to 2 had been made and taken back';

test('what another writer changed meanwhile is left, and named', async () => {
  const { stub, target } = await goLarge();
  const meddle = meddling(
    stub,
    replace('/description', 'theirs'),
    replace('/~1pets0/GET/throttling/rateLimit', '7'),
    replace('/variables/added', 'x'),
  );
  stub.scripts['UpdateStage'] = [pass, pass, refused];
  stub.scripts['GetStage'] = [pass, meddle];
  const error = await failureOf(target.edit(() => [operations]));
  expect(sentences(error).slice(2)).toEqual([
    `${notBack}. What somebody else changed meanwhile was left.`,
    'description was nothing when the stage was read, and is theirs now, which this edit did not ask for: it was left.',
    'variables.added was nothing when the stage was read, and is x now, which this edit did not ask for: it was left.',
    'methodSettings.GET /pets0.throttlingRateLimit was 10000 when the stage was read, was made 50 by this edit, and is 7 now, which this edit did not ask for: it was left.',
  ]);
  expect(error.problems[2]).toMatchObject({ code: 'rolled-back' });
  expect(error.problems[3]).toMatchObject({ code: 'changed-meanwhile' });
  const theirs = { ...stage.methodSettings?.['~1pets0/GET'], throttlingRateLimit: 7 };
  expect(stub.stage).toMatchObject({ description: 'theirs', variables: { added: 'x' } });
  expect(stub.stage.methodSettings).toEqual({ ...stage.methodSettings, '~1pets0/GET': theirs });
});

test('another writer between two calls is not taken back with the edit', async () => {
  const { stub, target } = await goLarge();
  stub.scripts['UpdateStage'] = [pass, meddling(stub, replace('/~1pets0/GET/throttling/rateLimit', '7')), refused];
  const error = await failureOf(target.edit(() => [operations]));
  expect(sentences(error)[3]).toMatch(/GET \/pets0\.throttlingRateLimit was 10000 .* and is 7 now, .* it was left\.$/);
  expect(stub.stage.methodSettings?.['~1pets0/GET']?.throttlingRateLimit).toBe(7);
});

test('a rollback takes back what nobody could foresee too', async () => {
  const { stub, target } = await goLarge({ verbatim: true });
  const made = applyPatch({ ...stage, variables: { sneaky: '1' } }, operations.slice(0, 79));
  const { createdDate: _, lastUpdatedDate: __, ...answer } = made;
  stub.scripts['UpdateStage'] = [{ status: 200, body: answer }, refused];
  stub.scripts['GetStage'] = [
    pass,
    () => {
      stub.stage = made;
    },
  ];
  const list = [{ op: 'add', path: '/variables/sneaky', value: '1' } as const, ...operations.slice(0, 81)];
  const error = await failureOf(target.edit(() => [list]));
  expect(sentences(error).slice(2)).toEqual([
    'The edit takes 2 calls; call 1 had been made and taken back: the stage is as it was.',
    'Nobody has shown what API Gateway makes of add at /variables/sneaky; it is sent as given.',
  ]);
  expect(stub.stage.variables).toBeUndefined();
  expect(stub.stage.methodSettings).toEqual(stage.methodSettings);
});

test('a rollback does not say that the stage is as it was where API Gateway changed more than it was asked to', async () => {
  const { stub, target } = await goLarge();
  const aside = meddling(stub, replace('/tracingEnabled', 'true'));
  stub.scripts['UpdateStage'] = [aside, pass, refused];
  const error = await failureOf(target.edit(() => [operations]));
  expect(sentences(error).slice(2)).toEqual([
    `${notBack}. What somebody else changed meanwhile was left.`,
    'tracingEnabled was false when the stage was read, and is true now, which this edit did not ask for: it was left.',
  ]);
});

test('an entry that another writer has set too goes as far as it can, and not all of it is said to be back', async () => {
  const { stub, target } = await goLarge();
  stub.scripts['UpdateStage'] = [pass, pass, refused];
  stub.scripts['GetStage'] = [pass, meddling(stub, replace('/~1pets1/GET/throttling/rateLimit', '7'))];
  const error = await failureOf(target.edit(() => [operations]));
  expect(error.problems[2]).toMatchObject({ code: 'not-rolled-back' });
  expect(sentences(error)[2]).toMatch(/could be taken back only in part: methodSettings\.GET \/pets1\./);
  expect(stub.stage.methodSettings?.['~1pets1/GET']).toEqual(aMethod({ throttlingRateLimit: 7 }));
  expect(Object.keys(stub.stage.methodSettings ?? {})).toHaveLength(3);
});

test('a rollback that API Gateway answers otherwise is not said to be one', async () => {
  const { createdDate: _, lastUpdatedDate: __, ...bare } = stage;
  const { stub, target } = await goLarge();
  const stray = {
    ...bare,
    methodSettings: { ...stage.methodSettings, '~1pets0/GET': aMethod({ throttlingRateLimit: 9 }) },
  };
  stub.scripts['UpdateStage'] = [pass, pass, refused, { status: 200, body: stray }];
  const error = await failureOf(target.edit(() => [operations]));
  expect(error.problems[2]).toMatchObject({ code: 'not-rolled-back' });
  expect(sentences(error)[2]).toContain(
    'could be taken back only in part: methodSettings.GET /pets0.throttlingRateLimit should be 10000 again, and API Gateway answered 9.',
  );
});

test('a stage that cannot be read again is not taken back', async () => {
  const { stub, target } = await goLarge();
  stub.scripts['UpdateStage'] = [pass, pass, refused];
  stub.scripts['GetStage'] = [pass, refusal(403, 'AccessDeniedException', 'No.')];
  const error = await failureOf(target.edit(() => [operations]));
  expect(sentences(error)[2]).toMatch(/and could not be taken back: No\. stage get shows/);
  expect(error.problems[2]).toMatchObject({ calls: ['made', 'made', 'not-made', 'not-made'] });
});

test('the operation at fault in a later call is counted in the whole list', async () => {
  const { stub, target } = await goLarge({ verbatim: true });
  stub.scripts['UpdateStage'] = [pass, pass, refusal(400, 'BadRequestException', 'Deployment id does not exist')];
  const list = operations.with(170, replace('/deploymentId', 'nope'));
  const error = await failureOf(target.edit(() => [list]));
  expect(error.problems[0]).toMatchObject({ operation: list[170], index: 170, of: 300 });
});

test('what is expected makes no edit a large one', async () => {
  const { stub, target } = await goLarge();
  stub.scripts['UpdateStage'] = [refused];
  const expected = { op: 'test', path: '/tracingEnabled', value: 'false' } as const;
  const error = await failureOf(target.edit(() => [[expected, ...operations.slice(1, 81)]]));
  expect(stub.patches.map(({ length }) => length)).toEqual([80]);
  expect(error.problems[0]).not.toHaveProperty('of');
});

test('where the operation at fault is not known, the refusal says which were in the call', async () => {
  const { stub, target } = await goLarge();
  stub.scripts['UpdateStage'] = [pass, pass, refused];
  const error = await failureOf(target.edit(() => [operations]));
  expect(error.problems[0]).toMatchObject({ firstIndex: 159, lastIndex: 238, of: 299 });
});

test('when taking back fails too, the error says what the stage holds', async () => {
  const { stub, target } = await goLarge();
  stub.scripts['UpdateStage'] = [pass, pass, refused, refusal(400, 'BadRequestException', 'Nor back.')];
  const error = await failureOf(target.edit(() => [operations]));
  expect(sentences(error)[2]).toBe(
    'The stage holds 159 of the 299 operations (calls 1 to 2 of 4), and could not be taken back: Nor back. stage get shows what it holds now.',
  );
  expect(error.problems[2]).toMatchObject({ calls: ['made', 'made', 'not-made', 'not-made'] });
});

test('an answer that is lost in the middle of many calls is read back', async () => {
  const { stub, target } = await goLarge();
  stub.scripts['UpdateStage'] = [pass, 'reset-after', 'reset-before'];
  const { notices } = await target.edit(() => [operations]);
  const lost = 'did not arrive (the connection was lost (ECONNRESET)), so the stage was read back: that call';
  expect(notices).toEqual([
    { code: 'read-back', message: `The answer to call 2 of 4 ${lost} was made.` },
    { code: 'sent-again', message: `The answer to call 3 of 4 ${lost} had not been made, and was sent again.` },
  ]);
  expect(stub.stage.methodSettings).toEqual(applyPatch(stage, operations).methodSettings);
});

test('how calls were made is not said of an edit that was taken back', async () => {
  const { stub, target } = await goLarge();
  stub.scripts['UpdateStage'] = ['reset-after', 'reset-before', pass, refused];
  const error = await failureOf(target.edit(() => [operations]));
  expect(sentences(error).slice(2)).toEqual([`${notBack}: the stage is as it was.`]);
});

test('a call of which nobody knows what became of it is told as such', async () => {
  const { stub, target } = await goLarge({ onPartial: 'keep' });
  const meddle = (): void => {
    stub.stage = applyPatch(stub.stage, [replace('/~1pets20/GET/throttling/rateLimit', '7')]);
  };
  stub.scripts['UpdateStage'] = [pass, 'reset-before'];
  stub.scripts['GetStage'] = [pass, meddle];
  const error = await failureOf(target.edit(() => [operations]));
  expect(sentences(error)[2]).toBe(
    'methodSettings.GET /pets20.metricsEnabled was nothing when the stage was read, and is false now; this edit would make it true.',
  );
  expect(error.problems.at(-1)).toMatchObject({ calls: ['made', 'unknown', 'not-made', 'not-made'] });
  expect(sentences(error).at(-1)).toBe(
    'The stage holds 79 of the 299 operations (call 1 of 4); of call 2 it is not known. Run the command again for the rest.',
  );
});

test('an edit of two calls makes the second once the first is confirmed', async () => {
  const { stub, target } = await goLive(aStage());
  const second = [replace('/tracingEnabled', 'true')];
  const { calls } = await target.edit(() => [[replace('/description', 'x')], second]);
  expect(stub.patches).toEqual([[replace('/description', 'x')], second]);
  expect(calls).toHaveLength(2);
});

const twoCalls = [[replace('/description', 'x'), replace('/variables/a', '2')], [replace('/tracingEnabled', 'true')]];

test('what was made and kept is told by its values, with all that was learned on the way', async () => {
  const tags = { 'aws:cloudformation:stack-name': 'orders' };
  const { stub, target } = await goLive(aStage({ tags, variables: { a: '1' } }), { onPartial: 'keep' });
  const aside = meddling(stub, replace('/cacheClusterEnabled', 'true'));
  stub.scripts['UpdateStage'] = ['reset-before', aside, refused];
  const error = await failureOf(target.edit(() => twoCalls));
  expect(sentences(error)).toEqual([
    'Something is wrong',
    'a1b2c3d4e5/prod: Call 2 was not made.',
    'The stage holds 2 of the 3 operations (call 1 of 2): description nothing → x, variables.a 1 → 2. Run the command again for the rest.',
    "cacheClusterEnabled was false when the stage was read, and is true in API Gateway's answer, which this edit did not ask for.",
    expect.stringContaining('belongs to the CloudFormation stack orders'),
    expect.stringContaining('that call had not been made, and was sent again'),
  ]);
  expect(error.problems[2]).toMatchObject({
    calls: ['made', 'not-made'],
    changes: [
      { name: 'description', before: 'nothing', after: 'x' },
      { name: 'variables.a', before: '1', after: '2' },
    ],
  });
});

test.each(['rollback', 'keep'] as const)(
  'of a stage that is deleted between two calls it is not said what it holds (%s)',
  async (onPartial) => {
    const { stub, target } = await goLarge({ onPartial });
    const remove = (): void => {
      const [api] = stub.apis;
      if (api) api.stages = { staging: aStage({ stageName: 'staging' }) };
    };
    stub.scripts['UpdateStage'] = [pass, pass, remove];
    const error = await failureOf(target.edit(() => [operations]));
    expect(sentences(error).slice(1)).toEqual([
      'a1b2c3d4e5/prod: Call 3 was not made.',
      'a1b2c3d4e5/prod: there is no such stage. There is staging.',
      'The edit takes 4 calls; calls 1 to 2 had been made before the stage was deleted.',
    ]);
  },
);

test('a stage that is deleted between two calls is not said to hold anything either where the others may not be read', async () => {
  const { stub, target } = await goLarge({ onPartial: 'keep' });
  const remove = (): void => {
    const [api] = stub.apis;
    if (api) api.stages = {};
  };
  stub.scripts['UpdateStage'] = [pass, pass, remove];
  stub.scripts['GetStages'] = [refusal(403, 'AccessDeniedException', 'No.')];
  const error = await failureOf(target.edit(() => [operations]));
  expect(sentences(error).slice(1)).toEqual([
    'a1b2c3d4e5/prod: Call 3 was not made.',
    'The edit takes 4 calls; calls 1 to 2 had been made before the stage was deleted.',
  ]);
});

test('of what was not found in a later call the stage is none where it is there', async () => {
  const { stub, target } = await goLarge({ onPartial: 'keep' });
  stub.scripts['UpdateStage'] = [pass, refusal(404, 'NotFoundException', 'Invalid something specified')];
  const error = await failureOf(target.edit(() => [operations]));
  expect(error.problems.at(-1)).toMatchObject({ code: 'kept-in-part' });
});

test('another writer for whom a later call is not sent is told once, and nothing was refused', async () => {
  const { stub, target } = await goLive(aStage({ variables: { a: '1', b: '1' } }), { recheck: true });
  stub.scripts['GetStage'] = [pass, pass, meddling(stub, replace('/variables/b', 'theirs'))];
  const error = await failureOf(target.edit(() => [[replace('/variables/a', '2')], [replace('/variables/b', '2')]]));
  expect(error.kind).toBe('expectation');
  expect(sentences(error)).toEqual([
    'a1b2c3d4e5/prod: variables.b was 1 when the stage was read, and is theirs now; this edit would make it 2. Call 2 was not made.',
    'The edit takes 2 calls; call 1 had been made and taken back. What somebody else changed meanwhile was left.',
  ]);
  expect(stub.stage.variables).toEqual({ a: '1', b: 'theirs' });
});

test('what was not found is not said to be the stage where that is there', async () => {
  const { stub, target } = await goLive();
  stub.scripts['UpdateStage'] = [refusal(404, 'NotFoundException', 'Invalid client certificate identifier specified')];
  const error = await failureOf(target.edit(() => [[replace('/clientCertificateId', 'x')]]));
  expect(sentences(error)).toEqual([
    'Invalid client certificate identifier specified',
    'a1b2c3d4e5/prod: Nothing was written.',
  ]);
});

type Step = Script | 'interrupt';

interface Interrupted {
  readonly what: string;
  readonly update: readonly Step[];
  readonly get?: readonly Step[];
  readonly says: readonly string[];
  readonly calls: readonly string[];
}

const notRun = 'Run the command again for the rest.';
const seeNow = 'stage get shows what it holds now.';
const takingBack = 'a1b2c3d4e5/prod: interrupted by SIGINT; what had been made was being taken back, and the stage';

test.each<Interrupted>([
  {
    what: 'while a later call is made',
    update: [pass, 'interrupt'],
    says: [
      `a1b2c3d4e5/prod: interrupted by SIGINT; the stage holds 79 of the 299 operations (call 1 of 4); of call 2 it is not known. ${notRun}`,
    ],
    calls: ['made', 'unknown', 'not-made', 'not-made'],
  },
  {
    what: 'before what was made is taken back',
    update: [pass, refused],
    get: [pass, 'interrupt'],
    says: [
      `${takingBack} holds 79 of the 299 operations (call 1 of 4). ${seeNow}`,
      'Something is wrong',
      'a1b2c3d4e5/prod: Call 2 was not made.',
    ],
    calls: ['made', 'not-made', 'not-made', 'not-made'],
  },
  {
    what: 'while what was made is taken back',
    update: [pass, refused, 'interrupt'],
    says: [
      `${takingBack} may hold some of the 299 operations (of call 1 of 4). ${seeNow}`,
      'Something is wrong',
      'a1b2c3d4e5/prod: Call 2 was not made.',
    ],
    calls: ['unknown', 'not-made', 'not-made', 'not-made'],
  },
])('an interruption $what says what the stage holds', async ({ update, get = [], says, calls }) => {
  const { stub, target, controller } = await goLarge();
  const scripts = (steps: readonly Step[]): Script[] =>
    steps.map((step) => (step === 'interrupt' ? () => controller.abort('SIGINT') : step));
  stub.scripts['UpdateStage'] = scripts(update);
  stub.scripts['GetStage'] = scripts(get);
  const error = await failureOf(target.edit(() => [operations]));
  expect(error.kind).toBe('interrupted');
  expect(sentences(error)).toEqual(says);
  expect(error.problems[0]).toMatchObject({ calls });
});

test('of a rollback that is not answered in time it is said what the stage may hold', async () => {
  const { stub, target } = await goLarge({ timeout: 600, maxAttempts: 2 });
  stub.scripts['UpdateStage'] = [pass, refused, 'hang-after'];
  stub.scripts['GetStage'] = [pass, pass, 'hang-before', 'hang-before'];
  const error = await failureOf(target.edit(() => [operations]));
  expect(sentences(error)[2]).toMatch(
    /^The stage may hold some of the 299 operations \(of call 1 of 4\), and whether that was taken back is not known: /,
  );
});
