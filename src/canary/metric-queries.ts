/** The request for the metrics of the gates, and what the gates read from the answer. */
import type { Measured } from './gates.js';
import { type MaxGate, type MetricWindow, metrics } from './types.js';

export type Dimensions = Readonly<Record<string, string>>;

const minute = 60_000;
const mostSeconds = 86_400;

/** A metric, as CloudWatch names it. */
export const metricOf = (name: string, dimensions: Dimensions) => ({
  Namespace: 'AWS/ApiGateway',
  MetricName: name,
  Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
});

/** The values of a query: one for each period that has data. */
type ValuesOf = (id: string) => readonly number[];

/** An id that CloudWatch accepts: a lower-case letter, then letters, digits and underscores. */
const idOf = (side: string, metric: string, statistic: string): string =>
  `${side}_${metric}_${statistic.replace('.', '_')}`;

// The average of the window is not the average of its minutes' averages, so it is computed from sums.
const statisticsOf = ({ statistic }: MaxGate): readonly string[] =>
  statistic === 'average' ? ['Sum', 'SampleCount'] : [statistic];

/** The request for the metrics of all gates, each once. */
export const requestFor = (
  gates: readonly MaxGate[],
  sides: { readonly canary: Dimensions; readonly production?: Dimensions },
  { from, to }: MetricWindow,
) => {
  const query = (side: string, dimensions: Dimensions, metric: string, statistic: string) => {
    // Percentiles of minutes cannot be combined, so the whole window is one period.
    const Period = statistic.startsWith('p') ? Math.min((to - from) / 1000, mostSeconds) : minute / 1000;
    const MetricStat = { Metric: metricOf(metric, dimensions), Period, Stat: statistic };
    return { Id: idOf(side, metric, statistic), MetricStat };
  };
  const queries = Object.entries(sides).flatMap(([side, dimensions]) =>
    gates.flatMap((gate) =>
      statisticsOf(gate).map((statistic) => query(side, dimensions, metrics[gate.metric].name, statistic)),
    ),
  );
  const count = query('canary', sides.canary, 'Count', 'SampleCount');
  const MetricDataQueries = [...new Map([count, ...queries].map((one) => [one.Id, one])).values()];
  return { MetricDataQueries, StartTime: new Date(from), EndTime: new Date(to) };
};

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

const measuredValue = (side: string, { metric, statistic }: MaxGate, valuesOf: ValuesOf): number | undefined => {
  const { name, isRate } = metrics[metric];
  const values = (what: string) => valuesOf(idOf(side, name, what));
  // A window that is longer than a day has several periods: the worst counts.
  if (statistic !== 'average') return values(statistic).length === 0 ? undefined : Math.max(...values(statistic));
  // SampleCount of an error metric is the number of all requests.
  const count = sumOf(values('SampleCount'));
  if (count === 0) return undefined;
  return (sumOf(values('Sum')) / count) * (isRate ? 100 : 1);
};

/** The measured values of a gate. */
export const measuredOf = (gate: MaxGate, valuesOf: ValuesOf): Measured => ({
  requests: sumOf(valuesOf(idOf('canary', 'Count', 'SampleCount'))),
  value: measuredValue('canary', gate, valuesOf),
  production: measuredValue('production', gate, valuesOf),
});
