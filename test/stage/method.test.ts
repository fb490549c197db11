import fc from 'fast-check';
import { findKey, keyOf, methodNamesIn, parseMethods, readableKey, spellingNotice } from '../../src/stage/method.js';
import { findPlace } from '../../src/stage/place.js';
import { httpMethods } from '../../src/stage/properties.js';
import { aMethod, aStage } from '../stages.js';
import { methodKey } from './arbitraries.js';

const keysOf = (text: string): readonly string[] | string => {
  const parsed = parseMethods(text);
  return 'problem' in parsed ? parsed.problem : parsed.methods.map(keyOf);
};

const spellings: readonly (readonly [text: string, ...keys: readonly string[]])[] = [
  ['GET /pets/{id}', '~1pets~1{id}/GET'],
  ['get /pets/{id}', '~1pets~1{id}/GET'],
  ['  GET   /pets ', '~1pets/GET'],
  ['GET pets', '~1pets/GET'],
  ['GET /pets/', '~1pets/GET'],
  ['GET,POST /pets', '~1pets/GET', '~1pets/POST'],
  ['GET,get /pets', '~1pets/GET'],
  ['/pets/{id}/GET', '~1pets~1{id}/GET'],
  ['pets/{id}/get', '~1pets~1{id}/GET'],
  ['GET/pets/{id}', '~1pets~1{id}/GET'],
  ['~1pets~1{id}/GET', '~1pets~1{id}/GET'],
  ['/get/POST', '~1get/POST'],
  ['GET /', '~1/GET'],
  ['~1/GET', '~1/GET'],
  // The start of a patch path, pasted.
  ['/~1pets~1{id}/GET', '~1pets~1{id}/GET'],
  ['GET /{proxy+}', '~1{proxy+}/GET'],
  ['GET /a~0b', '~1a~0b/GET'],
  ['*/*', '*/*'],
  ['* *', '*/*'],
  ['ANY /pets', ...httpMethods.map((httpMethod) => `~1pets/${httpMethod}`)],
  ['* /pets', ...httpMethods.map((httpMethod) => `~1pets/${httpMethod}`)],
  ['/pets/ANY', ...httpMethods.map((httpMethod) => `~1pets/${httpMethod}`)],
];

test.each(spellings)('%s is parsed', (text, ...keys) => {
  expect(keysOf(text)).toEqual(keys);
});

test.each([
  ['GET', 'GET is an HTTP method without a path'],
  ['get,post', 'get,post is an HTTP method without a path'],
  ['/pets', "/pets has no HTTP method; write 'GET /pets'"],
  ['/pets/{id}', "/pets/{id} has no HTTP method; write 'GET /pets/{id}'"],
  ['TRACE /toys', 'TRACE is not an HTTP method of API Gateway (GET, PUT, POST, DELETE, PATCH, HEAD, OPTIONS, or ANY)'],
  ['GET, POST /toys', 'GET, POST /toys is not a method'],
  ['put:/toys', 'put:/toys is not a method'],
  ['/*', '/* is not a method'],
  ['**/*', '** is not a resource path'],
  ['POST /toys?color=red', '/toys?color=red is not a resource path'],
  ['', 'it is empty'],
  ['*/GET', '* is not a resource path'],
  ['GET /a b', '/a b is not a resource path'],
])('%j is refused with a suggestion', (text, sentence) => {
  expect(keysOf(text)).toBe(
    sentence.includes('write') ? sentence : `${sentence}; write 'GET /pets', or '*/*' for all methods`,
  );
});

test('ANY causes a notice with the word as written and the path', () => {
  expect(parseMethods('ANY /pets')).toMatchObject({
    notices: [{ code: 'any-method', message: expect.stringContaining('ANY /pets means all seven') }],
  });
  expect(parseMethods('* /pets')).toMatchObject({
    notices: [{ code: 'any-method', message: expect.stringContaining('* /pets means all seven') }],
  });
  expect(parseMethods('GET /pets')).toMatchObject({ notices: [] });
});

test('the readable form of any key leads back to its entry', () =>
  fc.assert(
    fc.property(methodKey, (key) => {
      const parsed = parseMethods(readableKey(key));
      if ('problem' in parsed) {
        // Not a resource path in API Gateway.
        expect(key).toMatch(/^\*\//);
        return;
      }
      const [method] = parsed.methods;
      const stage = aStage({ methodSettings: { [key]: aMethod() } });
      expect(method && findKey(stage, method)).toBe(key);
    }),
  ));

test('the key that is written is always one that API Gateway accepts', () =>
  fc.assert(
    fc.property(fc.constantFrom(...httpMethods), fc.webPath(), (httpMethod, path) => {
      const keys = keysOf(`${httpMethod} ${path}`);
      if (typeof keys !== 'string') for (const key of keys) expect(findPlace(`/${key}`)?.key).toBe(key);
    }),
  ));

test('an entry is found in its own spelling before any other', () => {
  const stage = aStage({ methodSettings: { 'pets/GET': aMethod(), '~1pets/GET': aMethod() } });
  expect(findKey(stage, { httpMethod: 'GET', resourcePath: '/pets' })).toBe('~1pets/GET');
  expect(findKey(stage, { key: 'pets/GET' })).toBe('pets/GET');
  expect(findKey(aStage(), { key: 'pets/GET' })).toBeUndefined();
});

test('a typed key means the entry with this spelling, without a notice', () => {
  const stage = aStage({ methodSettings: { 'pets/GET': aMethod(), '~1pets/GET': aMethod() } });
  const found = (text: string) => {
    const parsed = parseMethods(text);
    const methods = 'methods' in parsed ? parsed.methods : [];
    return methods.map((method) => [findKey(stage, method), spellingNotice(method, findKey(stage, method) ?? '')]);
  };
  expect(found('pets/GET')).toEqual([['pets/GET', []]]);
  expect(found('~1pets/GET')).toEqual([['~1pets/GET', []]]);
  expect(found('GET /pets')).toEqual([['~1pets/GET', []]]);
});

test('methods have readable names, unless one method has two entries', () => {
  const one = aStage({ methodSettings: { 'pets/GET': aMethod(), '~1toys/GET': aMethod() } });
  const another = aStage({ methodSettings: { '~1pets/GET': aMethod(), '~1toys/GET': aMethod() } });
  expect(['pets/GET', '~1toys/GET', '*/*'].map(methodNamesIn(one))).toEqual(['GET /pets', 'GET /toys', '*/*']);
  expect(['pets/GET', '~1toys/GET', '*/*'].map(methodNamesIn(one, another))).toEqual(['pets/GET', 'GET /toys', '*/*']);
});

test('another spelling causes a notice, the same spelling does not', () => {
  const method = { httpMethod: 'GET', resourcePath: '/pets' };
  expect(spellingNotice(method, '~1pets/GET')).toEqual([]);
  expect(spellingNotice(method, 'pets/GET')).toMatchObject([
    { message: expect.stringContaining('GET /pets under the key pets/GET') },
  ]);
});
