/** Faults on demand: `OPERATION:KIND[xN][@WHEN]`. The help explains each part: commands/serve.ts. */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type Problem, StageError } from '../stage/problem.js';
import { sleep } from '../targets/sleep.js';
import { printable } from '../text/printable.js';
import type { World } from '../world.js';
import { type Asked, operationNames } from './routes.js';
import { ApiError, account, conflict, throttled } from './wire.js';

/** The faults that answer with an error, by kind. */
const errors: { readonly [kind: string]: (asked: Asked) => ApiError } = {
  '403': ({ method, path, region }) =>
    new ApiError(
      'AccessDeniedException',
      `User: arn:aws:iam::${account}:user/stage is not authorized to perform: apigateway:${method} on resource: ` +
        `arn:aws:apigateway:${region}::${path} because no identity-based policy allows the apigateway:${method} action`,
    ),
  expired: () => new ApiError('ExpiredTokenException', 'The security token included in the request is expired'),
  '409': conflict,
  '429': throttled,
  '500': () => new ApiError('InternalServerErrorException', 'Internal server error'),
  '503': () => new ApiError('ServiceUnavailableException', 'Service Unavailable'),
};

/** All kinds without a parameter. */
const faultKinds = [...Object.keys(errors), 'reset', 'reset-after', 'truncate', 'hang'];

/** `milliseconds` is for `slow`. The rule hits `percent` of the requests, at most `times`, starting at the `from`th. */
export type FaultRule = ReturnType<typeof parseFaults>[number];

const grammar = new RegExp(
  `^([^:]+):(${faultKinds.join('|')}|slow=\\d{1,7})(?:x([1-9]\\d*))?(?:@(?:([1-9]\\d{0,8})|(100|\\d\\d?(?:\\.\\d+)?)%))?$`,
);

const expected = `expected OPERATION:KIND[xN][@N or @P%], such as UpdateStage:409x3; KIND is ${faultKinds.join(', ')} or slow=MILLISECONDS.`;

/** Parses rules, in order. Throws StageError('usage') with every rule that cannot be read. */
export const parseFaults = (text: string) => {
  const problems: Problem[] = [];
  const rules = text.split(',').map((part) => {
    const rule = part.trim();
    const [, operation = '', word = '', times, from, percent = 100] = grammar.exec(rule) ?? [];
    if (!['*', ...operationNames].includes(operation)) {
      const known = `${printable(operation)} is not served; expected * or one of ${operationNames.join(', ')}.`;
      const message = `--fault ${printable(rule)}: ${operation === '' ? expected : known}`;
      problems.push({ code: 'fault', message });
    }
    const [kind = '', milliseconds = 0] = word.split('=');
    return {
      operation,
      kind,
      milliseconds: Number(milliseconds),
      from: Number(from ?? 1),
      percent: Number(percent),
      times: Number(times ?? (from === undefined ? Number.POSITIVE_INFINITY : 1)),
    };
  });
  if (problems.length > 0) throw new StageError('usage', problems);
  return rules;
};

/** Picks the rule that hits a request: the first that applies. All rules of the operation count the request as seen. */
export const newStrike = (rules: readonly FaultRule[], random: World['random']) => {
  const counters = rules.map((rule) => ({ rule, seen: 0, hits: 0 }));
  return (operation: string): FaultRule | undefined => {
    const seeing = counters.filter(({ rule }) => rule.operation === '*' || rule.operation === operation);
    for (const counter of seeing) counter.seen += 1;
    const hitting = seeing.find(
      ({ rule, seen, hits }) => seen >= rule.from && hits < rule.times && random() * 100 < rule.percent,
    );
    if (hitting !== undefined) hitting.hits += 1;
    return hitting?.rule;
  };
};

/** Applies a fault before the request is handled, until `stopping`. Resolves to whether no answer is left to send. */
export const hinder = async (
  { kind, milliseconds }: FaultRule,
  response: ServerResponse,
  asked: Asked,
  stopping: AbortSignal,
): Promise<boolean> => {
  const error = errors[kind]?.(asked);
  if (error !== undefined) throw error;
  if (kind === 'slow') await sleep(milliseconds, stopping);
  if (kind === 'hang') await Promise.race([once(response, 'close'), sleep(Number.POSITIVE_INFINITY, stopping)]);
  if (kind !== 'hang' && kind !== 'reset') return false;
  response.socket?.resetAndDestroy();
  return true;
};
