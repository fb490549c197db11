/** Asks all gates of a rollout at the same time. */
import { StageError, toStageError } from '../stage/problem.js';
import { runCheck } from '../targets/run-check.js';
import type { World } from '../world.js';
import type { AskedRound, MeasuredStage } from './ask-cloudwatch.js';
import { gateText, inconclusive } from './gates.js';
import { percentOf } from './rollout.js';
import type { GateResult, Verdict } from './types.js';

interface Question extends AskedRound {
  readonly world: Pick<World, 'env' | 'cwd'>;
  /** Undefined if the stage is a file, which has no metrics and no alarms. */
  readonly measured: MeasuredStage | undefined;
}

const verdictOf = (code: number | undefined): Verdict => (code === 0 ? 'pass' : code === 1 ? 'fail' : 'inconclusive');

const askCheck = async (command: string, { state, world, signal }: Question): Promise<GateResult> => {
  const env = {
    ...world.env,
    STAGE_TARGET: state.target,
    STAGE_STEP: String(state.step + 1),
    STAGE_PERCENT: String(percentOf(state)),
    STAGE_CANARY_DEPLOYMENT_ID: state.deploymentId,
    STAGE_DEPLOYMENT_ID: state.productionId,
  };
  const { checkShell: isShell, checkTimeout: timeout } = state.plan;
  const { code, said } = await runCheck({ command, isShell, env, cwd: world.cwd, timeout, signal });
  const message = [code === undefined ? '' : `exit code ${code}`, said].filter(Boolean).join(': ');
  return { gate: `--check ${command}`, verdict: verdictOf(code), message };
};

/**
 * The answers of all gates. If one fails, those that could not be asked are inconclusive.
 *
 * @throws StageError if AWS refuses, and no gate fails.
 */
export const askGates = async (question: Question): Promise<readonly GateResult[]> => {
  const { state, measured } = question;
  const { gates } = state.plan;
  const ofAws = gates.filter((gate) => gate.kind !== 'check');
  const checks = gates.filter((gate) => gate.kind === 'check');
  const answers: Promise<readonly GateResult[]>[] = checks.map(async ({ command }) => [
    await askCheck(command, question),
  ]);
  if (measured && ofAws.length > 0) {
    const { askCloudWatch } = await import('./ask-cloudwatch.js');
    answers.push(...askCloudWatch(ofAws, question, measured));
  }
  const settled = await Promise.allSettled(answers);
  const results = settled.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
  const reasons = new Set(settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : [])));
  const errors = [...reasons].map(toStageError);
  const [first] = errors;
  const problems = errors.flatMap((error) => error.problems);
  if (first && !results.some(({ verdict }) => verdict === 'fail')) throw new StageError(first.kind, problems);
  const why = first?.message ?? 'no data.';
  return gates.map((gate) => results.find((one) => one.gate === gateText(gate)) ?? inconclusive(gate, why));
};
