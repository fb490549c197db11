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
import { type Dimensions, metricOf, type queriesFor } from './metric-queries.js';
import type { MetricWindow } from './types.js';

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
    /** The dimensions of each series of the metric that has at least the given ones. */
    listMetrics: async (metric: string, dimensions: Dimensions, from: string | undefined, abortSignal: AbortSignal) => {
      const input = { ...metricOf(metric, dimensions), NextToken: from };
      const { Metrics = [], NextToken } = await client.send(new ListMetricsCommand(input), { abortSignal });
      const items = Metrics.map(
        ({ Dimensions = [] }): Dimensions =>
          Object.fromEntries(Dimensions.map(({ Name = '', Value = '' }) => [Name, Value])),
      );
      return { items, position: NextToken };
    },
    getMetricData: async (
      queries: ReturnType<typeof queriesFor>,
      window: MetricWindow,
      from: string | undefined,
      abortSignal: AbortSignal,
    ) => {
      const command = new GetMetricDataCommand({
        MetricDataQueries: queries,
        StartTime: new Date(window.from),
        EndTime: new Date(window.to),
        NextToken: from,
      });
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
