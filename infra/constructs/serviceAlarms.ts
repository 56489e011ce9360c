import { Construct } from 'constructs';
import { serviceAlarms } from '../alarms.ts';
import type { Resources } from '../installation.ts';
import { defineAlarm } from './alarm.ts';

export interface ServiceAlarmsProps {
  resources: Resources;
  topicArn: string;
}

/** Every alarm of the service. */
export class ServiceAlarms extends Construct {
  constructor(scope: Construct, id: string, { resources, topicArn }: ServiceAlarmsProps) {
    super(scope, id);
    for (const alarm of serviceAlarms(resources)) defineAlarm(this, alarm, topicArn);
  }
}
