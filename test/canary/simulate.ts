/** A runner of rollouts on a stage in memory, with a clock that only waits move, and gates that answer by a script. */
import { begin } from '../../src/canary/begin.js';
import { foreignChange } from '../../src/canary/interference.js';
import { actionOf, observe } from '../../src/canary/rollout.js';
import type { GateResult, RolloutAction, RolloutPlan, RolloutState, Verdict } from '../../src/canary/types.js';
import { promoteCanary } from '../../src/commands/promote-canary.js';
import { applyPatch } from '../../src/stage/patch.js';
import type { PatchOperation, Stage } from '../../src/stage/stage.js';
import { aStage } from '../stages.js';

export const minutes = 60_000;
/** A whole minute. */
export const startOfTime = Date.parse('2026-01-01T12:00:00Z');

export const aPlan = (members: Partial<RolloutPlan> = {}): RolloutPlan => ({
  steps: [
    { percent: 5, interval: 10 * minutes },
    { percent: 25, interval: 30 * minutes },
    { percent: 50, interval: 10 * minutes },
  ],
  start: { deploymentId: 'dep2', variables: {}, useStageCache: false },
  gates: [{ kind: 'check', command: 'true' }],
  then: 'promote',
  minRequests: 100,
  metricsDelay: 150_000,
  checkTimeout: 60_000,
  checkShell: false,
  maxWait: 30 * minutes,
  onInconclusive: 'hold',
  abortAfter: 1,
  onFail: 'abort',
  ...members,
});

export const maxGate = {
  kind: 'max',
  metric: '5xx',
  statistic: 'average',
  bound: 1,
  relation: 'absolute',
  text: '5xx=1%',
} as const;

/** What can happen to a runner at a point of its way; the points are numbered. */
export interface Point {
  readonly number: number;
  readonly at: 'before' | 'after' | 'wait';
  readonly action: RolloutAction;
}

export interface World {
  stage: Stage;
  /** Real time, in milliseconds since 1970. */
  time: number;
  /** How far the wall clock is ahead. */
  skew: number;
  saved?: RolloutState | undefined;
  /** The deployment that the rollout created: a second call with its mark finds it. */
  created?: string;
  points: number;
  readonly verdicts: Verdict[];
  /** The operations that reached the stage, call by call. */
  readonly calls: (readonly PatchOperation[])[];
  /** Each action with the real time since the start, in minutes. */
  readonly log: string[];
  readonly rounds: { readonly from: number; readonly to: number; readonly verdict: Verdict }[];
  /** Looks at, or changes, the world at a point; true kills the runner there. */
  meddle?: ((point: Point, world: World) => boolean | undefined) | undefined;
}

export const aWorld = (members: Partial<World> = {}): World => ({
  stage: aStage(),
  time: startOfTime,
  skew: 0,
  points: 0,
  verdicts: [],
  calls: [],
  log: [],
  rounds: [],
  ...members,
});

export const replace = (path: string, value: string): PatchOperation => ({ op: 'replace', path, value });
export const percentPath = '/canarySettings/percentTraffic';

const apply = (world: World, operations: readonly PatchOperation[]): void => {
  if (operations.length === 0) return;
  world.stage = applyPatch(world.stage, operations);
  world.calls.push(operations.filter(({ op }) => op !== 'test'));
};

const start = (world: World, { plan }: RolloutState, percent: number): string => {
  const { deploymentId = world.created ?? 'made1', variables = {} } = plan.start ?? {};
  if (plan.start?.deploymentId === undefined) world.created = deploymentId;
  const { canarySettings: canary } = world.stage;
  const isThere = canary?.deploymentId === deploymentId && canary.percentTraffic === percent;
  const overrides = Object.entries(variables).map(([name, value]) =>
    replace(`/canarySettings/stageVariableOverrides/${name}`, value),
  );
  const operations = [
    replace('/canarySettings/deploymentId', deploymentId),
    ...overrides,
    replace(percentPath, String(percent)),
  ];
  apply(world, isThere ? [] : operations);
  return deploymentId;
};

const shift = (world: World, percent: number): undefined => {
  const isThere = world.stage.canarySettings?.percentTraffic === percent;
  apply(world, isThere ? [] : [replace(percentPath, String(percent))]);
};

const promote = (world: World, { deploymentId = '' }: RolloutState, ends: boolean): undefined => {
  const options = { 'expect-canary-deployment-id': deploymentId, 'end-canary': ends ? (true as const) : undefined };
  const request = { choices: [], methods: undefined, only: [], excluded: [], operations: [], notices: [] };
  const decided = promoteCanary.plan({ stage: world.stage, options, ...request });
  if ('problems' in decided) throw new Error(decided.problems[0]?.message);
  for (const call of decided.calls) if (!('kind' in call)) apply(world, call);
};

const call = (world: World, state: RolloutState, action: RolloutAction): string | undefined => {
  if (action.do === 'promote') return promote(world, state, action.ends);
  if (action.do !== 'shift') return shift(world, 0);
  const isStart = state.plan.start && state.servesSince === undefined;
  return isStart ? start(world, state, action.percent) : shift(world, action.percent);
};

const measure = (world: World, state: RolloutState, { from, to }: { from: number; to: number }) => {
  const scripted = world.verdicts.shift() ?? 'pass';
  const isEmpty = to <= from && state.plan.gates.some(({ kind }) => kind === 'max');
  const verdict = isEmpty ? 'inconclusive' : scripted;
  world.rounds.push({ from: from - startOfTime, to: to - startOfTime, verdict });
  const result: GateResult = { gate: '--check true', verdict, message: `The gate says ${verdict}.` };
  return [result];
};

export type Ending =
  | { readonly kind: 'ended'; readonly state: RolloutState }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  | { readonly kind: 'stopped'; readonly message: string }
  | { readonly kind: 'killed' };

const clock = ({ time, skew }: World): number => time + skew;

/** One run of `rollout-canary`, until it ends or is killed. */
export const run = (world: World, plan: RolloutPlan, isReplacing = false): Ending => {
  const { stage, saved: previous } = world;
  const begun = begin({ plan, stage, previous, now: clock(world), id: 'word', target: 'prod', isReplacing });
  if ('code' in begun) return { kind: 'refused', code: begun.code, message: begun.message };
  let state = begun;
  const isKilled = (at: Point['at'], action: RolloutAction): boolean => {
    world.points += 1;
    return world.meddle?.({ number: world.points, at, action }, world) === true;
  };
  for (;;) {
    // As a state file would.
    world.saved = JSON.parse(JSON.stringify(state)) as RolloutState;
    const action = actionOf(state, clock(world));
    if (action.do === 'end') return { kind: 'ended', state };
    world.log.push(`${(world.time - startOfTime) / minutes} ${action.do}${'percent' in action ? action.percent : ''}`);
    if (action.do === 'wait') {
      // Dies in the middle of it.
      world.time += action.milliseconds / 2;
      if (isKilled('wait', action)) return { kind: 'killed' };
      world.time += action.milliseconds / 2;
      state = observe(state, {}, clock(world));
    } else {
      if (isKilled('before', action)) return { kind: 'killed' };
      const change = foreignChange(state, world.stage);
      if (change !== undefined) return { kind: 'stopped', message: change };
      if (action.do === 'measure') {
        const results = measure(world, state, action);
        if (isKilled('after', action)) return { kind: 'killed' };
        state = observe(state, { results }, clock(world));
      } else {
        const deploymentId = call(world, state, action);
        if (isKilled('after', action)) return { kind: 'killed' };
        state = observe(state, { deploymentId }, clock(world));
      }
    }
  }
};

/** The percentages that the stage was given, promotion included. */
export const percents = ({ calls }: World): readonly string[] =>
  calls.flat().flatMap((operation) => {
    if (operation.path === percentPath && 'value' in operation) return [operation.value];
    return operation.op === 'copy' && operation.path === '/deploymentId' ? ['promoted'] : [];
  });
