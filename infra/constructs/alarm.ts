import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { AlarmCondition, AlarmDefinition } from '../alarms.ts';
import type { Metric } from '../metrics.ts';

/** An alarm exactly as its definition says. Its description names who is hurt and the article that says what to do. */
export function defineAlarm(scope: Construct, alarm: AlarmDefinition, topicArn: string): CfnAlarm {
  const { period, ...condition } = conditionOf(alarm.when);
  return new CfnAlarm(scope, alarm.name, {
    alarmName: `countersign-${alarm.name}`,
    alarmDescription: `${alarm.impact} What to do: docs/runbook.md#${alarm.name}`,
    alarmActions: [topicArn],
    // What happened stays happened, whether or not it happens again; only a state can be over.
    ...(alarm.when !== 'once' && { okActions: [topicArn] }),
    metrics: [
      ...alarm.metrics.map((metric, index) => queryOf(metric, { index, period, alarm })),
      ...greatestOf(alarm),
    ],
    ...condition,
  });
}

/**
 * Metrics come late and, where nothing happens, not at all: a window of several periods misses nothing. What comes back every
 * ten minutes, as reconcile does to what it cannot move, is one alarm and not many.
 */
function conditionOf(when: AlarmCondition) {
  const notBreaching = { comparisonOperator: 'GreaterThanThreshold', treatMissingData: 'notBreaching' };
  switch (when) {
    case 'once':
      return { ...notBreaching, period: 60, threshold: 0, evaluationPeriods: 15, datapointsToAlarm: 1 };
    case 'lasting':
      return { ...notBreaching, period: 300, threshold: 0, evaluationPeriods: 3, datapointsToAlarm: 3 };
    case 'absent':
      return {
        comparisonOperator: 'LessThanThreshold',
        treatMissingData: 'breaching',
        period: 60,
        threshold: 1,
        evaluationPeriods: 5,
        datapointsToAlarm: 5,
      };
    default:
      return {
        ...notBreaching,
        period: 900,
        threshold: when.above,
        evaluationPeriods: 1,
        datapointsToAlarm: 1,
      };
  }
}

function queryOf(
  { namespace, name, dimensions, statistic }: Metric,
  { index, period, alarm }: { index: number; period: number; alarm: AlarmDefinition },
): CfnAlarm.MetricDataQueryProperty {
  return {
    id: `m${index + 1}`,
    returnData: alarm.metrics.length === 1,
    metricStat: {
      metric: {
        namespace,
        metricName: name,
        dimensions: Object.entries(dimensions).map(([key, value]) => ({ name: key, value })),
      },
      stat: statistic ?? 'Sum',
      period,
    },
  };
}

/** `MAX` over an array takes what there is: a metric without a value in a period does not make the whole one without. */
const greatestOf = ({ metrics }: AlarmDefinition): CfnAlarm.MetricDataQueryProperty[] =>
  metrics.length === 1
    ? []
    : [{ id: 'greatest', expression: 'MAX(METRICS())', label: 'Greatest', returnData: true }];
