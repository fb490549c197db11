/** Where a rollout begins: by the canary that is there, and by what is known of an earlier run. */
import { begin } from '../../src/canary/begin.js';
import type { RolloutPlan, RolloutState } from '../../src/canary/types.js';
import type { Stage } from '../../src/stage/stage.js';
import { aCanary, aStage } from '../stages.js';
import { aPlan, aWorld, minutes, percents, run, startOfTime, type World } from './simulate.js';

const beginning = (plan: RolloutPlan, stage: Stage, previous?: RolloutState, isReplacing = false) =>
  begin({ plan, stage, previous, now: startOfTime, id: 'word', target: 'prod', isReplacing });

const codeOf = (answer: ReturnType<typeof beginning>): string | undefined =>
  'code' in answer ? answer.code : undefined;

const { start: _, ...withoutStart } = aPlan();
const at = (percentTraffic: number): Stage => aStage({ canarySettings: aCanary({ percentTraffic }) });

describe('with the state of another stage', () => {
  const state = { ...(beginning(aPlan(), at(5)) as RolloutState), target: 'beta' };

  test('it takes over nothing: no approval, no finished step', () => {
    const approved: RolloutState = { ...state, phase: 'held', isApproved: true };
    expect(codeOf(beginning(aPlan(), at(5), approved))).toBe('another-stage');
    expect(beginning(aPlan(), at(5), approved, true)).toMatchObject({ phase: 'bake', target: 'prod' });
  });

  test('it begins where that rollout promoted its canary; an aborted one is not started again', () => {
    expect(beginning(aPlan(), at(5), { ...state, phase: 'promoted' })).toMatchObject({ phase: 'bake', target: 'prod' });
    expect(codeOf(beginning(aPlan(), at(0), { ...state, phase: 'aborted' }))).toBe('rollout-aborted');
  });
});

describe('from where the canary stands', () => {
  test('without a canary it starts one at the first step', () => {
    const state = beginning(aPlan(), aStage());
    expect(state).toMatchObject({ phase: 'shift', step: 0, productionId: 'dep1', deploymentId: 'dep2' });
    expect(state).not.toHaveProperty('before');
  });

  test('without a canary and a deployment it has nothing to roll out', () => {
    expect(codeOf(beginning(withoutStart, aStage()))).toBe('no-canary');
  });

  const places: readonly (readonly [percent: number, begins: object])[] = [
    [0, { phase: 'shift', step: 0, before: { deploymentId: 'dep2', percent: 0 } }],
    [5, { phase: 'bake', step: 0, wait: 10 * minutes }],
    [10, { phase: 'shift', step: 1, before: { deploymentId: 'dep2', percent: 10 } }],
    [25, { phase: 'bake', step: 1, wait: 30 * minutes }],
    [49.5, { phase: 'shift', step: 2, before: { deploymentId: 'dep2', percent: 49.5 } }],
    [50, { phase: 'bake', step: 2 }],
  ];
  test.each(places)('a canary at %d percent is at its step, or goes to the next', (percent, begins) => {
    for (const plan of [withoutStart, aPlan()])
      expect(beginning(plan, at(percent))).toMatchObject({ ...begins, deploymentId: 'dep2' });
  });

  test('a canary above the last step is refused', () => {
    const answer = beginning(withoutStart, at(60));
    expect(codeOf(answer)).toBe('canary-beyond-steps');
  });

  const others: readonly (readonly [string, Partial<NonNullable<RolloutPlan['start']>>])[] = [
    ['another deployment', { deploymentId: 'dep3' }],
    ['other variables', { variables: { color: 'green' } }],
    ['another cache', { useStageCache: true }],
  ];
  test.each(others)('a canary with %s than asked for is taken over only with replace', (_name, members) => {
    const plan = aPlan({ start: { deploymentId: 'dep2', variables: {}, useStageCache: false, ...members } });
    expect(codeOf(beginning(plan, at(10)))).toBe('canary-running');
    const taken = { phase: 'shift', step: 0, before: { deploymentId: 'dep2', percent: 10 }, ...members };
    const { variables: _, useStageCache: __, ...state } = taken as Record<string, unknown>;
    expect(beginning(plan, at(10), undefined, true)).toMatchObject(state);
  });

  test('a canary is in the way of one on a new deployment, too', () => {
    const plan = aPlan({ start: { variables: {}, useStageCache: false } });
    expect(codeOf(beginning(plan, at(10)))).toBe('canary-running');
    const world = aWorld({ stage: at(10) });
    run(world, plan, true);
    expect(world.stage.deploymentId).toBe('made1');
  });

  const spent = aStage({ deploymentId: 'dep2', canarySettings: aCanary({ percentTraffic: 0 }) });

  test('a canary that has nothing left to promote is not rolled out', () => {
    expect(codeOf(beginning(withoutStart, spent))).toBe('nothing-to-promote');
  });

  test('a promoted canary is not in the way of the next', () => {
    const plan = aPlan({ start: { deploymentId: 'dep3', variables: {}, useStageCache: false } });
    expect(beginning(plan, spent)).toMatchObject({
      phase: 'shift',
      step: 0,
      before: { deploymentId: 'dep2', percent: 0 },
    });
    const world = aWorld({ stage: spent });
    run(world, plan);
    expect(world.stage.deploymentId).toBe('dep3');
  });

  test('what the stage serves already is promoted', () => {
    for (const stage of [spent, aStage({ deploymentId: 'dep2' })])
      expect(beginning(aPlan(), stage)).toMatchObject({ phase: 'promoted' });
  });

  test('a deployment that the stage serves is not rolled out over the canary of another', () => {
    const stage = aStage({ deploymentId: 'dep2', canarySettings: aCanary({ deploymentId: 'dep3' }) });
    expect(codeOf(beginning(aPlan(), stage))).toBe('nothing-to-promote');
    expect(codeOf(beginning(aPlan(), stage, undefined, true))).toBe('nothing-to-promote');
  });
});

describe('after an earlier run', () => {
  const killedAt = (number: number, plan = aPlan(), members: Partial<World> = {}): World => {
    const world = aWorld({ ...members, meddle: (point) => point.number === number });
    run(world, plan);
    world.meddle = undefined;
    return world;
  };
  const other = aPlan({ steps: [{ percent: 10, interval: 0 }] });

  test('another plan for the same canary needs replace, and then begins where the canary stands', () => {
    const world = killedAt(3);
    expect(run(world, other)).toMatchObject({ kind: 'refused', code: 'another-plan' });
    run(world, other, true);
    expect(percents(world)).toEqual(['5', '10', 'promoted', '0.0']);
  });

  test('another plan for another canary is a new rollout', () => {
    const world = killedAt(3);
    world.stage = aStage({ canarySettings: aCanary({ deploymentId: 'dep3', percentTraffic: 0 }) });
    const plan = aPlan({ start: { deploymentId: 'dep3', variables: {}, useStageCache: false } });
    expect(run(world, plan)).toMatchObject({ kind: 'ended', state: { phase: 'promoted', deploymentId: 'dep3' } });
  });

  test('another plan after the canary was removed is a new rollout', () => {
    const world = killedAt(3);
    world.stage = aStage();
    expect(run(world, other)).toMatchObject({ kind: 'ended', state: { phase: 'promoted' } });
  });

  test('the order of the keys of a plan does not matter', () => {
    const world = killedAt(3);
    const plan = Object.fromEntries(Object.entries(aPlan()).reverse()) as unknown as RolloutPlan;
    expect(run(world, plan)).toMatchObject({ kind: 'ended' });
  });

  test('an aborted rollout starts again only with replace', () => {
    const world = aWorld({ verdicts: ['fail'] });
    run(world, aPlan());
    const refused = run(world, aPlan());
    expect(refused).toMatchObject({ kind: 'refused', code: 'rollout-aborted' });
    expect('message' in refused && refused.message).toContain(
      'The step of 5 percent failed. --check true: The gate says fail.',
    );
    expect(run(world, other)).toMatchObject({ kind: 'refused', code: 'rollout-aborted' });
    run(world, aPlan(), true);
    expect(percents(world)).toEqual(['5', '0', '5', '25', '50', 'promoted', '0.0']);
  });

  test('an aborted rollout whose canary was removed starts again only with replace', () => {
    const world = aWorld({ verdicts: ['fail'] });
    run(world, aPlan());
    world.stage = aStage();
    expect(run(world, aPlan())).toMatchObject({ kind: 'refused', code: 'rollout-aborted' });
  });

  test('an aborted rollout is not in the way of another canary', () => {
    const world = aWorld({ stage: at(0), verdicts: ['fail'] });
    run(world, withoutStart);
    world.stage = aStage({ canarySettings: aCanary({ deploymentId: 'dep3', percentTraffic: 0 }) });
    expect(run(world, withoutStart)).toMatchObject({
      kind: 'ended',
      state: { phase: 'promoted', deploymentId: 'dep3' },
    });
  });

  test('a canary that a person promoted is not in the way of the next plan', () => {
    const next = aPlan({ start: { deploymentId: 'dep3', variables: {}, useStageCache: false } });
    for (const verdicts of [['fail'], ['pass', 'pass', 'pass']] as const) {
      const world = aWorld({ verdicts: [...verdicts] });
      run(world, aPlan({ then: 'hold' }));
      world.stage = { ...world.stage, deploymentId: 'dep2' };
      run(world, next);
      expect(world.stage.deploymentId).toBe('dep3');
    }
  });

  test('a finished rollout is done as long as the stage says so', () => {
    const world = aWorld({ stage: at(0) });
    run(world, withoutStart);
    const calls = world.calls.length;
    expect(run(world, withoutStart)).toMatchObject({ kind: 'ended', state: { phase: 'promoted' } });
    expect(world.calls).toHaveLength(calls);
  });

  test('after a finished rollout the same plan rolls out the next canary', () => {
    const world = aWorld({ stage: at(0) });
    run(world, withoutStart);
    world.stage = { ...world.stage, canarySettings: aCanary({ deploymentId: 'dep3', percentTraffic: 0 }) };
    run(world, withoutStart);
    expect(world.stage.deploymentId).toBe('dep3');
  });

  test('after a rollback of a finished rollout the same plan rolls it out again', () => {
    const world = aWorld();
    run(world, aPlan());
    world.stage = aStage();
    run(world, aPlan());
    expect(percents(world).filter((percent) => percent === 'promoted')).toHaveLength(2);
  });

  test('the same plan with a new deployment makes the next one', () => {
    const plan = aPlan({ start: { variables: {}, useStageCache: false } });
    const world = aWorld();
    run(world, plan);
    Object.assign(world, { created: 'made2' });
    expect(run(world, plan)).toMatchObject({ kind: 'ended', state: { deploymentId: 'made2', phase: 'promoted' } });
  });

  test('a takeover that died between the end of one canary and the start of its own goes on', () => {
    const plan = aPlan({ start: { variables: {}, useStageCache: false } });
    const world = aWorld({ stage: at(10), meddle: ({ number }) => number === 1 });
    run(world, plan, true);
    Object.assign(world, { meddle: undefined, stage: aStage() });
    expect(run(world, plan)).toMatchObject({ kind: 'ended', state: { phase: 'promoted' } });
  });
});
