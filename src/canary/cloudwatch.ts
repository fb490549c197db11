/** The client of CloudWatch. Load it only for gates that need it: it loads the AWS SDK. */
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  ListMetricsCommand,
  type MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import { type ConnectionOptions, clientConfig, prepare } from '../targets/api-gateway/client.js';
import type { Alarm } from './gates.js';
import { type Dimensions, metricOf, type requestFor } from './metric-queries.js';

/** The values of a query; none if CloudWatch could not read them all. */
const toSeries = ({ Id = '', Values = [], StatusCode }: MetricDataResult) => ({
  id: Id,
  values: StatusCode === 'InternalError' || StatusCode === 'Forbidden' ? [] : Values,
});

/** Each call is one HTTP attempt, and throws what the SDK throws. */
export const connectCloudWatch = (options: ConnectionOptions) => {
  const client = new CloudWatchClient(clientConfig(options));
  return {
    ...prepare(client, options),
    /** The dimensions of each series of Count that has at least the given ones. */
    listMetrics: async (dimensions: Dimensions, from: string | undefined, abortSignal: AbortSignal) => {
      const input = { ...metricOf('Count', dimensions), NextToken: from };
      const { Metrics = [], NextToken } = await client.send(new ListMetricsCommand(input), { abortSignal });
      const items = Metrics.map(
        ({ Dimensions = [] }): Dimensions =>
          Object.fromEntries(Dimensions.map(({ Name = '', Value = '' }) => [Name, Value])),
      );
      return { items, position: NextToken };
    },
    getMetricData: async (
      request: ReturnType<typeof requestFor>,
      from: string | undefined,
      abortSignal: AbortSignal,
    ) => {
      const command = new GetMetricDataCommand({ ...request, NextToken: from });
      const { MetricDataResults = [], NextToken } = await client.send(command, { abortSignal });
      return { items: MetricDataResults.map(toSeries), position: NextToken };
    },
    describeAlarms: async (names: readonly string[], abortSignal: AbortSignal): Promise<readonly Alarm[]> => {
      const command = new DescribeAlarmsCommand({
        AlarmNames: [...names],
        AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
        MaxRecords: 100,
      });
      const { MetricAlarms = [], CompositeAlarms = [] } = await client.send(command, { abortSignal });
      return [...MetricAlarms, ...CompositeAlarms];
    },
    close: () => client.destroy(),
  };
};
