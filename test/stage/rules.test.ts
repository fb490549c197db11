/** Each rule: an edit that makes it true is told, one elsewhere is not, nor one after which it does not hold. */
import { applyPatch } from '../../src/stage/patch.js';
import { noticesFor, rules } from '../../src/stage/rules.js';
import type { Stage } from '../../src/stage/stage.js';
import { aCanary, aMethod, aStage } from '../stages.js';

interface Example {
  /** What makes the rule hold. */
  readonly makes: readonly [before: Stage, after: Stage];
  readonly says: string;
  /** A stage of which it does not hold, though nearly. */
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
        // A partial stage does not say that it is off.
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
      says: "The canary serves deployment dep1, which is the stage's own",
      nearly: [aStage({ canarySettings: aCanary() }), { canarySettings: { percentTraffic: 1 } }],
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
      says: 'which is no promotion',
      nearly: [aStage({ canarySettings: aCanary({ percentTraffic: 99.9 }) })],
    },
  ],
  'data-trace-without-logging': [
    {
      makes: [aStage(), aStage({ methodSettings: { '*/*': aMethod({ dataTraceEnabled: true }) } })],
      says: 'Data tracing is on for */* where logging is OFF',
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
      says: 'GET /pets has settings of its own and keeps cacheTtlInSeconds 7; --all-methods is for it too.',
      nearly: [
        // Nobody asked for the defaults of a new entry.
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
      says: 'GET /pets has 2 entries, spelled pets/GET and ~1pets/GET',
      nearly: [aStage({ methodSettings: { '~1pets/GET': aMethod(), '~1pets/PUT': aMethod() } })],
    },
  ],
  'method-spelled-otherwise': [
    {
      makes: [
        aStage({ methodSettings: { 'pets/GET': aMethod(), '~1pets/GET': aMethod() } }),
        aStage({ methodSettings: { 'pets/GET': aMethod() } }),
      ],
      says: 'GET /pets is spelled pets/GET too; that entry stays in force.',
      nearly: [],
    },
  ],
  'access-log-without-destination': [
    {
      makes: [aStage(), aStage({ accessLogSettings: { format: '$context.requestId' } })],
      says: 'Access logs have a format and no destination',
      nearly: [aStage({ accessLogSettings: { destinationArn: 'arn:aws:logs:eu-west-1:111122223333:log-group:a' } })],
    },
  ],
  'disputed-character': [
    {
      makes: [aStage(), aStage({ variables: { a: 'x~y' } })],
      says: 'The value of variables.a holds a ~: AWS',
      nearly: [aStage({ variables: { a: 'x-y.z_:/?&=,' } })],
    },
    {
      makes: [
        aStage({ canarySettings: aCanary() }),
        aStage({ canarySettings: aCanary({ stageVariableOverrides: { a: 'x y#' } }) }),
      ],
      says: 'canarySettings.stageVariableOverrides.a holds a # and a space: AWS',
      nearly: [],
    },
  ],
};

const codesOf = (before: Stage, after: Stage): readonly string[] => noticesFor(before, after).map(({ code }) => code);

test('every rule has an example', () => {
  expect(Object.keys(examples)).toEqual(rules.map(({ code }) => code));
});

const rows = Object.entries(examples).flatMap(([code, list]) => list.map((example) => [code, example] as const));

describe.each(rows)('%s', (code, { makes: [before, after], says, nearly }) => {
  test('is said when an edit makes it so', () => {
    const notice = noticesFor(before, after).find((one) => one.code === code);
    expect(notice?.message).toContain(says);
  });

  test('is not said when an edit touches something else, or nothing', () => {
    expect(codesOf(after, { ...after, description: 'new' })).toEqual([]);
    expect(codesOf(after, after)).toEqual([]);
  });

  test('is not said when it does not hold', () => {
    for (const stage of nearly) expect(codesOf(aStage({ methodSettings: {} }), stage)).not.toContain(code);
    expect(codesOf(after, before)).not.toContain(code);
  });
});

test('a new entry of all methods is compared by what was written of it', () => {
  const before = aStage({ methodSettings: { '~1pets/GET': aMethod({ cacheTtlInSeconds: 7, metricsEnabled: true }) } });
  const operations = [{ op: 'replace', path: '/*/*/caching/ttlInSeconds', value: '300' }] as const;
  const notices = noticesFor(before, applyPatch(before, operations), operations);
  expect(notices).toEqual([
    {
      code: 'method-keeps-value',
      message: 'GET /pets has settings of its own and keeps cacheTtlInSeconds 7; --all-methods is for it too.',
    },
  ]);
});

test('several methods that keep another value share a sentence', () => {
  const others = { '~1pets/GET': aMethod(), '~1toys/GET': aMethod({ loggingLevel: 'ERROR' }) };
  const before = aStage({ methodSettings: { '*/*': aMethod(), ...others } });
  const operations = [{ op: 'replace', path: '/*/*/logging/loglevel', value: 'INFO' }] as const;
  const notices = noticesFor(before, applyPatch(before, operations), operations);
  expect(notices.map(({ message }) => message)).toEqual([
    '2 methods have settings of their own and keep another loggingLevel: GET /pets (unset), GET /toys (ERROR); ' +
      '--all-methods is for them too.',
  ]);
});

test('two entries of one method are told apart', () => {
  const entry = aMethod({ cachingEnabled: true });
  const [notice] = noticesFor(aStage(), aStage({ methodSettings: { 'pets/GET': entry, '~1pets/GET': aMethod() } }));
  expect(notice?.message).toContain('Caching is on for pets/GET,');
});

test('what somebody else changed meanwhile is no notice of this edit', () => {
  const own = aStage({ description: 'mine' });
  const after = { ...own, canarySettings: { ...aCanary(), percentTraffic: 100 } };
  expect(noticesFor(aStage(), after, [], own)).toEqual([]);
});
