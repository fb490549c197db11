/** Comparisons in each output format. */
import { compareDesired, compareStages } from '../../src/commands/diff.js';
import { diffForms, noticesBeside } from '../../src/render/diff.js';
import { noPaint } from '../../src/render/human.js';
import { secretNames } from '../../src/render/redact.js';
import type { Stage } from '../../src/stage/stage.js';
import { aMethod, aStage } from '../stages.js';

const request = { choices: [], methods: undefined, only: [], excluded: [], operations: [], options: {}, notices: [] };

const compare = (stage: Stage, other: Stage) => compareStages({ ...request, stage }, other);

const options = {
  labels: ['a.json', 'b.json'],
  isSecret: secretNames([]),
  paint: noPaint,
  width: Number.POSITIVE_INFINITY,
} as const;

const one = aStage({
  description: 'old',
  variables: { color: 'blue', DB_PASSWORD: 'x', same: '1' },
  methodSettings: { 'pets/GET': aMethod() },
  tags: { team: 'a' },
  lastUpdatedDate: 1,
});

const other = aStage({
  variables: { color: 'green', DB_PASSWORD: 'y', same: '1', long: 'x'.repeat(200) },
  methodSettings: { '~1pets/GET': aMethod({ metricsEnabled: true }) },
  tags: { team: 'b' },
  stageName: 'dev',
  cacheClusterStatus: 'AVAILABLE',
});

test('as text, each difference is a line, and properties that cannot be edited are marked', async () => {
  const text = await diffForms.text(compare(one, other), options);
  expect(text).toBe(
    `${[
      '  - description: old',
      '  ~ variables.color: blue → green',
      '  ~ variables.DB_PASSWORD: ******** → ********',
      `  + variables.long: ${'x'.repeat(200)}`,
      '  ~ methodSettings.GET /pets.metricsEnabled: false → true',
      '  ~ stageName: prod → dev (not editable)',
      '  ~ tags.team: a → b (not editable)',
      'a.json → b.json: 7 differences',
    ].join('\n')}\n`,
  );
});

test('if one stage has two spellings of a method, the spelling that the other lacks is the difference', () => {
  const before = aStage({ methodSettings: { '~1pets/GET': aMethod() } });
  const after = { ...before, methodSettings: { ...before.methodSettings, 'pets/GET': { loggingLevel: 'INFO' } } };
  const { changes } = compare(before, after);
  expect(changes.map(({ place, after: leaf }) => [place.key, leaf])).toEqual([['pets/GET', 'INFO']]);
});

test('on a terminal, long values are cut in the middle', async () => {
  const text = await diffForms.text(compare(one, other), { ...options, width: 80 });
  // A single value gets the space of two.
  expect(text).toMatch(/\+ variables\.long: x{18,}…x{18,}\n/);
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

test('as data, values are complete, secrets are masked, and unset properties are null', async () => {
  const text = await diffForms.json(compare(one, other), options);
  expect(JSON.parse(text)).toEqual({
    schemaVersion: 1,
    target: 'a.json',
    other: 'b.json',
    differs: true,
    differences: [
      { property: 'description', before: 'old', after: null, editable: true },
      { property: 'variables.color', before: 'blue', after: 'green', editable: true },
      { property: 'variables.DB_PASSWORD', before: '********', after: '********', editable: true },
      { property: 'variables.long', before: null, after: 'x'.repeat(200), editable: true },
      { property: 'methodSettings.GET /pets.metricsEnabled', before: false, after: true, editable: true },
      { property: 'stageName', before: 'prod', after: 'dev', editable: false },
      { property: 'tags.team', before: 'a', after: 'b', editable: false },
    ],
    notices: [],
  });
});

test('as a patch, it changes the first stage to the second, with notices about what cannot be changed', async () => {
  const comparison = compare(one, other);
  const text = await diffForms.patch(comparison);
  const notices = noticesBeside('patch', comparison);
  expect(JSON.parse(text)).toContainEqual({ op: 'replace', path: '/variables/color', value: 'green' });
  expect(notices.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^stageName cannot be changed/),
    expect.stringMatching(/^tags\.team cannot be changed/),
  ]);
  const commands = await diffForms['aws-cli'](compare(one, other), options);
  expect(commands).toMatch(/^aws apigateway update-stage --rest-api-id "\$REST_API_ID" --stage-name prod /);
});

test('as Markdown, it is a table with escaped values', async () => {
  const tricky = aStage({ description: 'a|b <img> @all #1\n**x**' });
  const text = await diffForms.markdown(compare(aStage(), tricky), options);
  expect(text).toBe(
    [
      '### a.json → b.json: 1 difference',
      '',
      '| Property | a.json | b.json |',
      '| --- | --- | --- |',
      '| description | – | a\\|b &lt;img&gt; &#64;all &#35;1\\\\u000a\\*\\*x\\*\\* |',
      '',
    ].join('\n'),
  );
});

test('equal stages have no differences, in any spelling', async () => {
  const spelled = aStage({ methodSettings: { 'pets/GET': aMethod() } });
  const spelledOtherwise = aStage({ methodSettings: { '~1pets/GET': aMethod() }, lastUpdatedDate: 5 });
  const text = await diffForms.text(compare(spelled, spelledOtherwise), options);
  expect(text).toBe('a.json → b.json: no differences\n');
  expect(await diffForms['aws-cli'](compare(spelled, spelled), options)).toBe('');
});

test('only the contents of a document are compared', () => {
  const desired = {
    stage: { description: 'new' },
    unset: ['variables.color'],
    unknown: new Map(),
    isWhole: false,
    notices: [],
  };
  const { changes } = compareDesired({ ...request, stage: one }, desired);
  expect(changes.map(({ place: { property, key } }) => property.name + key)).toEqual([
    'description',
    'variables.{name}color',
  ]);
});

test('an unknown member is named, and counts as a difference', async () => {
  const stranger = { ...aStage(), newMember: 1 } as Stage;
  const comparison = compare(aStage(), stranger);
  expect([comparison.count, comparison.changes]).toEqual([1, []]);
  expect(await diffForms.text(comparison, options)).toBe('a.json → b.json: 1 difference\n');
  expect(await diffForms.markdown(comparison, options)).toMatch(/^### a\.json → b\.json: 1 difference\n/);
  expect(noticesBeside('text', comparison)).toEqual([
    { code: 'cannot-express', message: expect.stringMatching(/^newMember is not a property/) },
  ]);
});
