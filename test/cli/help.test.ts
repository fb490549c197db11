import { optionsOf, sharedOptions } from '../../src/cli/common-options';
import { commands } from '../../src/commands/commands';
import { wrap } from '../../src/text/wrap';
import { runStage } from '../world';

const helpOf = async (line: string, columns = 80): Promise<string> => {
  const { code, stdout, stderr } = await runStage(line, { columns });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
};

const names = commands.map(({ name }) => name);
const pages = ['--help', 'help options', ...names.map((name) => `${name} --help`)];

const wordsOf = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== '' && word !== '\\');

describe.each([40, 60, 80, 132])('in %i columns', (columns) => {
  test.each(pages)('stage %s is wrapped between words', async (line) => {
    const text = await helpOf(line, columns);
    const tooLong = text.split('\n').filter((part) => part.length > columns && /^ *\S+ +\S.* \S/.test(part));
    expect(tooLong).toEqual([]);
    expect(wordsOf(text)).toEqual(wordsOf(await helpOf(line, 1000)));
  });
});

test.each(names)('stage help %s prints stage %s --help', async (name) => {
  expect(await helpOf(`help ${name}`)).toBe(await helpOf(`${name} --help`));
});

test.each([
  ['undo --help', 'Undo the rest if properties were changed since'],
  ['help options', 'undo the rest if something was changed since'],
])('stage %s describes --force of undo', async (line, says) => {
  expect(await helpOf(line, 1000)).toMatch(new RegExp(`--force +.*${says}`));
});

test.each(commands)('the help of $name describes its own options, and points to the shared ones', async (command) => {
  const text = await helpOf(`${command.name} -h`);
  const shown = (name: string): boolean => new RegExp(`--(?:\\[no-\\])?${name}(?: <|\\s)`).test(text);
  const own = command.options.filter(({ isHidden }) => !isHidden).map(({ name }) => name);
  expect(own.filter((name) => !shown(name))).toEqual([]);
  const shared = optionsOf(command).filter((option) => !command.options.includes(option) && option.name !== 'output');
  const listed = text.split('\n').filter((line) => shared.some(({ name }) => line.trim().startsWith(`--${name} `)));
  expect(listed).toEqual([]);
  expect(text).toContain('stage help options');
});

test('stage help options describes every shared option, and values from files', async () => {
  const text = await helpOf('help options');
  expect(sharedOptions().filter(({ name }) => !text.includes(`--${name}`))).toEqual([]);
  expect(text).toMatch(/file:\/\/PATH.*@PATH.*standard input/s);
});

test.each(['get', 'list', 'explain', 'set'])(
  '%s lists the same output formats in its help and in its error',
  async (name) => {
    const [, forms = ''] = /Form of the output: (.*?)\n {2}-/s.exec(await helpOf(`${name} --help`)) ?? [];
    const { stderr } = await runStage([name, '-o', 'xml']);
    expect(stderr).toContain(`--output: expected one of ${forms.replace(/\s+/g, ' ')}; got xml.`);
  },
);

test('the help lists every command', async () => {
  const text = await helpOf('help');
  expect(names.filter((name) => !text.includes(`\n  ${name} `))).toEqual([]);
  expect(text).toBe(await helpOf('--help'));
});

test('a wrapped example can be pasted', async () => {
  const [, example = ''] = /Example:\n(.*?)\n\n/s.exec(await helpOf('set --help', 50)) ?? [];
  expect(example.replace(/ \\\n */g, ' ').trim()).toBe(commands.find(({ name }) => name === 'set')?.example);
});

test.each([
  ['a long line of words', 8, 'a long\nline of\nwords'],
  ['  values      a number from 0 to 100', 26, '  values      a number\n              from 0 to\n              100'],
  ['  indented words', 10, '  indented\n  words'],
  ['unbreakable', 4, 'unbreakable'],
  ['one\n\ntwo', 10, 'one\n\ntwo'],
])('%j in %i columns', (text, width, wrapped) => {
  expect(wrap(text, width)).toBe(wrapped);
});

test('the output of explain is wrapped', async () => {
  const { stdout } = await runStage('explain accessLogSettings.format', { columns: 50 });
  expect(stdout.split('\n').filter((line) => line.length > 50 && !line.includes('https://'))).toEqual([]);
});
