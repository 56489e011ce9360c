import { runSimulation } from '@cloud-copilot/iam-simulate';
import { describe, expect, test } from 'vitest';
import type { PolicyDocument } from '#infra/definitions.ts';
import { functions } from '#infra/functions.ts';
import { aCatalogue } from '../support/builders.ts';
import { type DeployedRole, deployedRoles, isAllowed } from '../support/deployedPolicies.ts';
import { transformed } from '../support/inputTransformer.ts';
import {
  type Resource,
  resolved,
  resourcesOfType,
  someSettings,
  synthesized,
  type Template,
} from '../support/stacks.ts';

const service = '999988887777';
const production = '111122223333';
const staging = '444455556666';

/** Two targets, so that one could be taken for the other. */
const catalogue = aCatalogue((source) => {
  source.targets.staging = { account: staging, title: 'Staging' };
});
const stacks = synthesized({ catalogue });
const { trail } = stacks;
// oxlint-disable-next-line typescript/no-explicit-any -- properties have as many shapes as there are resource types.
type Properties = Record<string, any>;
const only = (type: string): { id: string; resource: Resource; properties: Properties } => {
  const [[id, resource] = [], ...others] = Object.entries(resourcesOfType(trail, type));
  if (id === undefined || !resource || others.length > 0) throw new Error(`The trail has not one ${type}.`);
  return { id, resource, properties: resolved(trail, resource.Properties) };
};
const queueNamed = (name: string): Properties =>
  Object.values(resourcesOfType(trail, 'AWS::SQS::Queue'))
    .map(({ Properties }) => resolved(trail, Properties))
    .find(({ QueueName }) => QueueName === name);
const queuePolicyOf = (name: string): PolicyDocument =>
  Object.values(resourcesOfType(trail, 'AWS::SQS::QueuePolicy'))
    .map(({ Properties }) => resolved(trail, Properties))
    .find(({ PolicyDocument }) => JSON.stringify(PolicyDocument).includes(`${service}:${name}"`))
    .PolicyDocument;

const bucket = `arn:aws:s3:::countersign-trail-${service}-us-east-1`;
const trailOf = (account: string, name = 'countersign') =>
  `arn:aws:cloudtrail:us-east-1:${account}:trail/${name}`;

/** Whether an AWS service may do something to a resource of the trail. */
async function serviceMay(
  principal: string,
  action: string,
  resource: string,
  policy: PolicyDocument,
  context: Record<string, string>,
): Promise<boolean> {
  const outcome = await runSimulation(
    {
      request: {
        principal,
        action,
        resource: { resource, accountId: service },
        contextVariables: {
          'aws:PrincipalIsAWSService': 'true',
          'aws:PrincipalServiceName': principal,
          'aws:SecureTransport': 'true',
          ...context,
        },
      },
      identityPolicies: [],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      resourcePolicy: policy,
    },
    { simulationMode: 'Strict' },
  );
  if (outcome.resultType !== 'single') throw new Error(JSON.stringify(outcome));
  return outcome.result.analysis.result === 'Allowed';
}

const administrator = { administratorOf: service };

describe('the archive of log files', () => {
  const { resource, properties } = only('AWS::S3::Bucket');

  test('keeps every log file, in every version, for as long as the settings say', () => {
    expect(properties).toMatchObject({
      BucketName: `countersign-trail-${service}-us-east-1`,
      VersioningConfiguration: { Status: 'Enabled' },
      ObjectLockEnabled: true,
      ObjectLockConfiguration: {
        ObjectLockEnabled: 'Enabled',
        Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 365 } },
      },
    });
    expect(properties.LifecycleConfiguration.Rules).toEqual([
      expect.objectContaining({
        Status: 'Enabled',
        ExpirationInDays: 2_557,
        NoncurrentVersionExpiration: { NoncurrentDays: 2_557 },
      }),
    ]);
  });

  test('outlives its stack, as do its policy and its key', () => {
    const policy = only('AWS::S3::BucketPolicy').resource;
    for (const kept of [resource, policy, only('AWS::KMS::Key').resource])
      expect([kept.DeletionPolicy, kept.UpdateReplacePolicy], kept.Type).toEqual(['Retain', 'Retain']);
  });

  test('is nobody’s but ours: no public access, no ACLs, encrypted with its own key', () => {
    expect(Object.values(properties.PublicAccessBlockConfiguration)).toEqual([true, true, true, true]);
    expect(properties.OwnershipControls.Rules).toEqual([{ ObjectOwnership: 'BucketOwnerEnforced' }]);
    const [{ ServerSideEncryptionByDefault: encryption }] =
      properties.BucketEncryption.ServerSideEncryptionConfiguration;
    expect(encryption.SSEAlgorithm).toBe('aws:kms');
    expect(encryption.KMSMasterKeyID).toBe(
      resolved(trail, { 'Fn::GetAtt': [only('AWS::KMS::Key').id, 'Arn'] }),
    );
  });

  const policy: PolicyDocument = only('AWS::S3::BucketPolicy').properties.PolicyDocument;
  const cloudTrailPuts = (account: string, context: Record<string, string>) =>
    serviceMay(
      'cloudtrail.amazonaws.com',
      's3:PutObject',
      `${bucket}/AWSLogs/${account}/CloudTrail/x.json.gz`,
      policy,
      {
        's3:x-amz-acl': 'bucket-owner-full-control',
        ...context,
      },
    );

  test('takes log files from the trails of the service’s and the targets’ accounts', async () => {
    for (const account of [service, production, staging]) {
      expect(await cloudTrailPuts(account, { 'aws:SourceArn': trailOf(account) })).toBe(true);
      expect(
        await serviceMay('cloudtrail.amazonaws.com', 's3:GetBucketAcl', bucket, policy, {
          'aws:SourceArn': trailOf(account),
        }),
      ).toBe(true);
    }
  });

  test('takes none from another account, from another trail of these, or for nobody', async () => {
    expect(await cloudTrailPuts('123412341234', { 'aws:SourceArn': trailOf('123412341234') })).toBe(false);
    expect(await cloudTrailPuts('123412341234', { 'aws:SourceArn': trailOf(service) })).toBe(false);
    expect(await cloudTrailPuts(service, { 'aws:SourceArn': trailOf(service, 'another') })).toBe(false);
    expect(await cloudTrailPuts(service, {})).toBe(false);
  });

  test('lets nobody delete a log file or change its lock', async () => {
    const resource = `${bucket}/AWSLogs/${service}/CloudTrail/x.json.gz`;
    for (const action of [
      'DeleteObject',
      'DeleteObjectVersion',
      'PutObjectRetention',
      'PutObjectLegalHold',
      'BypassGovernanceRetention',
    ])
      expect(
        await isAllowed({
          by: administrator,
          account: service,
          resourcePolicy: policy,
          resource,
          action: `s3:${action}`,
        }),
        action,
      ).toBe(false);
  });

  test('takes none that an administrator forged, and answers nobody without TLS', async () => {
    const put = {
      by: administrator,
      account: service,
      resourcePolicy: policy,
      resource: `${bucket}/AWSLogs/x`,
    };
    expect(await isAllowed({ ...put, action: 's3:PutObject' })).toBe(false);
    expect(await isAllowed({ ...put, action: 's3:GetObject' })).toBe(true);
    expect(
      await isAllowed({ ...put, action: 's3:GetObject', context: { 'aws:SecureTransport': 'false' } }),
    ).toBe(false);
  });
});

describe('the key of the log files', () => {
  const { id, properties } = only('AWS::KMS::Key');
  const arn: string = resolved(trail, { 'Fn::GetAtt': [id, 'Arn'] });
  // The simulator knows tags as keys that somebody names; the encryption context is another such kind to it.
  const contextKey = 'aws:RequestTag/';
  const policy: PolicyDocument = JSON.parse(
    JSON.stringify(properties.KeyPolicy).replaceAll('kms:EncryptionContext:', contextKey),
  );
  const generates = (account: string, name = 'countersign', encrypted = trailOf(account, name)) =>
    serviceMay('cloudtrail.amazonaws.com', 'kms:GenerateDataKey', arn, policy, {
      'aws:SourceArn': trailOf(account, name),
      [`${contextKey}aws:cloudtrail:arn`]: encrypted,
    });

  test('is rotated, and has the name that trails of other accounts know it by', () => {
    expect(properties.EnableKeyRotation).toBe(true);
    expect(only('AWS::KMS::Alias').properties).toMatchObject({ AliasName: 'alias/countersign-trail' });
  });

  test('encrypts for the trails of these accounts, and for no others', async () => {
    for (const account of [service, production, staging]) expect(await generates(account)).toBe(true);
    expect(await generates('123412341234')).toBe(false);
    expect(await generates(production, 'another')).toBe(false);
    expect(await generates(production, 'countersign', trailOf(production, 'another'))).toBe(false);
  });

  test('decrypts for whoever may read it by S3, and for nobody directly', async () => {
    const decrypt = {
      by: administrator,
      action: 'kms:Decrypt',
      resource: arn,
      account: service,
      resourcePolicy: policy,
    };
    const through = (region: string) => ({
      'kms:ViaService': `s3.${region}.amazonaws.com`,
      'kms:CallerAccount': service,
    });
    expect(await isAllowed({ ...decrypt, context: through('us-east-1') })).toBe(true);
    expect(await isAllowed({ ...decrypt, context: through('eu-central-1') })).toBe(false);
    expect(await isAllowed(decrypt)).toBe(false);
    expect(
      await isAllowed({ ...decrypt, by: { administratorOf: production }, context: through('us-east-1') }),
    ).toBe(false);
  });

  test('can be lent to nobody but Lambda, for the one function', async () => {
    const lend = {
      by: administrator,
      action: 'kms:CreateGrant',
      resource: arn,
      account: service,
      resourcePolicy: policy,
    };
    const through = (name: string) => ({
      'kms:ViaService': 'lambda.us-east-1.amazonaws.com',
      'kms:CallerAccount': service,
      [`${contextKey}aws:lambda:FunctionArn`]: `arn:aws:lambda:us-east-1:${service}:function:${name}`,
    });
    expect(await isAllowed(lend)).toBe(false);
    expect(await isAllowed({ ...lend, context: through('countersign-reconcile-trail') })).toBe(true);
    expect(await isAllowed({ ...lend, context: through('another') })).toBe(false);
  });
});

describe('the trail', () => {
  const { properties, resource } = only('AWS::CloudTrail::Trail');

  test('records every region, in log files that tell when one was changed', () => {
    expect(properties).toMatchObject({
      TrailName: 'countersign',
      IsLogging: true,
      IsMultiRegionTrail: true,
      IncludeGlobalServiceEvents: true,
      EnableLogFileValidation: true,
    });
  });

  test('begins when bucket policy and key are there', () => {
    const types = [resource.DependsOn].flat().map((id) => trail.Resources[String(id)]?.Type);
    expect(types).toEqual(expect.arrayContaining(['AWS::S3::BucketPolicy', 'AWS::KMS::Alias']));
  });

  test('records who writes the table, who runs the workflow’s functions and who touches log files', () => {
    const selectors = properties.AdvancedEventSelectors.map(({ FieldSelectors }: Properties) =>
      Object.fromEntries(
        FieldSelectors.map(({ Field, Equals, StartsWith }: Properties) => [
          Field,
          (Equals ?? StartsWith).join(' '),
        ]),
      ),
    );
    expect(selectors).toEqual([
      { eventCategory: 'Management' },
      {
        eventCategory: 'Data',
        'resources.type': 'AWS::DynamoDB::Table',
        'resources.ARN': `arn:aws:dynamodb:us-east-1:${service}:table/countersign`,
        readOnly: 'false',
      },
      {
        eventCategory: 'Data',
        'resources.type': 'AWS::Lambda::Function',
        'resources.ARN': ['notify-approvers', 'issue-session', 'end-grant']
          .map((name) => `arn:aws:lambda:us-east-1:${service}:function:countersign-${name}`)
          .join(' '),
      },
      {
        eventCategory: 'Data',
        'resources.type': 'AWS::S3::Object',
        'resources.ARN': `${bucket}/`,
      },
    ]);
  });

  test('is left to the organization where it has one; the watch stays, but for what only a trail of ours records or keeps', () => {
    const settings = someSettings((source) => {
      source.retention.trail = { kind: 'organization' };
    });
    const without = synthesized({ settings }).trail;
    for (const type of ['AWS::CloudTrail::Trail', 'AWS::S3::Bucket', 'AWS::S3::BucketPolicy'])
      expect(resourcesOfType(without, type)).toEqual({});
    const rulesOf = (template: Template) =>
      Object.values(resourcesOfType(template, 'AWS::Events::Rule')).map(({ Properties }) => Properties.Name);
    const left = new Set(rulesOf(without));
    expect(rulesOf(trail).filter((name) => !left.has(name))).toEqual(
      ['records', 'issued', 'archive'].map((name) => `countersign-watch-${name}`),
    );
  });
});

describe('what the watches find', () => {
  const bus = `arn:aws:events:us-east-1:${service}:event-bus/countersign-trail`;
  const roles = deployedRoles(stacks);
  const roleOf = (name: string, account: string): DeployedRole => {
    const role = roles.find((candidate) => candidate.name === name && candidate.account === account);
    if (!role) throw new RangeError(`Account ${account} has no role ${name}.`);
    return role;
  };
  const busPolicy: PolicyDocument = {
    Version: '2012-10-17',
    Statement: [only('AWS::Events::EventBusPolicy').properties.Statement],
  };
  const handsOn = (by: DeployedRole | { administratorOf: string }) =>
    isAllowed({ by, action: 'events:PutEvents', resource: bus, account: service, resourcePolicy: busPolicy });

  test('comes through the bus from each account’s watch, and from nobody else there', async () => {
    for (const account of [service, production, staging])
      expect(await handsOn(roleOf('countersign-watch', account)), account).toBe(true);
    for (const account of [production, staging, '123412341234'])
      expect(await handsOn({ administratorOf: account }), account).toBe(false);
    const stranger = { ...roleOf('countersign-watch', staging), account: '123412341234' };
    expect(await handsOn({ ...stranger, arn: stranger.arn.replace(staging, '123412341234') })).toBe(false);
  });

  test('is handed on by EventBridge alone, for rules of the watch', async () => {
    for (const account of [service, production]) {
      const { arn, trustPolicy } = roleOf('countersign-watch', account);
      const assumes = (principal: string, rule: string, source = account) =>
        serviceMay(principal, 'sts:AssumeRole', arn, trustPolicy, {
          'aws:SourceAccount': source,
          'aws:SourceArn': `arn:aws:events:us-east-1:${source}:rule/${rule}`,
        });
      expect(await assumes('events.amazonaws.com', 'countersign-watch-assumed')).toBe(true);
      expect(await assumes('events.amazonaws.com', 'another')).toBe(false);
      expect(await assumes('events.amazonaws.com', 'countersign-watch-assumed', '123412341234')).toBe(false);
      expect(await assumes('lambda.amazonaws.com', 'countersign-watch-assumed')).toBe(false);
    }
  });

  test('is put into the queue by the rule of that bus alone', async () => {
    const sends = (rule: string) =>
      serviceMay(
        'events.amazonaws.com',
        'sqs:SendMessage',
        `arn:aws:sqs:us-east-1:${service}:countersign-trail`,
        queuePolicyOf('countersign-trail'),
        { 'aws:SourceArn': `arn:aws:events:us-east-1:${service}:rule/${rule}` },
      );
    expect(await sends('countersign-trail/countersign-trail-events')).toBe(true);
    expect(await sends('countersign-trail/another')).toBe(false);
    expect(await sends('countersign-watch-assumed')).toBe(false);
    const [rule] = Object.values(resourcesOfType(trail, 'AWS::Events::Rule')).filter(
      ({ Properties }) => Properties.Name === 'countersign-trail-events',
    );
    expect(resolved(trail, rule?.Properties)).toMatchObject({
      EventBusName: 'countersign-trail',
      EventPattern: { source: [{ prefix: 'aws.' }] },
      State: 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS',
      Targets: [{ Arn: `arn:aws:sqs:us-east-1:${service}:countersign-trail` }],
    });
  });

  const watchRules = Object.values(resourcesOfType(trail, 'AWS::Events::Rule'))
    .map(({ Properties }) => resolved(trail, Properties))
    .filter(({ Name }) => Name.startsWith('countersign-watch-'));

  test('goes straight to the topic of alarms where it is about the way that the rest goes', () => {
    const straight = watchRules.filter(({ Targets: [{ Arn }] }) => Arn.includes(':sns:'));
    expect(straight.map(({ Name }) => Name.replace('countersign-watch-', '')).sort()).toEqual([
      'alarms',
      'keys',
      'logs',
      'reader',
      'rules-again',
    ]);
    for (const { Targets } of straight) {
      const [{ Arn, InputTransformer }, ...others] = Targets;
      expect([Arn, others]).toEqual([`arn:aws:sns:us-east-1:${service}:countersign-alarms`, []]);
      const event = {
        account: service,
        detail: {
          eventName: 'PurgeQueue',
          eventID: 'an-event',
          userIdentity: { arn: 'arn:aws:iam::1:user/mallory' },
        },
      };
      expect(JSON.parse(transformed(InputTransformer, event))).toBe(
        `Tampering: PurgeQueue in account ${service} by arn:aws:iam::1:user/mallory, on the way that alarms take. CloudTrail event an-event. What to do: docs/runbook.md#tampering`,
      );
    }
  });

  test('has a heartbeat that goes the whole way, every minute', () => {
    const heartbeat = watchRules.find(({ Name }) => Name === 'countersign-watch-heartbeat');
    expect(heartbeat).toMatchObject({
      ScheduleExpression: 'rate(1 minute)',
      Targets: [{ Arn: bus, RoleArn: `arn:aws:iam::${service}:role/countersign-watch` }],
    });
    const alarm = Object.values(resourcesOfType(trail, 'AWS::CloudWatch::Alarm')).find(
      ({ Properties }) => Properties.AlarmName === 'countersign-trail-silent',
    );
    expect(alarm?.Properties).toMatchObject({
      TreatMissingData: 'breaching',
      ComparisonOperator: 'LessThanThreshold',
    });
    expect(alarm?.Properties.Metrics[0].MetricStat.Metric).toMatchObject({
      MetricName: 'Invocations',
      Dimensions: [{ Value: 'countersign-reconcile-trail' }],
    });
  });

  test('waits until what issueSession did is on record', () => {
    const { DelaySeconds } = queueNamed('countersign-trail');
    expect(DelaySeconds).toBeGreaterThan(functions.issueSession.timeoutSeconds);
    expect(DelaySeconds).toBeLessThanOrEqual(900);
  });

  test('is tried again while reconcileTrail still has time, and kept for a fortnight when it cannot be read', () => {
    expect(queueNamed('countersign-trail')).toMatchObject({
      SqsManagedSseEnabled: true,
      RedrivePolicy: { deadLetterTargetArn: `arn:aws:sqs:us-east-1:${service}:countersign-trail-unread` },
    });
    expect(queueNamed('countersign-trail').VisibilityTimeout).toBeGreaterThan(
      functions.reconcileTrail.timeoutSeconds,
    );
    expect(queueNamed('countersign-trail-unread')).toMatchObject({
      SqsManagedSseEnabled: true,
      MessageRetentionPeriod: 14 * 86_400,
    });
  });

  test('is read message by message: one that cannot be read does not hold up the others', () => {
    expect(only('AWS::Lambda::EventSourceMapping').properties).toMatchObject({
      EventSourceArn: `arn:aws:sqs:us-east-1:${service}:countersign-trail`,
      FunctionName: 'countersign-reconcile-trail',
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
  });

  test('is read by reconcileTrail, which reads requests and changes nothing', async () => {
    const by = roleOf('countersign-reconcile-trail', service);
    const may = (action: string, resource: string, context = {}) =>
      isAllowed({ by, action, resource, account: service, context });
    const queue = `arn:aws:sqs:us-east-1:${service}:countersign-trail`;
    for (const action of ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'])
      expect(await may(action, queue)).toBe(true);
    expect(await may('sqs:PurgeQueue', queue)).toBe(false);
    const table = `arn:aws:dynamodb:us-east-1:${service}:table/countersign`;
    const keys = (key: string) => ({ 'dynamodb:LeadingKeys': [key] });
    expect(await may('dynamodb:GetItem', table, keys('REQUEST#1'))).toBe(true);
    expect(await may('dynamodb:GetItem', table, keys('DENYLIST#1'))).toBe(false);
    expect(await may('dynamodb:UpdateItem', table, keys('REQUEST#1'))).toBe(false);
    const { Environment } = only('AWS::Lambda::Function').properties;
    expect(Environment.Variables).toEqual({ COUNTERSIGN_TABLE: 'countersign' });
  });

  test('raises alarms that name who is hurt, and so does whatever keeps it from being read', () => {
    const alarms = Object.values(resourcesOfType(trail, 'AWS::CloudWatch::Alarm')).map(
      ({ Properties }) => Properties,
    );
    expect(alarms.map(({ AlarmName }) => AlarmName)).toEqual([
      'countersign-out-of-band',
      'countersign-tampering',
      'countersign-refused-assume-role',
      'countersign-trail-unread',
      'countersign-trail-undelivered',
      'countersign-trail-late',
      'countersign-trail-silent',
      'countersign-reconcile-trail-fails',
    ]);
    for (const { AlarmActions, AlarmDescription, AlarmName } of alarms) {
      expect(AlarmActions).toEqual([`arn:aws:sns:us-east-1:${service}:countersign-alarms`]);
      expect(AlarmDescription).toContain(`docs/runbook.md#${AlarmName.replace('countersign-', '')}`);
    }
  });
});

test.each(Object.keys(stacks.all))(
  '%s is in ASCII: CloudFormation puts question marks in the place of other characters',
  (name) => {
    expect(JSON.stringify(stacks.all[name]).match(/[^ -~]+/g) ?? []).toEqual([]);
  },
);

describe('where the service is not in us-east-1', () => {
  test('its account is watched there too, with the same rules', () => {
    const settings = someSettings((source) => {
      source.service.region = 'eu-central-1';
    });
    const { all } = synthesized({ settings });
    const rulesOf = (name: string) =>
      Object.values(resourcesOfType(all[name] ?? { Resources: {} }, 'AWS::Events::Rule'))
        .map(({ Properties }) => Properties.Name)
        .filter((name) => name.startsWith('countersign-watch-') && name !== 'countersign-watch-heartbeat');
    expect(rulesOf('CountersignTrail-us-east-1')).toEqual(rulesOf('CountersignTrail'));
    expect(rulesOf('CountersignTrail')).toHaveLength(23);
    const targets = Object.values(all['CountersignTrail-us-east-1']?.Resources ?? {}).flatMap(
      ({ Properties }) => Properties.Targets,
    );
    for (const { Arn } of targets) expect(Arn).toMatch(/:event-bus\/countersign-trail$/);
  });
});
