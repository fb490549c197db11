import { parseTime, timeText } from '../../src/text/time.js';

test.each([
  ['30', 30_000],
  ['1.5s', 1500],
  ['500ms', 500],
  ['2m', 120_000],
  ['1h', 3_600_000],
  ['0', 0],
  ['576h', 2_073_600_000],
])('%s is %d ms', (text, time) => {
  expect(parseTime(text)).toBe(time);
});

test.each(['', 'soon', '-1', '1 m', '1d', '1e3'])('%j is not a time', (text) => {
  expect(parseTime(text)).toContain('expected a time, such as 30, 30s, 500ms or 2m; got');
});

test.each([
  [0, '0s'],
  [500, '500ms'],
  [90_000, '90s'],
  [1_800_000, '30m'],
  [7_200_000, '2h'],
  [61_001, '61001ms'],
])('%d ms is %s, which is read back', (time, text) => {
  expect(timeText(time)).toBe(text);
  expect(parseTime(text)).toBe(time);
});
