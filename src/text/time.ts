/** Parses and prints durations as people write them. */

const units: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/** Parses `500ms`, `30s` or `2m` (a bare number means seconds) to milliseconds, or returns an error message. */
export const parseTime = (text: string): number | string => {
  const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  if (number === undefined) return `expected a time, such as 30, 30s, 500ms or 2m; got ${text || 'an empty text'}`;
  const time = Number(number) * (units[unit] ?? 1000);
  // Node timers are limited to little more.
  return time > 24 * 24 * 3_600_000 ? `expected at most 24 days (576h), got ${text}` : time;
};

/** `90s`, `10m`: the largest unit without a fraction. */
export const timeText = (milliseconds: number): string => {
  const [unit = 'ms', size = 1] = Object.entries(units).find(([, size]) => milliseconds % size === 0) ?? [];
  return milliseconds === 0 ? '0s' : `${milliseconds / size}${unit}`;
};

/** `1h30m`: in hours, minutes and seconds; less than a second as `timeText`. */
export const wholeTimeText = (milliseconds: number): string => {
  const seconds = Math.floor(milliseconds / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
  const text = parts.map((part, index) => (part === 0 ? '' : `${part}${'hms'[index]}`)).join('');
  return text || timeText(milliseconds);
};
