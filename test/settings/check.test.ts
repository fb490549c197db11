import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { entryRows, outputs, settingRows } from '../../src/settings/settings';
import { testIf } from '../tools';
import { aFolder, from, problemsOf, sentencesOf, settingsOf, typed } from './folder';

const yamlSays = async (text: string) => sentencesOf(from(aFolder({ '.stagerc': text })));

const live = '{restApiId: a, stageName: b}';

describe('a wrong value', () => {
  test.each([
    ['stages: [a]', 'stages: expected stages by their names, got a list'],
    ['stages:', 'stages: expected stages by their names, got nothing'],
    [
      'default: 5',
      'default: expected the name of a stage, a stage file (not from ~), or API/STAGE, got the number 5; put it in quotes',
    ],
    ['output: xml', `output: expected one of ${outputs.join(', ')}, got the text "xml"`],
    ['redact: password', 'redact: expected a list of words, numbers in quotes, got the text "password"'],
    ['redact: [1]', 'redact: expected a list of words, numbers in quotes, got a list'],
    ['redact: [a, [b]]', 'redact: expected a list of words, numbers in quotes, got a list'],
    ["redact: ['']", 'redact: expected a list of words, numbers in quotes, got a list'],
    ['region: ""', 'region: expected a region such as eu-west-1, got an empty text'],
    ['region: evil.example/#', 'region: expected a region such as eu-west-1, got the text "evil.example/#"'],
    ['region: [eu-west-1]', 'region: expected a region such as eu-west-1, got a list'],
    ['profile: 2020-01-01', "profile: expected the name of a profile in AWS's own configuration, got a date"],
    ['profile: {a: b}', "profile: expected the name of a profile in AWS's own configuration, got keys with values"],
    ['stages: {a: ./a.json}', 'stages.a: expected file or restApiId and stageName, got the text "./a.json"'],
    [
      'stages: {a: {file: 1}}',
      'stages.a.file: expected the path of a stage file (not from ~), got the number 1; put it in quotes',
    ],
    [
      'stages: {a: {file: ~/a.json}}',
      'stages.a.file: expected the path of a stage file (not from ~), got the text "~/a.json"',
    ],
    [
      'stages: {a: {restApiId: 12, stageName: b}}',
      'stages.a.restApiId: expected the id of a REST API, got the number 12; put it in quotes',
    ],
    [
      'stages: {a: {restApiId: a, stageName: true}}',
      'stages.a.stageName: expected the name of the stage in its API, got the boolean true; put it in quotes',
    ],
    ['stages: {a: {file: a.json, protected: yes}}', 'stages.a.protected: expected true or false, got the text "yes"'],
    ['stages: {a: {file: a.json, protected: }}', 'stages.a.protected: expected true or false, got nothing'],
    [
      'stages: {a: {restApiId: a, stageName: b, endpointUrl: "file:///x"}}',
      'stages.a.endpointUrl: expected an http or https address, got the text "file:///x"',
    ],
    [
      'stages: {a: {restApiId: a, stageName: b, region: 1.5}}',
      'stages.a.region: expected a region such as eu-west-1, got the number 1.5',
    ],
    [
      'stages: {a: {restApiId: a, stageName: b, profile: }}',
      "stages.a.profile: expected the name of a profile in AWS's own configuration, got nothing",
    ],
    ['- a', 'expected keys with values, got a list'],
    ['just text', 'expected keys with values, got the text "just text"'],
  ])('in %s is reported', async (text, sentence) => {
    expect(await yamlSays(text)).toEqual([`.stagerc:1: ${sentence}`]);
  });
});

describe('an entry of stages', () => {
  test.each([
    [`{file: a.json, restApiId: a, stageName: b}`, 'expected file or restApiId, got both'],
    ['{protected: true}', 'expected file or restApiId, got neither'],
    ['{restApiId: a}', 'restApiId needs a stageName too'],
    [
      '{file: a.json, region: eu-west-1}',
      'restApiId, stageName, region, profile, endpointUrl belong to a live stage, not to a file',
    ],
  ])('is refused as %s', async (entry, sentence) => {
    expect(await yamlSays(`stages: {a: ${entry}}`)).toEqual([`.stagerc:1: stages.a: ${sentence}`]);
  });

  test.each([
    ['description', 'this would be read as a property, an option or a target; call the stage something else'],
    ['methodSettings', 'this would be read as a property, an option or a target; call the stage something else'],
    ['variables.prod', 'this would be read as a property, an option or a target; call the stage something else'],
    ['', 'a stage needs a name'],
    ['prod.json', 'this would be read as a property, an option or a target; call the stage something else'],
    ['.prod', 'this would be read as a property, an option or a target; call the stage something else'],
    ['/prod', 'this would be read as a property, an option or a target; call the stage something else'],
    ['~prod', 'this would be read as a property, an option or a target; call the stage something else'],
    ['api/prod', 'this would be read as a property, an option or a target; call the stage something else'],
    ['api:prod', 'this would be read as a property, an option or a target; call the stage something else'],
    ['a\\b', 'this would be read as a property, an option or a target; call the stage something else'],
    ['-', 'this would be read as a property, an option or a target; call the stage something else'],
    ['-prod', 'this would be read as a property, an option or a target; call the stage something else'],
    ['--prod', 'this would be read as a property, an option or a target; call the stage something else'],
  ])('cannot be named %j', async (name, sentence) => {
    const problems = await yamlSays(`{"stages": {${JSON.stringify(name)}: {"file": "a.json"}}}`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^\.stagerc:1: stages/);
    expect(problems[0]).toContain(sentence);
  });

  test.each(['prod', 'constructor', 'toString', '__proto__', '1', 'eu prod', 'größe', '$x'])(
    'can be named %s',
    async (name) => {
      const text = `{"stages": {${JSON.stringify(name)}: {"file": "a.json", "protected": true}}}`;
      for (const file of ['.stagerc', '.stagerc.json', '.stagerc.yaml']) {
        const { stages } = await settingsOf(from(aFolder({ [file]: text })));
        expect([...stages.values()]).toMatchObject([{ name, protected: true }]);
        expect(stages.get(name)).toBeDefined();
      }
    },
  );
});

describe('a key', () => {
  test.each([
    ['regoin: a', 'regoin: unknown key; did you mean region?'],
    ['Region: a', 'Region: unknown key; did you mean region?'],
    ['stage: {}', 'stage: unknown key; did you mean stages?'],
    [
      'config: a',
      'config: unknown key, expected one of stages, default, output, redact, region, profile, ownerTags, journal, canaryDimensions',
    ],
    [
      'toString: a',
      'toString: unknown key, expected one of stages, default, output, redact, region, profile, ownerTags, journal, canaryDimensions',
    ],
    [
      '"__proto__": {region: a}',
      '__proto__: unknown key, expected one of stages, default, output, redact, region, profile, ownerTags, journal, canaryDimensions',
    ],
    [
      `stages: {a: {restApiID: x, restApiId: a, stageName: b}}`,
      'stages.a.restApiID: unknown key; did you mean restApiId?',
    ],
    ['stages: {a: {file: a.json, protcted: true}}', 'stages.a.protcted: unknown key; did you mean protected?'],
    [
      'stages: {a: {file: a.json, __proto__: {protected: true}}}',
      'stages.a.__proto__: unknown key, expected one of file, restApiId, stageName, region, profile, endpointUrl, protected',
    ],
  ])('that is unknown is reported: %s', async (text, sentence) => {
    expect(await yamlSays(text)).toEqual([`.stagerc:1: ${sentence}`]);
  });

  test('__proto__ reaches no prototype', async () => {
    await yamlSays('__proto__: {region: polluted-1}');
    await yamlSays('{"__proto__": {"region": "polluted-1"}}');
    expect(({} as { region?: string }).region).toBeUndefined();
  });
});

describe('the default', () => {
  test.each(['prod', './x.json', 'x/y.json', 'api/prod', '-', 'a.JSON'])('can be %s', async (value) => {
    const cwd = aFolder({ '.stagerc': `stages: {prod: ${live}}\ndefault: "${value}"` });
    expect((await settingsOf(from(cwd))).default).toEqual({ value, from: 'config', base: cwd });
  });

  test('is a name in stages, if it is neither a file nor API/STAGE', async () => {
    expect(await yamlSays(`stages: {prod: ${live}}\ndefault: prodd`)).toEqual([
      '.stagerc:2: default: no stage is called "prodd"; did you mean prod?',
    ]);
    expect(await yamlSays('default: toString')).toEqual([
      '.stagerc:1: default: no stage is called "toString"; expected a name in stages, a stage file, or API/STAGE',
    ]);
  });

  test('can name a protected stage, since editing it is refused elsewhere', async () => {
    const cwd = aFolder({ '.stagerc': `stages: {prod: {file: p.json, protected: true}}\ndefault: prod` });
    const settings = await settingsOf(from(cwd));
    expect(settings.stages.get(settings.default?.value ?? '')?.protected).toBe(true);
  });
});

const json = `{
\t"stages": {
\t\t"prod": {
\t\t\t"file": "prod.json",
\t\t\t"protected": "yes"
\t\t}
\t},
\t"regoin": "eu-west-1"
}`;

const yaml = `# comment

stages:
  prod:
    file: prod.json
    protected: yes, please
regoin: eu-west-1
`;

const nested = `{
  "name": "mine",
  "stage": ${json.split('\n').join('\n  ')}
}`;

describe('a problem', () => {
  test.each([
    ['.stagerc', yaml, [6, 7], ''],
    ['.stagerc', json, [5, 8], ''],
    ['.stagerc', `\ufeff${yaml}`, [6, 7], ''],
    ['.stagerc', yaml.replaceAll('\n', '\r\n'), [6, 7], ''],
    ['.stagerc.json', json, [5, 8], ''],
    ['.stagerc.json', `\ufeff${json}`, [5, 8], ''],
    ['.stagerc.yaml', yaml, [6, 7], ''],
    ['package.json', nested, [7, 10], 'stage.'],
  ])('in %s has file and line, and all are reported together (%#)', async (name, text, lines, above) => {
    const cwd = aFolder({ [name]: text });
    const problems = await problemsOf(from(cwd));
    expect(problems).toHaveLength(lines.length);
    expect(problems[0]?.message).toMatch(`${name}:${lines[0]}: ${above}stages.prod.protected: expected true or false`);
    expect(problems[1]?.message).toBe(`${name}:${lines[1]}: ${above}regoin: unknown key; did you mean region?`);
  });

  test.each([
    ['.stagerc', 'a: [', '.stagerc:2: this is not YAML: unexpected end of the stream within a flow collection'],
    ['.stagerc', 'region: a\nregion: b', '.stagerc:2: this is not YAML: duplicated mapping key'],
    ['.stagerc', '{"region": "a",\n"region": "b"}', '.stagerc:2: this is not YAML: duplicated mapping key'],
    [
      '.stagerc.yml',
      'a: 1\n---\nb: 1',
      '.stagerc.yml: this is not YAML: expected a single document in the stream, but found more',
    ],
    ['.stagerc.json', '{\n"region": "a",\n}', '.stagerc.json:3: broken JSON: expected a key in double quotes, got }'],
    ['.stagerc.json', 'region: a', '.stagerc.json:1: broken JSON: expected a value, got region'],
    [
      '.stagerc.json',
      '{\n"region": "a",\n"profile": ":", "region": "b"}',
      '.stagerc.json:3: broken JSON: expected each key once, got "region" again',
    ],
    [
      'package.json',
      '{"stage": {},\n"stage": {}}',
      'package.json:2: broken JSON: expected each key once, got "stage" again',
    ],
    ['.stagerc', '[]', '.stagerc:1: expected keys with values, got a list'],
    ['.stagerc.json', 'null', ''],
    [
      'package.json',
      '{"a": 1, "a": 2, "stage": {}}',
      'package.json:1: broken JSON: expected each key once, got "a" again',
    ],
    ['.stagerc', '', ''],
    ['.stagerc.json', ' \n', ''],
    ['.stagerc.yaml', '# only a comment', ''],
    ['.stagerc.yaml', '---', ''],
  ])('with the format of %s (%j) is reported', async (name, text, sentence) => {
    expect(await sentencesOf(from(aFolder({ [name]: text })))).toEqual(sentence ? [sentence] : []);
  });

  test.each(['.stagerc', '.stagerc.json', '.stagerc.yaml'])(
    'is reported for a %s with endless nesting',
    async (name) => {
      const depth = 20_000;
      const open = '['.repeat(depth);
      for (const text of [open, open + ']'.repeat(depth), `{"x": ${open}${']'.repeat(depth)}, "x": 1}`]) {
        expect(await sentencesOf(from(aFolder({ [name]: text })))).not.toEqual([]);
      }
    },
  );

  test('with an option or a variable names it', async () => {
    const request = from(aFolder(), { env: { STAGE_OUTPUT: 'xml' }, flag: typed({ region: 'a b' }) });
    expect(await problemsOf(request)).toEqual([
      { from: 'environment', message: `STAGE_OUTPUT: expected one of ${outputs.join(', ')}, got the text "xml"` },
      { from: 'flag', message: '--region: expected a region such as eu-west-1, got the text "a b"' },
    ]);
  });
});

describe('.stagerc.example', () => {
  const example = readFileSync(join(__dirname, '../../.stagerc.example'), 'utf8');

  test('is a valid configuration, as YAML and by its own name', async () => {
    const cwd = aFolder({ '.stagerc': example, '.stagerc.example': example });
    const settings = await settingsOf(from(cwd));
    expect([...settings.stages.keys()]).toEqual(['local', 'staging', 'production', 'emulator']);
    expect(settings.stages.get('local')).toEqual({
      name: 'local',
      protected: false,
      file: join(cwd, 'stages/local.json'),
    });
    const asked = await settingsOf(from(cwd, { flag: typed({ config: '.stagerc.example' }) }));
    expect(asked).toEqual({ ...settings, configFile: join(cwd, '.stagerc.example') });
  });

  test.each(Object.entries(settingRows))('shows %s and its variable', (key, row) => {
    if (key !== 'config') expect(example).toMatch(new RegExp(`^${key}:`, 'm'));
    expect(example).toContain(row.env ?? key);
  });

  test.each(Object.keys(entryRows))('shows %s in an entry', (key) => {
    expect(example).toMatch(new RegExp(`^ {4}${key}: `, 'm'));
  });
});

describe('a hostile file', () => {
  const isRoot = process.getuid?.() === 0;

  test.each(['.stagerc', '.stagerc.json'])(
    'of 20,000 unknown keys (%s) is reported in 20 lines and a number',
    async (name) => {
      const keys = Array.from({ length: 20_000 }, (_, index) => `"regoin${index}": 1`);
      const sentences = await sentencesOf(from(aFolder({ [name]: `{${keys.join(',\n')}}` })));
      expect(sentences).toHaveLength(21);
      expect(sentences[19]).toMatch(`${name}:20: regoin19: unknown key`);
      expect(sentences[20]).toBe(`${name}: 19980 more problems`);
    },
  );

  test('of 5,000 wrong stages is reported in 20 lines and a number', async () => {
    const stages = Array.from({ length: 5000 }, (_, index) => `  s${index}: {file: 1}`);
    const sentences = await sentencesOf(from(aFolder({ '.stagerc': `stages:\n${stages.join('\n')}` })));
    expect(sentences.at(-1)).toBe('.stagerc: 4980 more problems');
  });

  test.each(['.stagerc', '.stagerc.json', '.stagerc.yaml', 'package.json'])(
    '%s nests a thousand deep',
    async (name) => {
      const key = name === 'package.json' ? '"stage": {"stages"' : '"stages"';
      for (const close of ['', ']'.repeat(1000) + '}'.repeat(name === 'package.json' ? 2 : 1)]) {
        const sentences = await sentencesOf(from(aFolder({ [name]: `{${key}: ${'['.repeat(1000)}${close}` })));
        expect(sentences).toEqual([expect.stringMatching(/nest|levels/)]);
      }
    },
  );

  test('of aliases with endless values is refused', async () => {
    const lines = Array.from(
      { length: 40 },
      (_, index) => `  - &a${index} [${index ? `*a${index - 1}, *a${index - 1}` : 'x'}]`,
    );
    const sentences = await sentencesOf(from(aFolder({ '.stagerc': `redact:\n${lines.join('\n')}` })));
    expect(sentences).toEqual([expect.stringContaining('expected a list of words, numbers in quotes, got a list')]);
  });

  test('that is larger than 1 MB is refused', async () => {
    const cwd = aFolder({ '.stagerc': `# ${'x'.repeat(1024 * 1024)}` });
    expect(await sentencesOf(from(cwd))).toEqual(['.stagerc: cannot read this configuration: it is larger than 1 MB']);
  });

  testIf(process.platform !== 'win32', 'no pipes here')(
    'that is a pipe or a device is refused without waiting',
    async () => {
      const cwd = aFolder();
      execFileSync('mkfifo', [join(cwd, '.stagerc')]);
      const sentence = 'cannot read this configuration: it is not a regular file';
      expect(await sentencesOf(from(cwd))).toEqual([`.stagerc: ${sentence}`]);
      const flag = typed({ config: '/dev/zero' });
      expect(await sentencesOf(from(aFolder(), { flag }))).toEqual([`/dev/zero: ${sentence}`]);
    },
  );

  test('with a null character in its path is refused', async () => {
    const cwd = aFolder({ '.stagerc.json': '{"stages": {"a": {"file": "a\\u0000.json"}}}' });
    expect(await sentencesOf(from(cwd))).toEqual([expect.stringContaining('expected the path of a stage file')]);
    expect(await sentencesOf(from(cwd, { flag: typed({ config: 'a\0b' }) }))).toEqual([
      'a\0b: cannot read this configuration: its path has a null character in it',
    ]);
  });

  test.each([
    ['.stagerc', 'region: a-1', 0o664],
    ['.stagerc.yaml', 'region: a-1', 0o646],
    ['package.json', '{"stage": {"region": "a-1"}}', 0o666],
  ])('can be one that others can write: %s, %j, %o', async (name, text, mode) => {
    const cwd = aFolder({ [name]: text });
    chmodSync(join(cwd, name), mode);
    expect(await sentencesOf(from(cwd))).toEqual([
      `${name}: cannot read this configuration: other users can write to it; run chmod go-w ${name}, or name it with --config`,
    ]);
    expect((await settingsOf(from(cwd, { flag: typed({ config: name }) }))).region).toBe('a-1');
    chmodSync(join(cwd, name), 0o644);
    expect((await settingsOf(from(cwd))).region).toBe('a-1');
  });

  testIf(isRoot, 'only root gives files away')('is one of another user: refused, and for root a notice', async () => {
    const cwd = aFolder({ '.stagerc': 'region: a-1' });
    chownSync(join(cwd, '.stagerc'), 1234, 1234);
    const { region, notices } = await settingsOf(from(cwd));
    expect([region, notices]).toEqual([
      'a-1',
      [{ code: 'config-owner', message: '.stagerc belongs to another user (uid 1234).' }],
    ]);
    const me = jest.spyOn(process, 'geteuid');
    try {
      for (const [uid, isRefused] of [
        [5678, true],
        [1234, false],
      ] as const) {
        me.mockReturnValue(uid);
        expect((await sentencesOf(from(cwd))).length > 0).toBe(isRefused);
      }
      chownSync(join(cwd, '.stagerc'), 0, 0);
      me.mockReturnValue(5678);
      expect((await settingsOf(from(cwd))).notices).toEqual([]);
    } finally {
      me.mockRestore();
    }
  });
});
