/** The status of one stage, and of several side by side. */
import { noPaint, type Paint } from '../../src/render/human.js';
import { secretNames } from '../../src/render/redact.js';
import { statusForms } from '../../src/render/status.js';
import type { StageReport } from '../../src/render/status-rows.js';
import { tableText } from '../../src/render/table.js';
import type { Stage } from '../../src/stage/stage.js';
import { aCanary, aMethod, aStage } from '../stages.js';

const full = aStage({
  description: 'the shop',
  variables: { color: 'blue', DB_PASSWORD: 'x' },
  tracingEnabled: true,
  cacheClusterEnabled: true,
  cacheClusterSize: '0.5',
  cacheClusterStatus: 'AVAILABLE',
  accessLogSettings: {
    destinationArn: 'arn:aws:logs:eu-west-1:111111111111:log-group:a',
    format: '$context.requestId',
  },
  canarySettings: aCanary({ stageVariableOverrides: { color: 'green', extra: '1' } }),
  methodSettings: {
    '*/*': aMethod({ metricsEnabled: true }),
    '~1pets/GET': aMethod({
      loggingLevel: 'INFO',
      throttlingRateLimit: 10,
      cachingEnabled: true,
      metricsEnabled: true,
    }),
  },
  tags: { team: 'a' },
  webAclArn: 'arn:acl',
});

const reportOf = (label: string, stage: Stage, more: Partial<StageReport> = {}): StageReport => ({
  ...{ label, stage, deployments: [], owners: [], notices: [] },
  ...more,
});

const options = {
  isSecret: secretNames([]),
  paint: noPaint,
  width: Number.POSITIVE_INFINITY,
  onlyDifferences: false,
};

test('one stage is shown in groups, with its methods in a table', () => {
  const deployments = [{ id: 'dep1', description: 'release 4', createdDate: '2026-01-02T03:04:05+00:00' }];
  const report = reportOf('prod.json', full, { deployments, owners: ['the CloudFormation stack shop'] });
  expect(`\n${statusForms.text([report], options)}`).toBe(`
prod.json
  Serves          dep1 · release 4 · 2026-01-02 03:04 UTC
  Canary          10% of requests to dep2
                  color=green instead of blue
                  extra=1
  Description     the shop
  Variables       color=blue
                  DB_PASSWORD=********
  Cache           0.5 GB · AVAILABLE
                  GET /pets
  Access logs     arn:aws:logs:eu-west-1:111111111111:log-group:a
                  $context.requestId
  Logging */*     detailed metrics
  Throttling */*  10000 requests per second · burst 5000
  Tracing         X-Ray
  Web ACL         arn:acl
  Tags            team=a
  Updated         2026-01-01 00:00 UTC
  Deployed by     the CloudFormation stack shop

  METHOD     METRICS  LOG LEVEL  RATE LIMIT  CACHING
  */*        true     –          10000       false
  GET /pets  true     INFO       10          true
`);
});

test('properties that are not set have no line', () => {
  expect(statusForms.text([reportOf('a.json', { variables: { color: 'blue' } })], options)).toBe(
    'a.json\n  Variables  color=blue\n',
  );
});

test.each([
  [{ percentTraffic: 10, useStageCache: true }, '10% of requests\n          uses the cache of the stage\n'],
  [{ deploymentId: 'dep2' }, '0% of requests to dep2\n'],
])('a canary has a line even if members are missing: %j', (canarySettings, line) => {
  expect(statusForms.text([reportOf('a.json', { canarySettings })], options)).toBe(`a.json\n  Canary  ${line}`);
});

test('a cell is not cut within a character', () => {
  for (const width of [10, 11, 12, 13])
    expect(tableText([['🦊'.repeat(20)]], { ...options, width })).toMatch(/^[🦊…\n]+$/u);
});

test('an override can be named like a built-in member of objects', () => {
  const canarySettings = aCanary({ stageVariableOverrides: { toString: 'x' } });
  expect(statusForms.text([reportOf('a.json', { variables: {}, canarySettings })], options)).toMatch(/ toString=x\n/);
});

test('usual values are dimmed', () => {
  const paint: Paint = { ...noPaint, quiet: (text) => `<${text.trimEnd()}>` };
  const text = statusForms.text([reportOf('prod.json', full)], { ...options, paint });
  expect(text).toMatch(/GET \/pets {2}<true>.* INFO .* 10 .* true\n/);
});

test('a setting that has only defaults has no column', () => {
  const stage = aStage({ methodSettings: { '~1pets/GET': aMethod({ loggingLevel: 'OFF', cachingEnabled: true }) } });
  expect(statusForms.text([reportOf('a.json', stage)], options)).toMatch(/ METHOD +CACHING\n/);
});

test('the cache has a line while its cluster is being deleted, and none afterwards', () => {
  const cache = (cacheClusterStatus: string) =>
    statusForms.text([reportOf('a.json', { cacheClusterEnabled: false, cacheClusterStatus })], options);
  expect(cache('DELETE_IN_PROGRESS')).toBe('a.json\n  Cache  DELETE_IN_PROGRESS\n');
  expect(cache('NOT_AVAILABLE')).toBe('a.json\n');
});

test('a column keeps eight characters on any narrow terminal', () => {
  expect(tableText([['a'.repeat(20)]], { ...options, width: 3 })).toBe('aaaa…aaa\n');
});

test('values are cut before the names of properties', () => {
  const values = ['variables.a', 'variables.b'].map((name) => [name, 'x'.repeat(40), 'y'.repeat(40)]);
  expect(tableText(values, { ...options, width: 36 })).toBe(
    'variables.a  xxxxx…xxxx  yyyyy…yyyy\nvariables.b  xxxxx…xxxx  yyyyy…yyyy\n',
  );
  expect(tableText(values, { ...options, width: 28 })).toMatch(/^vari…s\.a {2}xxxx…xxx {2}yyyy…yyy\n/);
});

test('no line is wider than the terminal', () => {
  const wide = { ...options, width: 50 };
  const methods = Object.fromEntries(
    ['a', 'b'].map((name) => [`~1${name.repeat(80)}/GET`, aMethod({ loggingLevel: 'INFO' })]),
  );
  const reports = [reportOf('a.json', { ...full, methodSettings: methods }), reportOf('b.json', aStage())];
  const text = statusForms.text(reports.slice(0, 1), wide) + statusForms.text(reports, wide);
  expect(text.split('\n').filter((line) => line.length > 50)).toEqual([]);
});

test('a table can have very many rows', () => {
  const rows = Array.from({ length: 200_000 }, () => ['a', 'bc']);
  expect(tableText(rows, options)).toHaveLength(rows.length * 'a  bc\n'.length);
});

test('control characters in a stage are escaped on the terminal', () => {
  const text = statusForms.text([reportOf('a\u001b.json', { description: 'x\u001b[2J\ny' })], options);
  expect(text).not.toMatch(/\u001b/);
});

test('several stages are shown side by side, with one row per method in any spelling', () => {
  const reports = [
    reportOf(
      'a.json',
      aStage({ variables: { color: 'blue' }, methodSettings: { 'pets/GET': { cachingEnabled: true } } }),
    ),
    reportOf('b.json', aStage({ methodSettings: { '~1pets/GET': { cachingEnabled: false } }, lastUpdatedDate: 5 })),
  ];
  expect(`\n${statusForms.text(reports, { ...options, onlyDifferences: true })}`).toBe(`
PROPERTY                                 a.json  b.json
variables.color                          blue    –
methodSettings.GET /pets.cachingEnabled  true    false
`);
  expect(statusForms.text(reports, options)).toMatch(/deploymentId +dep1 +dep1\n/);
  expect(statusForms.markdown(reports, { ...options, onlyDifferences: true })).toMatch(
    /^\| PROPERTY \| a\.json \| b\.json \|\n\| --- \| --- \| --- \|\n\| variables\.color \| blue \| – \|/,
  );
});

test('stages without differences are not an empty table', () => {
  const reports = [reportOf('a.json', aStage()), reportOf('b.json', aStage({ createdDate: '2026-01-02T00:00:00Z' }))];
  expect(statusForms.text(reports, { ...options, onlyDifferences: true })).toBe('no differences\n');
});

test('dates are shown side by side as for one stage', () => {
  const [a, b] = [
    { createdDate: '2026-01-02T03:04:05+00:00' },
    { createdDate: 1772442891, lastUpdatedDate: 'x' } as unknown as Stage,
  ];
  expect(statusForms.text([reportOf('a.json', a), reportOf('b.json', b)], options)).toMatch(
    /^createdDate +2026-01-02 03:04 UTC +2026-03-02 09:14 UTC\nlastUpdatedDate +– +x$/m,
  );
});

test('as data, stages are complete except for secrets, and include their differences', () => {
  const reports = [reportOf('a.json', full), reportOf('b.json', aStage())];
  const document = JSON.parse(statusForms.json(reports, options) as string);
  expect(document.stages[0]).toMatchObject({
    target: 'a.json',
    stage: { variables: { color: 'blue', DB_PASSWORD: '********' } },
  });
  expect(document.differences).toContainEqual({ property: 'description', values: ['the shop', null] });
  expect(document.differences).toContainEqual({ property: 'variables.DB_PASSWORD', values: ['********', null] });
  expect(document.differences).not.toContainEqual(expect.objectContaining({ property: 'deploymentId' }));
  expect(statusForms.text(reports, options)).toMatch(/variables\.DB_PASSWORD +\*{8} +–\n/);
});

test('as Markdown, a stage is two tables', () => {
  const text = statusForms.markdown([reportOf('a.json', full)], options) as string;
  expect(text).toMatch(/^### a\.json\n/);
  expect(text).toMatch(
    /\| Canary \| 10% of requests to dep2 \|\n\| {2}\| color=green instead of blue \|\n\| {2}\| extra=1 \|\n/,
  );
  expect(text).toMatch(/\| METHOD \| METRICS \| LOG LEVEL \| RATE LIMIT \| CACHING \|/);
});
