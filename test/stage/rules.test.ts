/** For each rule, an edit that makes it hold causes a notice. Other edits, or edits after which it fails, do not. */

import { applyPatch } from '../../src/stage/patch.js';
import { noticesFor, rules } from '../../src/stage/rules.js';
import type { PatchOperation, Stage } from '../../src/stage/stage.js';
import { aCanary, aMethod, aStage } from '../stages.js';

interface Example {
  /** An edit that makes the rule hold. */
  readonly makes: readonly [before: Stage, after: Stage];
  readonly by?: readonly PatchOperation[];
  readonly says: string;
  /** A stage for which it nearly holds. */
  readonly nearly: readonly Stage[];
}

const caching = aMethod({ cachingEnabled: true });
const examples: Readonly<Record<string, readonly Example[]>> = {
  'caching-without-cluster': [
    {
      makes: [aStage(), aStage({ methodSettings: { '~1pets/GET': caching } })],
      says: 'Caching is on for GET /pets, but the cache cluster is off',
      nearly: [
        aStage({ cacheClusterEnabled: true, methodSettings: { '~1pets/GET': caching } }),
        // A partial stage does not show that the cluster is off.
        { methodSettings: { '~1pets/GET': caching } },
      ],
    },
    {
      makes: [
        aStage({ cacheClusterEnabled: true, methodSettings: { '*/*': caching } }),
        aStage({ methodSettings: { '*/*': caching } }),
      ],
      says: 'Caching is on for */*',
      nearly: [],
    },
  ],
  'canary-on-own-deployment': [
    {
      makes: [aStage(), aStage({ canarySettings: aCanary({ deploymentId: 'dep1' }) })],
      says: "The canary serves the stage's own deployment dep1 and variables",
      nearly: [
        aStage({ canarySettings: aCanary() }),
        { canarySettings: { percentTraffic: 1 } },
        // The canary tests other variables.
        aStage({ canarySettings: aCanary({ deploymentId: 'dep1', stageVariableOverrides: { color: 'green' } }) }),
      ],
    },
    {
      makes: [aStage({ canarySettings: aCanary() }), aStage({ deploymentId: 'dep2', canarySettings: aCanary() })],
      says: 'dep2',
      nearly: [],
    },
  ],
  'canary-at-zero': [
    {
      makes: [aStage(), aStage({ canarySettings: aCanary({ percentTraffic: 0 }) })],
      says: 'The canary is at 0 percent',
      nearly: [aStage({ canarySettings: aCanary({ percentTraffic: 0.1 }) })],
    },
  ],
  'canary-at-hundred': [
    {
      makes: [aStage(), aStage({ canarySettings: aCanary({ percentTraffic: 100 }) })],
      says: 'which is not a promotion',
      nearly: [aStage({ canarySettings: aCanary({ percentTraffic: 99.9 }) })],
    },
  ],
  'data-trace-without-logging': [
    {
      makes: [aStage(), aStage({ methodSettings: { '*/*': aMethod({ dataTraceEnabled: true }) } })],
      says: 'Data tracing is on for */* but logging is OFF there',
      nearly: [aStage({ methodSettings: { '*/*': aMethod({ dataTraceEnabled: true, loggingLevel: 'INFO' }) } })],
    },
  ],
  'method-keeps-value': [
    {
      makes: [
        aStage({
          methodSettings: { '*/*': aMethod({ cacheTtlInSeconds: 7 }), '~1pets/GET': aMethod({ cacheTtlInSeconds: 7 }) },
        }),
        aStage({
          methodSettings: { '*/*': aMethod({ cacheTtlInSeconds: 9 }), '~1pets/GET': aMethod({ cacheTtlInSeconds: 7 }) },
        }),
      ],
      says: 'GET /pets has its own settings and keeps cacheTtlInSeconds 7.',
      nearly: [
        // The edit did not write the defaults of a new entry.
        aStage({ methodSettings: { '*/*': aMethod(), '~1pets/GET': aMethod({ cacheTtlInSeconds: 7 }) } }),
      ],
    },
  ],
  'method-spelled-twice': [
    {
      makes: [
        aStage({ methodSettings: { 'pets/GET': aMethod() } }),
        aStage({ methodSettings: { 'pets/GET': aMethod(), '~1pets/GET': aMethod() } }),
      ],
      says: 'GET /pets has 2 entries, with the keys pets/GET and ~1pets/GET. API Gateway treats them as separate entries.',
      nearly: [aStage({ methodSettings: { '~1pets/GET': aMethod(), '~1pets/PUT': aMethod() } })],
    },
    {
      makes: [
        aStage({ methodSettings: { 'pets/{id}/GET': aMethod() } }),
        aStage({ methodSettings: { 'pets/{id}/GET': aMethod(), '~1pets~1{id}/GET': aMethod() } }),
      ],
      says: "API Gateway ignores 'pets/{id}/GET'; remove it: stage unset --method 'pets/{id}/GET'.",
      nearly: [],
    },
  ],
  'access-log-without-destination': [
    {
      makes: [aStage(), aStage({ accessLogSettings: { format: '$context.requestId' } })],
      says: 'Access logs have a format but no destination',
      nearly: [aStage({ accessLogSettings: { destinationArn: 'arn:aws:logs:eu-west-1:111122223333:log-group:a' } })],
    },
  ],
  'method-without-effect': (
    [
      ['/orders/{id}/GET/metrics/enabled', 'GET /orders/{id}', '/~1orders~1{id}/GET/metrics/enabled'],
      ['/methods/GET/metrics/enabled', 'GET /', '/~1/GET/metrics/enabled'],
      ['/methodSettings/pets/GET/metrics/enabled', 'GET /pets', '/~1pets/GET/metrics/enabled'],
      ['/resources/pets/GET/metrics/enabled', 'GET /pets', '/~1pets/GET/metrics/enabled'],
    ] as const
  ).map(([path, method, better]) => ({
    makes: [aStage(), applyPatch(aStage(), [{ op: 'replace', path, value: 'true' }])],
    by: [{ op: 'replace', path, value: 'true' }],
    says:
      `${path} has no effect: API Gateway stores these settings and ignores them. ` +
      `For ${method} the path is ${better}.`,
    nearly: [aStage({ methodSettings: { 'pets/GET': aMethod() } })],
  })),
  'boolean-read-as': [
    {
      makes: [
        aStage({ methodSettings: { '*/*': aMethod({ metricsEnabled: true }) } }),
        aStage({ methodSettings: { '*/*': aMethod() } }),
      ],
      by: [{ op: 'replace', path: '/*/*/metrics/enabled', value: 'yes' }],
      says: 'API Gateway reads "yes" at /*/*/metrics/enabled as false.',
      nearly: [],
    },
  ],
  'canary-not-promoted': [
    {
      makes: [
        aStage({
          canarySettings: aCanary({ stageVariableOverrides: { color: 'green' } }),
          variables: { color: 'blue' },
        }),
        aStage({ variables: { color: 'blue' } }),
      ],
      says: 'The canary ends without a promotion. These changes are lost: deployment dep2, variable color. To give',
      nearly: [],
    },
  ],
  'overrides-not-promoted': [
    {
      makes: [
        aStage({ canarySettings: aCanary({ stageVariableOverrides: { color: 'green' } }) }),
        aStage({ deploymentId: 'dep2', canarySettings: aCanary({ stageVariableOverrides: { color: 'green' } }) }),
      ],
      says: "The stage serves the canary's deployment now, without the canary's variables: color. To give",
      nearly: [aStage({ canarySettings: aCanary() })],
    },
  ],
};

const codesOf = (before: Stage, after: Stage): readonly string[] => noticesFor(before, after).map(({ code }) => code);

test('every rule has an example', () => {
  expect(Object.keys(examples)).toEqual(rules.map(({ code }) => code));
});

const rows = Object.entries(examples).flatMap(([code, list]) => list.map((example) => [code, example] as const));

describe.each(rows)('%s', (code, { makes: [before, after], by, says, nearly }) => {
  test('causes a notice when an edit makes it hold', () => {
    const notice = noticesFor(before, after, by).find((one) => one.code === code);
    expect(notice?.message).toContain(says);
  });

  test('causes no notice when an edit touches something else, or nothing', () => {
    expect(codesOf(after, { ...after, description: 'new' })).toEqual([]);
    expect(codesOf(after, after)).toEqual([]);
  });

  test('causes no notice when it does not hold', () => {
    for (const stage of nearly) expect(codesOf(aStage({ methodSettings: {} }), stage)).not.toContain(code);
    expect(codesOf(after, before)).not.toContain(code);
  });
});

test('a new entry for all methods is compared only by the settings that were written', () => {
  const before = aStage({ methodSettings: { '~1pets/GET': aMethod({ cacheTtlInSeconds: 7, metricsEnabled: true }) } });
  const operations = [{ op: 'replace', path: '/*/*/caching/ttlInSeconds', value: '300' }] as const;
  const notices = noticesFor(before, applyPatch(before, operations), operations);
  expect(notices).toEqual([
    {
      code: 'method-keeps-value',
      message: 'GET /pets has its own settings and keeps cacheTtlInSeconds 7.',
    },
  ]);
});

test('several methods that keep another value share a sentence', () => {
  const others = { '~1pets/GET': aMethod(), '~1toys/GET': aMethod({ loggingLevel: 'ERROR' }) };
  const before = aStage({ methodSettings: { '*/*': aMethod(), ...others } });
  const operations = [{ op: 'replace', path: '/*/*/logging/loglevel', value: 'INFO' }] as const;
  const notices = noticesFor(before, applyPatch(before, operations), operations);
  expect(notices.map(({ message }) => message)).toEqual([
    '2 methods have their own settings and keep another loggingLevel: GET /pets (unset), GET /toys (ERROR).',
  ]);
});

test('two entries of one method are distinguished', () => {
  const entry = aMethod({ cachingEnabled: true });
  const [notice] = noticesFor(aStage(), aStage({ methodSettings: { 'pets/GET': entry, '~1pets/GET': aMethod() } }));
  expect(notice?.message).toContain('Caching is on for pets/GET,');
});

test('a change by somebody else in the meantime causes no notice', () => {
  const own = aStage({ description: 'mine' });
  const after = { ...own, canarySettings: { ...aCanary(), percentTraffic: 100 } };
  expect(noticesFor(aStage(), after, [], own)).toEqual([]);
});

test('a canary that was promoted, or had nothing new, ends without a notice', () => {
  const canarySettings = aCanary({ stageVariableOverrides: { color: 'green' } });
  const before = aStage({ canarySettings });
  expect(codesOf(before, aStage({ deploymentId: 'dep2', variables: { color: 'green' } }))).toEqual([]);
});
