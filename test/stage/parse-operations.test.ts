import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { parseOperations, readOperations } from '../../src/stage/parse-operations.js';
import { quoteShorthand } from '../../src/stage/shorthand.js';
import type { PatchOperation } from '../../src/stage/stage.js';
import { testWith } from '../tools.js';

const membersIn = (input: unknown, readFile?: (name: string) => string) => {
  const { operations, problems } = readOperations(input, readFile ? { readFile } : {});
  expect(problems).toEqual([]);
  return operations;
};

const reasonsIn = (input: unknown, readFile?: (name: string) => string) =>
  readOperations(input, readFile ? { readFile } : {}).problems.map(
    ({ index, message }) => `${index}: ${/ cannot be read: (.*)\.$/s.exec(message)?.[1]}`,
  );

const set = { op: 'replace', path: '/description', value: 'x' };
const unset = { op: 'remove', path: '/variables/color' };

describe('an input', () => {
  test.each<[string, unknown]>([
    ['shorthand items', ['op=replace,path=/description,value=x', 'op=remove,path=/variables/color']],
    ['a JSON array', JSON.stringify([set, unset])],
    ['a JSON array as the only word', [` ${JSON.stringify([set, unset])}\n`]],
    ['a JSON text with a byte order mark', `\ufeff${JSON.stringify([set, unset])}`],
    ['JSON objects as words', [JSON.stringify(set), JSON.stringify(unset)]],
    ['JSON and shorthand beside each other', [JSON.stringify(set), 'op=remove,path=/variables/color']],
    ['the body of a request', JSON.stringify({ patchOperations: [set, unset] })],
    ['the parsed body of a request', { restApiId: 'a', patchOperations: [set, unset] }],
    ['operations', [set, unset]],
    ['operations and texts', [set, 'op=remove,path=/variables/color']],
  ])('may be %s', (_, input) => {
    expect(membersIn(input)).toEqual([set, unset]);
  });

  test.each<[string, unknown]>([
    ['one item', 'op=replace,path=/description,value=x'],
    ['one JSON object', JSON.stringify(set)],
    ['one operation', set],
    ['one operation without a prototype', Object.assign(Object.create(null), set)],
  ])('may be %s', (_, input) => {
    expect(membersIn(input)).toEqual([set]);
  });

  test.each<[unknown]>([['[]'], [[]], [{ patchOperations: [] }], ['{"patchOperations":[]}']])(
    '%j has neither operations nor problems',
    (input) => {
      expect(readOperations(input)).toEqual({ operations: [], problems: [] });
    },
  );

  test.each<[unknown, string]>([
    [undefined, 'expected an object with op and path, got nothing'],
    [null, 'expected an object with op and path, got null'],
    [5, 'expected an object with op and path, got a number'],
    [[[set]], 'expected an object with op and path, got an array'],
    ['', 'expected an operation, got an empty text'],
    ['\ufeff \n', 'expected an operation, got an empty text'],
    ['[5]', 'expected an object with op and path, got a number'],
    ['["op=remove,path=/x"]', 'expected an object with op and path, got a string'],
    [{ patchOperations: set }, 'patchOperations: expected an array, got an object'],
    ['{"patchOperations":null}', 'patchOperations: expected an array, got null'],
    [
      'replace',
      'expected "=" after "replace" at character 8, got the end; an operation looks like op=replace,path=/description,value=x; a text with commas, quotes or brackets is written like "a,b"',
    ],
  ])('%j is a problem', (input, reason) => {
    expect(reasonsIn(input)).toEqual([`0: ${reason}`]);
  });

  test('broken JSON is a problem with its position', () => {
    expect(reasonsIn('[\n  {"op": "remove",}\n]')).toEqual([
      '0: not valid JSON: line 2, column 19: expected a key in double quotes, got }',
    ]);
    expect(reasonsIn('{"op": ')).toEqual([
      '0: not valid JSON: line 1, column 8: expected a value, got the end of the text',
    ]);
  });

  test('all problems are reported together, each at its place', () => {
    const input = [set, { op: 5 }, 'op=add,path=/x,value=a,b', unset, null];
    expect(readOperations(input).operations).toEqual([set, unset]);
    expect(readOperations(input).problems).toMatchObject([
      {
        code: 'malformed-operation',
        index: 1,
        operation: { op: 5 },
        message: 'Operation 2 of the patch cannot be read: op: expected a string, got a number.',
      },
      { index: 2, operation: 'op=add,path=/x,value=a,b' },
      { index: 4, operation: null },
    ]);
  });

  test('no value makes it throw', () => {
    const anything = fc.oneof(
      fc.anything({ withNullPrototype: true, withSparseArray: true, withBigInt: true }),
      fc.string(),
      fc.json(),
    );
    fc.assert(
      fc.property(anything, (input) => {
        const { operations, problems } = readOperations(input);
        expect(operations.every(({ op, path }) => typeof op === 'string' && typeof path === 'string')).toBe(true);
        expect(problems.every(({ message }) => message.length > 0)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('the members of an operation', () => {
  test.each<[unknown, object]>([
    [
      { ...set, value: 5 },
      { ...set, value: '5' },
    ],
    [
      { ...set, value: 0.5 },
      { ...set, value: '0.5' },
    ],
    [
      { ...set, value: true },
      { ...set, value: 'true' },
    ],
    [
      { ...set, value: '' },
      { ...set, value: '' },
    ],
    [{ ...set, from: '/x', comment: ['y'] }, set],
    [{ ...set, from: 5 }, set],
    [{ ...unset, value: null, from: [] }, unset],
    [
      { op: 'copy', from: '/a', path: '/b', value: {} },
      { op: 'copy', from: '/a', path: '/b' },
    ],
    [
      { op: 'test', path: '/a', value: 'b' },
      { op: 'test', path: '/a', value: 'b' },
    ],
    [
      { op: 'add', path: '/a' },
      { op: 'add', path: '/a' },
    ],
    [
      { op: 'replace', path: '', value: undefined },
      { op: 'replace', path: '' },
    ],
    [
      { op: 'frobnicate', path: '/a', value: 'b' },
      { op: 'frobnicate', path: '/a' },
    ],
    [
      { op: '', path: '/a' },
      { op: '', path: '/a' },
    ],
    [
      { op: 'constructor', path: '/a' },
      { op: 'constructor', path: '/a' },
    ],
    ['op=remove,path=/x,comment=z,value="y",other="z"', { op: 'remove', path: '/x' }],
    ['op=remove,path=/x,__proto__=y', { op: 'remove', path: '/x' }],
    ['op=replace,path=/x', { op: 'replace', path: '/x' }],
    ['{"op":"remove","path":"/x","__proto__":{"value":"y"}}', { op: 'remove', path: '/x' }],
  ])('%j keeps its used members as text and drops the others', (operation, members) => {
    expect(membersIn(operation)).toEqual([members]);
  });

  test('every move is refused', () => {
    const move = { op: 'move', from: '/variables/a', path: '/variables/b' };
    expect(() => parseOperations([move, set, 'op=move,from=/a,path=/b'])).toThrow(
      expect.objectContaining({
        problems: [
          expect.objectContaining({ code: 'move', index: 0, message: expect.stringContaining('/variables/b') }),
          expect.objectContaining({ code: 'move', index: 2 }),
        ],
      }),
    );
  });

  test.each<[unknown, readonly string[]]>([
    [{}, ['op: expected a string, got nothing']],
    [{ op: 'remove' }, ['path: expected a string, got nothing']],
    [{ op: null, path: '/x' }, ['op: expected a string, got null']],
    [{ op: 'frobnicate' }, ['path: expected a string, got nothing']],
    [{ ...unset, path: ['/x'] }, ['path: expected a string, got an array']],
    [{ ...unset, path: 5 }, ['path: expected a string, got a number']],
    [{ ...set, value: null }, ['value: expected a string, got null']],
    [{ ...set, value: { a: 1 } }, ['value: expected a string, got an object; give its JSON as one string']],
    [{ ...set, value: ['a'] }, ['value: expected a string, got an array; give its JSON as one string']],
    [{ op: 'copy', path: '/x' }, ['from: expected a string, got nothing']],
    [{ op: 'copy', from: 1, path: '/x' }, ['from: expected a string, got a number']],
    [Object.create(set), ['op: expected a string, got nothing']],
    ['{"__proto__":{"op":"remove","path":"/x"}}', ['op: expected a string, got nothing']],
    ['path=/x', ['op: expected a string, got nothing']],
    ['op=remove path=/x', ['expected a comma between members at character 10, got a space']],
    ['op=replace,path=/x value=y', ['expected a comma between members at character 19, got a space']],
  ])('%j is refused', (operation, reasons) => {
    expect(reasonsIn(operation)).toEqual(reasons.map((reason) => `0: ${reason}`));
  });
});

describe('files', () => {
  const files: Readonly<Record<string, string>> = {
    'ops.json': `\ufeff${JSON.stringify([set, unset])}\r\n`,
    '~/$ops': JSON.stringify(set),
    'item.txt': 'op=replace,path=/description,value=x\n',
    '-': JSON.stringify({ patchOperations: [unset] }),
    'format.txt': '{"a":\r\n"b"}\n',
    'name.txt': 'file://ops.json',
  };
  const readFile = (name: string) => files[name] ?? '';

  test.each<[unknown, readonly object[]]>([
    ['file://ops.json', [set, unset]],
    [['file://ops.json'], [set, unset]],
    ['file://~/$ops', [set]],
    ['file://item.txt', [set]],
    ['-', [unset]],
    [
      ['file://~/$ops', '-'],
      [set, unset],
    ],
    ['op=replace,path=/x,value@=file://format.txt', [{ op: 'replace', path: '/x', value: '{"a":\n"b"}\n' }]],
    ['op=replace,path=/x,value@="file://name.txt"', [{ op: 'replace', path: '/x', value: 'file://ops.json' }]],
    ['op=replace,path=/x,value@=plain', [{ op: 'replace', path: '/x', value: 'plain' }]],
    ['op=replace,path=/x,value=file://format.txt', [{ op: 'replace', path: '/x', value: 'file://format.txt' }]],
    [
      { op: 'replace', path: '/x', value: 'file://format.txt' },
      [{ op: 'replace', path: '/x', value: 'file://format.txt' }],
    ],
  ])('%j is read through readFile', (input, operations) => {
    expect(membersIn(input, readFile)).toEqual(operations);
  });

  test.each([
    ['file://ops.json', 'file://ops.json cannot be read here; give the text itself'],
    ['-', '- cannot be read here; give the text itself'],
    ['op=replace,path=/x,value@=file://x', 'value: file://x cannot be read here; give the text itself'],
    ['op=replace,path=/x,value@=fileb://x', 'value: fileb://x cannot be read here; give the text itself'],
  ])('%j is a problem without readFile', (input, reason) => {
    expect(reasonsIn(input)).toEqual([`0: ${reason}`]);
  });

  test('a file reference in a JSON text is not read', () => {
    expect(reasonsIn('["file://ops.json"]', readFile)).toEqual([
      '0: expected an object with op and path, got a string',
    ]);
  });

  test('what readFile throws reaches the caller', () => {
    const missing = () => {
      throw new Error('no such file');
    };
    expect(() => readOperations('file://x', { readFile: missing })).toThrow('no such file');
  });
});

/** Parses lists of words as `aws apigateway update-stage --patch-operations` does, including botocore's validation. */
const awscli = `
import json, sys
import botocore.session
from botocore.validate import ParamValidator
from awscli.argprocess import ParamShorthandParser, unpack_cli_arg
from awscli.arguments import ListArgument
from awscli.paramfile import LOCAL_PREFIX_MAP, URIArgumentHandler

session = botocore.session.get_session()
shape = session.get_service_model('apigateway').operation_model('UpdateStage').input_shape
argument = ListArgument('patch-operations', shape.members['patchOperations'], None, session, 'patchOperations')

def read(words):
    words = URIArgumentHandler(LOCAL_PREFIX_MAP)('load-cli-arg', argument, words) or words
    parsed = ParamShorthandParser()(argument, words, 'process-cli-arg.apigateway.update-stage')
    operations = unpack_cli_arg(argument, words) if parsed is None else parsed
    report = ParamValidator().validate({'restApiId': 'a', 'stageName': 'b', 'patchOperations': operations}, shape)
    if report.has_errors():
        raise ValueError(report.generate_report())
    return operations

def answer(words):
    try:
        return {'operations': read(words)}
    except Exception as error:
        return {'error': str(error)}

json.dump([answer(words) for words in json.load(sys.stdin)], sys.stdout)
`;

type Answer = { readonly operations: readonly Readonly<Record<string, string>>[] } | { readonly error: string };

const askAwscli = (cases: readonly (readonly string[])[]): readonly Answer[] => {
  const { status, stdout, stderr } = spawnSync('python3', ['-c', awscli], {
    input: JSON.stringify(cases),
    encoding: 'utf8',
    env: { ...process.env, PYTHONUTF8: '1' },
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
};

const isInstalled = spawnSync('python3', ['-c', 'import awscli.shorthand, botocore.validate']).status === 0;
const testWithAwscli = testWith(
  'awscli',
  isInstalled,
  'comparison with the AWS CLI',
  'python3 finds no module awscli (pip install awscli)',
);

const used: Readonly<Record<string, readonly string[]>> = {
  add: ['op', 'path', 'value'],
  replace: ['op', 'path', 'value'],
  test: ['op', 'path', 'value'],
  copy: ['op', 'from', 'path'],
};

const pick = (operation: Readonly<Record<string, string>>) => {
  const names = used[operation['op'] ?? ''] ?? ['op', 'path'];
  return Object.fromEntries(Object.entries(operation).filter(([name]) => names.includes(name)));
};

const isWhole = (operation: Readonly<Record<string, string>>) =>
  ['op', 'path', ...(operation['op'] === 'copy' ? ['from'] : [])].every((name) => name in operation);

// A space instead of a comma: the AWS CLI sends it, and API Gateway refuses the path.
const swallows = (words: readonly string[]) => words.some((word) => /\s(path|value|from)\s*@?=/.test(word));

// Accepted here but refused by the AWS CLI: braces as text, unused members, and words of different kinds.
const mayDiffer = (words: readonly string[], error: string) =>
  words.some((word) => /[{}]/.test(word)) || error.includes('Unknown parameter') || words.length > 1;

const compare = (words: readonly string[], answer: Answer, readFile: (name: string) => string) => {
  const { operations, problems } = readOperations(words, { readFile });
  const ours = { words, operations, problems: problems.length };
  if ('operations' in answer && answer.operations.every(isWhole)) {
    if (problems.length > 0 && swallows(words)) return;
    expect(ours).toEqual({ words, operations: answer.operations.map(pick), problems: 0 });
  } else if ('operations' in answer || !mayDiffer(words, answer.error)) {
    expect({ words, refused: problems.length > 0 }).toEqual({ words, refused: true });
  }
};

const ofValue = (value: string) => [[`op=replace,path=/x,value=${value}`], [`value=${value},op=replace,path=/x`]];

const values = [
  ...[
    '',
    'x',
    'a b',
    'a b ',
    '"a"',
    "'a'",
    '"a,b"',
    "'a,b'",
    'a\\,b',
    '\\,',
    'a,b',
    'a,',
    ',',
    ',,',
    'a,,',
    'a=b',
    '=a',
    '"=a"',
  ],
  ...[
    '"a" ',
    '"a"b',
    'a"b"',
    "it's",
    '"it\'s"',
    "'it\\'s'",
    '"say \\"hi\\""',
    '"a\\\\b"',
    '"C:\\temp"',
    '"a\\"',
    '"a\\\\"',
    'a\\',
  ],
  ...[
    '"',
    "'",
    '"a',
    '[]',
    '[a]',
    '[a,b]',
    ' [a]',
    'a[b',
    'a]b',
    ']',
    '{',
    '}',
    '{}',
    '{a=b}',
    '{"a":"b"}',
    'a{b',
    'a}b',
    '/{proxy+}/x',
  ],
  ...[
    '🚀',
    '"🚀"',
    'é',
    '\u00a0a\u00a0',
    '\ufeff',
    'a\ufeff',
    'a\u0085',
    'a\u001c',
    '\u001ca',
    'a\u0001',
    '\u007f',
    '"a\nb"',
    'a\nb',
    'a\tb',
  ],
  ...[
    'file://x',
    '$context.requestId',
    '100.0',
    'true',
    'null',
    '1',
    '#',
    '!x',
    '(a)',
    '@x',
    '~',
    '^',
    '|',
    '`',
    '?',
    '*/*',
    'a;b',
    '<a>',
  ],
  ...[
    'a=1,b=2',
    '"a=1,b=2"',
    'a,b=c',
    '"a",b',
    'a,"b"',
    'a,"b,path=\'"\'',
    'a , b',
    'a ,value=b',
    'a\\\\,b',
    '"\\\\\\""',
    '\\"',
  ],
].flatMap(ofValue);

const items = [
  ['op=copy,from=/a,path=/b', 'op=remove,path=/c'],
  ['op=remove,path=/x,'],
  ['op=remove,,path=/x'],
  ['op=remove,,,path=/x'],
  ['op=remove , path = /x'],
  ['op=remove,\n path=/x\n'],
  [' op=remove,path=/x'],
  ['op@=remove,path @ = /x'],
  ['op=remove,op=add,path=/x'],
  ['op=remove path=/x'],
  ['op:remove,path=/x'],
  ['op=remove,path'],
  ['op'],
  [''],
  ['=x'],
  ['op=remove'],
  ['op=copy,path=/x'],
  ['op=remove,path=/x,comment=y'],
  ['op=remove,path=/x,__proto__=y'],
  ['[{"op":"remove","path":"/x"}]'],
  [' [{"op":"add","path":"/x","value":"{}"}]'],
  ['[]'],
  ['{"op":"remove","path":"/x"}', '{"op":"add","path":"/y","value":""}'],
  ['[{"op":"remove","path":null}]'],
  ['["op=remove,path=/x"]'],
];

const withFiles = (test: (folder: string) => void) => {
  const folder = mkdtempSync(join(tmpdir(), 'stage-'));
  writeFileSync(join(folder, 'ops.json'), '[{"op":"remove","path":"/x"}]\r\n');
  writeFileSync(join(folder, 'value.txt'), '\ufeff{"a":\r\n"b,c"}\r');
  try {
    test(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const ofFiles = (folder: string) => [
  [`file://${folder}/ops.json`],
  [`op=add,path=/x,value@=file://${folder}/value.txt`],
  [`op=add,path=/x,value@="file://${folder}/value.txt"`],
  [`op=add,value @= file://${folder}/value.txt , path=/x`],
  [`op=add,path=/x,value@=fileb://${folder}/value.txt`],
  [`op=add,path=/x,value=file://${folder}/value.txt`],
];

const pieces = [
  'op=',
  'path=',
  'value=',
  'from=',
  ',',
  ',',
  '=',
  '@=',
  '"',
  '"',
  "'",
  '\\',
  '{',
  '}',
  '[',
  ']',
  ' ',
  '\n',
  'a',
  '/x',
  'remove',
  'copy',
  '🚀',
];
const anyItem = fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((all) => all.join(''));
const anyEnding = anyItem.map((end) => `op=add,path=/x,value=${end}`);
const anyText = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), anyItem);
const anyOperation: fc.Arbitrary<PatchOperation> = fc.oneof(
  fc.record({ op: fc.constantFrom('add' as const, 'replace' as const), path: anyText, value: anyText }),
  fc.record({ op: fc.constant('remove' as const), path: anyText }),
  fc.record({ op: fc.constant('copy' as const), from: anyText, path: anyText }),
);

const runs = Number(process.env['STAGE_FUZZ_RUNS'] ?? 300);

describe('compared with the AWS CLI', () => {
  testWithAwscli('what it accepts means the same, and what it refuses is refused', () => {
    withFiles((folder) => {
      const random = fc.sample(fc.oneof(anyItem, anyEnding), runs).map((item) => [item]);
      const cases = [...values, ...items, ...ofFiles(folder), ...random];
      const answers = askAwscli(cases);
      const readFile = (name: string) => readFileSync(name, 'utf8');
      cases.forEach((words, index) => {
        compare(words, answers[index] ?? { error: '' }, readFile);
      });
    });
  });

  testWithAwscli('it reads back what quoteShorthand writes', () => {
    const operations = fc.sample(anyOperation, runs);
    const answers = askAwscli(operations.map((operation) => [quoteShorthand(operation)]));
    expect(answers).toEqual(operations.map((operation) => ({ operations: [operation] })));
  });
});
