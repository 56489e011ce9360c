import { Stack } from 'aws-cdk-lib';
import { CfnDashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { serviceAlarms } from '../alarms.ts';
import { dashboardBody } from '../dashboard.ts';
import type { Resources } from '../installation.ts';
import { trailAlarms } from '../trailAlarms.ts';

export interface ServiceDashboardProps {
  resources: Resources;
}

/** One page that answers: does it work, who waits, what went wrong. */
export class ServiceDashboard extends Construct {
  constructor(scope: Construct, id: string, { resources }: ServiceDashboardProps) {
    super(scope, id);
    const { account, region } = Stack.of(this);
    const alarms = [...serviceAlarms(resources), ...trailAlarms({ account, region })];
    const body = dashboardBody({ account, region, resources, alarms });
    new CfnDashboard(this, 'Dashboard', {
      dashboardName: 'countersign',
      dashboardBody: JSON.stringify(body),
    });
  }
}
