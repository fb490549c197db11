/** What API Gateway says of a stage and no edit touches: when it was changed, and what its cache cluster is doing. */
import type { Stage } from './stage.js';

/**
 * A time as a date of a stage: as version 2 of the AWS CLI prints it where the clock is UTC's, `2026-01-31T12:00:00+00:00`, parts of
 * a second with six digits. Version 1 prints the number that API Gateway sends.
 */
export const dateOf = (milliseconds: number): string =>
  new Date(milliseconds)
    .toISOString()
    .replace(/\.(\d{3})Z$/, (_, part) => `${part === '000' ? '' : `.${part}000`}+00:00`);

/** A date of a stage, in either form, in seconds since 1970; undefined for what is none. */
export const secondsOf = (date: unknown): number | undefined => {
  const seconds = typeof date === 'string' ? Date.parse(date) / 1000 : Number(date ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds : undefined;
};

/** Whether the cache cluster is coming or going, which takes API Gateway minutes. */
export const isClusterUnderWay = ({ cacheClusterStatus = '' }: Stage): boolean =>
  cacheClusterStatus.endsWith('_IN_PROGRESS');
