/** What `--debug` shows of a request and its answer. */
import { shortened } from '../../text/printable.js';
import { readError, sentenceIn } from './causes.js';

/** One HTTP exchange, without headers, so without credentials. The bodies went through `mask`. */
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
  /** A body as a text that may be shown. */
  readonly mask: (body: unknown) => string;
}

export interface WireRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

export interface Wire {
  readonly operation: string;
  readonly request: WireRequest;
  readonly response?: { readonly statusCode: number; readonly headers: Readonly<Record<string, string>> };
  /** What the SDK made of the answer, or its failure. */
  readonly answer: unknown;
  readonly bytes?: Uint8Array;
}

/** The SDK's bytes are of its own kind. */
const textOf = ({ buffer, byteOffset, byteLength }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString();

/** Of a failure its name and sentence, or the page that was answered. Not JSON that broke off: its secrets could not be masked. */
const bodyOf = ({ answer, bytes }: Wire): unknown => {
  if (!(answer instanceof Error)) return { ...(answer as object), $metadata: undefined };
  const text = bytes && textOf(bytes);
  if (text && !/^\s*[[{]/.test(text)) return shortened(text, 1000);
  return { name: answer.name, message: sentenceIn(readError(answer)) };
};

export const exchangeOf = (wire: Wire, took: number, { mask }: Tracing): Exchange => {
  const { operation, request, response } = wire;
  const { protocol, hostname, port, method, path, body } = request;
  const query = Object.entries(request.query ?? {}).map(([name, value]) => `${name}=${value}`);
  const requestId = response?.headers['x-amzn-requestid'];
  return {
    operation,
    endpoint: `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`,
    method,
    path: [path, ...(query.length > 0 ? [query.join('&')] : [])].join('?'),
    ...(body !== undefined && {
      request: mask(JSON.parse(typeof body === 'string' ? body : textOf(body as Uint8Array))),
    }),
    ...(response && { status: response.statusCode }),
    ...(requestId !== undefined && { requestId }),
    response: mask(bodyOf(wire)),
    took,
  };
};
