/** The plan, the state and the events of a rollout. All of them are JSON: the state file holds the state with its plan. */

export interface RolloutStep {
  /** From above 0 to 100. */
  readonly percent: number;
  /** How long the canary serves this percentage before the gates are asked, in milliseconds. */
  readonly interval: number;
}

/** The metrics of `--max`, with their names in CloudWatch: rates of errors in percent, and times in milliseconds. */
export const metrics = {
  '5xx': { name: '5XXError', isRate: true },
  '4xx': { name: '4XXError', isRate: true },
  latency: { name: 'Latency', isRate: false },
  'integration-latency': { name: 'IntegrationLatency', isRate: false },
} as const;

export type Metric = keyof typeof metrics;

/** A bound on one metric of the canary. */
export interface MaxGate {
  readonly kind: 'max';
  readonly metric: Metric;
  /** `average`, or a percentile such as `p99` or `p99.9`. */
  readonly statistic: string;
  readonly bound: number;
  /** The most that the value may be: the bound (`absolute`), production's value plus the bound (`points`), or so many percent more (`percent`). */
  readonly relation: 'absolute' | 'points' | 'percent';
  /** As the user wrote it: `5xx=+0.5pp`. */
  readonly text: string;
}

/** A condition for the next step. */
export type Gate =
  | { readonly kind: 'alarm'; readonly name: string }
  | { readonly kind: 'check'; readonly command: string }
  | MaxGate;

/** How a rollout starts its canary. */
export interface CanaryStart {
  /** Absent if the rollout creates the deployment. */
  readonly deploymentId?: string;
  /** Of the created deployment. */
  readonly description?: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly useStageCache: boolean;
}

/** What the user asked for. Times are milliseconds. The same plan again resumes a rollout. */
export interface RolloutPlan {
  readonly steps: readonly RolloutStep[];
  /** Absent if the rollout takes the canary that the stage has. */
  readonly start?: CanaryStart;
  readonly gates: readonly Gate[];
  readonly then: 'promote' | 'promote-and-end' | 'hold';
  readonly minRequests: number;
  readonly metricsDelay: number;
  /** The dimensions of the canary's metrics in CloudWatch, if the user names them. */
  readonly canaryDimensions?: Readonly<Record<string, string>>;
  readonly checkTimeout: number;
  readonly checkShell: boolean;
  readonly maxWait: number;
  readonly onInconclusive: 'hold' | 'abort' | 'continue';
  /** How many failed rounds of one step are a failure. */
  readonly abortAfter: number;
  readonly onFail: 'abort' | 'hold';
}

export type Verdict = 'pass' | 'fail' | 'inconclusive';

/** The answer of one gate in one round. */
export interface GateResult {
  /** As the user wrote it: `--max 5xx=1%`. */
  readonly gate: string;
  readonly verdict: Verdict;
  /** The measured value, its bound and production's value, in a sentence. */
  readonly message: string;
  /** The measured values of the canary and of production, in percent or milliseconds. */
  readonly value?: number;
  readonly production?: number;
}

/** One answer of each gate. */
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

export interface ServedCanary {
  /** Unknown until the rollout has created the deployment. */
  readonly deploymentId: string | undefined;
  readonly percent: number;
}

/** How far a rollout is. */
export interface RolloutState {
  readonly version: 1;
  /** A random word, which marks the deployment that the rollout creates. */
  readonly id: string;
  /** What the user called the stage. */
  readonly target: string;
  readonly plan: RolloutPlan;
  /** The canary's deployment; unknown until the rollout has created it. */
  readonly deploymentId?: string;
  /** Production's deployment when the rollout began. */
  readonly productionId: string;
  readonly phase: (typeof phases)[number];
  /** The index of the step. */
  readonly step: number;
  /** The canary before the shift that is under way: the rollout's own, or one that it replaces. Absent if the stage has none. */
  readonly before?: ServedCanary;
  /** When the phase or its wait began, in milliseconds since 1970. */
  readonly since: number;
  /** How long it waits from then on, in milliseconds; 0 after the wait. */
  readonly wait: number;
  /** When the canary began to serve the step's percentage. */
  readonly servesSince?: number;
  /** When this step got its first inconclusive round. */
  readonly inconclusiveSince?: number;
  readonly rounds: readonly Round[];
  /** Why the rollout is held or aborted, or why it went on although a step was inconclusive. */
  readonly reason?: string;
  /** A person approved the held rollout. */
  readonly isApproved?: true;
}

/** The whole minutes that are measured, in milliseconds since 1970. After a jump of the clock there may be none: `to <= from`. */
export interface MetricWindow {
  readonly from: number;
  readonly to: number;
}

export type End = 'held' | 'promoted' | 'aborted';

/** What a rollout does next. */
export type RolloutAction =
  /** Sets the percentage of the step; the first one of a rollout also starts its canary. */
  | { readonly do: 'shift'; readonly percent: number }
  | { readonly do: 'wait'; readonly milliseconds: number }
  /** Asks the gates. */
  | ({ readonly do: 'measure' } & MetricWindow)
  | { readonly do: 'promote'; readonly ends: boolean }
  | { readonly do: 'abort' }
  | { readonly do: 'end'; readonly phase: End };

/** The result of an action: empty after a wait. */
export interface Observation {
  /** The answers of the gates. */
  readonly results?: readonly GateResult[];
  /** The deployment of the canary after a call. */
  readonly deploymentId?: string | undefined;
}

/** What a rollout reports: some lines of text, or a JSON line. */
export interface RolloutEvent {
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly event: End | 'started' | 'resumed' | 'shifted' | 'waiting' | 'measured' | 'interrupted' | 'stopped';
  readonly target: string;
  readonly deploymentId?: string;
  /** The number of the step, from 1, and of steps. */
  readonly step: number;
  readonly steps: number;
  readonly percent: number;
  /** The end of a wait. */
  readonly until?: string;
  /** The answers of the gates. */
  readonly verdict?: Verdict;
  readonly results?: readonly GateResult[];
  /** The reason, in sentences. */
  readonly message?: string;
}
