/** Faults on demand: `OPERATION:KIND[xN][@WHEN]`. What each part means is said once, in the help: commands/fault-grammar.ts. */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type Problem, StageError } from '../stage/problem.js';
import { sleep } from '../targets/sleep.js';
import { printable } from '../text/printable.js';
import type { World } from '../world.js';
import { account } from './operation.js';
import { type Asked, operationNames } from './routes.js';
import { type Answer, ApiError, conflict, send, sendHalf, throttled } from './wire.js';

/** Those that answer with an error, by the word for each. */
const errors = {
  '403': ({ method, path, region }: Asked): ApiError => {
    const action = `apigateway:${method}`;
    return new ApiError(
      'AccessDeniedException',
      `User: arn:aws:iam::${account}:user/stage is not authorized to perform: ${action} on resource: ` +
        `arn:aws:apigateway:${region}::${path} because no identity-based policy allows the ${action} action`,
    );
  },
  expired: () => new ApiError('ExpiredTokenException', 'The security token included in the request is expired'),
  '409': conflict,
  '429': throttled,
  '500': () => new ApiError('InternalServerErrorException', 'Internal server error'),
  '503': () => new ApiError('ServiceUnavailableException', 'Service Unavailable'),
} as const;

const broken = ['reset', 'reset-after', 'truncate', 'hang'] as const;

type FaultKind = keyof typeof errors | (typeof broken)[number] | 'slow';

/** All that are spelled without more. */
const faultKinds = [...Object.keys(errors), ...broken] as readonly FaultKind[];

export interface FaultRule {
  /** An operation that is served, or `*`. */
  readonly operation: string;
  readonly kind: FaultKind;
  /** Of `slow`; otherwise 0. */
  readonly milliseconds: number;
  /** The first request that it may hit, counted from 1. */
  readonly from: number;
  /** The share of requests that it hits. */
  readonly percent: number;
  /** How many requests it hits at most. */
  readonly times: number;
}

const grammar = new RegExp(
  `^([^:]+):(${faultKinds.join('|')}|slow=\\d{1,7})(?:x([1-9]\\d*))?(?:@(?:([1-9]\\d{0,8})|(100|\\d\\d?(?:\\.\\d+)?)%))?$`,
);

const expected = `expected OPERATION:KIND[xN][@N or @P%], such as UpdateStage:409x3; KIND is ${faultKinds.join(', ')} or slow=MILLISECONDS.`;

const refuse = (rule: string, sentence: string): Problem => ({
  code: 'fault',
  message: `--fault ${printable(rule)}: ${sentence}`,
});

const ruleIn = (text: string): FaultRule | Problem => {
  const [, operation = '', word = '', times, from, percent = 100] = grammar.exec(text) ?? [];
  if (operation === '') return refuse(text, expected);
  if (operation !== '*' && !operationNames.includes(operation))
    return refuse(text, `${printable(operation)} is not served; expected * or one of ${operationNames.join(', ')}.`);
  const [kind, milliseconds = 0] = word.split('=');
  return {
    operation,
    kind: kind as FaultKind,
    milliseconds: Number(milliseconds),
    from: Number(from ?? 1),
    percent: Number(percent),
    times: Number(times ?? (from === undefined ? Number.POSITIVE_INFINITY : 1)),
  };
};

/** The rules in a text, in order. Throws StageError('usage') with every one that cannot be read. */
export const parseFaults = (text: string): readonly FaultRule[] => {
  const read = text.split(',').map((rule) => ruleIn(rule.trim()));
  const problems = read.flatMap((rule) => ('code' in rule ? [rule] : []));
  if (problems.length > 0) throw new StageError('usage', problems);
  return read.flatMap((rule) => ('code' in rule ? [] : [rule]));
};

/** Answers for each request which rule hits it, if any. */
export type Strike = (operation: string) => FaultRule | undefined;

/** Every rule counts all requests of its operation; of those that would hit one, the first does, and only that has hit. */
export const newStrike = (rules: readonly FaultRule[], random: World['random']): Strike => {
  const counters = rules.map((rule) => ({ rule, seen: 0, hits: 0 }));
  return (operation) => {
    const seeing = counters.filter(({ rule }) => rule.operation === '*' || rule.operation === operation);
    for (const counter of seeing) counter.seen += 1;
    const hitting = seeing.find(
      ({ rule, seen, hits }) => seen >= rule.from && hits < rule.times && random() * 100 < rule.percent,
    );
    if (hitting !== undefined) hitting.hits += 1;
    return hitting?.rule;
  };
};

/** What a fault does before the request is handled; `stopping` ends it. Answers whether that was all. */
export const hinder = async (
  { kind, milliseconds }: FaultRule,
  response: ServerResponse,
  asked: Asked,
  stopping: AbortSignal,
): Promise<boolean> => {
  if (kind in errors) throw errors[kind as keyof typeof errors](asked);
  if (kind === 'slow') await sleep(milliseconds, stopping);
  if (kind === 'hang') await Promise.race([once(response, 'close'), sleep(Number.POSITIVE_INFINITY, stopping)]);
  if (kind !== 'hang' && kind !== 'reset') return false;
  response.socket?.resetAndDestroy();
  return true;
};

/** Sends an answer, or what the fault leaves of it. */
export const deliver = async (
  fault: FaultRule | undefined,
  response: ServerResponse,
  answer: Answer,
): Promise<void> => {
  if (fault?.kind === 'truncate') await sendHalf(response, answer);
  else if (fault?.kind === 'reset-after') response.socket?.resetAndDestroy();
  else send(response, answer);
};
