import { spawnSync } from 'node:child_process';
import type { GateResult, RolloutPlan, RolloutState } from './types.js';

export const askGates = async ({
  plan,
  state,
}: {
  plan: RolloutPlan;
  state: RolloutState;
  window: { from: number; to: number };
}): Promise<readonly GateResult[]> =>
  plan.gates.map((gate) => {
    if (gate.kind !== 'check') return { gate: 'x', verdict: 'inconclusive', message: 'no data' };
    const { status } = spawnSync('sh', ['-c', gate.command], {
      env: { ...process.env, STAGE_PERCENT: String(plan.steps[state.step]?.percent) },
    });
    return {
      gate: `--check ${gate.command}`,
      verdict: status === 0 ? 'pass' : status === 1 ? 'fail' : 'inconclusive',
      message: `exit ${status}`,
    };
  });
