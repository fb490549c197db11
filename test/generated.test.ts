import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

test('generated files are up to date', () => {
  const { status, stderr } = spawnSync(process.execPath, [join(__dirname, '../scripts/generate.js'), '--check'], {
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});
