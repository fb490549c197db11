/** Asks CloudWatch for the metrics and alarms of one round. Import this only dynamically: it loads the AWS SDK. */
import { StageError } from '../stage/problem.js';
import { type LiveOptions, readAnswer, readPages, sessionWith } from '../targets/api-gateway/session.js';
import { connectCloudWatch } from './cloudwatch.js';
import { inconclusive, judgeAlarm, judgeMax } from './gates.js';
import { type Dimensions, measuredOf, requestFor } from './metric-queries.js';
import { percentOf } from './rollout.js';
import type { Gate, GateResult, MaxGate, MetricWindow, RolloutState } from './types.js';

/** The live stage whose canary is measured. */
export interface MeasuredStage {
  readonly label: string;
  readonly stageName: string;
  apiName(): Promise<string>;
  readonly connection: LiveOptions;
  /** Looked up once for all rounds. */
  readonly known: { apiName?: string; canary?: Dimensions | undefined };
}

export interface AskedRound {
  readonly state: RolloutState;
  readonly window: MetricWindow;
  readonly signal: AbortSignal;
}

/** How long one round tries to reach CloudWatch, in milliseconds. */
const patience = 30_000;

const openCloudWatch = ({ connection, label }: MeasuredStage, signal: AbortSignal) => {
  const { env, now, random } = connection.world;
  const timeout = Math.min(connection.timeout ?? patience, patience);
  // In a world of its own, CloudWatch does not use up the time and the quota of API Gateway, and its calls end with the round.
  const options = { ...connection, timeout, world: { env, now, random, signal } };
  return sessionWith(connectCloudWatch(options), options, label, 'CloudWatch');
};

type Opening = ReturnType<typeof openCloudWatch>;

/** The dimensions of the canary's series. AWS does not document them. Undefined if there is no such series. */
const findCanary = async (wanted: Dimensions, session: Awaited<Opening>) => {
  const found = await readPages(
    'ListMetrics',
    (from, signal) => session.api.listMetrics(wanted, from, signal),
    session,
  );
  return found.find((dimensions) => Object.keys(dimensions).length === Object.keys(wanted).length);
};

const withoutSeries = ({ ApiName, Stage }: Dimensions): string =>
  `The canary has no series of its own: ListMetrics shows no Count in AWS/ApiGateway with ApiName ${ApiName} and Stage ${Stage}. A new series takes up to 15 minutes to be listed; --canary-dimensions names others. The stage's own series may or may not include the canary's traffic.`;

const noWholeMinute = 'The canary has not served this percentage for a whole minute that can be measured.';

const askMetrics = async (
  gates: readonly MaxGate[],
  { state, window }: AskedRound,
  { stageName, apiName, known }: MeasuredStage,
  opening: Opening,
): Promise<readonly GateResult[]> => {
  const session = await opening;
  if (window.to <= window.from) return gates.map((gate) => inconclusive(gate, noWholeMinute));
  known.apiName ??= await apiName();
  const { apiName: ApiName } = known;
  const wanted = { ApiName, Stage: `${stageName}/Canary` };
  known.canary ??= state.plan.canaryDimensions ?? (await findCanary(wanted, session));
  const { canary } = known;
  if (canary === undefined) return gates.map((gate) => inconclusive(gate, withoutSeries(wanted)));
  // At 100 percent production has no traffic.
  const production = percentOf(state) < 100 && { production: { ApiName, Stage: stageName } };
  const request = requestFor(gates, { canary, ...production }, window);
  const { api } = session;
  const series = await readPages('GetMetricData', (from, signal) => api.getMetricData(request, from, signal), session);
  const valuesOf = (wantedId: string) => series.flatMap(({ id, values }) => (id === wantedId ? values : []));
  return gates.map((gate) => judgeMax(gate, measuredOf(gate, valuesOf), state));
};

const askAlarms = async (
  gates: readonly Extract<Gate, { readonly kind: 'alarm' }>[],
  opening: Opening,
): Promise<readonly GateResult[]> => {
  const session = await opening;
  const names = [...new Set(gates.map(({ name }) => name))];
  const alarms = await readAnswer('DescribeAlarms', (signal) => session.api.describeAlarms(names, signal), session);
  const { region } = session.at;
  const alarmOf = (wanted: string) => alarms.find(({ AlarmName }) => AlarmName === wanted);
  return gates.map((gate) => judgeAlarm(gate, alarmOf(gate.name), region === undefined ? '' : ` in ${region}`));
};

/** Asks the gates. If AWS is not reached, they are inconclusive. Throws StageError if AWS refuses. */
const unlessUnreached = async <One extends Gate>(
  gates: readonly One[],
  ask: (gates: readonly One[]) => Promise<readonly GateResult[]>,
): Promise<readonly GateResult[]> => {
  try {
    return gates.length === 0 ? [] : await ask(gates);
  } catch (error) {
    if (!(error instanceof StageError) || error.kind !== 'unavailable') throw error;
    return gates.map((gate) => inconclusive(gate, `No data: ${error.message}`));
  }
};

/** Asks for metrics and for alarms in two promises, so that a failure of one does not hide the answers of the other. */
export const askCloudWatch = (
  gates: readonly Gate[],
  round: AskedRound,
  stage: MeasuredStage,
): readonly Promise<readonly GateResult[]>[] => {
  const session = openCloudWatch(stage, round.signal);
  const metrics = gates.filter((gate) => gate.kind === 'max');
  const alarms = gates.filter((gate) => gate.kind === 'alarm');
  return [
    unlessUnreached(metrics, (asked) => askMetrics(asked, round, stage, session)),
    unlessUnreached(alarms, (asked) => askAlarms(asked, session)),
  ];
};
