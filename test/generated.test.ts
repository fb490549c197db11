import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

test('what is made from the table and the program is as they are now', () => {
  const { status, stderr } = spawnSync(process.execPath, [join(__dirname, '../scripts/generate.js'), '--check'], {
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});
