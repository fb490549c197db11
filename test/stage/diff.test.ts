import type { Wanted } from '../../src/stage/diff.js';
import { diffStages } from '../../src/stage/diff.js';
import { applyPatch } from '../../src/stage/patch.js';
import { defaultMethodSetting } from '../../src/stage/properties.js';
import type { Stage } from '../../src/stage/stage.js';

const entry = { ...defaultMethodSetting };

const line = (operation: object): string => Object.values(operation).join(' ');

/** Title, the two stages, the operations as lines, and the leaves that no operation can change. */
const rows: readonly (readonly [string, Stage, Stage, readonly string[], readonly string[]])[] = [
  [
    'a new canary starts from the current deployment if the other stage does not name one',
    { deploymentId: 'dep1' },
    { canarySettings: { deploymentId: 'dep1', percentTraffic: 10, useStageCache: false } },
    ['replace /canarySettings/percentTraffic 10'],
    ['deploymentId'],
  ],
  [
    'a throttle that the entry for all methods does not have is written',
    { methodSettings: { '*/*': { metricsEnabled: true } } },
    { methodSettings: { '*/*': { metricsEnabled: true }, 'x/GET': { ...entry, metricsEnabled: true } } },
    ['replace /x/GET/throttling/burstLimit 5000', 'replace /x/GET/throttling/rateLimit 10000'],
    [],
  ],
  [
    'an entry is not removed by a path that would remove a variable',
    { methodSettings: { 'variables/GET': { metricsEnabled: true } }, variables: { GET: 'a' } },
    { variables: { GET: 'b' } },
    ['replace /variables/GET b'],
    ['methodSettings.variables/GET.metricsEnabled'],
  ],
  [
    'an entry is not rebuilt by a path that would remove a variable',
    {
      methodSettings: { 'canarySettings/stageVariableOverrides/GET': { ...entry, loggingLevel: 'INFO' } },
      canarySettings: { stageVariableOverrides: { GET: 'a' } },
    },
    {
      methodSettings: { 'canarySettings/stageVariableOverrides/GET': entry },
      canarySettings: { stageVariableOverrides: { GET: 'a' } },
    },
    [],
    ['methodSettings.canarySettings/stageVariableOverrides/GET.loggingLevel'],
  ],
  [
    'if the variable is removed, the same path then removes the entry',
    { methodSettings: { 'variables/GET': { metricsEnabled: true } }, variables: { GET: 'a' } },
    {},
    ['remove /variables/GET', 'remove /variables/GET'],
    [],
  ],
  [
    'names that every object inherits are like any other',
    { variables: { constructor: '1', toString: '2' } as Stage['variables'] & object },
    { variables: { valueOf: '1', b: '2' } as Stage['variables'] & object },
    [
      'remove /variables/constructor',
      'remove /variables/toString',
      'replace /variables/valueOf 1',
      'replace /variables/b 2',
    ],
    [],
  ],
  [
    'an entry with as many members, one of them unknown, is compared',
    { methodSettings: { 'x/GET': { ...entry, unheardOf: 1 } } } as Stage,
    { methodSettings: { 'x/GET': { ...entry, unheardOf: 2 } } } as Stage,
    [],
    ['methodSettings.x/GET.unheardOf'],
  ],
  [
    "dates are not compared, whether text or the SDK's",
    { createdDate: '2026-01-01' },
    { createdDate: new Date(0) } as unknown as Stage,
    [],
    [],
  ],
  [
    'unknown members are reported by their leaves, in any order',
    { new: { a: 1, b: { c: [1] } } } as Stage,
    { new: { b: { c: [2] }, a: 1 } } as Stage,
    [],
    ['new.b.c'],
  ],
  [
    'an unknown member is lost when its entry is rebuilt',
    { methodSettings: { 'x/GET': { ...entry, loggingLevel: 'INFO', new: 1 } as object } },
    { methodSettings: { 'x/GET': { ...entry, new: 1 } as object } },
    ['remove /x/GET', 'replace /x/GET/throttling/burstLimit 5000', 'replace /x/GET/throttling/rateLimit 10000'],
    ['methodSettings.x/GET.new'],
  ],
  [
    'a new entry copies an unknown member of the entry for all methods',
    { methodSettings: { '*/*': { ...entry, new: 1 } as object } },
    { methodSettings: { '*/*': { ...entry, new: 1 } as object, 'x/GET': { ...entry, new: 1 } as object } },
    ['replace /x/GET/metrics/enabled false'],
    [],
  ],
  [
    'an entry is not rebuilt for a field that already has its default',
    { methodSettings: { 'x/GET': entry } },
    { methodSettings: { 'x/GET': { ...entry, metricsEnabled: undefined } as object } },
    [],
    ['methodSettings.x/GET.metricsEnabled'],
  ],
  ['a text that clears a property and its absence are one', { clientCertificateId: '' }, { description: '' }, [], []],
  [
    'the canary is not removed by the path of an entry with its name',
    { canarySettings: { deploymentId: 'dep2' }, methodSettings: { canarySettings: { metricsEnabled: true } } },
    { canarySettings: { deploymentId: 'dep2' } },
    [],
    ['methodSettings.canarySettings.metricsEnabled'],
  ],
  [
    'a value that its property does not accept is reported',
    {},
    { description: { a: 1 }, variables: { a: { b: '1' } }, methodSettings: { 'x/GET': 'abc' } } as unknown as Stage,
    [],
    ['description', 'variables.a', 'methodSettings.x/GET'],
  ],
];

/** The same, limited to the places of one property or of one key. */
const wantedRows: readonly (readonly [string, Stage, Stage, Wanted, readonly string[], readonly string[]])[] = [
  [
    'a lost unknown member is reported, even if it was not compared',
    { methodSettings: { '*/*': { ...entry, loggingLevel: 'INFO', new: 1 } as object } },
    { methodSettings: { 'x/GET': entry } },
    ({ key }) => key === 'x/GET',
    [
      'remove /*/*',
      'replace /x/GET/throttling/burstLimit 5000',
      'replace /x/GET/throttling/rateLimit 10000',
      'replace /*/*/logging/loglevel INFO',
      'replace /*/*/throttling/burstLimit 5000',
      'replace /*/*/throttling/rateLimit 10000',
    ],
    ['methodSettings.*/*.new'],
  ],
  [
    'what a new entry copies from the entry for all methods is not reported, known or not',
    { methodSettings: { '*/*': { ...entry, new: 1 } as object } },
    { methodSettings: { 'x/GET': { cacheTtlInSeconds: 60 } } },
    ({ property, key }) => key === 'x/GET' && property.field === 'cacheTtlInSeconds',
    ['replace /x/GET/caching/ttlInSeconds 60'],
    [],
  ],
  [
    'unknown members are removed with the last leaf of a group',
    { canarySettings: { deploymentId: 'dep2', new: 1 } as object },
    {},
    ({ property }) => property.group === 'canarySettings',
    ['remove /canarySettings'],
    [],
  ],
  [
    'missing fields of a partial entry are filled in when it is rebuilt',
    { methodSettings: { 'x/GET': { loggingLevel: 'INFO', throttlingRateLimit: 5 } } },
    { methodSettings: { 'x/GET': {} } },
    ({ property }) => property.field === 'loggingLevel',
    ['remove /x/GET', 'replace /x/GET/throttling/burstLimit 5000', 'replace /x/GET/throttling/rateLimit 5'],
    [],
  ],
];

test.each(wantedRows)('among wanted places, %s', (_title, before, after, wanted, lines, names) => {
  const { operations, problems } = diffStages(before, after, wanted);
  expect(operations.map(line)).toEqual(lines);
  expect(problems.map(({ name }) => name)).toEqual(names);
});

test.each(rows)('%s', (_title, before, after, lines, names) => {
  const { operations, problems } = diffStages(before, after);
  expect(operations.map(line)).toEqual(lines);
  expect(problems.map(({ name }) => name)).toEqual(names);
  applyPatch(before, operations);
});
