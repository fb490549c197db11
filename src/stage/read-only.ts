/** Members of a stage that only API Gateway sets: dates, and the status of the cache cluster. */
import type { Stage } from './stage.js';

/**
 * A time as version 2 of the AWS CLI prints it in UTC: `2026-01-31T12:00:00+00:00`, fractions with six digits. Version 1 prints
 * the number that API Gateway sends.
 */
export const dateOf = (milliseconds: number): string =>
  new Date(milliseconds)
    .toISOString()
    .replace(/\.(\d{3})Z$/, (_, part) => `${part === '000' ? '' : `.${part}000`}+00:00`);

/** A date of a stage, in either form, in seconds since 1970; undefined if it is not a date. */
export const secondsOf = (date: unknown): number | undefined => {
  const seconds = typeof date === 'string' ? Date.parse(date) / 1000 : Number(date ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds : undefined;
};

/** Whether API Gateway is creating or deleting the cache cluster, which takes minutes. */
export const isClusterUnderWay = ({ cacheClusterStatus = '' }: Stage): boolean =>
  cacheClusterStatus.endsWith('_IN_PROGRESS');
