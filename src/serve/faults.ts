/** Faults on demand: `OPERATION:KIND[xN][@WHEN]`. What each part means is said once, in the help: commands/fault-grammar.ts. */
import { type Problem, StageError } from '../stage/problem.js';
import { sleep } from '../targets/sleep.js';
import { printable } from '../text/printable.js';
import type { World } from '../world.js';
import { account } from './operation.js';
import { type Asked, operationNames } from './routes.js';
import { type Answer, ApiError, conflict, type Reply, send, sendHalf, throttled } from './wire.js';

/** Those that answer with an error, by the word for each. */
const errors = {
  403: ({ method, path, region }: Asked): ApiError => {
    const action = `apigateway:${method}`;
    return new ApiError(
      'AccessDeniedException',
      `User: arn:aws:iam::${account}:user/stage is not authorized to perform: ${action} on resource: ` +
        `arn:aws:apigateway:${region}::${path} because no identity-based policy allows the ${action} action`,
    );
  },
  expired: () => new ApiError('ExpiredTokenException', 'The security token included in the request is expired'),
  409: conflict,
  429: throttled,
  500: () => new ApiError('InternalServerErrorException', 'Internal server error'),
  503: () => new ApiError('ServiceUnavailableException', 'Service Unavailable'),
} as const;

/** All that are spelled without more. */
export const faultKinds = [
  '403',
  'expired',
  '409',
  '429',
  '500',
  '503',
  'reset',
  'reset-after',
  'truncate',
  'hang',
] as const;

type FaultKind = (typeof faultKinds)[number] | 'slow';

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

const isKind = (kind: string): kind is (typeof faultKinds)[number] => (faultKinds as readonly string[]).includes(kind);

const kindIn = (text: string): Pick<FaultRule, 'kind' | 'milliseconds'> | undefined => {
  if (isKind(text)) return { kind: text, milliseconds: 0 };
  const milliseconds = /^slow=(\d{1,7})$/.exec(text)?.[1];
  return milliseconds === undefined ? undefined : { kind: 'slow', milliseconds: Number(milliseconds) };
};

const timeIn = (text: string | undefined): Pick<FaultRule, 'from' | 'percent' | 'times'> | undefined => {
  const always = { from: 1, percent: 100, times: Number.POSITIVE_INFINITY };
  if (text === undefined) return always;
  const percent = /^(\d{1,3}(?:\.\d+)?)%$/.exec(text)?.[1];
  if (percent !== undefined) return Number(percent) <= 100 ? { ...always, percent: Number(percent) } : undefined;
  return /^[1-9]\d{0,8}$/.test(text) ? { ...always, from: Number(text), times: 1 } : undefined;
};

const refuse = (rule: string, sentence: string): Problem => ({
  code: 'fault',
  message: `--fault ${printable(rule)}: ${sentence}`,
});

const ruleIn = (text: string): FaultRule | Problem => {
  const [, operation = '', word = '', times, when] = /^([^:]*):([^@]*?)(?:x(\d+))?(?:@(.*))?$/s.exec(text) ?? [];
  if (operation === '') return refuse(text, 'expected OPERATION:KIND[xN][@WHEN], such as UpdateStage:409x3.');
  if (operation !== '*' && !operationNames.includes(operation))
    return refuse(text, `${printable(operation)} is not served; expected * or one of ${operationNames.join(', ')}.`);
  const [kind, time] = [kindIn(word), timeIn(when)];
  if (kind === undefined)
    return refuse(
      text,
      `expected ${faultKinds.join(', ')} or slow=MILLISECONDS, got ${printable(JSON.stringify(word))}.`,
    );
  if (time === undefined)
    return refuse(text, 'expected after @ the number of a request, from 1, or a share such as 10%.');
  if (Number(times) === 0) return refuse(text, 'x0 would hit no request; leave the fault out.');
  return { operation, ...kind, ...time, ...(times !== undefined && { times: Number(times) }) };
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

const reset = ({ response }: Reply): void => {
  response.socket?.resetAndDestroy();
};

const closed = ({ response }: Reply): Promise<void> => new Promise((resolve) => response.once('close', resolve));

/** What a fault does before the request is handled; `stopping` ends it. Answers whether that was all. */
export const hinder = async (
  { kind, milliseconds }: FaultRule,
  reply: Reply,
  asked: Asked,
  stopping: AbortSignal,
): Promise<boolean> => {
  if (Object.hasOwn(errors, kind)) throw errors[kind as unknown as keyof typeof errors](asked);
  if (kind === 'slow') await sleep(milliseconds, stopping);
  if (kind === 'hang') await Promise.race([closed(reply), sleep(Number.POSITIVE_INFINITY, stopping)]);
  const isAll = kind === 'hang' || kind === 'reset';
  if (isAll) reset(reply);
  return isAll;
};

/** Sends an answer, or what the fault leaves of it. */
export const deliver = async (fault: FaultRule | undefined, reply: Reply, answer: Answer): Promise<void> => {
  if (fault?.kind === 'truncate') await sendHalf(reply, answer);
  else if (fault?.kind === 'reset-after') reset(reply);
  else send(reply, answer);
};
