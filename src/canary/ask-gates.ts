/** Asks the gates of a rollout, all at once. */
import { type Problem, StageError } from '../stage/problem.js';
import { runCheck } from '../targets/run-check.js';
import type { World } from '../world.js';
import type { CloudWatchGate, MeasuredStage } from './ask-cloudwatch.js';
import { gateText, inconclusive } from './gates.js';
import { percentOf } from './rollout.js';
import type { GateResult, RolloutPlan, RolloutState, Verdict } from './types.js';

interface Question {
  readonly plan: RolloutPlan;
  readonly state: RolloutState;
  readonly window: { readonly from: number; readonly to: number };
  readonly world: Pick<World, 'env' | 'cwd'>;
  readonly signal: AbortSignal;
  /** Undefined where the stage is a file, which has no metrics and no alarms. */
  readonly measured: MeasuredStage | undefined;
}

const verdictOf = (code: number | undefined): Verdict => (code === 0 ? 'pass' : code === 1 ? 'fail' : 'inconclusive');

const askCheck = async (command: string, { plan, state, world, signal }: Question): Promise<GateResult> => {
  const env = {
    ...world.env,
    STAGE_TARGET: state.target,
    STAGE_STEP: String(state.step + 1),
    STAGE_PERCENT: String(percentOf(state)),
    STAGE_CANARY_DEPLOYMENT_ID: state.deploymentId,
    STAGE_DEPLOYMENT_ID: state.productionId,
  };
  const { checkShell: isShell, checkTimeout: timeout } = plan;
  const { code, said } = await runCheck({ command, isShell, env, cwd: world.cwd, timeout, signal });
  const how = code === undefined ? '' : `exit code ${code}`;
  const message = [how, said].filter((part) => part !== '').join(': ');
  return { gate: `--check ${command}`, verdict: verdictOf(code), message };
};

type Answer = Promise<readonly GateResult[]>;

/** CloudWatch's client is loaded only for a gate that asks it. */
const askAws = async (gates: readonly CloudWatchGate[], question: Question): Promise<readonly Answer[]> => {
  const { measured } = question;
  if (measured === undefined || gates.length === 0) return [];
  const { askCloudWatch } = await import('./ask-cloudwatch.js');
  return askCloudWatch(gates, question, measured);
};

/** Everything that was refused, each once. */
const refusal = (errors: readonly unknown[]): unknown => {
  const [first] = errors;
  if (!(first instanceof StageError)) return first;
  const problems = errors.flatMap((error): readonly Problem[] => (error instanceof StageError ? error.problems : []));
  const isFirst = ({ message }: Problem, index: number): boolean =>
    problems.findIndex((other) => other.message === message) === index;
  return new StageError(first.kind, problems.filter(isFirst));
};

/**
 * All answers. A gate that fails counts although another one could not be asked.
 *
 * @throws StageError where AWS refuses, and no gate fails.
 */
export const askGates = async (question: Question): Promise<readonly GateResult[]> => {
  const { gates } = question.plan;
  const ofAws = gates.filter((gate) => gate.kind !== 'check');
  const checks = gates.filter((gate) => gate.kind === 'check');
  const answers = [
    ...checks.map(async ({ command }) => [await askCheck(command, question)]),
    ...(await askAws(ofAws, question)),
  ];
  const settled = await Promise.allSettled(answers);
  const results = settled.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
  const errors = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  const refused = refusal(errors);
  if (errors.length > 0 && !results.some(({ verdict }) => verdict === 'fail')) throw refused;
  const why = refused instanceof Error ? refused.message : 'no data.';
  return gates.map((gate) => results.find((one) => one.gate === gateText(gate)) ?? inconclusive(gate, why));
};
