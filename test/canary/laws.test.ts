/** For random plans, answers, kills and clock jumps: where a rollout ends, and what it never does on its way. */
import fc from 'fast-check';
import { approve } from '../../src/canary/begin.js';
import type { RolloutPlan, Verdict } from '../../src/canary/types.js';
import { aPlan, aWorld, type Ending, maxGate, minutes, type Point, run, type World } from './simulate.js';

const steps = (intervals: readonly number[]): fc.Arbitrary<RolloutPlan['steps']> =>
  fc
    .uniqueArray(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 4 })
    .chain((percents) =>
      fc
        .array(fc.constantFrom(...intervals), { minLength: percents.length, maxLength: percents.length })
        .map((times) =>
          percents
            .sort((one, other) => one - other)
            .map((percent, index) => ({ percent, interval: times[index] ?? 0 })),
        ),
    );

const anyPlan: fc.Arbitrary<RolloutPlan> = fc
  .constantFrom('none', 'check', 'max')
  .chain((gate) =>
    fc.record({
      steps: steps(gate === 'max' ? [minutes, 90_000, 10 * minutes] : [0, 20_000, 10 * minutes]),
      gates: fc.constant(
        { none: [], check: [{ kind: 'check' as const, command: 'true' }], max: [maxGate] }[
          gate
        ] as RolloutPlan['gates'],
      ),
      start: fc.constantFrom(
        { deploymentId: 'dep2', variables: {}, useStageCache: false },
        { deploymentId: 'dep1', variables: { color: 'green' }, useStageCache: false },
        { variables: { color: 'green' }, useStageCache: false },
      ),
      then: fc.constantFrom('promote' as const, 'promote-and-end' as const, 'hold' as const),
      onInconclusive: fc.constantFrom('hold' as const, 'abort' as const, 'continue' as const),
      onFail: fc.constantFrom('abort' as const, 'hold' as const),
      abortAfter: fc.integer({ min: 1, max: 3 }),
      maxWait: fc.constantFrom(0, 90_000, 5 * minutes),
    }),
  )
  .map((members) => aPlan(members));

const verdict = fc.oneof(
  { arbitrary: fc.constant<Verdict>('pass'), weight: 4 },
  { arbitrary: fc.constantFrom<Verdict>('fail', 'inconclusive'), weight: 2 },
);

const rarely = fc.integer({ min: 0, max: 5 }).map((number) => number === 0);

const anyFate = fc.record({
  offset: fc.integer({ min: 0, max: 119_999 }),
  verdicts: fc.array(fc.oneof(verdict, fc.constant<Verdict>('inconclusive')), { maxLength: 30 }),
  /** By the number of the point. */
  kills: fc.array(rarely, { maxLength: 40 }),
  /** Whether the state is lost with a kill. */
  losses: fc.array(rarely, { maxLength: 40 }),
  /** Minutes by which the clock jumps. */
  jumps: fc.oneof(fc.constant([]), fc.array(fc.integer({ min: -200, max: 200 }), { maxLength: 20 })),
  isApproved: fc.boolean(),
});

/** Knows by itself what a rollout may do, and looks at all that it does. */
const witness = (plan: RolloutPlan, isClockRight: boolean) => {
  const passed = new Set<number>();
  const servedSince = new Map<number, number>();
  const unansweredSince = new Map<number, number>();
  const percentOf = ({ stage }: World): number => stage.canarySettings?.percentTraffic ?? 0;

  const seeRound = (world: World): void => {
    const percent = percentOf(world);
    const answer = world.rounds.at(-1)?.verdict;
    if (answer === 'pass') passed.add(percent);
    else if (!unansweredSince.has(percent)) unansweredSince.set(percent, world.time);
    const waited = world.time - (unansweredSince.get(percent) ?? 0);
    const isOver = !isClockRight || waited >= plan.maxWait;
    if (answer === 'inconclusive' && plan.onInconclusive === 'continue' && isOver) passed.add(percent);
  };

  const seeServed = (world: World): void => {
    for (const { percent, interval } of plan.steps) {
      const since = servedSince.get(percent);
      const isServed = since !== undefined && (!isClockRight || world.time - since >= interval);
      if (plan.gates.length === 0 && isServed) passed.add(percent);
    }
  };

  const see = ({ at, action }: Point, world: World): void => {
    seeServed(world);
    const percent = percentOf(world);
    if (at === 'after' && action.do === 'shift' && !servedSince.has(percent)) servedSince.set(percent, world.time);
    if (at === 'after' && action.do === 'measure') {
      seeRound(world);
      const interval = plan.steps.find((step) => step.percent === percent)?.interval ?? 0;
      if (isClockRight) expect(world.time - (servedSince.get(percent) ?? 0)).toBeGreaterThanOrEqual(interval);
    }
    const isAllPassed = plan.steps.every((step) => passed.has(step.percent));
    const allowed = plan.steps.find((step) => !passed.has(step.percent)) ?? plan.steps.at(-1);
    expect(percent).toBeLessThanOrEqual(allowed?.percent ?? 0);
    if (world.calls.flat().some(({ op }) => op === 'copy')) expect(isAllPassed).toBe(true);
    else expect(world.stage).toMatchObject({ deploymentId: 'dep1' });
    expect(world.stage.variables ?? {}).toEqual(isAllPassed ? expect.anything() : {});
  };
  const isPassed = (world: World): boolean => {
    seeServed(world);
    return plan.steps.every((step) => passed.has(step.percent));
  };
  return { see, isPassed, pass: (world: World) => passed.add(percentOf(world)) };
};

interface Fate {
  readonly offset: number;
  readonly verdicts: readonly Verdict[];
  readonly kills: readonly boolean[];
  readonly losses: readonly boolean[];
  readonly jumps: readonly number[];
  readonly isApproved: boolean;
}

/** Runs the command again and again, as long as it is killed or a person approves what is held. */
const runToEnd = (plan: RolloutPlan, fate: Fate) => {
  const witnessed = witness(plan, fate.jumps.length === 0);
  const world = aWorld({ verdicts: [...fate.verdicts] });
  world.time += fate.offset;
  let waits = 0;
  world.meddle = (point, now) => {
    witnessed.see(point, now);
    if (point.at === 'wait') now.skew += (fate.jumps[waits++] ?? 0) * minutes;
    return fate.kills[point.number];
  };
  let ending: Ending = { kind: 'killed' };
  for (let runs = 0; runs < 200; runs += 1) {
    ending = run(world, plan);
    if (ending.kind === 'killed' && fate.losses[runs] && plan.start?.deploymentId !== undefined)
      world.saved = undefined;
    if (ending.kind === 'killed') continue;
    if (ending.kind !== 'ended' || ending.state.phase !== 'held' || !fate.isApproved) break;
    witnessed.pass(world);
    const approved = approve(ending.state, ending.state.deploymentId ?? '', world.time);
    if ('phase' in approved) world.saved = approved;
  }
  return { world, ending, isPassed: witnessed.isPassed(world) };
};

/** Whether a rollout that is held was to be held. */
const isHoldAsked = (plan: RolloutPlan, { rounds }: World, isPassed: boolean): boolean =>
  (plan.then === 'hold' && isPassed) ||
  (plan.onFail === 'hold' && rounds.some(({ verdict: answer }) => answer === 'fail')) ||
  (plan.onInconclusive === 'hold' && rounds.some(({ verdict: answer }) => answer === 'inconclusive'));

test('a rollout ends promoted, at 0 percent, or held where asked, and goes no further than its gates let it', () => {
  const endings = new Map<string, number>();
  fc.assert(
    fc.property(anyPlan, anyFate, (plan, fate) => {
      const { world, ending, isPassed } = runToEnd(plan, fate);
      if (ending.kind !== 'ended') throw new Error(`${ending.kind}: ${'message' in ending ? ending.message : ''}`);
      const { phase } = ending.state;
      endings.set(phase, (endings.get(phase) ?? 0) + 1);
      const { canarySettings: canary, deploymentId } = world.stage;
      if (phase === 'promoted') {
        expect(isPassed).toBe(true);
        expect(deploymentId).toBe(ending.state.deploymentId ?? plan.start?.deploymentId);
        expect(canary?.percentTraffic).toBe(plan.then === 'promote-and-end' ? undefined : 0);
      } else expect(deploymentId).toBe('dep1');
      if (phase === 'aborted') expect(canary?.percentTraffic).toBe(0);
      if (phase === 'promoted' && plan.then === 'hold') expect(fate.isApproved).toBe(true);
      if (phase === 'held') {
        const { length } = world.calls;
        expect(run(world, plan)).toMatchObject({ kind: 'ended', state: { phase } });
        expect(world.calls).toHaveLength(length);
      }
      if (phase === 'held') expect(isHoldAsked(plan, world, isPassed)).toBe(true);
      expect(['promoted', 'aborted', 'held']).toContain(phase);
    }),
    { numRuns: 800 },
  );
  // The cases are not one-sided.
  for (const phase of ['promoted', 'aborted', 'held']) expect(endings.get(phase) ?? 0).toBeGreaterThan(25);
});
