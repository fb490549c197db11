import { type MaxGate, type Metric, metrics } from './types.js';

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000 };

const bounds = {
  rate: 'a rate such as 1%, or a difference to production such as +0.5pp or +20%',
  latency: 'a time such as 800ms or 1.5s, or a difference to production such as +20%',
};

const boundOf = (isRate: boolean, text: string): Pick<MaxGate, 'bound' | 'relation'> | undefined => {
  const [, plus, digits, unit = ''] = /^(\+?)(\d+(?:\.\d+)?)(%|pp|ms|s)$/.exec(text) ?? [];
  const bound = Number(digits);
  if (plus === '+' && unit === '%') return { bound, relation: 'percent' };
  if (plus === '+') return unit === 'pp' && isRate ? { bound, relation: 'points' } : undefined;
  if (isRate) return unit === '%' && bound <= 100 ? { bound, relation: 'absolute' } : undefined;
  const size = units[unit];
  return size === undefined ? undefined : { bound: bound * size, relation: 'absolute' };
};

const isStatistic = (text: string): boolean => {
  const percentile = Number(/^p(\d\d(?:\.\d+)?)$/.exec(text)?.[1]);
  return text === 'average' || (percentile >= 50 && percentile <= 99.9);
};

/** Parses a bound such as `5xx=1%` or `latency-p99=+20%`; or says what was expected. */
export const parseMax = (text: string): MaxGate | { readonly expected: string } => {
  const [, name = '', statistic, bound] = /^(.*?)(?:-(average|p[\d.]+))?=(.*)$/s.exec(text) ?? [];
  const metric = (Object.keys(metrics) as Metric[]).find((one) => one === name);
  if (metric === undefined || bound === undefined)
    return { expected: '5xx, 4xx, latency-STATISTIC or integration-latency-STATISTIC with a bound, such as 5xx=1%' };
  const { isRate } = metrics[metric];
  if (isRate && statistic !== undefined) return { expected: `${metric} without a statistic` };
  if (!isRate && !isStatistic(statistic ?? ''))
    return { expected: `a statistic, average or p50 to p99.9, such as ${metric}-p99` };
  const read = boundOf(isRate, bound);
  if (read === undefined) return { expected: isRate ? bounds.rate : bounds.latency };
  return { kind: 'max', metric, statistic: statistic ?? 'average', ...read, text };
};
