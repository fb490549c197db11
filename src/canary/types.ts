/** What a rollout is, where it stands, and what its gates say. All of it is JSON: the state file holds it. */

export interface RolloutStep {
  /** From above 0 to 100. */
  readonly percent: number;
  /** How long the canary serves this percentage before the gates are asked, in milliseconds. */
  readonly interval: number;
}

export type Metric = '5xx' | '4xx' | 'latency' | 'integration-latency';

/** A bound on one metric of the canary; of `5xx` and `4xx` the rate in percent, of latencies milliseconds. */
export interface MaxGate {
  readonly kind: 'max';
  readonly metric: Metric;
  /** `average`, or a percentile such as `p99` or `p99.9`. */
  readonly statistic: string;
  readonly bound: number;
  /** `absolute`: the value is at most the bound. `points`: at most production's value plus it. `percent`: at most so many percent above. */
  readonly relation: 'absolute' | 'points' | 'percent';
  /** As the user wrote it: `5xx=+0.5pp`. */
  readonly text: string;
}

/** What must hold before the next step. */
export type Gate =
  | { readonly kind: 'alarm'; readonly name: string }
  | { readonly kind: 'check'; readonly command: string }
  | MaxGate;

/** How a canary is started; absent where the stage has one. */
export interface CanaryStart {
  /** Absent where the rollout creates the deployment. */
  readonly deploymentId?: string;
  /** Of the deployment that is created. */
  readonly description?: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly useStageCache: boolean;
}

/** What the user asked for. Times are milliseconds. The same plan again resumes a rollout. */
export interface RolloutPlan {
  readonly steps: readonly RolloutStep[];
  readonly start?: CanaryStart;
  readonly gates: readonly Gate[];
  readonly then: 'promote' | 'promote-and-end' | 'hold';
  readonly minRequests: number;
  readonly metricsDelay: number;
  /** The canary's dimensions in CloudWatch, where the user names them. */
  readonly canaryDimensions?: Readonly<Record<string, string>>;
  readonly checkTimeout: number;
  readonly checkShell: boolean;
  readonly maxWait: number;
  readonly onInconclusive: 'hold' | 'abort' | 'continue';
  /** So many failed rounds of one step are a failure. */
  readonly abortAfter: number;
  readonly onFail: 'abort' | 'hold';
}

export type Verdict = 'pass' | 'fail' | 'inconclusive';

/** What one gate says in one round. */
export interface GateResult {
  /** As the user wrote it: `--max 5xx=1%`. */
  readonly gate: string;
  readonly verdict: Verdict;
  /** A sentence with the value measured, its bound, and production's value beside it. */
  readonly message: string;
  /** Of the canary and of production, in percent or milliseconds, where measured. */
  readonly value?: number;
  readonly production?: number;
}

/** All gates, asked once. */
export interface Round {
  /** The index of the step. */
  readonly step: number;
  readonly percent: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly verdict: Verdict;
  readonly results: readonly GateResult[];
}

/** What the rollout does: it sets the step's percentage (`shift`), waits while the canary serves it (`bake`), asks the gates (`measure`). */
export const phases = ['shift', 'bake', 'measure', 'promote', 'abort', 'held', 'promoted', 'aborted'] as const;

/** Where a rollout stands. */
export interface RolloutState {
  readonly version: 1;
  /** A random word: it marks the deployment that the rollout creates. */
  readonly id: string;
  /** What the user called the stage. */
  readonly target: string;
  readonly plan: RolloutPlan;
  /** What the canary serves; unknown until the rollout has created it. */
  readonly deploymentId?: string;
  /** What production served when the rollout began. */
  readonly productionId: string;
  readonly phase: (typeof phases)[number];
  /** The index of the step. */
  readonly step: number;
  /** The percentage that the stage had before this step; -1 where it had no canary. */
  readonly from: number;
  /** The deployment of the canary that the first shift replaces. */
  readonly replaced?: string;
  /** When the phase or its wait began, in milliseconds since 1970. */
  readonly since: number;
  /** How long the phase waits from then on, in milliseconds; 0 once it has waited. */
  readonly wait: number;
  /** When the canary began to serve the step's percentage. */
  readonly servesSince?: number;
  /** When this step was measured without an answer for the first time. */
  readonly inconclusiveSince?: number;
  readonly rounds: readonly Round[];
  /** Why it is held, aborting or aborted, or went on without an answer: sentences. */
  readonly reason?: string;
  /** A person lets the held rollout go on. */
  readonly isApproved?: true;
}

/** The whole minutes that are measured, in milliseconds since 1970. After a jump of the clock there may be none: `to <= from`. */
export interface MetricWindow {
  readonly from: number;
  readonly to: number;
}

/** What to do next; a function of the state and the clock. */
export type RolloutAction =
  /** Set the percentage of the step; `starts`: start the canary with it. */
  | { readonly do: 'shift'; readonly percent: number; readonly starts: boolean }
  | { readonly do: 'wait'; readonly milliseconds: number }
  /** Ask the gates. */
  | ({ readonly do: 'measure' } & MetricWindow)
  | { readonly do: 'promote'; readonly ends: boolean }
  | { readonly do: 'abort' }
  | { readonly do: 'end'; readonly phase: 'held' | 'promoted' | 'aborted' };

/** What came of an action. */
export type Observation =
  | { readonly kind: 'made'; readonly deploymentId?: string; readonly now: number }
  | { readonly kind: 'waited'; readonly now: number }
  | { readonly kind: 'measured'; readonly results: readonly GateResult[]; readonly now: number };

/** What a rollout tells while it goes on: a line of text, or a JSON line. */
export interface RolloutEvent {
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly event:
    | 'started'
    | 'resumed'
    | 'shifted'
    | 'waiting'
    | 'measured'
    | 'promoted'
    | 'aborted'
    | 'held'
    | 'interrupted'
    | 'stopped';
  readonly target: string;
  readonly deploymentId?: string;
  /** The step, from 1, and how many there are. */
  readonly step: number;
  readonly steps: number;
  readonly percent: number;
  /** Of `waiting`: until when. */
  readonly until?: string;
  /** Of `measured`. */
  readonly verdict?: Verdict;
  readonly results?: readonly GateResult[];
  /** Why, in a sentence. */
  readonly message?: string;
}
