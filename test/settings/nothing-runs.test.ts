import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { aFolder, from, sentencesOf, settingsOf } from './folder';

jest.mock('import-fresh', () => {
  throw new Error('programs are not loaded');
});
jest.mock('typescript', () => {
  throw new Error('programs are not compiled');
});

const home = process.cwd();
afterEach(() => process.chdir(home));

const plant = 'require("node:fs").writeFileSync(__dirname + "/ran", ""); module.exports = { region: "planted-1" };';
const marks = (folder: string) => ['ran', '.config/ran', 'x/ran'].filter((mark) => existsSync(join(folder, mark)));

const planted = [
  '.config/config.js',
  '.config/config.cjs',
  '.config/config.mjs',
  '.config/config.ts',
  '.config/stagerc.js',
  '.stagerc.js',
  '.stagerc.cjs',
  '.stagerc.mjs',
  '.stagerc.ts',
  'stage.config.js',
  'stage.config.ts',
  'config.js',
];

const manifest = JSON.stringify({
  cosmiconfig: { searchPlaces: ['evil.js'], $import: './evil.js' },
  name: 'planted',
});

describe('in any working folder', () => {
  test.each(planted)('%s does not run and sets nothing', async (name) => {
    const cwd = aFolder({ [name]: plant, '.stagerc.yml': 'profile: mine' });
    process.chdir(cwd);
    const settings = await settingsOf(from(cwd));
    expect(settings).toMatchObject({ profile: { name: 'mine' }, redact: [] });
    expect(settings.region).toBeUndefined();
    expect(marks(cwd)).toEqual([]);
  });

  test.each(planted)('%s does not run as the only file', async (name) => {
    const cwd = aFolder({ [name]: plant });
    process.chdir(cwd);
    expect(await settingsOf(from(cwd))).toEqual({
      stages: new Map(),
      redact: [],
      ownerTags: [],
      journal: 'on',
      notices: [],
    });
    expect(marks(cwd)).toEqual([]);
  });

  test("package.json's key cosmiconfig is not read", async () => {
    const cwd = aFolder({ 'package.json': manifest, 'evil.js': plant, '.stagerc': 'profile: mine' });
    process.chdir(cwd);
    expect((await settingsOf(from(cwd))).profile?.name).toBe('mine');
    expect(marks(cwd)).toEqual([]);
  });
});

const importing: readonly (readonly [string, string, string])[] = [
  ['.stagerc', '$import: ./x/evil.js\nregion: a-1', '.stagerc:1: $import'],
  ['.stagerc.json', '{"$import": ["./x/evil.js"]}', '.stagerc.json:1: $import'],
  ['.stagerc.yaml', 'region: a-1\n"$import": [./x/evil.js, ./x/evil.ts]', '.stagerc.yaml:2: $import'],
  ['.stagerc.yml', 'stages:\n  $import: ./x/evil.js', ''],
  ['.stagerc', 'stages:\n  local:\n    file: a.json\n    $import: ./x/evil.js', '.stagerc:4: stages.local.$import'],
  ['.stagerc', '{"$import": "./other.yml"}', '.stagerc:1: $import'],
  ['package.json', '{\n "stage": {\n  "$import": "./x/evil.js"}}', 'package.json:3: stage.$import'],
];

describe('an $import', () => {
  test.each(importing)('in %s (%j) is refused, not followed', async (name, text, where) => {
    const cwd = aFolder({ [name]: text, 'x/evil.js': plant, 'x/evil.ts': plant, 'other.yml': 'region: other-1' });
    process.chdir(cwd);
    const sentences = await sentencesOf(from(cwd));
    expect(sentences.length).toBeGreaterThan(0);
    if (where) expect(sentences).toEqual([expect.stringContaining(`${where}: unknown key, expected one of `)]);
    expect(marks(cwd)).toEqual([]);
  });

  test('beside the key stage of package.json is ignored', async () => {
    const cwd = aFolder({
      'package.json': '{"$import": "./x/evil.js", "stage": {"region": "a-1"}}',
      'x/evil.js': plant,
    });
    expect((await settingsOf(from(cwd))).region).toBe('a-1');
    expect(marks(cwd)).toEqual([]);
  });
});
