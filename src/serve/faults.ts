/**
 * Faults on demand: `OPERATION:KIND[xN][@WHEN]`, several with commas between them.
 * `stage serve --help` says it too.
 *
 * OPERATION is a name of API Gateway's, or `*`. WHEN is `N`, the Nth request of that operation, or `P%`, that share of them;
 * without it every request is meant. `xN` is how many requests are hit at most: with `@N` one, otherwise all.
 */

import { type Problem, StageError } from '../stage/problem.js';
import { printable } from '../text/printable.js';
import type { World } from '../world.js';
import { operationNames } from './routes.js';

/** What happens to a request. Only `reset-after` and `truncate` let it be handled and spoil the answer; `slow` spoils nothing. */
export type Fault =
  | { readonly kind: 'status'; readonly status: FaultStatus }
  | { readonly kind: 'slow'; readonly milliseconds: number }
  | { readonly kind: 'reset' | 'reset-after' | 'truncate' | 'hang' };

/** `expired` is a 403 as well: that of a security token which is too old. */
export type FaultStatus = (typeof statuses)[number];

export type FaultTime =
  | { readonly kind: 'always' }
  /** Counted from 1. */
  | { readonly kind: 'from'; readonly request: number }
  | { readonly kind: 'share'; readonly percent: number };

export interface FaultRule {
  /** A name of API Gateway's, or `*`. */
  readonly operation: string;
  readonly fault: Fault;
  readonly time: FaultTime;
  /** How many requests are hit at most. */
  readonly times: number;
}

const statuses = ['403', 'expired', '409', '429', '500', '503'] as const;
const others = ['reset', 'reset-after', 'truncate', 'hang'] as const;

/** All that is spelled without more. */
export const faultKinds: readonly string[] = [...statuses, ...others];

const isStatus = (kind: string): kind is FaultStatus => (statuses as readonly string[]).includes(kind);
const isOther = (kind: string): kind is (typeof others)[number] => (others as readonly string[]).includes(kind);

const example = 'UpdateStage:409x3';

const faultIn = (kind: string): Fault | undefined => {
  if (isStatus(kind)) return { kind: 'status', status: kind };
  if (isOther(kind)) return { kind };
  const milliseconds = /^slow=(\d{1,7})$/.exec(kind)?.[1];
  return milliseconds === undefined ? undefined : { kind: 'slow', milliseconds: Number(milliseconds) };
};

const timeIn = (text: string | undefined): FaultTime | undefined => {
  if (text === undefined) return { kind: 'always' };
  const percent = /^(\d{1,3}(?:\.\d+)?)%$/.exec(text)?.[1];
  if (percent !== undefined) return Number(percent) <= 100 ? { kind: 'share', percent: Number(percent) } : undefined;
  return /^[1-9]\d{0,8}$/.test(text) ? { kind: 'from', request: Number(text) } : undefined;
};

const refuse = (rule: string, sentence: string): Problem => ({
  code: 'fault',
  message: `--fault ${printable(rule)}: ${sentence}`,
});

const kindsInWords = `${faultKinds.join(', ')} or slow=MILLISECONDS`;

const ruleIn = (text: string): FaultRule | Problem => {
  const [, operation = '', kind = '', times, when] = /^([^:]*):([^@]*?)(?:x(\d+))?(?:@(.*))?$/s.exec(text) ?? [];
  if (operation === '') return refuse(text, `expected OPERATION:KIND[xN][@WHEN], such as ${example}.`);
  if (operation !== '*' && !operationNames.includes(operation))
    return refuse(
      text,
      `API Gateway has no operation ${printable(operation)}; expected one such as UpdateStage, or *.`,
    );
  const [fault, time] = [faultIn(kind), timeIn(when)];
  if (fault === undefined) return refuse(text, `expected ${kindsInWords}, came ${printable(JSON.stringify(kind))}.`);
  if (time === undefined)
    return refuse(text, `behind @ expected the number of a request, from 1, or a share such as 10%.`);
  if (Number(times) === 0) return refuse(text, 'x0 would never hit; leave the fault out instead.');
  const usual = time.kind === 'from' ? 1 : Number.POSITIVE_INFINITY;
  return { operation, fault, time, times: times === undefined ? usual : Number(times) };
};

/** The rules in a text, in order. Throws StageError('usage') with every one that cannot be read. */
export const parseFaults = (text: string): readonly FaultRule[] => {
  const read = text.split(',').map((rule) => ruleIn(rule.trim()));
  const problems = read.flatMap((rule) => ('code' in rule ? [rule] : []));
  if (problems.length > 0) throw new StageError('usage', problems);
  return read.flatMap((rule) => ('code' in rule ? [] : [rule]));
};

/** Says for each request what is to happen to it, if anything. */
export type Strike = (operation: string) => Fault | undefined;

const isTime = (time: FaultTime, request: number, random: World['random']): boolean => {
  if (time.kind === 'share') return random() * 100 < time.percent;
  return time.kind === 'always' || request >= time.request;
};

interface Counter {
  /** Counts a request, and answers whether it is one to hit. */
  see(asked: string): boolean;
  /** Counts a hit. */
  hit(): Fault;
}

const newCounter = ({ operation, fault, time, times }: FaultRule, random: World['random']): Counter => {
  let [seen, hits] = [0, 0];
  return {
    see: (asked) => {
      if (operation !== '*' && operation !== asked) return false;
      seen += 1;
      return hits < times && isTime(time, seen, random);
    },
    hit: () => {
      hits += 1;
      return fault;
    },
  };
};

/** Every rule counts all requests of its operation; of those that would hit one, the first does, and only that has hit. */
export const newStrike = (rules: readonly FaultRule[], random: World['random']): Strike => {
  const counters = rules.map((rule) => newCounter(rule, random));
  // Every counter has to see the request, also behind the one that hits.
  return (operation) => counters.filter(({ see }) => see(operation))[0]?.hit();
};
