import { diffStages } from '../../src/stage/diff.js';
import { applyPatch } from '../../src/stage/patch.js';
import { defaultMethodSetting } from '../../src/stage/properties.js';
import type { Stage } from '../../src/stage/stage.js';

const entry = { ...defaultMethodSetting };

const line = (operation: object): string => Object.values(operation).join(' ');

/** What differs, the two stages, the operations as lines, and the leaves that no operation can change. */
const rows: readonly (readonly [string, Stage, Stage, readonly string[], readonly string[]])[] = [
  [
    'a new canary starts from the deployment that is there, where the other stage does not say which that is',
    { deploymentId: 'dep1' },
    { canarySettings: { deploymentId: 'dep1', percentTraffic: 10, useStageCache: false } },
    ['replace /canarySettings/percentTraffic 10'],
    ['deploymentId'],
  ],
  [
    'a throttle that the entry of all methods does not tell is written',
    { methodSettings: { '*/*': { metricsEnabled: true } } },
    { methodSettings: { '*/*': { metricsEnabled: true }, 'x/GET': { ...entry, metricsEnabled: true } } },
    ['replace /x/GET/throttling/burstLimit 5000', 'replace /x/GET/throttling/rateLimit 10000'],
    [],
  ],
  [
    'an entry is not removed by a path that would take a variable away',
    { methodSettings: { 'variables/GET': { metricsEnabled: true } }, variables: { GET: 'a' } },
    { variables: { GET: 'b' } },
    ['replace /variables/GET b'],
    ['methodSettings.variables/GET.metricsEnabled'],
  ],
  [
    'nor is it built again by one',
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
    'where the variable goes, the same path removes the entry next',
    { methodSettings: { 'variables/GET': { metricsEnabled: true } }, variables: { GET: 'a' } },
    {},
    ['remove /variables/GET', 'remove /variables/GET'],
    [],
  ],
  [
    'members that nobody knows are told by their leaves, in whatever order they stand',
    { new: { a: 1, b: { c: [1] } } } as Stage,
    { new: { b: { c: [2] }, a: 1 } } as Stage,
    [],
    ['new.b.c'],
  ],
  [
    'a member that nobody knows is lost with the entry that is built again',
    { methodSettings: { 'x/GET': { ...entry, loggingLevel: 'INFO', new: 1 } as object } },
    { methodSettings: { 'x/GET': { ...entry, new: 1 } as object } },
    ['remove /x/GET', 'replace /x/GET/throttling/burstLimit 5000', 'replace /x/GET/throttling/rateLimit 10000'],
    ['methodSettings.x/GET.new'],
  ],
  [
    'a member that nobody knows comes to a new entry with those of all methods',
    { methodSettings: { '*/*': { ...entry, new: 1 } as object } },
    { methodSettings: { '*/*': { ...entry, new: 1 } as object, 'x/GET': { ...entry, new: 1 } as object } },
    ['replace /x/GET/metrics/enabled false'],
    [],
  ],
];

test.each(rows)('%s', (_title, before, after, lines, names) => {
  const { operations, problems } = diffStages(before, after);
  expect(operations.map(line)).toEqual(lines);
  expect(problems.map(({ name }) => name)).toEqual(names);
  applyPatch(before, operations);
});
