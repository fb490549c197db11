import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodes } from '../../src/cli/context.js';

const readme = readFileSync(join(__dirname, '../../README.md'), 'utf8');

test('README.md lists every exit code', () => {
  const told = [...readme.matchAll(/^\| (\d+(?:, \d+)*) \| /gm)].flatMap(([, codes = '']) => codes.split(', '));
  expect(told).toEqual([...new Set(Object.values(exitCodes).map(String))]);
});
