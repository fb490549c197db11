import { optionsOf } from '../../src/cli/common-options.js';
import { set } from '../../src/commands/set.js';
import { settingRows } from '../../src/settings/settings.js';

test('every setting that is declared as an option is one', () => {
  const names = Object.entries(settingRows).flatMap(([name, { isOption }]) => (isOption ? [name] : []));
  expect(optionsOf(set).map(({ name }) => name)).toEqual(expect.arrayContaining(names));
});
