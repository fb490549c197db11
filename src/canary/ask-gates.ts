/** Asks the gates of a rollout, all at once. Metrics and alarms are not measured yet: they have no data. */
import { runCheck } from '../targets/run-check.js';
import type { World } from '../world.js';
import { percentOf } from './rollout.js';
import type { Gate, GateResult, RolloutPlan, RolloutState, Verdict } from './types.js';

interface Question {
  readonly plan: RolloutPlan;
  readonly state: RolloutState;
  readonly window: { readonly from: number; readonly to: number };
  readonly world: Pick<World, 'env' | 'cwd'>;
  readonly signal: AbortSignal;
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

const noData = (gate: string): GateResult => ({ gate, verdict: 'inconclusive', message: 'no data.' });

const askGate = (gate: Gate, question: Question): Promise<GateResult> | GateResult => {
  if (gate.kind === 'check') return askCheck(gate.command, question);
  return noData(gate.kind === 'alarm' ? `--alarm ${gate.name}` : `--max ${gate.text}`);
};

export const askGates = (question: Question): Promise<readonly GateResult[]> =>
  Promise.all(question.plan.gates.map((gate) => askGate(gate, question)));
