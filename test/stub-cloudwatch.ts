/** A loopback CloudWatch with the SDK's JSON protocol and the values of a test. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

type Dimensions = Readonly<Record<string, string>>;

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface AskedSeries {
  /** The value of the dimension Stage. */
  readonly stage: string;
  readonly apiName: string;
  readonly metric: string;
  readonly statistic: string;
  /** In seconds. */
  readonly period: number;
}

interface Alarm {
  readonly AlarmName: string;
  readonly StateValue: string;
  readonly StateReason?: string;
  readonly isComposite?: true;
}

export interface StubCloudWatch {
  readonly url: string;
  /** The requested operations with their input, in order. */
  readonly asked: { readonly operation: string; readonly input: Readonly<Record<string, unknown>> }[];
  /** The metrics that ListMetrics returns. */
  metrics: readonly Dimensions[];
  /** The number of items in a response. */
  pageSize: number;
  /** The values of a metric, one per period; default: none. */
  values: (asked: AskedSeries) => readonly number[];
  alarms: readonly Alarm[];
  /** Responses by operation, instead of the usual ones: each request removes and uses the first one. */
  readonly scripts: Record<string, (Answer | 'hang')[]>;
  close(): Promise<void>;
}

/** An error as CloudWatch sends it to a JSON client that knows the error codes of its old protocol. */
export const refusal = (status: number, name: string, message: string, code = name): Answer => ({
  status,
  body: { __type: `com.amazonaws.cloudwatch#${name}`, message },
  headers: { 'x-amzn-query-error': `${code};Sender` },
});

interface Pair {
  readonly Name: string;
  readonly Value: string;
}

interface Query {
  readonly Id: string;
  readonly MetricStat: {
    readonly Metric: { readonly MetricName: string; readonly Dimensions: readonly Pair[] };
    readonly Period: number;
    readonly Stat: string;
  };
}

const membersOf = (pairs: readonly Pair[]): Record<string, string> =>
  Object.fromEntries(pairs.map(({ Name, Value }) => [Name, Value]));

const hasAll = (dimensions: Dimensions, wanted: Dimensions): boolean =>
  Object.entries(wanted).every(([name, value]) => dimensions[name] === value);

const paged = <Item>(items: readonly Item[], token: unknown, size: number) => {
  const from = Number(token ?? 0);
  return {
    page: items.slice(from, from + size),
    ...(from + size < items.length && { NextToken: String(from + size) }),
  };
};

interface Input {
  readonly NextToken?: string;
  readonly Dimensions?: readonly Pair[];
  readonly MetricDataQueries?: readonly Query[];
  readonly AlarmNames?: readonly string[];
}

const answerTo = (operation: string, input: Input, stub: StubCloudWatch): unknown => {
  if (operation === 'ListMetrics') {
    const found = stub.metrics.filter((one) => hasAll(one, membersOf(input.Dimensions ?? [])));
    const { page, ...next } = paged(found, input.NextToken, stub.pageSize);
    const listOf = (one: Dimensions) => Object.entries(one).map(([Name, Value]) => ({ Name, Value }));
    return { Metrics: page.map((one) => ({ MetricName: 'Count', Dimensions: listOf(one) })), ...next };
  }
  if (operation === 'DescribeAlarms') {
    const found = stub.alarms.filter(({ AlarmName }) => input.AlarmNames?.includes(AlarmName));
    return {
      MetricAlarms: found.filter(({ isComposite }) => !isComposite),
      CompositeAlarms: found.filter(({ isComposite }) => isComposite),
    };
  }
  const { page, ...next } = paged(input.MetricDataQueries ?? [], input.NextToken, stub.pageSize);
  const results = page.map(({ Id, MetricStat: { Metric, Period, Stat } }) => {
    const { Stage = '', ApiName = '' } = membersOf(Metric.Dimensions);
    const asked = { stage: Stage, apiName: ApiName, metric: Metric.MetricName, statistic: Stat, period: Period };
    const Values = stub.values(asked);
    return { Id, Label: Id, StatusCode: 'Complete', Timestamps: Values.map((_, index) => index * Period), Values };
  });
  return { MetricDataResults: results, ...next };
};

const readBody = async (request: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
};

const stubs: StubCloudWatch[] = [];

export const closeCloudWatch = async (): Promise<void> => {
  await Promise.all(stubs.splice(0).map((stub) => stub.close()));
};

/** Starts a CloudWatch that has metrics for the canary of `prod`. */
export const startCloudWatch = async (): Promise<StubCloudWatch> => {
  const server = createServer(async (request, response) => {
    const operation = String(request.headers['x-amz-target']).replace(/^.*\./, '');
    const input = JSON.parse(await readBody(request));
    stub.asked.push({ operation, input });
    const usual = (): Answer => ({ status: 200, body: answerTo(operation, input, stub) });
    const answer = stub.scripts[operation]?.shift() ?? usual();
    if (answer === 'hang') return;
    const { status, body, headers } = answer;
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stub: StubCloudWatch = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: [],
    metrics: [{ ApiName: 'orders-api', Stage: 'prod/Canary' }],
    pageSize: 100,
    values: () => [],
    alarms: [],
    scripts: {},
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  stubs.push(stub);
  return stub;
};
