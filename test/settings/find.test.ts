import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { findConfigFile } from '../../src/settings/find';
import { aFolder, from, sentencesOf, settingsOf, typed } from './folder';

const cosmiconfigLoads = jest.fn();
jest.mock('cosmiconfig', () => {
  cosmiconfigLoads();
  return jest.requireActual('cosmiconfig');
});

const regionFrom = async (cwd: string, env = {}) => (await settingsOf(from(cwd, { env }))).region;

describe('without a configuration', () => {
  test('cosmiconfig is not loaded', async () => {
    const cwd = aFolder({ '.git/': '', 'package.json': '{"name": "mine", "scripts": {"deploy": "stage set"}}' });
    await settingsOf(from(cwd));
    expect(cosmiconfigLoads).not.toHaveBeenCalled();
  });

  test('a package.json with "stage" in another place does not load it either', async () => {
    const cwd = aFolder({ '.git/': '', 'package.json': '{"keywords": ["stage"], "scripts": {"stage": "x"}}' });
    await settingsOf(from(cwd));
    expect(cosmiconfigLoads).not.toHaveBeenCalled();
  });

  test('settings are empty', async () => {
    expect(await settingsOf(from(aFolder()))).toEqual({
      stages: new Map(),
      redact: [],
      ownerTags: [],
      journal: 'on',
      notices: [],
    });
  });
});

describe('the nearest file', () => {
  test('wins, and files above it are not merged in', async () => {
    const top = aFolder({
      '.git/': '',
      '.stagerc': 'region: far-1\nprofile: far',
      'a/.stagerc.yml': 'region: near-1',
      'a/b/': '',
    });
    const settings = await settingsOf(from(join(top, 'a/b')));
    expect(settings).toMatchObject({ region: 'near-1', configFile: join(top, 'a/.stagerc.yml') });
    expect(settings.profile).toBeUndefined();
  });

  test('is not looked for above the folder that holds .git', async () => {
    const top = aFolder({ '.stagerc': 'region: far-1', 'repo/.git/': '', 'repo/a/': '' });
    expect(await regionFrom(join(top, 'repo/a'))).toBeUndefined();
  });

  test('is not looked for above a .git that is a file, as in a worktree or a submodule', async () => {
    const top = aFolder({ '.git/': '', '.stagerc': 'region: far-1', 'sub/.git': 'gitdir: elsewhere', 'sub/a/': '' });
    expect(await regionFrom(join(top, 'sub/a'))).toBeUndefined();
  });

  test('can be beside .git', async () => {
    const top = aFolder({ '.git/': '', '.stagerc': 'region: top-1', 'a/b/': '' });
    expect(await regionFrom(join(top, 'a/b'))).toBe('top-1');
  });

  test('is looked for only in the working directory if there is no .git above', async () => {
    const top = aFolder({ '.stagerc': 'region: top-1', 'a/': '' });
    expect(await regionFrom(top)).toBe('top-1');
    expect(await regionFrom(join(top, 'a'))).toBeUndefined();
  });

  test('can be empty, and then hides the files above it', async () => {
    const top = aFolder({ '.git/': '', '.stagerc': 'region: far-1', 'a/.stagerc': '\n# nothing\n', 'b/.stagerc': '' });
    expect(await regionFrom(join(top, 'a'))).toBeUndefined();
    expect(await regionFrom(join(top, 'b'))).toBeUndefined();
  });
});

describe("the user's own file", () => {
  const names = 'config config.json config.yaml config.yml .stagerc .stagerc.json .stagerc.yaml .stagerc.yml'.split(
    ' ',
  );

  test.each(names)('may be called %s', async (name) => {
    const home = aFolder({ [`.config/stage/${name}`]: '{"region": "home-1"}' });
    expect(await regionFrom(aFolder(), { HOME: home })).toBe('home-1');
  });

  test('is in $XDG_CONFIG_HOME, unless that is relative', async () => {
    const home = aFolder({ '.config/stage/config': 'region: home-1', 'xdg/stage/config': 'region: xdg-1' });
    expect(await regionFrom(aFolder(), { HOME: home, XDG_CONFIG_HOME: join(home, 'xdg') })).toBe('xdg-1');
    expect(await regionFrom(home, { HOME: home, XDG_CONFIG_HOME: 'xdg' })).toBe('home-1');
    expect(await regionFrom(home, { HOME: home, XDG_CONFIG_HOME: '' })).toBe('home-1');
  });

  test('is used only without a file in the project', async () => {
    const home = aFolder({ '.config/stage/config': 'region: home-1' });
    expect(await regionFrom(aFolder({ '.stagerc': 'region: project-1' }), { HOME: home })).toBe('project-1');
  });
});

describe('the file that is named', () => {
  const files = { '.stagerc': 'region: found-1', 'other.conf': 'region: asked-1', 'third.json': '{"region": "env-1"}' };

  test('is read instead of the nearest; the option overrides the variable', async () => {
    const cwd = aFolder(files);
    const env = { STAGE_CONFIG: 'third.json' };
    expect(await regionFrom(cwd, env)).toBe('env-1');
    expect((await settingsOf(from(cwd, { env, flag: typed({ config: 'other.conf' }) }))).region).toBe('asked-1');
  });

  test('is ignored with --no-config, even with STAGE_CONFIG', async () => {
    const request = from(aFolder(files), { env: { STAGE_CONFIG: 'third.json' }, noConfig: true });
    expect(await settingsOf(request)).toEqual({
      stages: new Map(),
      redact: [],
      ownerTags: [],
      journal: 'on',
      notices: [],
    });
  });

  test.each([
    ['missing.json', 'missing.json: cannot read this configuration: there is no such file'],
    ['folder', 'folder: cannot read this configuration: it is a folder'],
    ['x.js', 'x.js: cannot read this configuration: programs are never run for one, expected JSON or YAML'],
    ['x.MTS', 'x.MTS: cannot read this configuration: programs are never run for one, expected JSON or YAML'],
    ['package.json', 'package.json: cannot read this configuration: it has no key stage'],
  ])('is refused with a message when it is %s', async (config, sentence) => {
    const cwd = aFolder({ 'folder/': '', 'x.js': '', 'x.MTS': '', 'package.json': '{}' });
    expect(await sentencesOf(from(cwd, { flag: typed({ config }) }))).toEqual([sentence]);
  });
});

describe('a file found by searching', () => {
  test('is a problem if it is a folder or a broken link', async () => {
    const cwd = aFolder({ '.git/': '', '.stagerc/': '', 'a/': '' });
    expect(await sentencesOf(from(cwd))).toEqual(['.stagerc: cannot read this configuration: it is a folder']);
    symlinkSync('nowhere', join(cwd, 'a/.stagerc.yaml'));
    expect(await sentencesOf(from(join(cwd, 'a')))).toEqual([
      '.stagerc.yaml: cannot read this configuration: there is no such file',
    ]);
  });

  test('is named by its full path if it is above the working directory', async () => {
    const top = aFolder({ '.git/': '', '.stagerc': 'regoin: x', 'a/': '' });
    expect(await sentencesOf(from(join(top, 'a')))).toEqual([
      `${top}/.stagerc:1: regoin: unknown key; did you mean region?`,
    ]);
  });

  test('is the same file that cosmiconfig would find', async () => {
    const { ExplorerSync } = jest.requireActual('cosmiconfig/dist/ExplorerSync.js');
    const { loadJson, loadYaml } = jest.requireActual('cosmiconfig/dist/loaders.js');
    const places = ['package.json', '.stagerc', '.stagerc.json', '.stagerc.yaml', '.stagerc.yml'];
    const theirs = (folder: string) =>
      new ExplorerSync({
        moduleName: 'stage',
        searchPlaces: places,
        loaders: { '.json': loadJson, '.yaml': loadYaml, '.yml': loadYaml, noExt: loadYaml },
        searchStrategy: 'none',
        ignoreEmptySearchPlaces: false,
        transform: (result: unknown) => result,
        metaConfigFilePath: null,
        cache: false,
      }).search(folder)?.filepath;
    const packages = [
      '{}',
      '{"stage": {}}',
      '{"stage": null}',
      '{"\\u0073tage": {"region": "a-1"}}',
      '{"scripts": {"stage": "x"}}',
      '{"keywords": ["stage"]}',
      '{"__proto__": {"stage": {}}}',
      '["stage"]',
    ];
    await fc.assert(
      fc.property(
        fc.subarray(places.slice(1)),
        fc.option(fc.constantFrom(...packages), { nil: undefined }),
        (present, manifest) => {
          const files = Object.fromEntries(present.map((name) => [name, '{"region": "a-1"}']));
          const folder = aFolder(manifest === undefined ? files : { ...files, 'package.json': manifest });
          expect(findConfigFile(folder, { HOME: folder })).toBe(theirs(folder));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('can be a broken package.json that may protect stages', async () => {
    const cwd = aFolder({ 'package.json': '{\n  "stage": {},\n}' });
    expect(await sentencesOf(from(cwd))).toEqual([
      'package.json:3: broken JSON: expected a key in double quotes, got }',
    ]);
    expect(await sentencesOf(from(aFolder({ 'package.json': '{ broken' })))).toEqual([]);
  });
});

test('a configuration home that is not a folder is ignored', () => {
  const folder = aFolder({ file: '' });
  expect(findConfigFile(folder, { XDG_CONFIG_HOME: join(folder, 'file') })).toBeUndefined();
});
