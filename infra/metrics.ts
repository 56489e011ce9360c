import { apiName, stageName } from './apiDefinition.ts';
import type { FunctionName } from './functions.ts';
import { functionResourceName } from './installation.ts';

/** A metric of CloudWatch, for alarms and the dashboard. */
export interface Metric {
  namespace: string;
  name: string;
  dimensions: Record<string, string>;
  /** `Sum` unless told otherwise. */
  statistic?: 'Average' | 'Maximum';
}

export const functionMetric = (name: string, of: FunctionName): Metric => ({
  namespace: 'AWS/Lambda',
  name,
  dimensions: { FunctionName: functionResourceName(of) },
});

export const apiMetric = (name: string): Metric => ({
  namespace: 'AWS/ApiGateway',
  name,
  dimensions: { ApiName: apiName, Stage: stageName },
});

export const workflowMetric = (name: string, stateMachineArn: string): Metric => ({
  namespace: 'AWS/States',
  name,
  dimensions: { StateMachineArn: stateMachineArn },
});

export const tableMetric = (name: string, dimensions: Record<string, string>): Metric => ({
  namespace: 'AWS/DynamoDB',
  name,
  dimensions,
});

export const mailMetric = (name: string): Metric => ({ namespace: 'AWS/SES', name, dimensions: {} });
