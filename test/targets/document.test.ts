import fc from 'fast-check';
import type { Stage } from '../../src/stage/stage.js';
import { editDocument, readDocument } from '../../src/targets/document.js';
import { parseJsonStage } from '../../src/targets/json-format.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const stageIn = (text: string): Stage => JSON.parse(text.replace(/^\uFEFF/, ''));

const editText = async (text: string, before: Stage, after: Stage): Promise<string> => {
  const parsed = await parseJsonStage(text.replace(/^\uFEFF/, ''), 'prod.json');
  return editDocument({ ...parsed, text, stage: before, parse: parseJsonStage, label: 'prod.json' }, after);
};

/** Edits the text and proves the laws of every edit: it holds the new stage, and a repeated edit changes nothing. */
const edit = async (text: string, change: (stage: Stage) => Stage): Promise<string> => {
  const before = stageIn(text);
  const after = change(before);
  const edited = await editText(text, before, after);
  expect(stageIn(edited)).toEqual(after);
  expect(await editText(edited, after, after)).toBe(edited);
  expect(await editText(text, before, stageIn(text))).toBe(text);
  return edited;
};

const setVariable =
  (key: string, value: string) =>
  (stage: Stage): Stage => ({ ...stage, variables: { ...stage.variables, [key]: value } });

const without =
  (...keys: readonly string[]) =>
  (stage: Stage): Stage =>
    Object.fromEntries(Object.entries(stage).filter(([key]) => !keys.includes(key)));

describe('an edit of the text', () => {
  test.each([
    [
      '4 spaces',
      '{\n    "variables": {\n        "a": "1"\n    }\n}\n',
      '{\n    "variables": {\n        "a": "1",\n        "b": "2"\n    }\n}\n',
    ],
    [
      '2 spaces',
      '{\n  "variables": {\n    "a": "1"\n  }\n}\n',
      '{\n  "variables": {\n    "a": "1",\n    "b": "2"\n  }\n}\n',
    ],
    [
      'tabs',
      '{\n\t"variables": {\n\t\t"a": "1"\n\t}\n}\n',
      '{\n\t"variables": {\n\t\t"a": "1",\n\t\t"b": "2"\n\t}\n}\n',
    ],
    [
      'CRLF',
      '{\r\n  "variables": {\r\n    "a": "1"\r\n  }\r\n}\r\n',
      '{\r\n  "variables": {\r\n    "a": "1",\r\n    "b": "2"\r\n  }\r\n}\r\n',
    ],
    [
      'a byte-order mark',
      '\uFEFF{\n  "variables": {\n    "a": "1"\n  }\n}\n',
      '\uFEFF{\n  "variables": {\n    "a": "1",\n    "b": "2"\n  }\n}\n',
    ],
    [
      'no final newline',
      '{\n  "variables": {\n    "a": "1"\n  }\n}',
      '{\n  "variables": {\n    "a": "1",\n    "b": "2"\n  }\n}',
    ],
    ['one line', '{"variables": {"a": "1"}}\n', '{"variables": {"a": "1", "b": "2"}}\n'],
    ['one compact line', '{"variables":{"a":"1"}}', '{"variables":{"a":"1","b":"2"}}'],
    ['one airy line', '{ "variables": { "a": "1", "c": "3" } }', '{ "variables": { "a": "1", "c": "3", "b": "2" } }'],
    [
      'an object on one line of many',
      '{\n  "variables": {"a": "1"}\n}\n',
      '{\n  "variables": {"a": "1", "b": "2"}\n}\n',
    ],
    ['an empty object in many lines', '{\n  "variables": {}\n}\n', '{\n  "variables": {\n    "b": "2"\n  }\n}\n'],
    ['an empty object in one line', '{"stageName":"x","variables":{}}', '{"stageName":"x","variables":{"b":"2"}}'],
    ['an empty stage', '{}\n', '{"variables": {"b": "2"}}\n'],
    ['no indentation', '{\n"stageName": "x"\n}', '{\n"stageName": "x",\n"variables": {\n"b": "2"\n}\n}'],
    [
      'blank lines',
      '{\n\n  "stageName": "x",\n\n  "tags": {}\n\n}',
      '{\n\n  "stageName": "x",\n  "variables": {\n    "b": "2"\n  },\n\n  "tags": {}\n\n}',
    ],
  ])('keeps the layout: %s', async (_layout, text, expected) => {
    expect(await edit(text, setVariable('b', '2'))).toBe(expected);
  });

  test('keeps the spelling of numbers and strings that it does not touch', async () => {
    const text =
      '{\n  "canarySettings": { "percentTraffic": 1.50e1 },\n  "variables": { "a": "\\u0041\\/" , "b": "" },\n  "x": 10000.0\n}\n';
    expect(await edit(text, setVariable('b', '2'))).toBe(text.replace('"b": ""', '"b": "2"'));
  });

  test('changes only the value of an existing member', async () => {
    const text = '{\n  "description" : "old",\n  "tracingEnabled":false\n}\n';
    const edited = await edit(text, (stage) => ({ ...stage, description: 'new', tracingEnabled: true }));
    expect(edited).toBe('{\n  "description" : "new",\n  "tracingEnabled":true\n}\n');
  });

  test.each([
    ['first', ['deploymentId'], '{\n  "stageName": "b",\n  "description": "c"\n}\n'],
    ['middle', ['stageName'], '{\n  "deploymentId": "a",\n  "description": "c"\n}\n'],
    ['last', ['description'], '{\n  "deploymentId": "a",\n  "stageName": "b"\n}\n'],
    ['first and last', ['deploymentId', 'description'], '{\n  "stageName": "b"\n}\n'],
    ['only ones', ['deploymentId', 'stageName', 'description'], '{}\n'],
  ])('removes the %s', async (_which, keys, expected) => {
    const text = '{\n  "deploymentId": "a",\n  "stageName": "b",\n  "description": "c"\n}\n';
    expect(await edit(text, without(...keys))).toBe(expected);
  });

  test('removes from one line without leaving a gap', async () => {
    expect(await edit('{"deploymentId": "a", "stageName": "b"}', without('deploymentId'))).toBe('{"stageName": "b"}');
    expect(await edit('{ "deploymentId": "a", "stageName": "b" }', without('stageName'))).toBe(
      '{ "deploymentId": "a" }',
    );
  });

  test('empties an object to {}', async () => {
    const text = '{\n  "variables": {\n    "a": "1"\n  }\n}\n';
    expect(await edit(text, (stage) => ({ ...stage, variables: {} }))).toBe('{\n  "variables": {}\n}\n');
  });

  test('puts new members where AWS has them, including those of a new object', async () => {
    const text =
      '{\n  "stageName": "x",\n  "accessLogSettings": {\n    "format": "f"\n  },\n  "tracingEnabled": true\n}\n';
    const canarySettings = {
      useStageCache: false,
      stageVariableOverrides: { z: '1', a: '2' },
      deploymentId: 'd',
      percentTraffic: 5,
    };
    const edited = await edit(text, (stage) => ({ tags: {}, canarySettings, deploymentId: 'd', ...stage }));
    expect(Object.keys(JSON.parse(edited))).toEqual([
      'deploymentId',
      'stageName',
      'accessLogSettings',
      'canarySettings',
      'tracingEnabled',
      'tags',
    ]);
    expect(edited).toContain(
      '  "canarySettings": {\n    "percentTraffic": 5.0,\n    "deploymentId": "d",\n    "stageVariableOverrides": {\n' +
        '      "z": "1",\n      "a": "2"\n    },\n    "useStageCache": false\n  },\n  "tracingEnabled"',
    );
  });

  test('puts new members of a nested object where AWS has them', async () => {
    const text =
      '{"canarySettings": {"percentTraffic": 5, "useStageCache": false}, "methodSettings": {"*/*": {"cacheTtlInSeconds": 300}}}';
    const edited = await edit(text, (stage) => ({
      canarySettings: { ...stage.canarySettings, deploymentId: 'd' },
      methodSettings: { '*/*': { cacheTtlInSeconds: 300, cacheDataEncrypted: true, loggingLevel: 'INFO' } },
    }));
    expect(edited).toBe(
      '{"canarySettings": {"percentTraffic": 5, "deploymentId": "d", "useStageCache": false}, ' +
        '"methodSettings": {"*/*": {"loggingLevel": "INFO", "cacheTtlInSeconds": 300, "cacheDataEncrypted": true}}}',
    );
  });

  test('leaves unknown members in place', async () => {
    const text = '{\n  "x": [\n    1, 2\n  ],\n  "tracingEnabled": true,\n  "y": {"deep": [{}]}\n}\n';
    const edited = await edit(text, (stage) => ({ ...stage, stageName: 'n' }));
    expect(edited).toBe(text.replace('  "tracing', '  "stageName": "n",\n  "tracing'));
  });

  test.each(['__proto__', '', 'constructor', 'naïve 🦊', '~1a/b~0', 'a"b\\c', '\u0000\u2028', '*', '0'])(
    'is safe with the key %j',
    async (key) => {
      const added = await edit('{\n  "variables": {\n    "a": "1"\n  }\n}\n', setVariable(key, 'x'));
      const changed = await edit(added, setVariable(key, 'y'));
      expect(Object.entries(stageIn(changed).variables ?? {})).toContainEqual([key, 'y']);
      const removed = await edit(changed, (stage) => ({
        ...stage,
        variables: without(key)(stage.variables as Stage) as Record<string, string>,
      }));
      expect(removed).toBe('{\n  "variables": {\n    "a": "1"\n  }\n}\n');
    },
  );

  test('refuses to return a text that would not hold the stage', async () => {
    const [text, stage] = ['{"stageName":"a"}', { stageName: 'a' }];
    await expect(
      editText(text, stage, { stageName: 'a', canarySettings: { percentTraffic: Number.NaN } }),
    ).rejects.toThrow(/would change more than it names/);
  });

  test('edits a large file, for one change and for many', async () => {
    const entry = {
      metricsEnabled: true,
      loggingLevel: 'INFO',
      throttlingBurstLimit: 5000,
      throttlingRateLimit: 10000,
      cachingEnabled: false,
    };
    const settings = (count: number, limit: number) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, index) => [`~1pets${index}/GET`, { ...entry, throttlingBurstLimit: limit }]),
      );
    const before: Stage = { methodSettings: settings(2100, 1) };
    const edited = await editText(JSON.stringify(before, null, 4), before, { methodSettings: settings(2100, 2) });
    expect(edited).toBe(JSON.stringify({ methodSettings: settings(2100, 2) }, null, 4));
  });
});

describe('edits of random stages in random layouts', () => {
  const key = fc.oneof(
    fc.string({ maxLength: 3, unit: 'grapheme' }),
    fc.constantFrom('__proto__', '', 'a', 'b', '~1pets/GET', '*/*', 'constructor'),
  );
  // fromEntries makes `__proto__` an own member.
  const mapOf = (value: fc.Arbitrary<unknown>) =>
    fc.array(fc.tuple(key, value), { maxLength: 4 }).map((all) => Object.fromEntries(all));
  const some = (members: Record<string, fc.Arbitrary<unknown>>) => fc.record(members, { requiredKeys: [] });
  const text = fc.string({ maxLength: 4, unit: 'grapheme' });
  const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
  const stage = some({
    deploymentId: text,
    stageName: text,
    description: text,
    methodSettings: mapOf(some({ loggingLevel: text, throttlingRateLimit: number, cachingEnabled: fc.boolean() })),
    variables: mapOf(text),
    accessLogSettings: some({ format: text, destinationArn: text }),
    canarySettings: some({
      percentTraffic: number,
      deploymentId: text,
      stageVariableOverrides: mapOf(text),
      useStageCache: fc.boolean(),
    }),
    tracingEnabled: fc.boolean(),
    unknown: fc.jsonValue({ maxDepth: 2 }),
  }) as fc.Arbitrary<Stage>;
  const layout = fc.record({
    indent: fc.constantFrom(0, 2, 4, '\t', ' '),
    lineEnd: fc.constantFrom('\n', '\r\n'),
    start: fc.constantFrom('', '\uFEFF', '\n', '  '),
    end: fc.constantFrom('', '\n', '\n\n'),
  });

  test('hold the new stage, and leave the text unchanged when nothing changes', async () => {
    await fc.assert(
      fc.asyncProperty(stage, stage, layout, async (a, b, { indent, lineEnd, start, end }) => {
        const written = (start + JSON.stringify(a, null, indent) + end).replaceAll('\n', lineEnd);
        const edited = await editText(written, a, b);
        expect(stageIn(edited)).toEqual(stageIn(JSON.stringify(b)));
        expect(await editText(written, a, a)).toBe(written);
        expect(await editText(edited, b, b)).toBe(edited);
        if (lineEnd === '\r\n') expect(edited.replaceAll('\r\n', '')).not.toContain('\n');
        expect(edited.startsWith(start.replace('\n', lineEnd))).toBe(true);
        expect(edited.endsWith(end.replaceAll('\n', lineEnd))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  /** AWS prints whole doubles with a fraction. */
  const withFractions = (text: string): string =>
    text.replace(/("(?:percentTraffic|throttlingRateLimit)": -?\d+)(?=[,\n])/g, '$1.0');

  test('lay out additions as JSON.stringify does, except that doubles have a fraction', async () => {
    await fc.assert(
      fc.asyncProperty(stage, fc.constantFrom(2, 4, '\t'), async (b, indent) => {
        const all = { deploymentId: 'x', ...b };
        const edited = await editText(JSON.stringify({ deploymentId: 'x' }, null, indent), { deploymentId: 'x' }, all);
        expect(edited).toBe(withFractions(JSON.stringify(stageIn(edited), null, indent)));
      }),
    );
  });
});

describe('reading a text', () => {
  const sentences = async (content: string | Uint8Array): Promise<readonly string[]> => {
    try {
      await readDocument(typeof content === 'string' ? bytes(content) : content, 'prod.json');
      return [];
    } catch (error) {
      const { kind, problems } = error as { kind: string; problems: readonly { message: string }[] };
      expect(kind).toBe('input');
      return problems.map(({ message }) => message);
    }
  };

  test.each([
    '{}',
    '\uFEFF{}',
    ' {"x": 1, "stageName": "a"} ',
    '{"createdDate": 1467318434}',
    '{"createdDate": "2016-06-30T16:53:54-04:00"}',
    '{"tags": {"stageName:": "\\"a\\": {"}}',
  ])('accepts %j as a stage', async (content) => {
    expect(await sentences(content)).toEqual([]);
    expect((await readDocument(bytes(content), 'x')).text).toBe(content);
  });

  test.each([
    ['{\n  "stageName": "a"\n  "tags": {}\n}', 'line 3, column 3: expected a comma or }, got a string'],
    ['{"stageName": "a",}', 'line 1, column 19: expected a key in double quotes, got }'],
    ['{"stageName": "a"', 'line 1, column 18: expected a comma or }, got the end of the text'],
    ['\uFEFF{\r\n"a" 1}', 'line 2, column 5: expected a colon, got 1'],
    ['{"a": nope}', 'line 1, column 7: expected a value, got nope'],
    ['{"a": 01}', 'line 1, column 8: expected a comma or }, got 1'],
    ['{"a": "b\n"}', 'line 1, column 7: this string has no closing quote'],
    ['{"a": "b', 'line 1, column 7: this string has no closing quote'],
    ['{"a": "\\x"}', 'line 1, column 7: this string has an escape that JSON does not have'],
    ['{"a": "\\u12x4"}', 'line 1, column 7: this string needs four hexadecimal digits after \\u'],
    ['{"a": "\u0007"}', 'line 1, column 7: this string has a control character that is not escaped'],
    ['{"a": 1}\n}', 'line 2, column 1: expected the end of the text, got }'],
    ["{'a': 1}", "line 1, column 2: expected a key in double quotes, got 'a'"],
    ['// a stage\n{}', 'line 1, column 1: expected a value, got // a stage'],
    ['{"a": [1 2]}', 'line 1, column 10: expected a comma or ], got 2'],
    ['{"a": \u001b[31m}', 'line 1, column 7: expected a value, got \\u001b'],
    ['{"stageName": "a",\n "stageName": "b"}', 'line 2, column 2: expected each key once, got "stageName" again'],
    ['{"tags": {"a": "", "\\u0061": ""}}', 'line 1, column 20: expected each key once, got "\\u0061" again'],
    [
      '{"variables": {"__proto__": "a", "__proto__": "b"}}',
      'line 1, column 34: expected each key once, got "__proto__" again',
    ],
    [`{"a": ${'['.repeat(300)}`, 'line 1, column 206: expected at most 200 levels, got one more'],
    [`{"x": ${'['.repeat(300)}${']'.repeat(300)}}`, 'line 1, column 206: expected at most 200 levels, got one more'],
    [
      `${'{"x":'.repeat(20_000)}1${'}'.repeat(20_000)}`,
      'line 1, column 1001: expected at most 200 levels, got one more',
    ],
  ])('says where %j is broken', async (content, sentence) => {
    expect(await sentences(content)).toEqual([`prod.json: ${sentence}`]);
  });

  const print = 'Print one with: aws apigateway get-stage --rest-api-id ID --stage-name NAME';

  test.each([
    ['', `expected a stage, got an empty text. ${print}`],
    [' \n', `expected a stage, got an empty text. ${print}`],
    ['"prod"', 'expected a stage, an object; got a string'],
    ['null', 'expected a stage, an object; got null'],
    ['[]', `expected one stage, got an empty list. ${print}`],
    [
      '[{"stageName": "a"}, 1]',
      "expected one stage, got a list of 2. Pick one, the first for example, with: jq '.[0]'",
    ],
    [
      '{"item": [{"stageName": "dev"}, {"stageName": "pr\\u001bod"}]}',
      "expected one stage, got a list of 2. Pick one, the first for example, with: jq '.item[0]'",
    ],
    ['{"item": []}', `expected one stage, got an empty list. ${print}`],
    [
      '{"id": 1, "name": "x"}',
      `expected a stage, got an object without any of its members (it has "id", "name"). ${print}`,
    ],
  ])('says what %j is instead of a stage', async (content, sentence) => {
    expect(await sentences(content)).toEqual([`prod.json: ${sentence}`]);
  });

  test('lists every member with a wrong type', async () => {
    const content =
      '{\n  "canarySettings": {"percentTraffic": "5"},\n  "variables": {"a b": 1},\n  "methodSettings": {"~1pets/GET": []},\n  "tags": null\n}';
    expect(await sentences(content)).toEqual([
      'prod.json: canarySettings.percentTraffic: expected a number, got a string (line 2)',
      'prod.json: variables["a b"]: expected a string, got a number (line 3)',
      'prod.json: methodSettings["~1pets/GET"]: expected an object, got an array (line 4)',
      'prod.json: tags: expected an object, got null (line 5)',
    ]);
  });

  test('reports the first 20 of many wrong members, and the number of the others', async () => {
    const members = Array.from({ length: 20_000 }, (_, index) => `"v${index}": ${index}`);
    const all = await sentences(`{"variables": {\n${members.join(',\n')}}}`);
    expect(all).toHaveLength(21);
    expect(all[19]).toBe('prod.json: variables.v19: expected a string, got a number (line 21)');
    expect(all[20]).toBe('prod.json: 19980 more members are wrong.');
  });

  test('refuses bytes that are not UTF-8 text', async () => {
    expect(await sentences(Uint8Array.of(0x7b, 0xff, 0x7d))).toEqual([
      'prod.json: expected UTF-8 text, got bytes that are not UTF-8. Save it as UTF-8 and run this again.',
    ]);
    expect(await sentences(Uint8Array.of(0xff, 0xfe, 0x7b, 0))).toEqual([
      'prod.json: expected UTF-8 text, got UTF-16, as PowerShell writes it. Save it as UTF-8 and run this again.',
    ]);
  });

  test('names the program that wrote a text that is nearly JSON', async () => {
    expect(await sentences(bytes('{"variables": "@{a=b}"}'))).toEqual([
      "prod.json: variables: expected an object, got what PowerShell's ConvertTo-Json cut off; write it again with ConvertTo-Json -Depth 10 (line 1)",
    ]);
    expect(await sentences(bytes("{'stageName': 'p', 'tracingEnabled': True}"))).toEqual([
      expect.stringMatching(/^prod\.json: line 1, column 2: this is Python's str\(\) of a dict, not JSON\. /),
    ]);
  });

  test('finds a problem in every text that JSON.parse refuses, and in no other', async () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"b"',
      '1',
      '-0.5e3',
      'true',
      'null',
      ' ',
      '\n',
      '"\\u00e9"',
      '.',
      '"',
      'x',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(pieces, { maxLength: 9 }), async (all) => {
        const content = `{"stageName":"s","x":${all.join('')}}`;
        const parses = (() => {
          try {
            JSON.parse(content);
            return true;
          } catch {
            return false;
          }
        })();
        const [sentence] = await sentences(content);
        if (parses) expect(sentence ?? 'each key once').toContain('each key once');
        else expect(sentence).toMatch(/line \d+, column \d+/);
      }),
      { numRuns: 2000 },
    );
  });
});
