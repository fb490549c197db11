import fc from 'fast-check';
import { parseShorthand, quoteShorthand } from '../../src/stage/shorthand.js';
import type { PatchOperation } from '../../src/stage/stage.js';

const texts = (item: string): Record<string, string> | string => {
  const shorthand = parseShorthand(item);
  if ('reason' in shorthand) return shorthand.reason;
  return Object.fromEntries(Array.from(shorthand.members, ([key, { text }]) => [key, text]));
};

const valueIn = (item: string) => {
  const members = texts(item);
  return typeof members === 'string' ? members : members['value'];
};

describe('an item', () => {
  test.each([
    ['op=replace,path=/description,value=x', { op: 'replace', path: '/description', value: 'x' }],
    ['op=remove,path=/variables/color', { op: 'remove', path: '/variables/color' }],
    [
      'op=copy,from=/canarySettings/deploymentId,path=/deploymentId',
      { op: 'copy', from: '/canarySettings/deploymentId', path: '/deploymentId' },
    ],
    ['op = replace , path = /x , value = y', { op: 'replace', path: '/x', value: 'y' }],
    ['op=replace,\n  path=/x,\n  value=y\n', { op: 'replace', path: '/x', value: 'y' }],
    ['value=x,path=/x,op=replace', { value: 'x', path: '/x', op: 'replace' }],
    ['op=remove,path=/x,comment=y', { op: 'remove', path: '/x', comment: 'y' }],
    ['op=,path=', { op: '', path: '' }],
    ['op=a,,path=/x', { op: 'a', path: '/x' }],
  ])('%j is read member by member', (item, members) => {
    expect(texts(item)).toEqual(members);
  });

  test.each([
    ['value=', ''],
    ['value="a,b"', 'a,b'],
    ["value='a,b'", 'a,b'],
    ['value=a\\,b', 'a,b'],
    ['value="say \\"hi\\""', 'say "hi"'],
    ["value='it\\'s'", "it's"],
    ['value="it\'s"', "it's"],
    ['value="a\\\\b"', 'a\\b'],
    ['value="C:\\temp"', 'C:\\temp'],
    ['value="ends\\\\"', 'ends\\'],
    ['value=a\\b', 'a\\b'],
    ['value=a=b', 'a=b'],
    ['value="=a"', '=a'],
    ['value=a b ', 'a b'],
    ['value=" a "', ' a '],
    ['value="a" ', 'a'],
    ['value="line\nline"', 'line\nline'],
    ['value="🚀"', '🚀'],
    ['value=é', 'é'],
    ['value=arn:aws:logs:eu-west-1:1:log-group:x', 'arn:aws:logs:eu-west-1:1:log-group:x'],
    ['value=}', '}'],
    ['value=]x', ']x'],
  ])('%j has the value the AWS CLI reads', (item, value) => {
    expect(valueIn(`op=add,path=/x,${item}`)).toBe(value);
    if (value !== 'ends\\' && value !== '') expect(valueIn(`${item},op=add,path=/x`)).toBe(value);
  });

  test('an empty value may come before another member', () => {
    expect(texts('value=,op=add')).toEqual({ value: '', op: 'add' });
  });

  test('a member written with @= is a reference with unchanged text', () => {
    const shorthand = parseShorthand('value@=file://~/format.json,path=file://x');
    const members = 'members' in shorthand ? shorthand.members : new Map();
    expect(members.get('value')).toMatchObject({ text: 'file://~/format.json', isReference: true });
    expect(members.get('path')).toMatchObject({ text: 'file://x', isReference: false });
  });

  test('keys of Object.prototype are ordinary keys', () => {
    const shorthand = parseShorthand('__proto__=x,constructor=y');
    expect('members' in shorthand && [...shorthand.members.keys()]).toEqual(['__proto__', 'constructor']);
  });
});

describe('braces outside quotes', () => {
  test.each([
    ['path=/{proxy+}/GET/caching/enabled,value=true', { path: '/{proxy+}/GET/caching/enabled', value: 'true' }],
    ['path={proxy+}/GET/logging/loglevel,op=remove', { path: '{proxy+}/GET/logging/loglevel', op: 'remove' }],
    ['path=/~1pets~1{id}/GET/caching/enabled,value=true', { path: '/~1pets~1{id}/GET/caching/enabled', value: 'true' }],
    ['value={"requestId":"$context.requestId"}', { value: '{"requestId":"$context.requestId"}' }],
    ['value={"a":"b","c":[1,2]},op=replace', { value: '{"a":"b","c":[1,2]}', op: 'replace' }],
    [
      'value={id:$context.requestId,ip:$context.identity.sourceIp}',
      { value: '{id:$context.requestId,ip:$context.identity.sourceIp}' },
    ],
    ['value={a=b}', { value: '{a=b}' }],
    ['value=id {a} {b} , op=replace', { value: 'id {a} {b}', op: 'replace' }],
    ['value=\\d{1,3},op=replace', { value: '\\d{1,3}', op: 'replace' }],
    ['value={a\\,b},op=replace', { value: '{a,b}', op: 'replace' }],
    ['value={,op=replace', { value: '{', op: 'replace' }],
    ['value=a}b', { value: 'a}b' }],
    ['path=/{a,value=b}', { path: '/{a', value: 'b}' }],
    ['path=/{a},value="b,c"', { path: '/{a}', value: 'b,c' }],
  ])('%j are text', (item, members) => {
    expect(texts(item)).toEqual(members);
  });

  test.each([
    'path=/{a},value=b,c',
    'value={a},b',
    'value=a,b{c}',
    'value={a},c=d',
    'value=[{a}]',
    'value={a}"b"',
    'value="a"{b}',
    'value={a},op=x,value=b',
  ])('%j is refused, and not only for its braces', (item) => {
    expect(parseShorthand(item)).toHaveProperty('reason');
  });
});

const help =
  'an operation looks like op=replace,path=/description,value=x; ' +
  'a text with commas, quotes or brackets is written like "a,b"';

describe('what is refused', () => {
  test.each([
    ['op=replace,path=/variables/list,value=a,b', `expected NAME=VALUE at character 41, got "b"; ${help}`],
    ['value=a,b,op=replace,path=/x', `expected NAME=VALUE at character 9, got "b"; ${help}`],
    ['value=[a,b]', `expected a text at character 7, got "["; ${help}`],
    ['value=a=1,b=2', `expected op, path, value or from at character 11, got "b"; ${help}`],
    ["value=it's", `expected a comma or the end at character 9, got "'"; ${help}`],
    ["value='it", `expected a closing ' at character 10, got the end; ${help}`],
    ['value="a"b', `expected a comma or the end at character 10, got "b"; ${help}`],
    ['value==a', `expected a comma or the end at character 7, got "="; ${help}`],
    ['value=a🚀', `expected a comma or the end at character 8, got "🚀"; ${help}`],
    ['op=remove,path=/x,', `expected NAME=VALUE at character 19, got the end; ${help}`],
    ['op=remove,op=add', `expected op only once at character 11, got "o"; ${help}`],
    ['op=replace path="/x"', 'expected a comma between members at character 11, got a space'],
    ['op=add,path/x,value=y', `expected NAME=VALUE at character 8, got "p"; ${help}`],
    ['op:replace,path=/x', `expected "=" after "op:replace" at character 11, got ","; ${help}`],
    ['replace', `expected "=" after "replace" at character 8, got the end; ${help}`],
    [' op=replace', `expected NAME=VALUE at character 2, got "o"; ${help}`],
    ['', `expected NAME=VALUE at character 1, got the end; ${help}`],
  ])('%j is refused with its position, and what was expected and given', (item, reason) => {
    expect(texts(item)).toBe(reason);
  });
});

const anyText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom('\\', '"', "'", ',', '=', '{', '}', '[', ']', ' ', '\n', 'a', ',value=', 'file://', '🚀'))
    .map((all) => all.join('')),
);

const anyOperation: fc.Arbitrary<PatchOperation> = fc.oneof(
  fc.record({
    op: fc.constantFrom('add' as const, 'replace' as const, 'test' as const),
    path: anyText,
    value: anyText,
  }),
  fc.record({ op: fc.constant('remove' as const), path: anyText }),
  fc.record({ op: fc.constant('copy' as const), from: anyText, path: anyText }),
);

const readBack = (item: string) => (item.startsWith('{') ? JSON.parse(item) : texts(item));

describe('quoteShorthand', () => {
  test('quotes only texts that need quotes', () => {
    expect(quoteShorthand({ op: 'replace', path: '/~1pets/GET/logging/loglevel', value: 'ERROR' })).toBe(
      'op=replace,path=/~1pets/GET/logging/loglevel,value=ERROR',
    );
    expect(quoteShorthand({ op: 'replace', path: '/variables/list', value: 'a,b' })).toBe(
      'op=replace,path=/variables/list,value="a,b"',
    );
    expect(quoteShorthand({ op: 'copy', from: '/a', path: '/b' })).toBe('op=copy,from=/a,path=/b');
    expect(quoteShorthand({ op: 'replace', path: '/{proxy+}/GET/caching/enabled', value: '' })).toBe(
      'op=replace,path="/{proxy+}/GET/caching/enabled",value=""',
    );
  });

  test('writes JSON if the AWS CLI would treat a backslash as an escape', () => {
    expect(quoteShorthand({ op: 'add', path: '/a\\', value: 'b' })).toBe('{"op":"add","path":"/a\\\\","value":"b"}');
    expect(quoteShorthand({ op: 'add', path: '/a', value: 'b\\' })).toBe('op=add,path=/a,value="b\\\\"');
  });

  test('output is parsed back, whatever the texts', () => {
    fc.assert(fc.property(anyOperation, (operation) => expect(readBack(quoteShorthand(operation))).toEqual(operation)));
  });
});
