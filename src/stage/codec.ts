import type { Problem } from './problem.js';
import { ours, theirs } from './refusals.js';
import { limits } from './stage.js';

/** The value of a leaf of a stage. */
export type Leaf = string | number | boolean;

export const isLeaf = (value: unknown): value is Leaf =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/** The operation whose value a codec reads. */
export interface Site {
  readonly op: string;
  readonly path: string;
  /** The variable's name or the method's key, if the path holds one. */
  readonly key: string;
}

/** Decodes the text of an option or of a patch operation's value. Encoding is always `String(leaf)`. */
export interface Codec {
  /** The accepted values, in a few words: `'a number from 0 to 100'`. */
  readonly hint: string;
  /** The leaf as JSON Schema. */
  readonly schema: { readonly type: string; readonly [keyword: string]: unknown };
  /** Returns the leaf that the text stands for, or a problem. `undefined` means a missing text. */
  decode(text: string | undefined, site: Site): Leaf | Problem;
}

export const isProblem = (read: Leaf | Problem): read is Problem => typeof read === 'object';

type Read = (text: string, site: Site) => Leaf | Problem | undefined;

/** Makes a codec from a reader. The reader returns `undefined` to refuse a text with the general message. */
const codec = (hint: string, schema: Codec['schema'], read: Read): Codec => ({
  hint,
  schema,
  decode: (text, site) => {
    if (text === undefined) return ours.missingValue(site.op, site.path, hint);
    return read(text, site) ?? ours.invalidValue(site.path, hint, text);
  },
});

export const text = codec('text', { type: 'string' }, (given) => given);

export const id = codec('an id', { type: 'string', minLength: 1 }, (given) => (given === '' ? undefined : given));

export const boolean = codec('true or false', { type: 'boolean' }, (given) =>
  given === 'true' ? true : given === 'false' ? false : undefined,
);

const decimal = /^-?\d+(\.\d+)?([eE][+-]?\d{1,3})?$/;
const integer = /^-?\d+$/;

// `+ 0` turns -0 into 0, as JSON does. NaN is outside all bounds.
const numberIn = (pattern: RegExp, given: string): number => (pattern.test(given) ? Number(given) + 0 : Number.NaN);

export const number = (minimum: number, maximum: number): Codec =>
  codec(`a number from ${minimum} to ${maximum}`, { type: 'number', minimum, maximum }, (given) => {
    const value = numberIn(decimal, given);
    return value >= minimum && value <= maximum ? value : undefined;
  });

// API Gateway accepts -1 too, and reports it.
const throttle = (hint: string, type: string, pattern: RegExp, maximum: number): Codec =>
  codec(hint, { type, minimum: -1 }, (given) => {
    const value = numberIn(pattern, given);
    return value === -1 || (value >= 0 && value <= maximum) ? value : undefined;
  });

export const burstLimit = throttle('a whole number of requests, or -1', 'integer', integer, 2 ** 31 - 1);
export const rateLimit = throttle('a number of requests per second, or -1', 'number', decimal, Number.MAX_VALUE);

export const ttlInSeconds = codec(
  `a whole number of seconds from 0 to ${limits.cacheTtlInSeconds}`,
  { type: 'integer', minimum: 0, maximum: limits.cacheTtlInSeconds },
  (given) => {
    const seconds = numberIn(integer, given);
    if (seconds > limits.cacheTtlInSeconds) return theirs.ttlTooLong();
    return seconds >= 0 ? seconds : undefined;
  },
);

export const oneOf = (...values: readonly string[]): Codec =>
  codec(`one of ${values.join(', ')}`, { type: 'string', enum: values }, (given) =>
    values.includes(given) ? given : undefined,
  );

const levels: readonly string[] = ['OFF', 'ERROR', 'INFO'];

export const loggingLevel: Codec = {
  ...oneOf(...levels),
  decode: (given) => (given !== undefined && levels.includes(given) ? given : theirs.loggingLevel(given)),
};

// AWS's documentation and AWS's error message list different characters: accept the union.
const variableText = /^[A-Za-z0-9\-._~:/?#&=, ]+$/;

export const variableValue = codec(
  `1 to ${limits.variableValueLength} letters, digits, spaces or characters of -._~:/?#&=,`,
  { type: 'string', pattern: variableText.source, minLength: 1, maxLength: limits.variableValueLength },
  (given, { key }) => {
    if (!variableText.test(given)) return theirs.variableValue(key);
    return given.length > limits.variableValueLength ? ours.variableValueTooLong(key, given.length) : given;
  },
);

export const checkVariableName = (name: string): Problem | undefined => {
  if (name === '__proto__') return ours.reservedName(name);
  if (!/^[A-Za-z0-9_]+$/.test(name)) return theirs.variableName(name);
  return name.length > limits.variableNameLength ? ours.variableNameTooLong(name) : undefined;
};

const logGroup = /^arn:aws[a-z-]*:logs:[^:]+:[^:]+:(log-group:.+)$/s;
const deliveryStream = /^arn:aws[a-z-]*:firehose:[^:]+:[^:]+:(deliverystream\/.*)$/s;

export const logDestination = codec(
  'the ARN of a CloudWatch log group, or of a Firehose stream whose name starts with amazon-apigateway-',
  { type: 'string', pattern: '^arn:' },
  (given) => {
    if (given === '') return theirs.accessLogEmpty();
    if (!given.startsWith('arn:')) return theirs.arnStart(given);
    const group = logGroup.exec(given)?.[1];
    if (group !== undefined)
      return /^log-group:[A-Za-z0-9_\-/.]+$/.test(group) ? given : theirs.logGroupCharacters(group);
    const stream = deliveryStream.exec(given)?.[1];
    if (stream === undefined) return theirs.accessLogArn();
    return stream.startsWith('deliverystream/amazon-apigateway-') ? given : theirs.firehoseName(stream);
  },
);

export const logFormat = codec(
  'a single line with $context.requestId or $context.extendedRequestId',
  { type: 'string', minLength: 1 },
  (given) => {
    if (given === '') return theirs.accessLogEmpty();
    if (/[\r\n](?![\r\n]*$)/.test(given)) return theirs.formatNewline(given);
    return /\$context\.(requestId|extendedRequestId)/.test(given) ? given : theirs.formatWithoutRequestId(given);
  },
);
