import { type App, CfnOutput, Stack } from 'aws-cdk-lib';
import type { Catalogue } from '../domain/catalogue.ts';
import type { Settings } from './configuration/settings.ts';
import { defineAlarm } from './constructs/alarm.ts';
import { type DataEvents, defineTrail } from './constructs/auditTrail.ts';
import { defineRole } from './constructs/role.ts';
import { ServiceFunction } from './constructs/serviceFunction.ts';
import { TrailArchive } from './constructs/trailArchive.ts';
import { TrailEvents } from './constructs/trailEvents.ts';
import { TrailKey } from './constructs/trailKey.ts';
import { defineHeartbeat, Watch } from './constructs/watch.ts';
import { functionEnvironment } from './functionEnvironment.ts';
import { type FunctionName, workflowSteps } from './functions.ts';
import { functionResourceName, installationOf, type Place, placeOf, resourcesOf } from './installation.ts';
import { serviceRoles } from './serviceRoles.ts';
import { serviceRules } from './serviceWatchRules.ts';
import { trailAlarms } from './trailAlarms.ts';
import { trailResourcesOf } from './trailResources.ts';
import { watchRole } from './watchRole.ts';
import { accountRules } from './watchRules.ts';
import { globalRegion, WatchStack } from './watchStack.ts';

export interface TrailStackProps {
  settings: Settings;
  catalogue: Catalogue;
  /** Folder of each function: its bundle, and what lies beside it. */
  code: Record<FunctionName, string>;
}

/** The evidence and its watch: log files of all accounts, and what compares them with the record. */
export class TrailStack extends Stack {
  constructor(scope: App, id: string, props: TrailStackProps) {
    const { settings, catalogue } = props;
    const { account, region } = settings.service;
    super(scope, id, {
      env: { account, region },
      description: 'Countersign: the trail of all accounts, and what watches it',
      terminationProtection: true,
    });
    const place = placeOf(settings);
    const watched = {
      service: place,
      targets: Object.values(catalogue.targets).map((target) => target.account),
    };
    const key = new TrailKey(this, 'Key', watched);
    const retention = settings.retention.trail;
    if (retention.kind === 'own') {
      const archive = new TrailArchive(this, 'Archive', { watched, retention, keyArn: key.arn });
      defineTrail(this, 'Trail', { service: place, dataEvents: dataEvents(place) }).node.addDependency(
        archive,
        key,
      );
    }

    const reader = this.defineReader(props, key.arn);
    const { bus } = new TrailEvents(this, 'Events', { watched, reader });
    const role = defineRole(this, 'WatchRole', watchRole(place, account));
    const rules = [...accountRules(settings), ...serviceRules(settings)];
    new Watch(this, 'Watch', { settings, account, rules }).node.addDependency(bus, role);
    defineHeartbeat(this, settings).node.addDependency(bus, role);
    if (region !== globalRegion)
      new WatchStack(scope, `${id}-${globalRegion}`, { settings, account, rules }).addStackDependency(this);

    const { alarmTopicArn } = resourcesOf(place);
    for (const alarm of trailAlarms(place)) defineAlarm(this, alarm, alarmTopicArn);
    if (retention.kind === 'own')
      this.tell('ArchiveBucket', trailResourcesOf(place).bucket, 'The log files of all accounts');
    this.tell('KeyArn', key.arn, 'Decrypts the log files; reading them takes kms:Decrypt on it');
  }

  /** `reconcileTrail`. Of what only the service's own stack knows, it reads nothing. */
  private defineReader({ settings, catalogue, code }: TrailStackProps, dataKey: string): ServiceFunction {
    const elsewhere = { baseUrl: '', keys: { requests: '', approvalTokens: '', decisions: '' } };
    const installation = installationOf(settings, { ...elsewhere, dataKey });
    const roleName = functionResourceName('reconcileTrail');
    const role = serviceRoles(installation, catalogue).find(({ name }) => name === roleName);
    if (!role) throw new RangeError(`There is no role ${roleName}.`);
    return new ServiceFunction(this, {
      name: 'reconcileTrail',
      code: code.reconcileTrail,
      role,
      environment: functionEnvironment('reconcileTrail', installation),
      logRetentionDays: settings.retention.logDays,
      dataKeyArn: dataKey,
    });
  }

  private tell(id: string, value: string, description: string): void {
    new CfnOutput(this, id, { value, description });
  }
}

/** Beside what manages the account: who writes the record, who runs what issues, and who touches the log files. */
function dataEvents(place: Place): DataEvents[] {
  const { tableArn, functionArn } = resourcesOf(place);
  const { bucketArn } = trailResourcesOf(place);
  return [
    { name: 'Writes to the record', type: 'AWS::DynamoDB::Table', arns: [tableArn], readOnly: false },
    {
      name: 'Runs of what the workflow calls',
      type: 'AWS::Lambda::Function',
      arns: workflowSteps.map(functionArn),
    },
    { name: 'Log files, read or written', type: 'AWS::S3::Object', arns: { startsWith: `${bucketArn}/` } },
  ];
}
