/** What `--debug` shows of a request and its answer. */
import { shortened } from '../../text/clipped.js';
import { readError, sentenceIn } from './causes.js';

/** One HTTP exchange, without headers, so without credentials. The texts went through `mask`. */
export interface Exchange {
  /** `GetStage`. */
  readonly operation: string;
  /** `https://apigateway.eu-west-1.amazonaws.com`. */
  readonly endpoint: string;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly request?: string;
  /** Absent without an answer. */
  readonly status?: number;
  /** AWS's id of the request. */
  readonly requestId?: string;
  readonly response?: string;
  /** Milliseconds. */
  readonly took: number;
}

export interface Tracing {
  readonly trace: (exchange: Exchange) => void;
  /** A request's or an answer's body as a text that may be shown. */
  readonly mask: (body: unknown) => string;
}

const queryOf = (query: Readonly<Record<string, unknown>> = {}): string => {
  const text = Object.entries(query)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join('&');
  return text === '' ? '' : `?${text}`;
};

export interface WireRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

export interface WireResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The body, once it was read. */
  readonly bytes: () => Uint8Array | undefined;
}

export interface Wire {
  readonly operation: string;
  readonly request: WireRequest;
  /** Absent without an answer. */
  response?: WireResponse;
}

/** The SDK has bytes of its own kind, which say numbers of themselves. */
const textOf = ({ buffer, byteOffset, byteLength }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString();

const parsed = (body: unknown): unknown => JSON.parse(typeof body === 'string' ? body : textOf(body as Uint8Array));

/** What was answered instead of JSON, such as a page. Not JSON that broke off: its secrets could not be masked. */
const pageIn = (response: WireResponse | undefined): string | undefined => {
  const bytes = response?.bytes();
  const text = bytes && textOf(bytes);
  return text && !/^\s*[[{]/.test(text) ? shortened(text, 1000) : undefined;
};

/** Of an answer what the SDK made of it; of a failure its name and its sentence, or the page. */
const bodyOf = (answer: unknown, response: WireResponse | undefined): unknown => {
  if (answer instanceof Error) return pageIn(response) ?? { name: answer.name, message: sentenceIn(readError(answer)) };
  const { $metadata: _, ...rest } = answer as Readonly<Record<string, unknown>>;
  return rest;
};

const endpointIn = ({ protocol, hostname, port }: WireRequest): string =>
  `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`;

const answered = (response: WireResponse | undefined): Pick<Exchange, 'status' | 'requestId'> => {
  if (response === undefined) return {};
  const { statusCode: status, headers } = response;
  const requestId = headers['x-amzn-requestid'];
  return { status, ...(requestId !== undefined && { requestId }) };
};

/** What is told of an exchange; `answer` is what the SDK made of it, or its failure. */
export const exchangeOf = (
  { operation, request, response }: Wire,
  answer: unknown,
  took: number,
  { mask }: Tracing,
): Exchange => ({
  operation,
  endpoint: endpointIn(request),
  method: request.method,
  path: `${request.path}${queryOf(request.query)}`,
  ...(request.body !== undefined && { request: mask(parsed(request.body)) }),
  ...answered(response),
  response: mask(bodyOf(answer, response)),
  took,
});
