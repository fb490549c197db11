import { flagsOf } from '../../src/cli/common-flags.js';
import { set } from '../../src/commands/set.js';
import { settingRows } from '../../src/settings/settings.js';

test('every setting that is said to be a flag is one', () => {
  const names = Object.entries(settingRows).flatMap(([name, { isFlag }]) => (isFlag ? [name] : []));
  expect(flagsOf(set).map(({ name }) => name)).toEqual(expect.arrayContaining(names));
});
