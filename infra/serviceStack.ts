import { type App, CfnOutput, Stack } from 'aws-cdk-lib';
import type { Catalogue } from '../domain/catalogue.ts';
import { serviceAlarms } from './alarms.ts';
import type { Settings } from './configuration/settings.ts';
import { AccessEvents } from './constructs/accessEvents.ts';
import { defineAlarm } from './constructs/alarm.ts';
import { AlarmTopic } from './constructs/alarmTopic.ts';
import { CountersignApi } from './constructs/countersignApi.ts';
import { DataKey } from './constructs/dataKey.ts';
import { GrantWorkflow } from './constructs/grantWorkflow.ts';
import { MacKeys } from './constructs/macKeys.ts';
import { MailIdentity } from './constructs/mailIdentity.ts';
import { ReconcileSchedule } from './constructs/reconcileSchedule.ts';
import { RequestTable } from './constructs/requestTable.ts';
import { ServiceDashboard } from './constructs/serviceDashboard.ts';
import { ServiceFunctions } from './constructs/serviceFunctions.ts';
import { defineServiceRole } from './constructs/serviceRole.ts';
import type { RoleDefinition } from './definitions.ts';
import type { FunctionName } from './functions.ts';
import { installationOf, placeOf, resourcesOf } from './installation.ts';
import { serviceRoles } from './serviceRoles.ts';

export interface ServiceStackProps {
  settings: Settings;
  catalogue: Catalogue;
  /** Folder of each function: its bundle, and what lies beside it. */
  code: Record<FunctionName, string>;
}

/** Everything of Countersign but the roles in target accounts and the trail. docs/architecture.md draws it. */
export class ServiceStack extends Stack {
  constructor(scope: App, id: string, { settings, catalogue, code }: ServiceStackProps) {
    super(scope, id, {
      env: settings.service,
      description: 'Countersign: just-in-time access to production AWS accounts',
      terminationProtection: true,
    });
    const place = placeOf(settings);
    const resources = resourcesOf(place);
    const logRetentionDays = settings.retention.logDays;

    const dataKeyArn = new DataKey(this, 'DataKey', place).arn;
    const keys = new MacKeys(this, 'MacKeys', place).arns;
    new RequestTable(this, 'Requests', { dataKeyArn });

    // The API knows its functions by name, so that they can know its address.
    const api = new CountersignApi(this, 'Api', { settings, resources, dataKeyArn });
    const installation = installationOf(settings, { baseUrl: api.baseUrl, keys, dataKey: dataKeyArn });
    const roles = byName(serviceRoles(installation, catalogue));
    const functions = new ServiceFunctions(this, 'Functions', {
      installation,
      roles,
      code,
      logRetentionDays,
    });
    api.allowInvocations(functions.behindApi());

    const role = roles('countersign-workflow');
    new GrantWorkflow(this, 'Workflow', { resources, role, logRetentionDays, dataKeyArn });
    defineServiceRole(this, 'Notary', roles('countersign-notary'));
    new ReconcileSchedule(this, 'Reconcile', { reconcile: functions.named('reconcile') });

    const feedback = functions.named('mailFeedback');
    const { dnsRecords } = new MailIdentity(this, 'Mail', { resources, feedback });
    const topicArn = new AlarmTopic(this, 'AlarmTopic', { settings, dataKeyArn }).arn;
    new AccessEvents(this, 'Events', { resources, topicArn, dataKeyArn });
    for (const alarm of serviceAlarms(resources)) defineAlarm(this, alarm, topicArn);
    new ServiceDashboard(this, 'Dashboard', { resources });

    this.tell('ApiBaseUrl', api.baseUrl, 'The API and the pages; sign-in comes back to /approve there');
    if (api.dnsTarget !== undefined)
      this.tell(
        'ApiDnsTarget',
        api.dnsTarget,
        'Where the DNS record (CNAME) of the API’s domain has to point',
      );
    for (const [index, { name, value }] of dnsRecords.entries())
      this.tell(
        `MailDnsRecord${index + 1}`,
        `${name} ${value}`,
        'A CNAME record that proves the domain of the sender to SES',
      );
    this.tell('AlarmTopicArn', topicArn, 'Alarms and break-glass; subscribe what else shall know');
    this.tell('EventBusName', resources.eventBus, 'One event for each change of a request');
    this.tell('TableName', resources.table, 'The record of every request');
    this.tell('StateMachineArn', resources.stateMachineArn, 'One execution for each open request');
    this.tell('NotaryRoleArn', resources.notaryRoleArn, 'Each AssumeRole of it in CloudTrail is evidence');
  }

  private tell(id: string, value: string, description: string): void {
    new CfnOutput(this, id, { value, description });
  }
}

function byName(roles: RoleDefinition[]): (name: string) => RoleDefinition {
  return (name) => {
    const role = roles.find((candidate) => candidate.name === name);
    if (!role) throw new RangeError(`There is no role ${name}.`);
    return role;
  };
}
