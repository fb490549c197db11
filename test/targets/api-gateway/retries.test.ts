import { attemptTime, type Budget, type Fault, type Move, nextMove } from '../../../src/targets/api-gateway/retries.js';

const plenty: Budget = { attempts: 1, maxAttempts: 10, left: 60_000 };
const retry = (after: number): Move => ({ next: 'retry', after });
const ask = (after: number): Move => ({ next: 'ask', after });
const giveUp: Move = { next: 'give-up' };

const rows: readonly (readonly [string, Fault, 'read' | 'write', Partial<Budget>, Move])[] = [
  ['a conflict', { kind: 'conflict' }, 'write', {}, retry(250)],
  ['a second conflict', { kind: 'conflict' }, 'write', { attempts: 2 }, retry(500)],
  ['the ninth conflict, capped', { kind: 'conflict' }, 'write', { attempts: 9 }, retry(8000)],
  ['the tenth conflict', { kind: 'conflict' }, 'write', { attempts: 10 }, giveUp],
  ['a 429', { kind: 'throttled' }, 'read', {}, retry(500)],
  ['a 429 with Retry-After', { kind: 'throttled', retryAfter: 7000 }, 'write', {}, retry(7000)],
  ['a 429 that asks for less than we wait', { kind: 'throttled', retryAfter: 1 }, 'write', {}, retry(500)],
  ['a 429 that asks for more than is left', { kind: 'throttled', retryAfter: 70_000 }, 'write', {}, giveUp],
  ['an address that is not reached', { kind: 'unsent' }, 'write', {}, retry(200)],
  ['an address that is not reached five times', { kind: 'unsent' }, 'read', { attempts: 5 }, giveUp],
  ['a lost read', { kind: 'lost' }, 'read', {}, retry(250)],
  ['a lost write', { kind: 'lost' }, 'write', {}, ask(250)],
  ['a lost write at the last attempt', { kind: 'lost' }, 'write', { attempts: 10 }, ask(5000)],
  ['a lost write with little time', { kind: 'lost' }, 'write', { left: 100 }, ask(25)],
  ['a lost write with no time', { kind: 'lost' }, 'write', { left: -1 }, ask(0)],
  ['a lost read with Retry-After', { kind: 'lost', retryAfter: 7000 }, 'read', {}, retry(7000)],
  ['a lost read that asks for more than is left', { kind: 'lost', retryAfter: 70_000 }, 'read', {}, giveUp],
  ['a lost write with Retry-After', { kind: 'lost', retryAfter: 30_000 }, 'write', {}, ask(30_000)],
  [
    'a lost write that asks for more than is left',
    { kind: 'lost', retryAfter: 70_000 },
    'write',
    {},
    { next: 'ask', after: 250, isLast: true },
  ],
  ['what another attempt would not change', { kind: 'final' }, 'write', {}, giveUp],
];
test.each(rows)('after %s', (_what, fault, doing, budget, step) => {
  expect(nextMove(fault, doing, { ...plenty, ...budget }, () => 1)).toEqual(step);
});

test('the jitter is full: anything from nothing to the whole delay', () => {
  const after = (random: number) => nextMove({ kind: 'conflict' }, 'write', plenty, () => random);
  expect([after(0), after(0.25)]).toEqual([retry(0), retry(62.5)]);
});

test('an attempt takes at most 20 seconds, and a write leaves time to ask what became of it', () => {
  expect([attemptTime('read', 60_000), attemptTime('read', 500), attemptTime('write', 500)]).toEqual([
    20_000, 500, 250,
  ]);
});
