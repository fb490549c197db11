/** A loopback server that emulates API Gateway, except where a script overrides the response. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { applyPatch } from '../src/stage/patch.js';
import type { PatchOperation, Stage } from '../src/stage/stage.js';

/** A response or a fault; `done` is whether the request is carried out. */
export type Script =
  | { readonly status: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }
  /** The connection ends before the request is carried out, after it, or in the middle of the response. */
  | 'reset-before'
  | 'reset-after'
  | 'cut'
  /** The server never responds. */
  | 'hang-before'
  | 'hang-after'
  /** Called just before the request is carried out. */
  | (() => void);

export interface StubApi {
  readonly id: string;
  readonly name: string;
  stages: Record<string, Stage>;
  /** The existing ones; default: any. */
  readonly deployments?: readonly string[];
  readonly resources?: readonly { readonly path: string; readonly methods: readonly string[] }[];
}

export interface Stub {
  readonly url: string;
  /** The requested operations, in order. */
  readonly asked: string[];
  /** The access key and the region of each request: `AKIDEXAMPLE eu-west-1`. */
  readonly signers: string[];
  /** The bodies of UpdateStage requests. */
  readonly patches: (readonly PatchOperation[])[];
  readonly apis: StubApi[];
  /** Scripts by operation: each request removes and uses the first one. */
  readonly scripts: Record<string, Script[]>;
  /** Whether each connection breaks at its second request. */
  breaksConnections: boolean;
  /** The stage `prod` of the first API. */
  stage: Stage;
  close(): Promise<void>;
}

export const refusal = (status: number, name: string, message: string, headers = {}): Script => ({
  status,
  body: { message },
  headers: { 'x-amzn-errortype': `${name}:http://internal.amazon.com/coral/com.amazonaws.apigateway/`, ...headers },
});

export const conflict: Script = refusal(
  409,
  'ConflictException',
  'Unable to complete operation due to concurrent modification. Please try again later.',
);

const operationOf = (method: string, parts: readonly string[]): string => {
  if (method === 'PATCH') return 'UpdateStage';
  if (method === 'POST') return 'CreateStage';
  if (parts.length === 1) return 'GetRestApis';
  if (parts[2] === 'resources') return 'GetResources';
  if (parts[2] === 'deployments') return 'GetDeployment';
  return parts.length === 4 ? 'GetStage' : 'GetStages';
};

const signerOf = ({ headers }: IncomingMessage): string =>
  (headers.authorization ?? '').replace(/^.*Credential=([^/]+)\/\d+\/([^/]+)\/.*$/, '$1 $2');

const readBody = async (request: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
};

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const pageSize = 2;

const paged = <Item>(all: readonly Item[], query: URLSearchParams) => {
  const from = Number(query.get('position') ?? 0);
  const next = from + pageSize;
  return { item: all.slice(from, next), ...(next < all.length && { position: String(next) }) };
};

/** API Gateway writes dates as seconds since 1970. */
const onWire = (stage: Stage): unknown => ({
  ...stage,
  createdDate: Date.parse(String(stage.createdDate)) / 1000,
  lastUpdatedDate: Date.parse(String(stage.lastUpdatedDate)) / 1000,
});

const notFound: Answer = {
  status: 404,
  body: { message: 'Invalid stage identifier specified' },
  headers: { 'x-amzn-errortype': 'NotFoundException' },
};

const send = (response: ServerResponse, { status, body, headers }: Answer): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
};

/** Sends half of a response and ends the connection. */
const cut = (response: ServerResponse, { status, body }: Answer): void => {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': String(text.length) });
  response.write(text.slice(0, text.length / 2), () => response.socket?.destroy());
};

const carryOut = (operation: string, parts: readonly string[], url: URL, body: string, stub: Stub): Answer => {
  const [, id, , name = ''] = parts;
  if (operation === 'GetRestApis') {
    return {
      status: 200,
      body: paged(
        stub.apis.map((api) => ({ id: api.id, name: api.name })),
        url.searchParams,
      ),
    };
  }
  const api = stub.apis.find((other) => other.id === id);
  if (!api) return { ...notFound, body: { message: 'Invalid API identifier specified 123456789012:nowhere' } };
  if (operation === 'GetStages') return { status: 200, body: { item: Object.values(api.stages).map(onWire) } };
  if (operation === 'GetResources') {
    const items = (api.resources ?? []).map(({ path, methods }) => ({
      id: path,
      path,
      resourceMethods: Object.fromEntries(methods.map((method) => [method, {}])),
    }));
    return { status: 200, body: paged(items, url.searchParams) };
  }
  if (operation === 'GetDeployment') {
    const isThere = api.deployments?.includes(name) ?? true;
    return isThere ? { status: 200, body: { id: name } } : notFound;
  }
  const stage = api.stages[decodeURIComponent(name)];
  if (!stage) return notFound;
  if (operation === 'UpdateStage') {
    const { patchOperations } = JSON.parse(body) as { readonly patchOperations: readonly PatchOperation[] };
    api.stages[name] = { ...applyPatch(stage, patchOperations), lastUpdatedDate: '2026-02-02T00:00:00+00:00' };
  }
  return { status: 200, body: onWire(api.stages[name] ?? stage) };
};

const respond = (script: Script | undefined, response: ServerResponse, answer: () => Answer): void => {
  if (typeof script === 'object') send(response, { body: {}, ...script });
  else if (script === 'reset-before') response.socket?.destroy();
  else if (script === 'hang-before') return;
  else {
    if (typeof script === 'function') script();
    const given = answer();
    if (script === 'reset-after') response.socket?.destroy();
    else if (script === 'cut') cut(response, given);
    else if (script !== 'hang-after') send(response, given);
  }
};

/** Starts a server with these APIs. */
export const startStub = async (apis: StubApi[]): Promise<Stub> => {
  const used = new WeakSet<object>();
  const server = createServer(async (request, response) => {
    if (stub.breaksConnections && used.has(request.socket)) {
      request.socket.destroy();
      return;
    }
    used.add(request.socket);
    const url = new URL(request.url ?? '/', 'http://stub');
    const parts = url.pathname.split('/').filter((part) => part !== '');
    const operation = operationOf(request.method ?? '', parts);
    const body = await readBody(request);
    stub.asked.push(operation);
    stub.signers.push(signerOf(request));
    if (operation === 'UpdateStage') stub.patches.push(JSON.parse(body).patchOperations);
    respond(stub.scripts[operation]?.shift(), response, () => carryOut(operation, parts, url, body, stub));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stub: Stub = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: [],
    breaksConnections: false,
    signers: [],
    patches: [],
    apis,
    scripts: {},
    get stage() {
      return apis[0]?.stages['prod'] ?? {};
    },
    set stage(stage) {
      if (apis[0]) apis[0].stages['prod'] = stage;
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return stub;
};
