import { locatorOf } from '../../src/text/locate.js';

test('members, list items and merged members are found by line and column', () => {
  const locate = locatorOf('a: &a\n  b: 1\nc:\n  - d: 1\n  - { e: 2 }\nf:\n  <<: *a\n  "g h": 3\n');
  const places = [['a', 'b'], ['c', '1'], ['c', '1', 'e'], ['c', '7'], ['f', 'b'], ['f', 'g h'], ['x'], []].map(locate);
  expect(places.map(({ line, column }) => `${line}:${column}`)).toEqual([
    '2:3',
    '5:5',
    '5:7',
    '3:1',
    '7:3',
    '8:3',
    '1:1',
    '1:1',
  ]);
});

test('finding all of 50,000 members takes less time than reading the text', () => {
  const keys = Array.from({ length: 50_000 }, (_, index) => `v${index}`);
  const start = performance.now();
  const locate = locatorOf(keys.map((key) => `${key}: 1\n`).join(''));
  const read = performance.now();
  expect(keys.map((key) => locate([key]).line)).toEqual(keys.map((_, index) => index + 1));
  expect(performance.now() - read).toBeLessThan(read - start);
});
