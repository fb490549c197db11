/** Scenarios of a rollout, with a simulated clock and a stage in memory. */
import { approve } from '../../src/canary/begin.js';
import { abort, actionOf } from '../../src/canary/rollout.js';
import type { RolloutPlan, RolloutState, Verdict } from '../../src/canary/types.js';
import { applyPatch } from '../../src/stage/patch.js';
import type { PatchOperation } from '../../src/stage/stage.js';
import { aCanary } from '../stages.js';
import {
  aPlan,
  aWorld,
  maxGate,
  minutes,
  type Point,
  percentPath,
  percents,
  replace,
  run,
  type World,
} from './simulate.js';

const done = ['5', '25', '50', 'promoted', '0.0'];
const phaseOf = (world: World): string | undefined => world.saved?.phase;

describe('without a fault', () => {
  test('each step is served for its interval, measured, and the last is promoted', () => {
    const world = aWorld();
    expect(run(world, aPlan())).toMatchObject({ kind: 'ended', state: { phase: 'promoted', deploymentId: 'dep2' } });
    expect(world.log).toEqual([
      ...['0 shift5', '0 wait', '10 measure'],
      ...['10 shift25', '10 wait', '40 measure'],
      ...['40 shift50', '40 wait', '50 measure', '50 promote'],
    ]);
    expect(percents(world)).toEqual(done);
    expect(world.stage).toMatchObject({ deploymentId: 'dep2', canarySettings: { percentTraffic: 0 } });
  });

  test('each step is one call', () => {
    const world = aWorld();
    run(world, aPlan());
    expect(world.calls).toHaveLength(4);
  });

  test('without gates nothing is measured', () => {
    const world = aWorld();
    run(world, aPlan({ gates: [] }));
    expect(world.log.filter((line) => line.includes('measure'))).toEqual([]);
    expect(percents(world)).toEqual(done);
  });

  test('promote-and-end removes the canary in a second call', () => {
    const world = aWorld();
    run(world, aPlan({ then: 'promote-and-end' }));
    expect(world.calls.slice(-1)).toEqual([[{ op: 'remove', path: '/canarySettings' }]]);
    expect(world.stage.deploymentId).toBe('dep2');
  });

  test('the variables of the canary are promoted with it', () => {
    const start = { deploymentId: 'dep2', variables: { color: 'green' }, useStageCache: false };
    const world = aWorld();
    run(world, aPlan({ start }));
    expect(world.stage.variables).toEqual({ color: 'green' });
  });

  test('a canary of variables alone is rolled out', () => {
    const start = { deploymentId: 'dep1', variables: { color: 'green' }, useStageCache: false };
    for (const then of ['promote', 'promote-and-end'] as const) {
      const world = aWorld();
      expect(run(world, aPlan({ start, then }))).toMatchObject({ state: { phase: 'promoted' } });
      expect(world.stage.variables).toEqual({ color: 'green' });
    }
  });

  test('the state knows the deployment that was created with the first step', () => {
    const world = aWorld();
    run(world, aPlan({ start: { variables: {}, useStageCache: false } }));
    expect(world.saved).toMatchObject({ phase: 'promoted', deploymentId: 'made1' });
  });

  test('100 percent is a step like others', () => {
    const world = aWorld();
    run(world, aPlan({ steps: [{ percent: 100, interval: 0 }] }));
    expect(percents(world)).toEqual(['100', 'promoted', '0.0']);
  });
});

describe('gates', () => {
  const verdicts = (...answers: readonly Verdict[]): World => aWorld({ verdicts: [...answers] });

  test('a failed round takes the traffic back and says why', () => {
    const world = verdicts('pass', 'fail');
    expect(run(world, aPlan())).toMatchObject({ kind: 'ended', state: { phase: 'aborted' } });
    expect(percents(world)).toEqual(['5', '25', '0']);
    expect(world.saved?.reason).toBe('The step of 25 percent failed. --check true: The gate says fail.');
    expect(world.stage.deploymentId).toBe('dep1');
  });

  test('with onFail hold the canary stays where it is', () => {
    const world = verdicts('fail');
    run(world, aPlan({ onFail: 'hold' }));
    expect(phaseOf(world)).toBe('held');
    expect(percents(world)).toEqual(['5']);
    expect(world.saved?.reason).toContain('The canary still serves 5 percent.');
  });

  test('failed rounds below abortAfter are measured again after a minute', () => {
    const world = verdicts('fail', 'fail', 'pass');
    run(world, aPlan({ abortAfter: 3 }));
    expect(world.log.slice(2, 7)).toEqual(['10 measure', '10 wait', '11 measure', '11 wait', '12 measure']);
    expect(percents(world)).toEqual(done);
  });

  test('failed rounds of another step do not count', () => {
    const world = verdicts('fail', 'pass', 'fail', 'pass', 'fail', 'pass');
    run(world, aPlan({ abortAfter: 2 }));
    expect(percents(world)).toEqual(done);
  });

  test('failed rounds are counted by step, with others between them', () => {
    const world = verdicts('fail', 'pass', 'fail', 'inconclusive', 'fail');
    run(world, aPlan({ abortAfter: 2 }));
    expect(percents(world)).toEqual(['5', '25', '0']);
  });

  test('an inconclusive round is measured again each minute', () => {
    const world = verdicts('inconclusive', 'inconclusive', 'pass');
    run(world, aPlan());
    expect(world.log.slice(2, 8)).toEqual([
      ...['10 measure', '10 wait', '11 measure', '11 wait', '12 measure', '12 shift25'],
    ]);
    expect(percents(world)).toEqual(done);
  });

  const silent = Array<Verdict>(40).fill('inconclusive');

  test('without an answer until maxWait the rollout is held, and the canary still serves', () => {
    const world = verdicts(...silent);
    run(world, aPlan());
    expect(phaseOf(world)).toBe('held');
    expect(world.rounds).toHaveLength(31);
    expect(world.saved?.reason).toContain(
      'got no answer from its gates within 30m. --check true: The gate says inconclusive.',
    );
    expect(world.saved?.reason).toContain('The canary still serves 5 percent.');
  });

  test('without an answer it can be aborted', () => {
    const world = verdicts(...silent);
    run(world, aPlan({ onInconclusive: 'abort' }));
    expect(phaseOf(world)).toBe('aborted');
    expect(percents(world)).toEqual(['5', '0']);
  });

  test('without an answer it can go on, which the state records', () => {
    const world = verdicts(...silent.slice(0, 31));
    const reasons = new Set<string | undefined>();
    world.meddle = () => void reasons.add(world.saved?.reason);
    run(world, aPlan({ onInconclusive: 'continue' }));
    expect(percents(world)).toEqual(done);
    expect([...reasons].join()).toContain(
      'got no answer from its gates within 30m. --check true: The gate says inconclusive. The rollout goes on.',
    );
  });

  test('a maxWait of less than a minute is not exceeded', () => {
    const world = verdicts(...silent);
    run(world, aPlan({ maxWait: 90_000 }));
    expect(world.log.slice(2)).toEqual(['10 measure', '10 wait', '11 measure', '11 wait', '11.5 measure']);
    expect(phaseOf(world)).toBe('held');
  });

  test('without a maxWait the first inconclusive round decides', () => {
    const world = verdicts('inconclusive');
    run(world, aPlan({ maxWait: 0 }));
    expect(world.rounds).toHaveLength(1);
    expect(phaseOf(world)).toBe('held');
  });

  test('a step whose last round failed does not go on by continue', () => {
    const world = verdicts(...Array<Verdict>(40).fill('fail'));
    run(world, aPlan({ abortAfter: 99, onInconclusive: 'continue' }));
    expect(percents(world)).toEqual(['5', '0']);
  });

  test('the wait for an answer begins anew with each step', () => {
    const world = verdicts(...silent.slice(0, 20), 'pass', ...silent.slice(0, 20), 'pass');
    run(world, aPlan());
    expect(percents(world)).toEqual(done);
  });

  test('every round is kept, with its step', () => {
    const world = verdicts('inconclusive', 'pass', 'fail');
    run(world, aPlan());
    expect(world.saved?.rounds.map(({ step, percent, verdict }) => [step, percent, verdict])).toEqual([
      ...[
        [0, 5, 'inconclusive'],
        [0, 5, 'pass'],
        [1, 25, 'fail'],
      ],
    ]);
  });
});

describe('metrics', () => {
  const plan = (members: Partial<RolloutPlan> = {}): RolloutPlan =>
    aPlan({ gates: [maxGate], steps: [{ percent: 5, interval: 10 * minutes }], ...members });

  test('they are asked after the delay, about whole minutes', () => {
    const world = aWorld();
    run(world, plan());
    expect(world.log).toEqual(['0 shift5', '0 wait', '10 wait', '12.5 measure', '12.5 promote']);
    expect(world.rounds).toEqual([{ from: 0, to: 10 * minutes, verdict: 'pass' }]);
  });

  test('a step that begins within a minute is measured from the next minute on', () => {
    const world = aWorld();
    world.time += 20_000;
    run(world, plan());
    expect(world.rounds).toEqual([{ from: minutes, to: 10 * minutes, verdict: 'pass' }]);
  });

  test.each([150_000, 0])(
    'with a delay of %d ms an interval of a minute waits until one whole minute is known',
    (metricsDelay) => {
      const world = aWorld();
      world.time += 20_000;
      run(world, plan({ steps: [{ percent: 5, interval: minutes }], metricsDelay }));
      expect(world.rounds).toEqual([{ from: minutes, to: 2 * minutes, verdict: 'pass' }]);
    },
  );

  test('a timer that fires a little early does not cost a minute', () => {
    const world = aWorld();
    world.time += 20_000;
    world.meddle = ({ at, number }) => {
      if (at === 'wait' && number === 4) world.skew = -1;
      return false;
    };
    run(world, plan({ steps: [{ percent: 5, interval: minutes }] }));
    expect(world.rounds).toHaveLength(1);
    expect(world.rounds[0]?.to).toBe(2 * minutes);
  });

  test('a later round looks at the longer time', () => {
    const world = aWorld({ verdicts: ['inconclusive', 'pass'] });
    run(world, plan());
    expect(world.rounds.map(({ from, to }) => [from, to])).toEqual([
      [0, 10 * minutes],
      [0, 11 * minutes],
    ]);
  });
});

describe('approval', () => {
  const held = (plan: RolloutPlan): World => {
    const world = aWorld();
    run(world, plan);
    return world;
  };
  const approved = (world: World, id = 'dep2') => {
    const { saved } = world;
    if (saved === undefined) throw new Error('there is no state');
    const answer = approve(saved, id, world.time);
    if ('phase' in answer) world.saved = answer;
    return answer;
  };

  test('then hold waits for a person, run after run', () => {
    const plan = aPlan({ then: 'hold' });
    const world = held(plan);
    expect(run(world, plan)).toMatchObject({ kind: 'ended', state: { phase: 'held' } });
    expect(percents(world)).toEqual(['5', '25', '50']);
    expect(world.saved?.reason).toBe('The last step, 50 percent, is done.');
  });

  test('after approval the next run promotes', () => {
    const plan = aPlan({ then: 'hold' });
    const world = held(plan);
    approved(world);
    expect(run(world, plan)).toMatchObject({ state: { phase: 'promoted' } });
    expect(percents(world)).toEqual(done);
  });

  test('a step that was held for its gates goes on to the next step', () => {
    const plan = aPlan({ onFail: 'hold' });
    const world = aWorld({ verdicts: ['fail'] });
    run(world, plan);
    expect(run(world, plan)).toMatchObject({ state: { phase: 'held' } });
    approved(world);
    run(world, plan);
    expect(percents(world)).toEqual(done);
    expect(world.saved).not.toHaveProperty('isApproved');
  });

  test('another deployment is refused', () => {
    expect(approved(held(aPlan({ then: 'hold' })), 'dep3')).toMatchObject({
      code: 'another-deployment',
    });
  });

  test('a rollout that is not held is refused', () => {
    expect(approved(held(aPlan()))).toMatchObject({ code: 'not-held' });
  });

  test('approval does not excuse a change of the canary', () => {
    const plan = aPlan({ then: 'hold' });
    const world = held(plan);
    approved(world);
    world.stage = applyPatch(world.stage, [replace(percentPath, '80')]);
    expect(run(world, plan)).toMatchObject({ kind: 'refused', code: 'foreign-change' });
  });
});

test('a person or a signal aborts in any phase, and nothing is promoted', () => {
  const world = aWorld();
  world.meddle = ({ at }) => at === 'wait';
  run(world, aPlan());
  const { saved } = world;
  world.saved = saved && abort(saved, 'A person aborted it.', world.time);
  world.meddle = undefined;
  expect(run(world, aPlan())).toMatchObject({ state: { phase: 'aborted', reason: 'A person aborted it.' } });
  expect(percents(world)).toEqual(['5', '0']);
});

describe('a killed run, followed by a second one', () => {
  const variants: readonly (readonly [string, RolloutPlan, readonly Verdict[]])[] = [
    ['that promotes', aPlan(), []],
    ['that promotes and ends', aPlan({ then: 'promote-and-end' }), []],
    ['that creates the deployment', aPlan({ start: { variables: {}, useStageCache: false } }), []],
    ['that aborts', aPlan(), ['pass', 'fail', 'fail']],
    ['of metrics', aPlan({ gates: [maxGate] }), []],
    ['that is held', aPlan({ then: 'hold' }), []],
    ['without gates', aPlan({ gates: [] }), []],
    ['of variables', aPlan({ start: { deploymentId: 'dep1', variables: { a: 'b' }, useStageCache: false } }), []],
  ];

  const plainRun = (plan: RolloutPlan, verdicts: readonly Verdict[]): World => {
    const world = aWorld({ verdicts: [...verdicts] });
    run(world, plan);
    return world;
  };

  describe.each(variants)('%s', (_name, plan, verdicts) => {
    const plain = plainRun(plan, verdicts);
    const points = Array.from({ length: plain.points }, (_, index) => index + 1);

    test.each(points)('makes the same calls as an uninterrupted one, killed at point %d', (number) => {
      const world = aWorld({ verdicts: [...verdicts] });
      world.meddle = (point: Point) => point.number === number;
      expect(run(world, plan)).toEqual({ kind: 'killed' });
      world.meddle = undefined;
      // Of a round whose answer was lost, the gates say the same again.
      const lost = plain.rounds.length > 0 && world.rounds.length > (world.saved?.rounds.length ?? 0);
      const again = world.rounds.at(-1)?.verdict;
      if (lost && again !== undefined) world.verdicts.unshift(again);
      run(world, plan);
      expect(world.calls).toEqual(plain.calls);
      expect(world.saved?.phase).toBe(plain.saved?.phase);
      expect(world.stage).toEqual(plain.stage);
    });

    test('makes no call when it is run again after its end', () => {
      const world = plainRun(plan, verdicts);
      const count = world.calls.length;
      if (plan.start?.deploymentId !== undefined) run(world, plan);
      expect(world.calls).toHaveLength(count);
    });
  });

  const killedInWait = (plan: RolloutPlan): World => {
    const world = aWorld();
    world.meddle = ({ number }) => number === 3;
    expect(run(world, plan)).toEqual({ kind: 'killed' });
    world.meddle = undefined;
    return world;
  };

  test('serves only what is left of the interval', () => {
    const world = killedInWait(aPlan());
    run(world, aPlan());
    expect(world.log.slice(0, 4)).toEqual(['0 shift5', '0 wait', '5 wait', '10 measure']);
  });

  test('twice in one interval, still serves the interval once', () => {
    const world = killedInWait(aPlan());
    world.meddle = ({ at }) => at === 'wait';
    run(world, aPlan());
    world.meddle = undefined;
    run(world, aPlan());
    expect(world.log.slice(0, 5)).toEqual(['0 shift5', '0 wait', '5 wait', '7.5 wait', '10 measure']);
  });

  test('long after the interval, asks the gates at once', () => {
    const world = killedInWait(aPlan({ gates: [maxGate] }));
    world.time += 60 * minutes;
    run(world, aPlan({ gates: [maxGate] }));
    expect(world.log[2]).toBe('65 measure');
    expect(world.rounds[0]).toEqual({ from: 0, to: 62 * minutes, verdict: 'pass' });
  });

  test('within the delay of the metrics, waits only for what is left of it', () => {
    const world = killedInWait(aPlan({ gates: [maxGate] }));
    world.time += 6 * minutes;
    run(world, aPlan({ gates: [maxGate] }));
    expect(world.log.slice(2, 4)).toEqual(['11 wait', '12.5 measure']);
  });

  test('without its state, serves the step in full again', () => {
    const world = killedInWait(aPlan());
    world.saved = undefined;
    run(world, aPlan());
    expect(world.log.slice(0, 4)).toEqual(['0 shift5', '0 wait', '5 wait', '15 measure']);
    expect(percents(world)).toEqual(done);
  });

  test('with the clock before the step began, serves it in full again', () => {
    const world = killedInWait(aPlan());
    world.skew = -60 * minutes;
    run(world, aPlan());
    expect(world.log.slice(0, 4)).toEqual(['0 shift5', '0 wait', '5 wait', '15 measure']);
  });
});

describe('a clock that jumps', () => {
  test.each([-120, -1, 1, 120])('by %d minutes neither shortens nor lengthens a step', (jump) => {
    const world = aWorld();
    world.meddle = ({ at, number }) => {
      if (at === 'wait' && number === 3) world.skew = jump * minutes;
      return false;
    };
    run(world, aPlan());
    expect(world.log.slice(0, 6)).toEqual(['0 shift5', '0 wait', '10 measure', '10 shift25', '10 wait', '40 measure']);
  });

  test('back over the whole step leaves no minute to measure, which is inconclusive', () => {
    const plan = aPlan({ gates: [maxGate], steps: [{ percent: 5, interval: 10 * minutes }] });
    const world = aWorld();
    world.meddle = ({ at, number }) => {
      if (at === 'wait' && number === 3) world.skew = -12 * minutes;
      return false;
    };
    expect(run(world, plan)).toMatchObject({ state: { phase: 'promoted' } });
    expect(world.rounds.map(({ verdict }) => verdict)).toEqual([
      'inconclusive',
      'inconclusive',
      'inconclusive',
      'pass',
    ]);
  });

  test('back while an answer is awaited does not lengthen that wait without end', () => {
    const world = aWorld({ verdicts: Array<Verdict>(200).fill('inconclusive') });
    world.meddle = ({ at, number }) => {
      if (at === 'wait' && number === 9) world.skew = -24 * 60 * minutes;
      return false;
    };
    run(world, aPlan());
    expect(world.saved?.phase).toBe('held');
    expect(world.rounds.length).toBeLessThan(40);
  });
});

describe('somebody else', () => {
  const changes: readonly (readonly [string, readonly PatchOperation[], string])[] = [
    [
      'shifts the canary',
      [replace(percentPath, '40')],
      'Somebody else changed the canary from deployment dep2 at 25 percent to deployment dep2 at 40 percent.',
    ],
    [
      'takes it back',
      [replace(percentPath, '0.0')],
      'Somebody else changed the canary from deployment dep2 at 25 percent to deployment dep2 at 0 percent.',
    ],
    [
      'gives it another deployment',
      [replace('/canarySettings/deploymentId', 'dep3')],
      'Somebody else changed the canary from deployment dep2 at 25 percent to deployment dep3 at 25 percent.',
    ],
    [
      'removes it',
      [{ op: 'remove', path: '/canarySettings' }],
      'Somebody else changed the canary from deployment dep2 at 25 percent to none.',
    ],
    [
      'promotes it',
      [{ op: 'copy', from: '/canarySettings/deploymentId', path: '/deploymentId' }, replace(percentPath, '0.0')],
      'The canary was promoted: the stage now serves deployment dep2 instead of dep1.',
    ],
    [
      'promotes and ends it',
      [
        { op: 'copy', from: '/canarySettings/deploymentId', path: '/deploymentId' },
        { op: 'remove', path: '/canarySettings' },
      ],
      'The canary was promoted: the stage now serves deployment dep2 instead of dep1.',
    ],
    [
      'lets the stage serve another deployment',
      [replace('/deploymentId', 'dep0')],
      "The stage's deployment changed from dep1 to dep0.",
    ],
  ];

  // Point 7 is in the wait at 25 percent; 8 is before its gates are asked.
  test.each(changes)('%s while it bakes: the rollout stops and says so', (_name, operations, message) => {
    const world = aWorld();
    world.meddle = ({ number }) => {
      if (number === 8) world.stage = applyPatch(world.stage, operations);
      return false;
    };
    expect(run(world, aPlan())).toEqual({ kind: 'stopped', message });
    expect(percents(world)).toEqual(['5', '25']);
  });

  test.each(changes)('%s between two runs: the second run is refused', (_name, operations, message) => {
    const world = aWorld();
    world.meddle = ({ number }) => number === 8;
    run(world, aPlan());
    world.meddle = undefined;
    world.stage = applyPatch(world.stage, operations);
    const ending = run(world, aPlan());
    expect(ending).toMatchObject({ kind: 'refused', code: 'foreign-change' });
    expect('message' in ending && ending.message).toContain(message);
    expect(percents(world)).toEqual(['5', '25']);
  });

  test('shifts a canary that fails: its traffic is taken back all the same', () => {
    const world = aWorld({ verdicts: ['fail'] });
    world.meddle = ({ at }) => {
      if (world.saved?.phase === 'abort' && at !== 'wait')
        world.stage = applyPatch(world.stage, [replace(percentPath, '40')]);
      return false;
    };
    expect(run(world, aPlan())).toMatchObject({ kind: 'ended', state: { phase: 'aborted' } });
    expect(percents(world)).toEqual(['5', '0']);
  });

  test('starts a canary before the rollout does', () => {
    const world = aWorld();
    world.meddle = ({ number }) => {
      if (number === 1) world.stage = { ...world.stage, canarySettings: aCanary({ deploymentId: 'dep3' }) };
      return false;
    };
    const message = 'Somebody else changed the canary from none to deployment dep3 at 10 percent.';
    expect(run(world, aPlan())).toEqual({ kind: 'stopped', message });
    expect(world.calls).toEqual([]);
  });

  test('has another canary by the time of an abort, which is left alone', () => {
    const world = aWorld({ verdicts: ['fail'] });
    world.meddle = ({ action }) => {
      if (action.do === 'abort')
        world.stage = applyPatch(world.stage, [replace('/canarySettings/deploymentId', 'dep3')]);
      return false;
    };
    expect(run(world, aPlan())).toMatchObject({ kind: 'stopped' });
    expect(percents(world)).toEqual(['5']);
  });
});

test('what is over is not aborted', () => {
  const world = aWorld();
  run(world, aPlan());
  expect(world.saved && abort(world.saved, 'A person aborted it.', world.time)).toBe(world.saved);
});

test('a resumed state is the same action again', () => {
  const world = aWorld();
  world.meddle = ({ number }) => number === 5;
  run(world, aPlan());
  const state = world.saved as RolloutState;
  expect(actionOf(state, world.time)).toEqual({ do: 'measure', from: expect.any(Number), to: expect.any(Number) });
});
