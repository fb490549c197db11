/** Plans of apply: examples, and laws for any two stages. */
import fc from 'fast-check';
import { apply } from '../../src/commands/apply.js';
import type { PlanInput } from '../../src/commands/command.js';
import { parseProperty } from '../../src/stage/choice.js';
import type { Desired } from '../../src/stage/desired.js';
import { changesBetween, diffStages } from '../../src/stage/diff.js';
import { guardedOperations } from '../../src/stage/guards.js';
import { isDeadKey, readableKey } from '../../src/stage/method.js';
import { applyPatch } from '../../src/stage/patch.js';
import { isMethodRow, leavesOf, nameOf, readLeaf } from '../../src/stage/place.js';
import { respelled, spellings } from '../../src/stage/respell.js';
import { applyCalls, plannedOperations, withState } from '../../src/stage/result.js';
import type { Stage } from '../../src/stage/stage.js';
import { anyStage } from '../stage/arbitraries.js';
import { aCanary, aMethod, aStage } from '../stages.js';

const choose = (words: readonly string[]) =>
  words.flatMap((word) => {
    const parsed = parseProperty(word);
    return 'choices' in parsed ? parsed.choices : [];
  });

interface Given {
  /** The names of unknown values stand for a map. */
  readonly desired: Partial<Omit<Desired, 'unknown'> & { readonly unknown: readonly string[] }>;
  readonly prune?: true;
  readonly strict?: true;
  readonly only?: readonly string[];
  readonly exclude?: readonly string[];
}

const inputOf = (stage: Stage, { desired, prune, strict, only = [], exclude = [] }: Given): PlanInput => ({
  stage,
  desired: {
    stage: {},
    unset: [],
    isWhole: false,
    notices: [],
    ...desired,
    unknown: new Map(desired.unknown?.map((name) => [name, 'Ref X'])),
  },
  choices: [],
  methods: undefined,
  only: choose(only),
  excluded: choose(exclude),
  operations: [],
  options: { file: 'desired.json', prune, strict },
  notices: [],
});

const plan = (stage: Stage, given: Given) => apply.plan(inputOf(stage, given));

const operations = (stage: Stage, given: Given): readonly string[] => {
  const made = plan(stage, given);
  if ('problems' in made) return made.problems.map(({ message }) => message);
  return plannedOperations(made.calls).map(
    ({ op, path, ...rest }) => `${op} ${path}${'value' in rest ? ` ${rest.value}` : ''}`,
  );
};

const codes = (stage: Stage, given: Given): readonly string[] => {
  const made = plan(stage, given);
  return 'problems' in made ? made.problems.map(({ code }) => code) : made.notices.map(({ code }) => code);
};

/** The stage `goal` as a document that sets missing members to null. */
const documentOf = (goal: Stage, stage: Stage) => {
  const keys = Object.keys({ ...goal.methodSettings });
  const entries = Object.fromEntries(keys.map((key) => [key, aMethod({ loggingLevel: 'OFF' })]));
  const lacked = [...leavesOf(stage), ...leavesOf({ methodSettings: entries })].filter(
    (place) => readLeaf(goal, place) === undefined,
  );
  const unset = [...lacked.map(nameOf), ...(goal.canarySettings === undefined ? ['canarySettings'] : [])];
  // A canary is removed as a whole.
  const isOdd = (name: string): boolean => goal.canarySettings === undefined && name.startsWith('canarySettings.');
  return { stage: goal, unset: unset.filter((name) => !isOdd(name)), unknown: [], isWhole: true, notices: [] };
};

const full = aStage({
  description: 'old',
  variables: { color: 'blue', size: '2' },
  tracingEnabled: true,
  cacheClusterEnabled: true,
  cacheClusterSize: '0.5',
  accessLogSettings: {
    destinationArn: 'arn:aws:logs:eu-west-1:111111111111:log-group:a',
    format: '$context.requestId',
  },
  canarySettings: aCanary({ stageVariableOverrides: { color: 'green', extra: '1' } }),
  methodSettings: { '*/*': aMethod(), '~1pets/GET': aMethod({ loggingLevel: 'INFO' }), 'cats/GET': aMethod() },
  tags: { team: 'a' },
  webAclArn: 'arn:a',
});

test.each<[name: string, Given, expected: readonly string[]]>([
  ['an equal document changes nothing', { desired: { stage: full, isWhole: true } }, []],
  ['unmentioned properties stay', { desired: { stage: { description: 'new' } } }, ['replace /description new']],
  [
    'null unsets',
    { desired: { unset: ['variables.color', 'description'] } },
    ['replace /description ', 'remove /variables/color'],
  ],
  ['null turns off', { desired: { unset: ['tracingEnabled'] } }, ['replace /tracingEnabled false']],
  ['null for a group removes it', { desired: { unset: ['canarySettings'] } }, ['remove /canarySettings']],
  [
    'null for all variables removes each one',
    { desired: { unset: ['variables'] } },
    ['remove /variables/color', 'remove /variables/size'],
  ],
  [
    'null for a setting rebuilds its entry',
    { desired: { unset: ['methodSettings.~1pets/GET.loggingLevel'] } },
    [
      'remove /~1pets/GET',
      'replace /~1pets/GET/throttling/burstLimit 5000',
      'replace /~1pets/GET/throttling/rateLimit 10000',
    ],
  ],
  [
    'a method is the same in any spelling',
    {
      desired: {
        stage: { methodSettings: { '~1cats/GET': { metricsEnabled: true }, 'pets/GET': { loggingLevel: 'INFO' } } },
      },
    },
    ['replace /cats/GET/metrics/enabled true'],
  ],
  [
    '--prune removes variables, overrides and methods that the document lacks',
    {
      prune: true,
      desired: {
        stage: {
          variables: { color: 'blue' },
          canarySettings: { stageVariableOverrides: { extra: '1' } },
          methodSettings: { 'pets/GET': { loggingLevel: 'INFO' }, '*/*': {} },
        },
        unknown: ['methodSettings.*/*.metricsEnabled'],
      },
    },
    ['remove /variables/size', 'remove /canarySettings/stageVariableOverrides/color', 'remove /cats/GET'],
  ],
  [
    '--prune turns off what a whole stage lacks',
    {
      prune: true,
      desired: {
        isWhole: true,
        stage: { deploymentId: 'dep1', variables: full.variables ?? {}, methodSettings: full.methodSettings ?? {} },
      },
    },
    [
      'replace /tracingEnabled false',
      'replace /cacheClusterEnabled false',
      'remove /accessLogSettings',
      'remove /canarySettings',
    ],
  ],
  [
    '--prune keeps unknown values and everything under them',
    {
      prune: true,
      desired: {
        isWhole: true,
        unknown: [
          'variables',
          'canarySettings.percentTraffic',
          'canarySettings.stageVariableOverrides',
          'accessLogSettings',
          'tracingEnabled',
          'cacheClusterEnabled',
          'methodSettings',
        ],
      },
    },
    [],
  ],
  [
    'values next to unknown ones are applied',
    {
      prune: true,
      desired: { stage: { variables: { color: 'red' } }, unknown: ['variables', 'methodSettings', 'canarySettings'] },
    },
    ['replace /variables/color red'],
  ],
  [
    '--only selects properties',
    { only: ['variables'], desired: { stage: { description: 'x', variables: { color: 'red' } } } },
    ['replace /variables/color red'],
  ],
  [
    '--exclude skips properties',
    { exclude: ['variables'], desired: { stage: { description: 'x', variables: { color: 'red' } } } },
    ['replace /description x'],
  ],
  [
    '--only with a property that neither side has is an error',
    { only: ['variables.colour'], desired: { stage: { variables: { color: 'red' } } } },
    ['--only variables.colour: neither the stage nor the document has it. Did you mean variables.color?'],
  ],
  [
    '--only accepts a property that the document has without a value',
    { only: ['variables.new', 'variables.gone'], desired: { unknown: ['variables.new'], unset: ['variables.gone'] } },
    [],
  ],
])('%s', (_name, given, expected) => {
  expect(operations(full, given)).toEqual(expected);
});

describe('a value that cannot be applied', () => {
  const desired = { stage: { description: 'new', stageName: 'dev', tags: { team: 'b' }, webAclArn: 'arn:b' } };

  test('is named, and the rest is applied', () => {
    expect(codes(full, { desired })).toEqual(['out-of-reach', 'out-of-reach', 'out-of-reach']);
    expect(operations(full, { desired })).toEqual(['replace /description new']);
  });

  test('stops the edit with --strict', () => {
    expect(plan(full, { desired, strict: true })).toMatchObject({ kind: 'patch', problems: { length: 4 } });
    expect(operations(full, { desired: { unknown: ['description'] }, strict: true })).toEqual([
      'Left alone, since the document does not have the value: description (Ref X).',
      'Nothing was changed: with --strict, apply changes everything in the document or nothing.',
    ]);
  });

  test('is not named if it is not selected', () => {
    expect(codes(full, { desired, strict: true, only: ['description'] })).toEqual([]);
    const unknown = { unknown: ['variables.color'] };
    expect(codes(full, { desired: unknown, strict: true, exclude: ['variables'] })).toEqual([]);
    const group = { unknown: ['methodSettings'] };
    expect(codes(full, { desired: group, strict: true, only: ['variables.color'] })).toEqual([]);
    expect(codes(full, { desired: group, strict: true, exclude: ['methodSettings'] })).toEqual([]);
    const inside = ['methodSettings.*/*.loggingLevel'];
    expect(codes(full, { desired: group, strict: true, only: inside })).toEqual(['unknown-values', 'strict']);
    const two = { unknown: ['description', 'variables.color'] };
    expect(plan(full, { desired: two, exclude: ['description'] })).toMatchObject({
      notices: [{ message: 'Left alone, since the document does not have the value: variables.color (Ref X).' }],
    });
  });

  test('can be a removed cache size', () => {
    expect(codes(full, { desired: { unset: ['cacheClusterSize'] } })).toEqual(['out-of-reach']);
  });

  test.each([
    ['a deployment that is taken away', { unset: ['deploymentId'] }],
    ['a value that API Gateway refuses', { stage: { canarySettings: { percentTraffic: 150 } } }],
  ])('is an error in any other case: %s', (_name, document) => {
    expect(plan(full, { desired: document })).toMatchObject({ kind: 'patch' });
  });
});

test('a canary is started on the deployment of the stage only with --force', () => {
  const given = { desired: { stage: { canarySettings: { percentTraffic: 5 } } } };
  expect(plan(aStage(), given)).toMatchObject({ kind: 'expectation', problems: [{ code: 'no-canary' }] });
});

/** Members that apply names but cannot change: AWS has no operation for them. */
const listed = ['cacheClusterSize', 'stageName'];

/** A stage without methods in two spellings and without keys that API Gateway ignores. */
const plainStage = anyStage.filter(({ methodSettings = {} }) => {
  const keys = Object.keys(methodSettings);
  return new Set(keys.map(readableKey)).size === keys.length && !keys.some(isDeadKey);
});

const runs = { numRuns: 150 };

/** The stage after an apply; undefined if refused, for example for a path that means a variable and a method. */
const applied = (stage: Stage, given: Given): Stage | undefined => {
  const made = plan(stage, given);
  return 'problems' in made ? undefined : applyCalls(stage, made.calls);
};

describe('for any two stages', () => {
  test('apply gives the other stage, except for the fixed list', () => {
    let refused = 0;
    fc.assert(
      fc.property(plainStage, plainStage, (stage, goal) => {
        const desired = documentOf(goal, stage);
        const after = applied(stage, { desired });
        if (after === undefined) {
          refused += 1;
          return;
        }
        const other = respelled(goal, spellings(goal, after));
        const left = changesBetween(after, other).filter(({ place }) => !listed.includes(place.property.name));
        // A rebuilt entry has a default where the document has null.
        expect(left.filter(({ place, after: leaf }) => !isMethodRow(place.property) || leaf !== undefined)).toEqual([]);
      }),
      runs,
    );
    expect(refused).toBeLessThan(runs.numRuns / 10);
  });

  test.each([undefined, true] as const)('applied twice, a document changes nothing (--prune: %s)', (prune) => {
    fc.assert(
      fc.property(plainStage, plainStage, fc.boolean(), (stage, goal, hasNulls) => {
        const plain = { stage: goal, isWhole: true };
        const given = { desired: hasNulls ? documentOf(goal, stage) : plain, ...(prune && { prune }) };
        const after = applied(stage, given);
        if (after !== undefined) expect(operations(after, given)).toEqual([]);
      }),
      runs,
    );
  });

  test('a saved plan tests an absent group as a whole, and nothing under a path with another meaning', () => {
    const testsOf = (before: Stage, after: Stage) => {
      const calls = withState([[{ op: 'replace', path: '/description', value: 'x' }]], 'not-made');
      return guardedOperations({ before, after, calls }).flatMap(({ op, path }) => (op === 'test' ? [path] : []));
    };
    expect(testsOf({}, { canarySettings: aCanary() })).toEqual(['/canarySettings', '/deploymentId']);
    expect(testsOf({}, { methodSettings: { '~1pets/GET': aMethod() } })).toEqual(['/~1pets/GET', '/*/*']);
    // Such a path would mean the variable named GET.
    expect(testsOf({}, { methodSettings: { 'variables/GET': aMethod() } })).toEqual(['/*/*']);
  });

  test.each<[string, Stage, Stage]>([
    [
      'a canary',
      { canarySettings: aCanary() },
      { canarySettings: { ...aCanary(), stageVariableOverrides: { added: 'x' } } },
    ],
    [
      'an entry',
      { methodSettings: { '~1pets/GET': { metricsEnabled: true } } },
      { methodSettings: { '~1pets/GET': { metricsEnabled: true, loggingLevel: 'INFO' } } },
    ],
  ])('a saved plan that removes %s refuses if it holds more since', (_, stage, since) => {
    const { operations } = diffStages(stage, {});
    const kept = guardedOperations({ before: stage, after: {}, calls: withState([operations], 'not-made') });
    expect(applyPatch(stage, kept)).toEqual(applyPatch(stage, operations));
    expect(() => applyPatch(since, kept)).toThrow(/to be as before, but .* differs\.$/);
  });

  test.each<[string, Stage, Stage, Stage]>([
    [
      'an entry, if the entry for all methods',
      { methodSettings: { '*/*': aMethod() } },
      { methodSettings: { '*/*': aMethod(), '~1pets/GET': aMethod() } },
      { methodSettings: { '*/*': { ...aMethod(), throttlingRateLimit: 7 } } },
    ],
    [
      "a canary, if the stage's deployment",
      { deploymentId: 'dep1' },
      { deploymentId: 'dep1', canarySettings: { ...aCanary(), deploymentId: 'dep1' } },
      { deploymentId: 'dep2' },
    ],
  ])('a saved plan that creates %s has changed since, is refused', (_, before, after, since) => {
    const { operations } = diffStages(before, after);
    const kept = guardedOperations({ before, after, calls: withState([operations], 'not-made') });
    expect(applyPatch(before, kept)).toEqual(after);
    expect(() => applyPatch(since, kept)).toThrow(/^Expected/);
  });

  test('a saved plan makes the same edit, and refuses if the stage has changed since', () => {
    fc.assert(
      fc.property(plainStage, plainStage, (stage, goal) => {
        const made = plan(stage, { desired: documentOf(goal, stage) });
        if ('problems' in made) return;
        const after = applyCalls(stage, made.calls);
        const kept = guardedOperations({ before: stage, after, calls: withState(made.calls, 'not-made') });
        expect(applyPatch(stage, kept)).toEqual(after);
        const isTested = kept.some(({ op }) => op === 'test');
        if (isTested) expect(() => applyPatch(after, kept)).toThrow(/Expected/);
        else expect(changesBetween(stage, after).every(({ place }) => isMethodRow(place.property))).toBe(true);
      }),
      runs,
    );
  });
});
