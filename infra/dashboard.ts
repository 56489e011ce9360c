import type { AlarmDefinition } from './alarms.ts';
import { type FunctionName, serviceFunctionNames } from './functions.ts';
import { logGroupName, type Resources } from './installation.ts';
import { apiMetric, functionMetric, type Metric, mailMetric, workflowMetric } from './metrics.ts';

export interface DashboardProps {
  region: string;
  account: string;
  resources: Resources;
  alarms: AlarmDefinition[];
}

/** A widget of a CloudWatch dashboard, without its place. The grid is 24 wide. */
interface Widget {
  type: 'alarm' | 'metric' | 'log';
  width: number;
  height: number;
  properties: Record<string, unknown>;
}

const row = { width: 8, height: 6 };

/** The body of the dashboard: what hurts first, then what people do, then what the parts do. */
export function dashboardBody(props: DashboardProps): { widgets: unknown[] } {
  return { widgets: [alarmStates(props), ...whatPeopleDo(props), ...whatPartsDo(props)] };
}

const alarmStates = ({ account, region, alarms }: DashboardProps): Widget => ({
  type: 'alarm',
  width: 24,
  height: 5,
  properties: {
    title: 'Alarms',
    alarms: alarms.map(({ name }) => `arn:aws:cloudwatch:${region}:${account}:alarm:countersign-${name}`),
  },
});

function whatPeopleDo({ region, resources: { stateMachineArn } }: DashboardProps): Widget[] {
  const graph = graphIn(region);
  return [
    graph('Calls', [apiMetric('Count'), apiMetric('4XXError'), apiMetric('5XXError')]),
    graph('Answered within (ms)', [apiMetric('Latency')], { stat: 'p50' }, { stat: 'p99' }),
    graph(
      'Requests under way',
      ['ExecutionsStarted', 'ExecutionsSucceeded', 'ExecutionsFailed'].map((name) =>
        workflowMetric(name, stateMachineArn),
      ),
    ),
    logTable(region, {
      title: 'Requests and sessions by entitlement',
      functions: ['requests', 'issueSession'],
      query: "filter event in ['requested', 'issued', 'failed'] | stats count(*) by entitlement, event",
    }),
    logTable(region, {
      title: 'Refusals by code',
      functions: ['requests', 'decisions', 'credentials'],
      query: "filter event = 'refused' | stats count(*) as refusals by code | sort refusals desc",
    }),
    graph('Mails', ['Send', 'Bounce', 'Complaint', 'Reject'].map(mailMetric)),
  ];
}

function whatPartsDo({ region }: DashboardProps): Widget[] {
  const graph = graphIn(region);
  return [
    graph(
      'Errors of functions',
      serviceFunctionNames.map((name) => functionMetric('Errors', name)),
    ),
    graph(
      'Functions run for (ms)',
      serviceFunctionNames.map((name) => functionMetric('Duration', name)),
      { stat: 'p99' },
    ),
    {
      type: 'metric',
      ...row,
      properties: {
        title: 'What went wrong, by event',
        region,
        metrics: [
          [{ expression: "SEARCH('{Countersign,event} MetricName=\"Occurrences\"', 'Sum', 300)", id: 'e1' }],
        ],
      },
    },
  ];
}

/** A graph of metrics, each once for every statistic: its sum, unless told otherwise. */
const graphIn =
  (region: string) =>
  (title: string, metrics: Metric[], ...statistics: { stat: string }[]): Widget => ({
    type: 'metric',
    ...row,
    properties: {
      title,
      region,
      period: 300,
      metrics: metrics.flatMap(({ namespace, name, dimensions }) =>
        (statistics.length === 0 ? [{ stat: 'Sum' }] : statistics).map((statistic) => [
          namespace,
          name,
          ...Object.entries(dimensions).flat(),
          statistic,
        ]),
      ),
    },
  });

const logTable = (
  region: string,
  { title, functions, query }: { title: string; functions: FunctionName[]; query: string },
): Widget => ({
  type: 'log',
  ...row,
  properties: {
    title,
    region,
    view: 'table',
    query: `${functions.map((name) => `SOURCE '${logGroupName(name)}'`).join(' | ')} | ${query}`,
  },
});
