/** Any document is either read or refused with a message. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { readDesired } from '../../src/documents/desired.js';
import { goalOf } from '../../src/stage/desired.js';
import { StageError } from '../../src/stage/problem.js';

const folder = join(__dirname, '..', 'fixtures', 'documents');
const texts = ['cloudformation', 'sam', 'terraform'].flatMap((kind) =>
  readdirSync(join(folder, kind)).map((file) => readFileSync(join(folder, kind, file), 'utf8')),
);

const outcome = async (text: string, name?: string): Promise<string> => {
  try {
    await readDesired(text, { label: 'file', ...(name !== undefined && { name }) });
    return 'read';
  } catch (error) {
    return error instanceof StageError && error.kind === 'input' ? 'refused' : String(error);
  }
};

const names = ['Prod', 'ExplicitApi', 'ServerlessRestApi', 'MyApi', 'MyStage', 'aws_api_gateway_stage.test'];
const name = fc.option(fc.constantFrom(...names), { nil: undefined });

test('a definition with one part replaced is read or refused', async () => {
  const piece = fc.constantFrom(
    '',
    'null',
    '[]',
    '{}',
    '!Ref X',
    '"',
    '- a',
    ': ',
    '&a',
    '*a',
    '<<: *a',
    'true',
    '{"Ref": "X"}',
    '[[1]]',
    '\n',
    '@{',
    "'",
    '__proto__: 1',
  );
  const changed = fc.tuple(fc.constantFrom(...texts), fc.nat(), fc.nat(12), piece).map(([text, at, length, put]) => {
    const start = at % text.length;
    return text.slice(0, start) + put + text.slice(start + length);
  });
  await fc.assert(
    fc.asyncProperty(changed, name, async (text, pick) =>
      expect(['read', 'refused']).toContain(await outcome(text, pick)),
    ),
    { numRuns: 400 },
  );
});

const json = fc.jsonValue({ maxDepth: 3 });

test('a template, a plan or a stage with any values is read or refused', async () => {
  const documents = fc.oneof(
    json.map((value) => ({ Resources: { Prod: { Type: 'AWS::ApiGateway::Stage', Properties: value } } })),
    fc.tuple(json, json, json).map(([MethodSettings, Tags, Variables]) => ({
      Resources: { Prod: { Type: 'AWS::ApiGateway::Stage', Properties: { MethodSettings, Tags, Variables } } },
    })),
    json.map((value) => ({ Resources: { Prod: value }, Parameters: value, Globals: value })),
    json.map((value) => ({ Resources: { D: { Type: 'AWS::ApiGateway::Deployment', Properties: value } } })),
    json.map((value) => ({ format_version: '1.0', values: value, resource_changes: value })),
    fc.tuple(json, json).map(([values, after_unknown]) => ({
      format_version: '1.0',
      planned_values: { root_module: { resources: [{ address: 'a', type: 'aws_api_gateway_stage', values }] } },
      resource_changes: [{ address: 'a', change: { after_unknown } }],
    })),
    fc.dictionary(fc.constantFrom('variables', 'methodSettings', 'canarySettings', 'tags', 'createdDate'), json),
  );
  await fc.assert(
    fc.asyncProperty(documents, async (document) => {
      expect(['read', 'refused']).toContain(await outcome(JSON.stringify(document)));
    }),
    { numRuns: 1000 },
  );
});

test('endless nesting and aliases are refused', async () => {
  const deep = `${'{"a":'.repeat(20000)}1${'}'.repeat(20000)}`;
  expect(await outcome(deep)).toBe('refused');
  expect(await outcome(`Resources: ${deep}`)).toBe('refused');
  for (const levels of [500, 1000, 2000, 4000, 8000])
    await outcome(
      `Resources: { P: { Type: AWS::ApiGateway::Stage, Properties: { Variables: ${'{ a: '.repeat(levels)}b${'}'.repeat(levels)} } } }`,
    ).then((is) => expect(is).toBe('refused'));
  expect(await outcome(`{"Resources": ${deep}}`)).toBe('refused');
  const properties = `{"Variables": ${deep}}`;
  expect(await outcome(`{"Resources": {"P": {"Type": "AWS::ApiGateway::Stage", "Properties": ${properties}}}}`)).toBe(
    'refused',
  );
  expect(await outcome(`{"variables": ${deep}}`)).toBe('refused');
  const lines = [...'bcdefghij'].map(
    (letter, at) => `${letter}: &${letter} [${Array(10).fill(`*${'abcdefghi'[at]}`).join(',')}]`,
  );
  expect(await outcome(`Resources: {}\na: &a [x]\n${lines.join('\n')}`)).toBe('refused');
});

const acting = '\u001b[31m\u202e';

test.each([
  JSON.stringify({ [acting]: 1 }),
  JSON.stringify({ variables: { [acting]: [acting] } }),
  JSON.stringify({ Resources: { [acting]: { Type: 'AWS::ApiGateway::Stage', Properties: [acting] } } }),
  JSON.stringify({ Resources: { [acting]: { Type: 'AWS::Serverless::HttpApi' } } }),
  JSON.stringify({
    Resources: { A: { Type: 'AWS::ApiGateway::Stage', Properties: { Variables: { [acting]: { 'Fn::x\u001b': 1 } } } } },
  }),
  JSON.stringify({ description: 'x', [acting]: 1 }),
  `Resources: { A: !${acting} }`,
  `variables: { a: *${acting} }`,
])('control characters in a document are escaped on the terminal: %j', async (text) => {
  const told = await readDesired(text, { label: 'file' }).then(
    (desired) => goalOf({}, desired, { isSelected: () => true, prunes: false }).notices,
    (error: StageError) => error.problems,
  );
  expect(told.length).toBeGreaterThan(0);
  for (const { message } of told) expect(message).not.toMatch(/[\u001b\u202e]/);
});
