import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const root = join(__dirname, '..', 'src');
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
const importLine = /^(?:import|export)\b[^;]*?\bfrom '([^']+)'|\bimport\('([^']+)'\)/gm;
const importsOf = (file: string): readonly string[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(importLine)].map(([, from, lazy]) => from ?? lazy ?? '');

/** Where each file of a room leads to among ours: a room, or a file beside the rooms. */
const leadsTo = (room: string): readonly string[] =>
  files
    .filter((file) => file.startsWith(room))
    .flatMap((file) =>
      importsOf(file).map((path) => (path.startsWith('.') ? relative(root, join(root, file, '..', path)) : '')),
    )
    .map((path) => path.split('/')[0] ?? '')
    .filter((path) => path !== '' && path !== room);

/** What every room may lead to. */
const everybodys: readonly string[] = ['text'];

const arrows: readonly (readonly [room: string, mayLeadTo: readonly string[]])[] = [
  ['text', []],
  ['stage', []],
  ['settings', ['world.js']],
  ['commands', ['stage']],
  ['render', ['stage']],
  ['targets', ['stage', 'world.js']],
  ['edit.ts', ['stage', 'targets', 'commands']],
  ['serve', ['stage', 'targets', 'world.js']],
  ['cli', ['stage', 'targets', 'commands', 'render', 'settings', 'serve', 'edit.js', 'world.js', '..']],
  ['main.ts', ['stage', 'cli', 'world.js']],
  ['index.ts', ['stage']],
  ['world.ts', []],
];
test.each(arrows)('%s leads to nothing of ours but text and %j', (room, mayLeadTo) => {
  expect(leadsTo(room).filter((path) => ![...everybodys, ...mayLeadTo].includes(path))).toEqual([]);
});

const doors: readonly (readonly [what: string, module: RegExp, door: RegExp])[] = [
  ['chalk', /^chalk/, /^render\/human\.ts$/],
  ['Commander', /^commander/, /^cli\/program\.ts$/],
  ['cosmiconfig', /^cosmiconfig/, /^settings\/load-config-file\.ts$/],
  ['the AWS SDK', /^@(aws-sdk|smithy)/, /^targets\/api-gateway\/client\.ts$/],
  ['HTTP serving', /^node:https?$/, /^serve\//],
  ['the file system', /^node:fs/, /^(targets|settings)\//],
  ['a process', /^node:(child_)?process/, /^targets\/holder\.ts$/],
];
test.each(doors)('%s has one door', (_what, module, door) => {
  const users = files.filter((file) => importsOf(file).some((path) => module.test(path)));
  expect(users.filter((file) => !door.test(file))).toEqual([]);
  expect(users).not.toEqual([]);
});

/** What `World` brings, so that a test can bring another; what holds a lock has to look at this very process. */
const ofTheWorld = /\b(?:process\.|Date\.now\(|Math\.random\(|console\.)/;
test('clock, chance and process come with the world', () => {
  const code = (file: string): string => readFileSync(join(root, file), 'utf8').replace(/\/\*.*?\*\/|\/\/[^\n]*/gs, '');
  expect(files.filter((file) => ofTheWorld.test(code(file)))).toEqual(['targets/holder.ts']);
});
