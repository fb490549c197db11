/** Every suggestion can be pasted, is accepted, differs from the input, and does not widen the edit. */

import { suggestPath } from '../../src/cli/suggest-path';
import { hintFor } from '../../src/cli/suggestions';
import { commands } from '../../src/commands/commands';
import { findPlace, pathOf } from '../../src/stage/place';
import { properties } from '../../src/stage/properties';
import { newFolder, removeFolders, runStage, wordsOf } from '../world';

const setting = { loggingLevel: 'ERROR', throttlingRateLimit: 5, throttlingBurstLimit: 5, cachingEnabled: true };
const stage = {
  stageName: 'prod',
  deploymentId: 'dep111',
  description: 'old',
  clientCertificateId: 'cert1',
  documentationVersion: '1',
  tracingEnabled: true,
  cacheClusterEnabled: true,
  cacheClusterSize: '0.5',
  variables: { color: 'red', NAME: 'x', size: '1' },
  tags: { team: 'a' },
  accessLogSettings: { destinationArn: 'arn:aws:logs:eu-west-1:1:log-group:x', format: '$context.requestId' },
  canarySettings: {
    deploymentId: 'dep222',
    percentTraffic: 5,
    useStageCache: true,
    stageVariableOverrides: { color: 'blue', NAME: 'x' },
  },
  methodSettings: { '*/*': setting, '~1pets/GET': setting },
};

const folder = newFolder({
  'prod.json': JSON.stringify(stage),
  'staging.json': JSON.stringify({ ...stage, canarySettings: undefined }),
  'operations.json': '[{"op": "replace", "path": "/description", "value": "x"}]',
});
afterAll(removeFolders);

const run = (words: string | readonly string[]) => runStage(words, { cwd: folder, env: { NO_COLOR: '1' } });

const dryRun = (command: string): readonly string[] =>
  commands.some(({ name, does }) => name === command && does === 'edit') ? ['--dry-run'] : [];

/** A valid value for a path. */
const valueAt = (path: string): string => {
  const codec = findPlace(path)?.property.codec;
  const values: unknown = codec?.schema['enum'];
  if (Array.isArray(values)) return String(values.at(-1));
  if (path.endsWith('/format')) return '$context.requestId';
  if (path.endsWith('/destinationArn')) return 'arn:aws:logs:eu-west-1:1:log-group:y';
  return { boolean: 'true', number: '7', integer: '7' }[codec?.schema.type ?? ''] ?? 'green';
};

const patched = (op: string, path: string): readonly string[] => [
  'patch',
  'prod.json',
  '--dry-run',
  '--patch-operations',
  JSON.stringify({ op, path, ...(op === 'replace' && { value: valueAt(path) }) }),
];

const namesOneMethod = (path: string): boolean =>
  /(?:^|[/~1])(?:GET|PUT|POST|DELETE|PATCH|HEAD|OPTIONS|ANY)(?=[/~]|$)/.test(path);

/** The suggestion for a wrong path, checked against these rules. */
const suggestionFor = async (path: string, op = 'replace'): Promise<string | undefined> => {
  const { code, stderr } = await run(patched(op, path));
  if (code === 0) return undefined;
  const meant = /Did you mean (\/\S+)\?/.exec(stderr)?.[1];
  if (meant === undefined) return undefined;
  expect(meant).not.toBe(path);
  if (namesOneMethod(path)) expect(meant).not.toContain('*/*');
  const pasted = await run(patched(op, meant));
  expect([meant, pasted.stderr, pasted.code]).toEqual([meant, pasted.stderr, 0]);
  return meant;
};

/** Misspellings: two letters swapped, and one dropped. */
const misspelled = (word: string): readonly string[] => {
  const at = Math.floor(word.length / 2);
  const [before, letter = '', next = '', after] = [word.slice(0, at), word[at], word[at + 1], word.slice(at + 2)];
  return [`${before}${next}${letter}${after}`, `${before}${next}${after}`].filter((slip) => slip !== word);
};

describe('a path', () => {
  test.each([
    ['/defaultRouteSettings/throttlingRateLimit', '/*/*/throttling/rateLimit'],
    ['//orders/{id}/GET/logging/loglevel', '/~1orders~1{id}/GET/logging/loglevel'],
    ['/orders/{id}/GET/loggingLevel', '/~1orders~1{id}/GET/logging/loglevel'],
    ['/methodSettings/pets/GET/loggingLevel', '/~1pets/GET/logging/loglevel'],
    ['/resources/pets/GET/loggingLevel', '/~1pets/GET/logging/loglevel'],
    ['/methods/GET/loggingLevel', '/~1RESOURCE/GET/logging/loglevel'],
    ['/GET/logging/loglevel', '/~1RESOURCE/GET/logging/loglevel'],
    ['//GET/logging/loglevel', '/~1/GET/logging/loglevel'],
    ['/throttle/rateLimit', '/*/*/throttling/rateLimit'],
    ['/*/*/metrics/', '/*/*/metrics/enabled'],
    ['/*/*/metrics', '/*/*/metrics/enabled'],
    ['/*/*/caching', '/*/*/caching/enabled'],
    ['/*/*/cacheTtlInSeconds', '/*/*/caching/ttlInSeconds'],
    ['/throttling/burstLimit', '/*/*/throttling/burstLimit'],
    ['/*/*/metricsEnabled', '/*/*/metrics/enabled'],
    ['/canary/percentTraffic', '/canarySettings/percentTraffic'],
    ['/documentation_version', '/documentationVersion'],
    ['/{proxy+}/ANY//throttling/burstLimit', '/~1{proxy+}/GET/throttling/burstLimit'],
    ['/~1pets/GTE/logging/loglevel', '/~1pets/GET/logging/loglevel'],
    ['/~1pets~1{id}/get/logging/loglevel', '/~1pets~1{id}/GET/logging/loglevel'],
    ['/~1pets/GET/logging/loggingLevel', '/~1pets/GET/logging/loglevel'],
    ['/xray', '/tracingEnabled'],
    ['/varibles/color', '/variables/color'],
    ['/canary/variables/color', '/canarySettings/stageVariableOverrides/color'],
    ['/*/GET/logging/loglevel', undefined],
    ['/nope', undefined],
    ['/~1pets/GET/nope/nope', undefined],
  ])('%s suggests %s', async (path, meant) => {
    expect(await suggestionFor(path)).toBe(meant);
  });

  test.each([
    ['/orders/{id}/GET/logging/loglevel', '/~1orders~1{id}/GET/logging/loglevel'],
    ['/methodSettings/pets/GET/logging/loglevel', '/~1pets/GET/logging/loglevel'],
    ['/resources/pets/GET/logging/loglevel', '/~1pets/GET/logging/loglevel'],
    ['/methods/GET/logging/loglevel', '/~1RESOURCE/GET/logging/loglevel'],
  ])('%s, which API Gateway stores under a key of no method, suggests %s', (path, meant) => {
    expect(suggestPath(path)).toBe(`Did you mean ${meant}?`);
  });

  test.each(['/pets/GET/logging/loglevel', '/~1methods/GET/logging/loglevel', '/*/*/logging/loglevel'])(
    '%s gets no suggestion',
    (path) => {
      expect(suggestPath(path)).toBeUndefined();
    },
  );

  test('rewritten by a Windows shell gets advice to prevent that', async () => {
    expect((await run(patched('replace', 'C:/Program Files/Git/tracingEnabled'))).stderr).toContain(
      'MSYS_NO_PATHCONV=1',
    );
  });

  const paths = properties.map((property) =>
    pathOf({
      property,
      key: property.field === '{method}' || property.path.includes('{resourcePath}') ? '~1pets/GET' : 'color',
    }),
  );
  test.each(paths)('%s, misspelled, gets a valid suggestion', async (path) => {
    for (const slip of misspelled(path)) {
      const meant = await suggestionFor(slip);
      if (meant !== undefined && !path.includes('color')) expect([slip, meant]).toEqual([slip, path]);
      await suggestionFor(slip, 'remove');
    }
  });
});

describe('an operation', () => {
  test.each([
    ['/*/*/logging/loglevel', "stage unset TARGET --method '*/*' --logging-level."],
    ['/~1pets/GET/throttling/rateLimit', "stage unset TARGET --method 'GET /pets' --throttling-rate-limit."],
    ['/accessLogSettings/format', 'stage unset TARGET --access-log-format.'],
    ['/canarySettings/percentTraffic', 'stage unset TARGET --canary-percent-traffic.'],
    ['/description', 'stage unset TARGET --description.'],
    ['/cacheClusterSize', 'turn the cache cluster off'],
  ])('that removes %s gets a hint how to remove it', async (path, hint) => {
    const { stderr } = await run(patched('remove', path));
    expect(stderr).toContain(hint);
    const [command] = /stage unset .*(?=\.$)/m.exec(stderr) ?? [];
    if (command) expect((await run(command.replace('stage ', '').replace('TARGET', 'prod.json -n'))).code).toBe(0);
  });

  const refused = (op: string, value?: string) => ({
    code: 'refused',
    message: 'API Gateway said no',
    operation: { op, path: '/*/*/logging/loglevel', value },
    index: 0,
  });

  test('refused by API Gateway does not suggest its own value', () => {
    expect(hintFor(refused('replace', 'INFO'))).toBeUndefined();
    expect(hintFor(refused('replace', 'Info'))).toBe('Did you mean INFO?');
  });

  test('refused as a removal gets a hint how to remove', () => {
    expect(hintFor(refused('remove'))).toContain('API Gateway removes only whole method entries.');
  });

  test.each([
    ['info', 'Did you mean INFO?'],
    ['DEBUG', 'Expected one of OFF, ERROR, INFO.'],
  ])('with the value %s suggests another', async (value, hint) => {
    const line = `patch prod.json --patch-operations op=replace,path=/*/*/logging/loglevel,value=${value}`;
    expect((await run(line)).stderr).toContain(`\n  ${hint}`);
  });
});

describe('an option', () => {
  const accepted = async (command: string, option: string): Promise<void> => {
    const options = commands.find(({ name }) => name === command)?.options ?? [];
    const { stderr } = await run(
      `${command} prod.json ${command === 'copy' ? 'staging.json ' : ''}${option} ${dryRun(command).join('')}`,
    );
    expect([option, stderr]).toEqual([option, expect.not.stringMatching(/has no (?:flag|option)/)]);
    expect(options).not.toContainEqual(expect.objectContaining({ name: option.slice(2), isHidden: true }));
    expect(option).not.toMatch(/--(?:yes|force)\b/);
  };

  test.each([
    ['set --throttle 5', 'Did you mean --throttling-rate-limit?'],
    ['set --no-clor', 'Did you mean --no-color?'],
    ['set --env a=b', 'Did you mean --variable?'],
    ['get --method GET', "Write stage get … 'methodSettings.GET /pets'."],
    ['set --cache', "--caching-enabled --method 'GET /pets'"],
    ['set --confirm', 'Only a protected stage is asked about'],
    ['set --json', 'To choose the form of the output: --output json'],
    ['set --vars a=b', 'Did you mean --variable?'],
    ['unset --vars', 'Did you mean --all-variables?'],
    ['patch --patch-ops x', 'stage patch TARGET --patch-operations file://FILE.'],
    ['patch --patch-operatons x', 'Did you mean --patch-operations?'],
    ['set --patch-operations x', 'stage patch TARGET --patch-operations file://FILE.'],
    ['set --end-canary', 'stage promote-canary TARGET --end-canary.'],
    ['set --web-acl-arn x', 'Use aws wafv2 associate-web-acl.'],
    ["get --path 'GET /pets'", "Write stage get … 'methodSettings.GET /pets'."],
    ['get --path /pets', "Write stage get … 'methodSettings.GET /pets'."],
  ])('stage %s suggests: %s', async (line, sentence) => {
    const { stderr, code } = await run(line.replace(' ', ' prod.json '));
    expect([code, stderr]).toEqual([3, expect.stringContaining(sentence)]);
  });

  const common = ['dry-run', 'expect', 'yes', 'output', 'region'];
  const synonyms = properties.flatMap(({ also = [], field, flag }) => [...also, field, flag ?? field]);
  const aboutOneStage = commands.filter(({ does }) => does === 'edit' || does === 'read');
  test.each(aboutOneStage)('of stage $name, misspelled, suggests an accepted one', async ({ name, options }) => {
    const source = name === 'copy' ? ['staging.json'] : [];
    const slips = [...options.map((option) => option.name), ...common].flatMap(misspelled);
    for (const slip of new Set([...slips, ...synonyms])) {
      const { stderr } = await run([name, 'prod.json', ...source, `--${slip}`, ...dryRun(name)]);
      const suggested = /Did you mean (--[\w-]+)/.exec(stderr)?.[1];
      expect(suggested).not.toBe(`--${slip}`);
      if (suggested) await accepted(name, suggested);
    }
  });
});

describe('a command', () => {
  const placeholders: Readonly<Record<string, string>> = {
    TARGET: 'prod.json',
    SOURCE: 'staging.json',
    OTHER: 'staging.json',
    NUMBER: '5',
    PERCENT: '5',
    ID: 'dep222',
    PROPERTY: 'description',
    'file://FILE': 'file://operations.json',
  };

  /** The commands in a sentence, with placeholders replaced. */
  const commandsIn = (sentence: string): readonly string[] =>
    [...sentence.matchAll(/(?<=: (?:watch )?)stage ([a-z-]+(?: (?:[A-Z]+|--[a-z-]+|file:\/\/FILE)+)*)/g)].map(
      ([, words = '']) => words.replace(/(?<= )(?:file:\/\/)?[A-Z]+/g, (word) => placeholders[word] ?? word),
    );

  test.each([
    ['delete', 'stage unset TARGET PROPERTY'],
    ['lint', 'Did you mean stage validate?'],
    ['tags', 'aws apigateway tag-resource'],
    ['stop-canary', 'Did you mean stage abort-canary?'],
    ['end-canary', 'stage promote-canary TARGET --end-canary'],
    ['create-canary', 'Did you mean stage start-canary?'],
    ['shift-traffic', 'Did you mean stage shift-canary?'],
    ['create', 'stage copy SOURCE TARGET --all --create --deployment-id ID'],
    ['flush-stage-cache', 'Did you mean stage flush-cache?'],
    ['deploy', 'aws apigateway create-deployment'],
    ['preview', 'stage diff TARGET OTHER'],
    ['canary', 'stage start-canary TARGET --deployment-id ID'],
    ['version', 'stage --version'],
    ['cp', 'Did you mean stage copy?'],
    ['describ', 'Did you mean stage status?'],
    ['END_CANARY', 'stage abort-canary TARGET --remove'],
  ])('%s suggests %s', async (word, sentence) => {
    const { code, stderr } = await run(word);
    expect([code, stderr]).toEqual([3, expect.stringContaining(sentence)]);
    for (const command of commandsIn(stderr)) {
      const isEdit = !/^(?:get|diff|status)/.test(command);
      // The stage of prod.json has a canary.
      const line = command.startsWith('start-canary') ? command.replace('prod', 'staging') : command;
      const pasted = await run(`${line}${isEdit ? ' --dry-run' : ''}`);
      expect([command, pasted.stderr, pasted.code]).toEqual([command, pasted.stderr, 0]);
    }
  });

  test('with another name suggests the right name', async () => {
    for (const { name, also = [] } of commands)
      for (const word of also) expect((await run(word)).stderr).toContain(`Did you mean stage ${name}?`);
  });

  test('misspelled suggests a command or nothing', async () => {
    for (const slip of commands.flatMap(({ name }) => misspelled(name))) {
      const [, meant] = /Did you mean stage (\S+)\?/.exec((await run(slip)).stderr) ?? [];
      if (meant) expect(commands.map(({ name }) => name)).toContain(meant);
    }
  });
});

describe('a property', () => {
  const words = [
    ...new Set(properties.flatMap(({ name, field, flag, also = [] }) => [name, field, flag, ...also])),
  ].filter((word): word is string => word !== undefined && !word.includes('{'));
  const typed = ['get', 'unset', 'set', 'explain'].flatMap((command) => words.map((word) => [command, word] as const));
  test.each(typed)('stage %s %s, misspelled, suggests something accepted', async (command, word) => {
    const target = command === 'explain' ? [] : ['prod.json'];
    for (const slip of [word, ...misspelled(word)].map((name) => (command === 'set' ? `${name}=1` : name))) {
      const { stderr } = await run([command, ...target, slip, ...dryRun(command)]);
      const [, form] = /Did you mean (.*)\?$/m.exec(stderr) ?? [];
      if (form === undefined) continue;
      expect(form).not.toBe(slip);
      const pasted = await run([command, ...target, ...wordsOf(form), ...dryRun(command)]);
      const refused = /is not a property|has no (?:flag|option)|cannot be/;
      expect([form, pasted.stderr]).toEqual([form, expect.not.stringMatching(refused)]);
    }
  });

  test.each([
    ['percentTraffic', 'canarySettings.percentTraffic'],
    ['--canary-percent-traffic', 'canarySettings.percentTraffic'],
    ['canary percent traffic', 'canarySettings.percentTraffic'],
    ['xray', 'tracingEnabled'],
    ['ttl', 'methodSettings.{method}.cacheTtlInSeconds'],
    ['throttling', 'methodSettings.{method}.throttlingBurstLimit'],
    ['throttling', 'methodSettings.{method}.throttlingRateLimit'],
    ['throttling/burstLimit', 'methodSettings.{method}.throttlingBurstLimit'],
    ['loglevel', 'methodSettings.{method}.loggingLevel'],
    ['burst-limit', 'methodSettings.{method}.throttlingBurstLimit'],
  ])('is explained by any word of its name: %s', async (word, name) => {
    const { code, stdout } = await run(['explain', ...(word.startsWith('--') ? ['--'] : []), word]);
    expect([code, stdout.split('\n')]).toEqual([0, expect.arrayContaining([name])]);
  });
});

describe('a target', () => {
  test('with the name of an API suggests the form name:API/STAGE', async () => {
    expect((await run('get svc-03/prod')).stderr).toContain('Did you mean name:svc-03/prod?');
  });
});

describe('JSON', () => {
  test.each(['[{op:remove,path:/variables/color}]', '{op:remove,path:/variables/color}'])(
    'without quotes gets the hint that the shell removed them: %s',
    async (item) => {
      const { stderr } = await run(['patch', 'prod.json', '--patch-operations', item]);
      expect(stderr).toContain('Did the shell take the quotes?');
    },
  );

  test('of variables without quotes gets the hint too', async () => {
    const { stderr } = await run('set prod.json --variables {a:1}');
    expect(stderr).toContain(`Did the shell take the quotes? Put the JSON in single quotes: '{"color": "blue"}'.`);
  });
});

describe('too many words', () => {
  test.each([
    [
      ['set', 'prod.json', '--method', 'GET /a', 'POST /b', '--logging-level', 'INFO'],
      "Repeat the option for each method: --method 'POST /b'.",
    ],
    [['unset', 'prod.json', '--method', 'GET /a', 'POST /b'], "--method 'POST /b'."],
  ])('%j', async (words, sentence) => {
    expect((await run(words)).stderr).toContain(sentence);
  });
});
