import { applyPatch } from '../../src/stage/patch.js';
import type { Stage } from '../../src/stage/stage.js';

const entriesOf = (count: number): string =>
  Array.from({ length: count }, (_, index) => `"~1pets~1${index}/GET":{"throttlingRateLimit":${index}}`).join();

const operation = { op: 'replace', path: '/~1pets~12/GET/throttling/rateLimit', value: '50' } as const;

// Sizes below and above the threshold for another way of copying maps, with a key that could affect a prototype.
describe.each([3, 126, 127, 128, 2100])('a stage of %i method entries', (count) => {
  const text = `{"methodSettings":{"__proto__":{"polluted":true},${entriesOf(count)}}}`;
  const parse = (): Stage => JSON.parse(text);

  test('keeps the other entries, their order and their identity when one changes', () => {
    const before = parse();
    const after = applyPatch(before, [operation]);
    const expected = text.replace('"throttlingRateLimit":2}', '"throttlingRateLimit":50}');
    expect(JSON.stringify(after) === expected).toBe(true);
    expect(after.methodSettings?.['~1pets~11/GET']).toBe(before.methodSettings?.['~1pets~11/GET']);
    expect(JSON.stringify(before) === text).toBe(true);
  });

  test('results in an ordinary object, whatever its keys', () => {
    const settings = applyPatch(parse(), [operation]).methodSettings ?? {};
    expect(Object.getPrototypeOf(settings)).toBe(Object.prototype);
    expect(Object.hasOwn(settings, '__proto__')).toBe(true);
    expect('polluted' in settings).toBe(false);
  });
});
