/** What the SDK throws, in the parts that tell what went wrong. */
import { span } from './clock.js';

/** An attempt that was given up after so long. */
export class NoAnswerInTime extends Error {
  override readonly name = 'NoAnswerInTime';
  constructor(readonly milliseconds: number) {
    super(`no answer within ${span(milliseconds)}`);
  }
}

export interface Said {
  readonly name: string;
  readonly message: string;
  /** Of the system or of TLS: `ECONNREFUSED`. */
  readonly code: string;
  /** 0 where no answer came. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly isSkewMended: boolean;
}

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

export const readError = (error: unknown): Said => {
  const metadata = member(error, '$metadata');
  const status = member(metadata, 'httpStatusCode') ?? member(member(error, '$response'), 'statusCode');
  return {
    name: textOf(member(error, 'name')),
    message: textOf(member(error, 'message')),
    code: textOf(member(error, 'code')),
    status: typeof status === 'number' ? status : 0,
    headers: (member(member(error, '$response'), 'headers') ?? {}) as Said['headers'],
    isSkewMended: member(metadata, 'clockSkewCorrected') === true,
  };
};

/** An answer of API Gateway's always names the stage. */
export class NoStageInAnswer extends Error {
  override readonly name = 'NoStageInAnswer';
  constructor(readonly $metadata: object) {
    super('an answer without a stage');
  }
}

/** An answer that came whole and is nobody's who speaks as API Gateway does: no stage, or no JSON from its first letter on. */
export const isStrange = ({ name, message, status }: Said): boolean =>
  name === 'NoStageInAnswer' ||
  (status >= 200 && status < 300 && name === 'SyntaxError' && /^Unexpected token '(.)', "\s*\1/.test(message));

/** Whether the answer had a sentence in it, as all of API Gateway's have. */
export const isReadable = ({ name, message }: Said): boolean =>
  message !== '' && name !== 'SyntaxError' && !/^(Unknown|@aws-sdk XML parse error)/.test(message);

/** What was said, without the advice that the SDK gives to programmers. */
export const sentenceIn = ({ message }: Said): string => message.replace(/\n\s*Deserialization error:.*$/s, '');

/** Milliseconds; undefined where the header says nothing that can be read. A date counts from the answer's own, or else from `now`. */
export const retryAfterOf = ({ headers }: Said, now = Number.NaN): number | undefined => {
  const text = headers['retry-after'] ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const date = headers['date'];
  const until = Date.parse(text) - (date === undefined ? now : Date.parse(date));
  return Number.isFinite(until) && until >= 0 ? until : undefined;
};
