import { diffStages } from '../../src/stage/diff.js';
import { applyPatch, type PatchContext } from '../../src/stage/patch.js';
import { PatchError, StageError } from '../../src/stage/problem.js';
import type { Stage } from '../../src/stage/stage.js';
import { aCanary, aStage } from '../stages.js';

const problemsOf = (run: () => unknown): StageError['problems'] => {
  try {
    run();
  } catch (error) {
    if (error instanceof StageError) return error.problems;
    throw error;
  }
  return [];
};

const patchOf = (...operations: readonly unknown[]) => operations as Parameters<typeof applyPatch>[1];

const refusals = (stage: Stage, operations: readonly unknown[], context?: PatchContext): readonly string[] =>
  problemsOf(() => applyPatch(stage, patchOf(...operations), context)).map(({ message }) => message);

const full = aStage({
  variables: { name: 'a' },
  accessLogSettings: { format: '$context.requestId' },
  canarySettings: { ...aCanary(), stageVariableOverrides: { name: 'b' } },
  methodSettings: { 'pets/GET': { metricsEnabled: true } },
});

const unknownPath = /^Invalid method setting path: \S+\. Must be one of: \[\/deploymentId, \/description, .*\]$/;
const notRemovable = /^Cannot remove method setting \S+ because there is no method setting for this method $/;
const invalidCopy =
  /^Invalid copy operation with path: \S+ and from \/canarySettings\/deploymentId\. Valid copy:path are/;
const accessLog = /^Invalid accessLogSettings path\. Must be one of : \[/;
const invalidAdd = /^Invalid add operation with path: \S+$/;
const unproven = /^(add|replace|remove) at \S+ is undocumented, so stage refuses it\. \S/;

const accepted = undefined;

type Answer = RegExp | typeof accepted;

/** AWS's table: for each path, a value and the answers to add, replace, remove and copy from the canary's deployment. */
const cells: readonly (readonly [
  path: string,
  value: string,
  ...answers: readonly [Answer, Answer, Answer, Answer],
])[] = [
  ['/deploymentId', 'dep9', unproven, accepted, notRemovable, accepted],
  ['/description', 'x', unproven, accepted, notRemovable, invalidCopy],
  ['/clientCertificateId', 'x', unproven, accepted, notRemovable, invalidCopy],
  ['/documentationVersion', 'x', unproven, accepted, notRemovable, invalidCopy],
  ['/tracingEnabled', 'true', unproven, accepted, notRemovable, invalidCopy],
  ['/cacheClusterEnabled', 'true', unproven, accepted, notRemovable, invalidCopy],
  ['/cacheClusterSize', '0.5', unproven, accepted, notRemovable, invalidCopy],
  ['/variables', '{}', unknownPath, unproven, unproven, invalidCopy],
  ['/variables/name', 'x', unproven, accepted, accepted, invalidCopy],
  ['/accessLogSettings', 'x', accessLog, accessLog, accepted, invalidCopy],
  [
    '/accessLogSettings/destinationArn',
    'arn:aws:logs:eu-west-1:111122223333:log-group:a',
    accepted,
    accepted,
    notRemovable,
    invalidCopy,
  ],
  ['/accessLogSettings/format', '$context.requestId', accepted, accepted, notRemovable, invalidCopy],
  ['/canarySettings', 'x', invalidAdd, unknownPath, accepted, invalidCopy],
  ['/canarySettings/deploymentId', 'dep9', invalidAdd, accepted, notRemovable, invalidCopy],
  ['/canarySettings/percentTraffic', '5', invalidAdd, accepted, notRemovable, invalidCopy],
  ['/canarySettings/useStageCache', 'true', invalidAdd, accepted, notRemovable, invalidCopy],
  ['/canarySettings/stageVariableOverrides', '{}', invalidAdd, unproven, notRemovable, invalidCopy],
  ['/canarySettings/stageVariableOverrides/name', 'x', invalidAdd, accepted, accepted, invalidCopy],
  ['/pets/GET', 'x', unknownPath, unknownPath, accepted, invalidCopy],
  ['/pets/GET/metrics/enabled', 'true', unproven, accepted, notRemovable, invalidCopy],
  ['/pets/GET/logging/loglevel', 'INFO', unproven, accepted, notRemovable, invalidCopy],
  ['/pets/GET/logging/dataTrace', 'true', unproven, accepted, notRemovable, invalidCopy],
  ['/pets/GET/throttling/burstLimit', '-1', unproven, accepted, notRemovable, invalidCopy],
  ['/pets/GET/throttling/rateLimit', '-1', unproven, accepted, notRemovable, invalidCopy],
  ['/pets/GET/caching/enabled', 'true', unproven, accepted, notRemovable, invalidCopy],
  ['/pets/GET/caching/ttlInSeconds', '0', unproven, accepted, notRemovable, invalidCopy],
  ['/pets/GET/caching/dataEncrypted', 'true', unproven, accepted, notRemovable, invalidCopy],
  ['/pets/GET/caching/requireAuthorizationForCacheControl', 'true', unproven, accepted, notRemovable, invalidCopy],
  [
    '/pets/GET/caching/unauthorizedCacheControlHeaderStrategy',
    'FAIL_WITH_403',
    unproven,
    accepted,
    notRemovable,
    invalidCopy,
  ],
  // Read as a method setting, except that `add` is refused under /canarySettings.
  ['/canarySettings/GET/metrics/enabled', 'true', invalidAdd, accepted, notRemovable, invalidCopy],
  ['/tags/name', 'x', unknownPath, unknownPath, notRemovable, invalidCopy],
  ['/webAclArn', 'x', unknownPath, unknownPath, notRemovable, invalidCopy],
  ['/stageName', 'x', unknownPath, unknownPath, notRemovable, invalidCopy],
];

describe.each(cells)('at %s', (path, value, ...answers) => {
  test.each([
    ['add', { value }],
    ['replace', { value }],
    ['remove', {}],
    ['copy', { from: '/canarySettings/deploymentId' }],
  ] as const)('%s is answered as the table says', (op, rest) => {
    const answer = answers[['add', 'replace', 'remove', 'copy'].indexOf(op)];
    const refused = refusals(full, [{ op, path, ...rest }]);
    if (answer === accepted) expect(refused).toEqual([]);
    else expect(refused).toEqual([expect.stringMatching(answer)]);
  });

  test('move is refused', () => {
    expect(refusals(full, [{ op: 'move', path, from: '/description' }])).toEqual([
      `API Gateway does not support move on a stage (move to ${path}). Replace one path and remove the other.`,
    ]);
  });
});

const unread = (reason: string, position = 1): string =>
  `Operation ${position} of the patch cannot be read: ${reason}.`;

const malformed: readonly (readonly [operation: unknown, message: string])[] = [
  [undefined, unread('expected an object with op and path, got nothing')],
  [null, unread('expected an object with op and path, got null')],
  [[], unread('expected an object with op and path, got an array')],
  ['op=remove,path=/variables/name', unread('expected an object with op and path, got a string')],
  [{}, unread('op: expected a string, got nothing')],
  [{ op: 5, path: '/description' }, unread('op: expected a string, got a number')],
  [{ op: 'remove' }, unread('path: expected a string, got nothing')],
  [{ op: 'remove', path: ['description'] }, unread('path: expected a string, got an array')],
  [{ op: 'replace', path: '/description', value: 5 }, unread('value: expected a string, got a number')],
  [{ op: 'replace', path: '/description', value: null }, unread('value: expected a string, got null')],
  [{ op: 'copy', path: '/deploymentId' }, unread('from: expected a string, got nothing')],
  [{ op: 'copy', path: '/deploymentId', from: {} }, unread('from: expected a string, got an object')],
  [{ op: 'replace', path: '/description' }, 'replace at /description needs a value: text.'],
];

test.each(malformed)('%j is a problem', (operation, message) => {
  expect(refusals(full, [operation])).toEqual([message]);
});

test('a value that is not a list of operations is a problem', () => {
  expect(problemsOf(() => applyPatch(full, {} as never))).toEqual([
    {
      code: 'malformed-operation',
      message: 'Operation 1 of the patch cannot be read: expected an array of operations, got an object.',
      operation: {},
      index: 0,
    },
  ]);
});

const outside = (op: string, position: number): string =>
  `1 validation error detected: Value '${op}' at 'updateStageInput.patchOperations.${position}.member.op' failed to satisfy ` +
  'constraint: Member must satisfy enum value set: [add, remove, move, test, replace, copy]';

test('unknown operations come first, whatever else they lack; refused ones are skipped, and the rest are tried', () => {
  const operations = [
    { op: 'remove', path: '/variables/none' },
    { op: 'replace', path: '/variables/none', value: 'x' },
    { op: 'remove', path: '/variables/none' },
    { op: 'frobnicate' },
    { op: 'Replace', path: '/description', value: 'x' },
    null,
  ];
  expect(refusals(full, operations)).toEqual([
    outside('frobnicate', 4),
    outside('Replace', 5),
    'There is nothing at /variables/none to remove.',
    unread('expected an object with op and path, got null', 6),
  ]);
});

const noStages: readonly (readonly [stage: unknown, message: string])[] = [
  [undefined, 'A stage: expected an object, got nothing.'],
  [[], 'A stage: expected an object, got an array.'],
  [{ variables: null }, 'variables: expected an object, got null.'],
  [{ methodSettings: [] }, 'methodSettings: expected an object, got an array.'],
  [
    { canarySettings: { stageVariableOverrides: null } },
    'canarySettings.stageVariableOverrides: expected an object, got null.',
  ],
];

test.each(noStages)('%j is not a stage to patch or compare', (stage, message) => {
  const given = stage as Stage;
  for (const run of [() => applyPatch(given, []), () => diffStages(given, {}), () => diffStages({}, given)])
    expect(problemsOf(run)).toEqual([{ code: 'no-stage', message }]);
});

test.each(['x', 5, null, []])('an entry that is %j is not edited', (entry) => {
  const stage = { methodSettings: { 'pets/GET': entry } } as unknown as Stage;
  const [problem] = problemsOf(() => applyPatch(stage, [setTo('/pets/GET/metrics/enabled', 'true')]));
  expect(problem).toMatchObject({
    code: 'no-stage',
    message: expect.stringMatching(/^methodSettings\.pets\/GET: expected an object, got \w/),
  });
});

const setTo = (path: string, value: string) => ({ op: 'replace', path, value }) as const;

test('the number of an unknown operation counts only operations that are sent', () => {
  const operations = [
    { op: 'test', path: '/description', value: '' },
    setTo('/description', 'x'),
    { op: 'bogus', path: '/x' },
  ];
  expect(problemsOf(() => applyPatch({}, patchOf(...operations)))).toMatchObject([
    { index: 2, message: expect.stringContaining("'updateStageInput.patchOperations.2.member.op'") },
  ]);
});

test('a group is tested by its JSON, in any order of its members', () => {
  const testOf = (value: string) => () => applyPatch(stage, [{ op: 'test', path: '/canarySettings', value }]);
  const stage = { canarySettings: { percentTraffic: 10, useStageCache: false } };
  expect(testOf('{"useStageCache":false,"percentTraffic":10}')()).toEqual(stage);
  expect(testOf('{"percentTraffic":10}')).toThrow(
    /canarySettings to be as before, but canarySettings\.useStageCache differs/,
  );
  expect(testOf('')).toThrow(/to be unset, but it is set/);
  expect(() => applyPatch({}, [{ op: 'test', path: '/canarySettings', value: '{"percentTraffic":10}' }])).toThrow(
    /canarySettings to be as before, but it is unset/,
  );
  for (const value of ['10', '{', '[]']) expect(testOf(value)).toThrow(/holds several properties/);
});

test('a deployment must be one of those in the context, if there are any', () => {
  const operations = [setTo('/deploymentId', 'none'), setTo('/canarySettings/deploymentId', 'none')];
  expect(refusals(full, operations, {})).toEqual([]);
  expect(refusals(full, operations, { deploymentIds: ['dep1'] })).toEqual([
    'Deployment id does not exist',
    'Deployment id does not exist',
  ]);
});

test('a PatchError says which operation is at fault', () => {
  const operation = { op: 'remove', path: '/nope' };
  const problems = problemsOf(() => applyPatch(full, patchOf(setTo('/description', 'x'), operation)));
  expect(problems).toEqual([expect.objectContaining({ operation, index: 1 })]);
  expect(() => applyPatch(full, patchOf(operation))).toThrow(PatchError);
});

test('a boolean of a method is never refused: anything but true, in any case, is false; other booleans are strict', () => {
  const metrics = (value: string, context?: PatchContext): unknown =>
    applyPatch({}, [setTo('/*/*/metrics/enabled', value)], context).methodSettings?.['*/*']?.metricsEnabled;
  expect(['true', 'True', 'TRUE', 'false', 'invalid', '1', ''].map((value) => metrics(value))).toEqual([
    true,
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
  expect(() => metrics('maybe', { isStrict: true })).toThrow('expected true or false, got "maybe"');
  for (const path of ['/tracingEnabled', '/cacheClusterEnabled', '/canarySettings/useStageCache'])
    expect(refusals(full, [setTo(path, 'True')])).toEqual([expect.stringContaining('expected true or false')]);
});

test.each([{}, { cloudwatchRoleArn: null }, { cloudwatchRoleArn: '' }])(
  'an account %j has no role for logs',
  (account) => {
    const noRole = 'CloudWatch Logs role ARN must be set in account settings to enable logging';
    const operations = [
      setTo('/accessLogSettings/format', '$context.requestId'),
      { ...setTo('/accessLogSettings/destinationArn', 'arn:aws:logs:eu-west-1:111122223333:log-group:a'), op: 'add' },
      setTo('/*/*/logging/loglevel', 'INFO'),
      setTo('/*/*/logging/loglevel', 'ERROR'),
    ];
    expect(refusals(full, operations, { account })).toEqual([noRole, noRole, noRole, noRole]);
    const harmless = [
      setTo('/*/*/logging/loglevel', 'OFF'),
      setTo('/*/*/logging/dataTrace', 'true'),
      { op: 'remove', path: '/accessLogSettings' },
    ];
    expect(refusals(full, harmless, { account })).toEqual([]);
    expect(
      refusals(full, operations, { account: { cloudwatchRoleArn: 'arn:aws:iam::111122223333:role/logs' } }),
    ).toEqual([]);
  },
);

test.each(['/canarySettings', '/accessLogSettings'])('removing a missing %s does no harm', (path) => {
  expect(applyPatch({ deploymentId: 'dep1' }, [{ op: 'remove', path }])).toEqual({ deploymentId: 'dep1' });
});
