/** Edits that take several calls. */

import { applyPatch } from '../../../src/stage/patch.js';
import type { PatchOperation } from '../../../src/stage/stage.js';
import type { LiveEditOptions } from '../../../src/targets/api-gateway.js';
import { aCanary, aMethod, aStage } from '../../stages.js';
import { refusal, type Script } from '../../stub-api-gateway.js';
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
/** 300 operations, grouped by setting as a user may type them. */
const operations: readonly PatchOperation[] = settings.flatMap(([path, value]) =>
  keys.map((key) => replace(`/${key}/${path}`, value)),
);
const stage = aStage({ methodSettings: { '*/*': aMethod(), '~1pets0/GET': aMethod({ metricsEnabled: true }) } });
const refused = refusal(400, 'BadRequestException', 'Something is wrong');
const pass: Script = () => undefined;

const goLarge = (options: Partial<LiveEditOptions> = {}) => goLive(stage, options);

test('more than 80 operations take several calls, with each method in one call', async () => {
  const { stub, target } = await goLarge();
  const { calls, after, notices } = await target.edit(() => [operations]);
  expect(stub.patches.map(({ length }) => length)).toEqual([79, 80, 80, 60]);
  expect(calls.map(({ state }) => state)).toEqual(['made', 'made', 'made', 'made']);
  expect(after.methodSettings).toEqual(applyPatch(stage, operations).methodSettings);
  expect(notices).toEqual([]);
});

test('a patch is sent in the given order', async () => {
  const { stub, target } = await goLarge({ verbatim: true });
  await target.edit(() => [operations]);
  expect(stub.patches.flat()).toEqual(operations);
  expect(stub.patches.map(({ length }) => length)).toEqual([80, 80, 80, 60]);
});

test.each([
  ['the first', [refused], undefined, undefined],
  ['the second', [pass, refused], '1 of 4 calls was applied', ['made', 'not-made', 'not-made', 'not-made']],
  ['the third', [pass, pass, refused], '2 of 4 calls were applied', ['made', 'made', 'not-made', 'not-made']],
])('when %s of four calls fails, the report says which were made', async (_what, scripts, says, calls) => {
  const { stub, target } = await goLarge();
  stub.scripts['UpdateStage'] = [...scripts];
  const error = await failureOf(target.edit(() => [operations]));
  expect(error.kind).toBe('refused');
  const state = says ? `Call ${scripts.length} was not made.` : 'Nothing was written.';
  expect(sentences(error)).toEqual([
    'Something is wrong',
    `a1b2c3d4e5/prod: ${state}`,
    ...(says ? [`${says}; run the command again to finish`] : []),
  ]);
  expect(error.problems[2]).toEqual(calls && expect.objectContaining({ code: 'partly-applied', calls }));
  // A second run finishes the edit.
  await target.edit(() => [operations]);
  expect(stub.stage.methodSettings).toEqual(applyPatch(stage, operations).methodSettings);
});

test('a patch that fails in a later call reports the remaining operations and the one at fault', async () => {
  const { stub, target } = await goLarge({ verbatim: true });
  stub.scripts['UpdateStage'] = [
    pass,
    pass,
    pass,
    refusal(400, 'BadRequestException', "at 'updateStageInput.patchOperations.11.member.op' failed"),
  ];
  const given = [...operations.slice(0, 250), replace('/deploymentId', 'dep9'), replace('/variables/a', "it's")];
  const error = await failureOf(target.edit(() => [given.slice(0, 251)]));
  expect(error.problems[0]).toMatchObject({ index: 250, operation: given[250] });
  const left = given.slice(240, 251);
  expect(error.problems.at(-1)).toEqual({
    code: 'partly-applied',
    message: `3 of 4 calls were applied; to send the remaining operations: --patch-operations '${JSON.stringify(left)}'`,
    calls: ['made', 'made', 'made', 'not-made'],
    left,
  });
});

test('a lost answer of a call in the middle is resolved by a read', async () => {
  const { stub, target } = await goLarge();
  stub.scripts['UpdateStage'] = [pass, 'reset-after', 'reset-before'];
  const { after, notices } = await target.edit(() => [operations]);
  expect(after.methodSettings).toEqual(applyPatch(stage, operations).methodSettings);
  expect(notices?.map(({ code }) => code)).toEqual(['read-back']);
  expect(stub.patches).toHaveLength(5);
});

test('a call that may have been applied is reported as unclear', async () => {
  const { stub, target } = await goLarge();
  stub.scripts['UpdateStage'] = [pass, 'reset-after'];
  stub.scripts['GetStage'] = [pass, refusal(403, 'AccessDeniedException', 'No.')];
  const error = await failureOf(target.edit(() => [operations]));
  expect(error.kind).toBe('unavailable');
  expect(error.problems.at(-1)).toMatchObject({ calls: ['made', 'unknown', 'not-made', 'not-made'] });
});

test.each([
  ['a 409', 'expectation', refusal(409, 'ConflictException', 'No.'), 'not-made'],
  ['a lost answer', 'unavailable', 'reset-before' as const, 'unknown'],
])('another change after %s in a later call stops the edit', async (_what, kind, script, state) => {
  const { stub, target } = await goLive(aStage({ description: 'old', canarySettings: aCanary() }));
  stub.scripts['UpdateStage'] = [pass, script];
  stub.scripts['GetStage'] = [
    pass,
    () => {
      stub.stage = { ...stub.stage, canarySettings: aCanary({ percentTraffic: 99 }) };
    },
  ];
  const plan = [[replace('/description', 'new')], [{ op: 'remove', path: '/canarySettings' }]] as const;
  const error = await failureOf(target.edit(() => plan));
  expect(error.kind).toBe(kind);
  expect(sentences(error)).toContainEqual(
    expect.stringMatching(/canarySettings.percentTraffic changed from \d+ to 99 during this edit\./),
  );
  expect(error.problems.at(-1)).toMatchObject({
    code: 'partly-applied',
    message: '1 of 2 calls was applied; run the command again to finish',
    calls: ['made', state],
  });
});

test('expectations are checked once, on the stage that was read', async () => {
  const { stub, target } = await goLarge();
  const test = { op: 'test', path: '/deploymentId', value: String(stage.deploymentId) } as const;
  const { calls } = await target.edit(() => [[test, ...operations]]);
  expect(calls[0]?.operations[0]).toEqual(test);
  expect(stub.asked.filter((operation) => operation === 'GetStage')).toHaveLength(1);
  const wrong = await failureOf(target.edit(() => [[{ ...test, value: 'other' }, ...operations]]));
  expect(wrong.kind).toBe('expectation');
  expect(stub.patches).toHaveLength(4);
});
