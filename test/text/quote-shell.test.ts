import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { quoteShell } from '../../src/text/quote-shell.js';

const anyWord = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom('\\', '"', "'", ',', '=', '{', '}', '$HOME', '`', '!', '~', '*', ' ', '\n', 'a', '🚀'))
    .map((all) => all.join('')),
);

test('leaves a safe word unquoted and quotes every other', () => {
  expect(quoteShell('op=remove,path=/x')).toBe('op=remove,path=/x');
  expect(quoteShell('')).toBe("''");
  expect(quoteShell("it's $HOME `x` !\n")).toBe("'it'\\''s $HOME `x` !\n'");
  expect(quoteShell('/~1pets')).toBe("'/~1pets'");
});

test('a shell reads the words back', () => {
  const words = fc.sample(anyWord, { numRuns: 100, seed: 1 }).map((word) => word.replaceAll('\0', ''));
  const script = `printf '%s\\0' ${words.map(quoteShell).join(' ')}`;
  expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1)).toEqual(words);
});
