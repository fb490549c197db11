import type { Stage } from '../../src/stage/stage.js';
import { editDocument, readDocument } from '../../src/targets/document.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Edits the text and proves the laws of every edit: it holds the new stage, and a repeated edit changes nothing. */
const edit = async (text: string, change: (stage: Stage) => Stage): Promise<string> => {
  const document = await readDocument(bytes(text), 'prod.yaml');
  const after = change(document.stage);
  const edited = await editDocument(document, after);
  const again = await readDocument(bytes(edited), 'prod.yaml');
  expect(again.stage).toEqual(after);
  expect(await editDocument(again, after)).toBe(edited);
  expect(await editDocument(document, document.stage)).toBe(text);
  return edited;
};

const setVariable =
  (key: string, value: string) =>
  (stage: Stage): Stage => ({ ...stage, variables: { ...stage.variables, [key]: value } });

const without =
  (...keys: readonly string[]) =>
  (stage: Stage): Stage =>
    Object.fromEntries(Object.entries(stage).filter(([key]) => !keys.includes(key)));

const unsetVariable =
  (...keys: readonly string[]) =>
  (stage: Stage): Stage => ({
    ...stage,
    variables: without(...keys)(stage.variables as Stage) as Record<string, string>,
  });

const refusalOf = async (text: string, change: (stage: Stage) => Stage = (stage) => stage): Promise<string> => {
  try {
    const document = await readDocument(bytes(text), 'prod.yaml');
    await editDocument(document, change(document.stage));
    return '';
  } catch (error) {
    const { kind, message } = error as { kind: string; message: string };
    expect(kind).toBe('input');
    return message;
  }
};

describe('an edit of the text', () => {
  test.each([
    ['2 spaces', 'variables:\n  a: x\n', 'variables:\n  a: x\n  b: z\n'],
    ['4 spaces', 'variables:\n    a: x\n', 'variables:\n    a: x\n    b: z\n'],
    ['CRLF', 'variables:\r\n  a: x\r\n', 'variables:\r\n  a: x\r\n  b: z\r\n'],
    ['a byte-order mark', '\uFEFFvariables:\n  a: x\n', '\uFEFFvariables:\n  a: x\n  b: z\n'],
    ['no final newline', 'variables:\n  a: x', 'variables:\n  a: x\n  b: z'],
    ['no final newline, CRLF', 'tags: {}\r\nvariables:\r\n  a: x', 'tags: {}\r\nvariables:\r\n  a: x\r\n  b: z'],
    ['a comment behind', 'variables:\n  a: x # why\n# end\n', 'variables:\n  a: x # why\n  b: z\n# end\n'],
    ['single quotes', "variables:\n  'a': 'x'\n", "variables:\n  'a': 'x'\n  'b': 'z'\n"],
    ['double quotes', 'variables:\n  a: "x"\n', 'variables:\n  a: "x"\n  b: "z"\n'],
    ['braces', 'variables: {a: x}\n', 'variables: {a: x, b: z}\n'],
    ['airy braces', 'variables: { a: x, } # c\n', 'variables: { a: x, b: z, } # c\n'],
    ['braces in lines', 'variables: {\n  a: x\n}\n', 'variables: {\n  a: x,\n  b: z\n}\n'],
    ['braces in lines with commas', 'variables: {\n  a: x,\n}\n', 'variables: {\n  a: x,\n  b: z,\n}\n'],
    ['braces with comments', 'variables: {\n  a: x, # a\n  # c\n}\n', 'variables: {\n  a: x, b: z, # a\n  # c\n}\n'],
    ['braces all around', '{variables: {a: x}}\n', '{variables: {a: x, b: z}}\n'],
    ['empty braces', 'variables: {} # none\n', 'variables: # none\n  b: z\n'],
    ['empty braces in a line', 'variables:\n  {}\ntags: {}\n', 'variables:\n  b: z\ntags: {}\n'],
    [
      'empty braces below a comment',
      'variables: # v\n  # none\n  {} # yet\n',
      'variables: # v\n  # none # yet\n  b: z\n',
    ],
    ['empty braces in braces', '{variables: {}} # c\n', '{variables: {b: z}} # c\n'],
    ['nothing', 'variables: # none\ntags: {}\n', 'variables: # none\n  b: z\ntags: {}\n'],
    ['null', 'variables: null\n', 'variables:\n  b: z\n'],
    ['null at the end', 'tags:\n  t: u\nvariables: ~', 'tags:\n  t: u\nvariables:\n  b: z'],
    [
      'a missing member',
      'stageName: p\ntracingEnabled: true\n',
      'stageName: p\nvariables:\n  b: z\ntracingEnabled: true\n',
    ],
    [
      'a block scalar before',
      'description: |\n  d\n\nvariables:\n  a: |-\n    x\n\ntags: {}\n',
      'description: |\n  d\n\nvariables:\n  a: |-\n    x\n  b: z\n\ntags: {}\n',
    ],
    ['a block of text to keep', 'variables:\n  a: |+\n    x\n\n', 'variables:\n  a: |+\n    x\n\n  b: z\n'],
    ['a block of text at the end', 'variables:\n  a: |\n    x', 'variables:\n  a: |\n    x\n  b: z'],
    [
      'a document',
      '%YAML 1.2\n--- # stage\nvariables:\n  a: x\n...\n',
      '%YAML 1.2\n--- # stage\nvariables:\n  a: x\n  b: z\n...\n',
    ],
    ['an anchor that nothing uses', 'variables: &v\n  a: x\n', 'variables: &v\n  a: x\n  b: z\n'],
    ['a tag', 'variables: !!map # c\n  a: x\n', 'variables: !!map # c\n  a: x\n  b: z\n'],
    ['JSON', '{"variables": {"a": "x"}}\n', '{"variables": {"a": "x", "b": "z"}}\n'],
  ])('keeps the layout: %s', async (_layout, text, expected) => {
    expect(await edit(text, setVariable('b', 'z'))).toBe(expected);
  });

  test.each([
    ['plain', 'variables:\n  b: x # c\n', 'variables:\n  b: z # c\n'],
    ['single quotes', "variables:\n  b:   'x'\n", "variables:\n  b:   'z'\n"],
    ['double quotes', 'variables:\n  b: "x\\n"\n', 'variables:\n  b: "z"\n'],
    ['two lines', 'variables:\n  b: x\n    y\n  c: w\n', 'variables:\n  b: z\n  c: w\n'],
    ['a block', 'variables:\n  b: |+ # c\n    x\n    y\n\n  c: w\n', 'variables:\n  b: z\n\n  c: w\n'],
    ['a folded block at the end', 'variables:\n  b: >-\n    x\n    y', 'variables:\n  b: z'],
    ['a line of its own', 'variables:\n  b:\n    x\n', 'variables:\n  b:\n    z\n'],
    ['an anchor that nothing uses', 'variables:\n  b: &b x\n', 'variables:\n  b: &b z\n'],
    ['an explicit key', 'variables:\n  ? b\n  : x\n', 'variables:\n  ? b\n  : z\n'],
    ['braces', 'variables: {a: w, b: x}\n', 'variables: {a: w, b: z}\n'],
    ['quotes that touch', '{"variables":{"b":x,"c":w}}\n', '{"variables":{"b":z,"c":w}}\n'],
  ])('changes only a value: %s', async (_layout, text, expected) => {
    expect(await edit(text, setVariable('b', 'z'))).toBe(expected);
  });

  test.each([
    ['the first', ['a'], 'variables: # v\n  # about b\n  b: y # c\n\n  c: z\n'],
    ['the middle', ['b'], 'variables: # v\n  a: x\n  # about b\n\n  c: z\n'],
    ['the last', ['c'], 'variables: # v\n  a: x\n  # about b\n  b: y # c\n\n'],
    ['all', ['a', 'b', 'c'], 'variables: {} # v\n  # about b\n\n'],
  ])('removes %s', async (_which, keys, expected) => {
    const text = 'variables: # v\n  a: x\n  # about b\n  b: y # c\n\n  c: z\n';
    expect(await edit(text, unsetVariable(...keys))).toBe(expected);
  });

  test.each([
    ['some', ['a', 'c'], 'variables: { b: y }\n'],
    ['the last two', ['b', 'c'], 'variables: { a: x,  }\n'],
    ['all', ['a', 'b', 'c'], 'variables: {}\n'],
  ])('removes %s from braces', async (_which, keys, expected) => {
    expect(await edit('variables: { a: x, b: y, c: z }\n', unsetVariable(...keys))).toBe(expected);
  });

  test.each([
    ['the first', ['a'], 'variables: {\n  # about b\n  b: y, # b\n  c: z # c\n}\n'],
    ['the middle', ['b'], 'variables: {\n  a: x,\n  # about b\n  # b\n  c: z # c\n}\n'],
    ['the last', ['c'], 'variables: {\n  a: x,\n  # about b\n  b: y, # b\n   # c\n}\n'],
    ['the last two', ['b', 'c'], 'variables: {\n  a: x,\n  # about b\n  # b\n   # c\n}\n'],
  ])('removes %s from multi-line braces, and no comment', async (_which, keys, expected) => {
    const text = 'variables: {\n  a: x,\n  # about b\n  b: y, # b\n  c: z # c\n}\n';
    expect(await edit(text, unsetVariable(...keys))).toBe(expected);
  });

  test.each([
    ['a block of text', 'description: |\n  a\n  b\nstageName: p\n', 'stageName: p\n'],
    ['an explicit key', '? description\n: d\nstageName: p\n', 'stageName: p\n'],
    ['a line without end', 'stageName: p\ndescription: d', 'stageName: p\n'.trimEnd()],
    ['a member of two lines', 'stageName: p\ndescription:\n  d\n  e # c\n# f\n', 'stageName: p\n# f\n'],
    ['an alias', 'stageName: &p prod\ndescription: *p\n', 'stageName: &p prod\n'],
  ])('removes %s', async (_what, text, expected) => {
    expect(await edit(text, without('description'))).toBe(expected);
  });

  test('removes the last two members in multi-line braces, and leaves no space', async () => {
    const text = 'variables: {\n  a: x,\n  b: y,\n  c: z\n}\n';
    expect(await edit(text, unsetVariable('b', 'c'))).toBe('variables: {\n  a: x,\n\n}\n');
  });

  test('treats a name of two less-than signs like any other', async () => {
    expect(await edit('variables:\n  "<<": x\n  a: y\n', setVariable('<<', 'z'))).toBe(
      'variables:\n  "<<": z\n  a: y\n',
    );
    expect(await edit('variables: { "<<": x, a: y }\n', unsetVariable('<<'))).toBe('variables: { a: y }\n');
    expect(await refusalOf('variables:\n  "<<": x\n  "<<": y\n')).toMatch('expected each key once, got << again');
  });

  test('indents new members like the others', async () => {
    const text = 'stageName: p\nvariables:\n    a: x\n';
    const edited = await edit(text, (stage) => ({ ...stage, tags: { t: 'u' } }));
    expect(edited).toBe(`${text}tags:\n    t: u\n`);
  });

  test('removes everything from a stage', async () => {
    expect(await edit('# c\nstageName: p\ntags:\n  a: b\n', () => ({}))).toBe('# c\n{}\n');
  });

  test('adds, changes and removes at once', async () => {
    const text = 'stageName: p\nvariables:\n  a: x\n  b: y\ncacheClusterSize: "0.5"\n';
    const edited = await edit(text, () => ({
      deploymentId: 'd',
      stageName: 'p',
      variables: { b: 'w', c: 'v' },
      canarySettings: { percentTraffic: 5, stageVariableOverrides: { a: '1' } },
      methodSettings: {
        '*/*': { throttlingRateLimit: 10, loggingLevel: 'INFO' },
        '~1pets~1{id}/GET': { cachingEnabled: true },
      },
    }));
    expect(edited).toBe(
      'stageName: p\ndeploymentId: d\nmethodSettings:\n  "*/*":\n    loggingLevel: INFO\n    throttlingRateLimit: 10.0\n' +
        '  ~1pets~1{id}/GET:\n    cachingEnabled: true\nvariables:\n  b: w\n  c: v\n' +
        'canarySettings:\n  percentTraffic: 5.0\n  stageVariableOverrides:\n    a: "1"\n',
    );
  });

  test.each([
    '',
    ' a',
    'a ',
    'on',
    'Yes',
    'y',
    'null',
    '~',
    '1.10',
    '0123',
    '0o17',
    '0x1F',
    '1_000',
    '1e3',
    '.5',
    '.inf',
    '+1',
    '12:30',
    '2026-01-01',
    'a: b',
    'a #b',
    '#a',
    'a:',
    '- a',
    '-',
    '? a',
    '*a',
    '&a',
    '!a',
    '|',
    '>',
    '@a',
    '`a',
    '%a',
    '{a}',
    '[a]',
    ',',
    "it's",
    '"',
    '<<',
    '=',
    '---',
    '...',
    '... a',
    '--- a',
    'a\nb',
    '\n',
    'tab\there',
    '\u0007',
    '\u2028',
    'naïve 🦊',
    '\\',
    'true',
    'FALSE',
    'x'.repeat(500),
    'a  b',
    'http://a/b?c=d&e',
    '$context.requestId "$context.path"',
  ])('writes the string %.20j so that it can be read back', async (value) => {
    for (const text of ['variables:\n  a: x\n', 'variables: {a: x}\n', "description: 'd'\nvariables:\n  a: x\n"]) {
      const edited = await edit(text, setVariable(`k${value}`, value));
      for (const version of ['1.1', '1.2'] as const) {
        const { parse } = await import('yaml');
        expect(parse(edited, { version }).variables).toEqual({ a: 'x', [`k${value}`]: value });
      }
      expect(await edit(text, setVariable(value || 'e', value))).toContain('a: x');
    }
  });
});

const shared = `# defaults
x-base: &base
  color: blue
  size: &size "3"
variables:
  <<: *base
  own: a
tags: *base
description: *size
canarySettings:
  stageVariableOverrides: &overrides
    color: green
documentationVersion: "1"
stageName: &name prod
`;

describe('aliases, merge keys and anchors', () => {
  test('are resolved', async () => {
    const { stage } = await readDocument(bytes(shared), 'prod.yaml');
    expect(stage.variables).toEqual({ color: 'blue', size: '3', own: 'a' });
    expect(stage.tags).toEqual({ color: 'blue', size: '3' });
    expect(stage.description).toBe('3');
  });

  test('stay if an edit does not touch them', async () => {
    const edited = await edit(shared, (stage) => ({ ...setVariable('own', 'b')(stage), stageName: 'x' }));
    expect(edited).toBe(shared.replace('own: a', 'own: b').replace('name prod', 'name x'));
    expect(await edit(shared, setVariable('more', 'b'))).toBe(shared.replace('own: a\n', 'own: a\n  more: b\n'));
  });

  const overridden = 'variables: &v\n  a: x\ncanarySettings:\n  stageVariableOverrides: *v\n';
  const override = (stage: Stage): Stage => ({ ...stage, canarySettings: { stageVariableOverrides: { a: 'y' } } });
  test.each([
    ['an override through an alias', 4, overridden, override],
    ['a member behind an alias', 8, shared, (stage: Stage) => ({ ...stage, tags: { ...stage.tags, a: 'b' } })],
    ['an alias', 9, shared, (stage: Stage) => ({ ...stage, description: 'd' })],
    ['a merged member', 6, shared, setVariable('color', 'red')],
    ['a merged member in braces', 2, 'x: &x {a: b}\nvariables: {<<: *x}\n', setVariable('a', 'c')],
    ['a merged member that goes', 6, shared, unsetVariable('color')],
    ['an anchor', 6, shared, (stage: Stage) => ({ ...stage, 'x-base': { color: 'c', size: '3' } })],
    ['what holds an anchor', 2, shared, without('x-base')],
    ['a key without a colon in braces', 1, '{variables, stageName: p}\n', setVariable('a', 'b')],
    ['a key without a colon', 1, '? variables\n? x\n', setVariable('a', 'b')],
  ])('refuse an edit, with the line: %s', async (_what, line, text, change) => {
    const sentence = `prod.yaml: line ${line}: the edit would change more than it names: `;
    expect(await refusalOf(text, change as (stage: Stage) => Stage)).toContain(sentence);
  });

  test('an anchor is removed with all its aliases', async () => {
    const text = 'stageName: p\ncanarySettings:\n  deploymentId: &d x\n  stageVariableOverrides: {a: *d}\n';
    expect(await edit(text, without('canarySettings'))).toBe('stageName: p\n');
  });
});

test('a large file is edited in place', async () => {
  const entry = '    loggingLevel: INFO\n    throttlingRateLimit: 10000.0\n    cachingEnabled: false\n';
  const methods = Array.from({ length: 2000 }, (_, index) => `  ~1pets${index}/GET:\n${entry}`);
  const text = `methodSettings:\n${methods.join('')}`;
  const document = await readDocument(bytes(text), 'prod.yaml');
  const settings = Object.entries(document.stage.methodSettings ?? {});
  const after = {
    methodSettings: Object.fromEntries(settings.map(([key, held]) => [key, { ...held, loggingLevel: 'ERROR' }])),
  };
  expect(await editDocument(document, after)).toBe(text.replaceAll('INFO', 'ERROR'));
});

test('a file with thousands of aliases is read promptly', async () => {
  const methods = Array.from({ length: 4000 }, (_, index) => `  ~1pets${index}/GET: *usual\n`);
  const started = Date.now();
  const text = `x-usual: &usual\n  loggingLevel: INFO\nmethodSettings:\n${methods.join('')}`;
  const { stage } = await readDocument(bytes(text), 'prod.yaml');
  expect(stage.methodSettings?.['~1pets3999/GET']).toEqual({ loggingLevel: 'INFO' });
  // It took 8 seconds while the whole document was visited for each alias.
  expect(Date.now() - started).toBeLessThan(4000);
});

describe('reading a text', () => {
  test('reads strings of a stage exactly as written', async () => {
    const text =
      'description: 1.10\ndeploymentId: 0123\nvariables:\n  on: yes\n  t: 12:30\n  1.0: \'2\'\n  q: "3"\n  plain: text\ncanarySettings:\n  percentTraffic: 10\ntracingEnabled: true\n';
    const { stage, notices } = await readDocument(bytes(text), 'prod.yaml');
    expect(stage).toEqual({
      description: '1.10',
      deploymentId: '0123',
      variables: { on: 'yes', t: '12:30', '1.0': '2', q: '3', plain: 'text' },
      canarySettings: { percentTraffic: 10 },
      tracingEnabled: true,
    });
    expect(notices).toEqual([
      { code: 'unquoted-value', message: expect.stringContaining(': variables.on, variables.t. ') },
    ]);
    expect(await edit(text, setVariable('t', '12:31'))).toBe(text.replace('12:30', '"12:31"'));
  });

  test.each([
    ['- a\n- b\n', 'expected one stage, got a list of 2. Pick one'],
    ['just text\n', 'expected a stage, an object; got a string'],
    ['# nothing\n', 'expected a stage, an object; got null'],
    ['a: b\n', 'expected a stage, got an object without any of its members (it has "a").'],
    ['stageName: a\n---\nstageName: b\n', 'line 2, column 1: expected one YAML document, got several'],
    ['stageName: a\nstageName: b\n', 'line 2, column 1: expected each key once, got stageName again'],
    ["variables:\n  1: a\n  '1': b\n", 'line 3, column 3: expected each key once, got 1 again'],
    ['stageName: a\n b: c\n', 'line 1, column 12: '],
    ['variables:\n\ta: b\n', 'line 2, column 1: '],
    ['description: *no\n', 'line 1, column 14: the anchor &no is not defined before this alias'],
    ['variables:\n  [a]: b\n', 'line 2, column 3: a key has to be text'],
    [
      'stageName: p\ncanarySettings:\n  percentTraffic: 10%\n',
      'canarySettings.percentTraffic: expected a number, got a string (line 3)',
    ],
    ['variables:\n  a:\n', 'variables.a: expected a string, got null (line 2)'],
    [`x: ${'['.repeat(300)}${']'.repeat(300)}\nstageName: p\n`, 'expected at most 200 levels, got more'],
    [
      `x: ${'['.repeat(20000)}
stageName: p
`,
      ': it is nested too deeply',
    ],
    [
      'a: &a [x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: &d [*c, *c, *c, *c, *c, *c, *c]\nstageName: p\n',
      'line 1, column 1: the aliases make it too large',
    ],
  ])('says what is wrong: %#', async (text, sentence) => {
    expect(await refusalOf(text)).toContain(sentence);
  });
});
