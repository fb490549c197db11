/** Checks the layout rules of CONTRIBUTING.md on the text of src/. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

const root = join(__dirname, '..', 'src');
const withoutComments = (text: string): string => text.replace(/\/\*.*?\*\/|(?<![:'"])\/\/[^\n]*/gs, '');
const source = new Map(
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => [file.replaceAll('\\', '/'), withoutComments(readFileSync(join(root, file), 'utf8'))]),
);
const files = [...source.keys()].sort();
const textOf = (file: string): string => source.get(file) ?? '';

const importLine = /^(?:import|export)\b[^;]*?\bfrom '([^']+)'|\bimport\('([^']+)'\)/gm;
const importsOf = (file: string): readonly string[] =>
  [...textOf(file).matchAll(importLine)].map(([, from, lazy]) => from ?? lazy ?? '');

/** The project files that a file imports; files outside src/ start with `..`. */
const ownImportsOf = (file: string): readonly string[] => [
  ...new Set(
    importsOf(file)
      .filter((path) => path.startsWith('.'))
      .map((path) => posix.join(posix.dirname(file), path).replace(/\.js$/, '.ts')),
  ),
];

/** A folder of src/, or a file directly in it. */
const roomOf = (file: string): string => file.split('/')[0] ?? '';

// text ← stage ← commands, targets, render ← edit ← serve ← cli ← main ← bin
const arrows: readonly (readonly [room: string, mayImport: readonly string[]])[] = [
  ['text', []],
  ['world.ts', []],
  ['stage', ['text']],
  ['index.ts', ['text', 'stage']],
  ['settings', ['text', 'world.ts']],
  ['commands', ['text', 'stage']],
  ['render', ['text', 'stage', 'canary']],
  ['documents', ['text', 'stage']],
  ['targets', ['text', 'stage', 'world.ts']],
  ['history', ['text', 'stage', 'commands', 'render', 'settings', 'targets', 'canary', 'world.ts']],
  ['edit.ts', ['text', 'stage', 'commands', 'targets']],
  ['canary', ['text', 'stage', 'commands', 'targets', 'world.ts']],
  ['serve', ['text', 'stage', 'targets', 'world.ts']],
  [
    'cli',
    [
      'text',
      'stage',
      'commands',
      'targets',
      'render',
      'documents',
      'settings',
      'history',
      'edit.ts',
      'canary',
      'serve',
      'world.ts',
      '..',
    ],
  ],
  ['main.ts', ['text', 'stage', 'cli', 'world.ts']],
];

test('every folder has a row of allowed imports', () => {
  expect([...new Set(files.map(roomOf))].sort()).toEqual(arrows.map(([room]) => room).sort());
});

test.each(arrows)('%s imports only %j', (room, mayImport) => {
  const imports = files
    .filter((file) => roomOf(file) === room)
    .flatMap((file) => ownImportsOf(file).map((path) => ({ file, path })));
  expect(imports.filter(({ path }) => ![room, ...mayImport].includes(roomOf(path)))).toEqual([]);
});

/** The files of an import cycle through `file`. */
const cycleFrom = (file: string): readonly string[] | undefined => {
  const seen = new Set<string>();
  const search = (at: string, way: readonly string[]): readonly string[] | undefined => {
    if (seen.has(at)) return at === file ? way : undefined;
    seen.add(at);
    for (const next of ownImportsOf(at)) {
      const cycle = search(next, [...way, next]);
      if (cycle) return cycle;
    }
    return undefined;
  };
  return search(file, [file]);
};

test('there are no import cycles', () => {
  const cycles = files.flatMap((file) => {
    const cycle = cycleFrom(file);
    // Report a cycle once, from the first of its files.
    return cycle && file === [...cycle].sort()[0] ? [cycle.join(' → ')] : [];
  });
  expect(cycles).toEqual([]);
});

const declaration =
  /^export (?:declare )?(?:abstract )?(?:async )?(?:const|let|function\*?|class|interface|type|enum) (\w+)/gm;
const exportList = /^export (?:type )?\{([^}]*)\}(?! from)/gm;

/** The exports of a file, without re-exports. */
const exportsOf = (file: string): readonly string[] => {
  const text = textOf(file);
  const listed = [...text.matchAll(exportList)].flatMap(([, names = '']) => names.split(','));
  const names = listed.map((name) => name.replace(/^.* as /, '').trim()).filter((name) => name !== '');
  // Overloads export the same name several times.
  return [...new Set([...[...text.matchAll(declaration)].map(([, name = '']) => name), ...names])];
};

const exported = files.flatMap((file) => exportsOf(file).map((name) => ({ file, name })));

test('no two exports have the same name', () => {
  const placesOf = new Map<string, readonly string[]>();
  for (const { file, name } of exported) placesOf.set(name, [...(placesOf.get(name) ?? []), file]);
  const twice = [...placesOf].filter(([, places]) => places.length > 1);
  expect(twice.map(([name, places]) => `${name}: ${places.join(', ')}`)).toEqual([]);
});

test('every export is used by another file of src', () => {
  const textOfImporters = new Map(
    files.map((file) => [
      file,
      files
        .filter((other) => ownImportsOf(other).includes(file))
        .map(textOf)
        .join('\n'),
    ]),
  );
  const isUsed = ({ file, name }: (typeof exported)[number]): boolean =>
    new RegExp(`\\b${name}\\b`).test(textOfImporters.get(file) ?? '');
  const unused = exported.filter((each) => !isUsed(each)).map(({ file, name }) => `${file} ${name}`);
  // Imported by bin/stage.js.
  expect(unused).toEqual(['main.ts main']);
});

const doors: readonly (readonly [what: string, module: RegExp, door: RegExp])[] = [
  ['chalk', /^chalk/, /^render\//],
  ['Commander', /^commander/, /^cli\/(?:program|help)\.ts$/],
  ['cosmiconfig', /^cosmiconfig/, /^settings\//],
  ['the AWS SDK', /^@(aws-sdk|aws|smithy)\//, /^(targets\/api-gateway\/client|canary\/cloudwatch)\.ts$/],
  ['HTTP serving', /^node:https?$/, /^serve\//],
  ['the file system', /^node:fs/, /^(targets|settings|history)\//],
  ['child processes', /^node:child_process/, /^targets\/run-check\.ts$/],
  ['a process', /^node:process/, /^(targets|settings)\//],
];

test.each(doors)('%s is imported in one place', (_what, module, door) => {
  const users = files.filter((file) => importsOf(file).some((path) => module.test(path)));
  expect(users.filter((file) => !door.test(file))).toEqual([]);
  expect(users).not.toEqual([]);
});

test('clock, random numbers and process come from the world, so that tests can replace them', () => {
  const users = files.filter((file) => /\b(?:process\.|Date\.now\(|Math\.random\(|console\.)/.test(textOf(file)));
  // Locks name their process, a configuration must belong to the user, and a check is killed with its process group.
  expect(
    users.filter((file) => !/^(?:targets\/(?:holder|lock[a-z-]*|run-check)|settings\/config-file)\.ts$/.test(file)),
  ).toEqual([]);
});
