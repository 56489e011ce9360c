import type { PolicyDocument, Statement } from './definitions.ts';
import { logGroupName, type Place, resourcesOf } from './installation.ts';
import { keyAdministration } from './keyAdministration.ts';
import { trailResourcesOf } from './trailResources.ts';

/** The service's place, and the accounts of the targets. */
export interface Watched {
  service: Place;
  targets: string[];
}

const documentOf = (...Statement: Statement[]): PolicyDocument => ({ Version: '2012-10-17', Statement });

const cloudTrail = { Service: 'cloudtrail.amazonaws.com' };

const accountsOf = ({ service, targets }: Watched): string[] => [service.account, ...targets];

/** The trails of these accounts, and no others, even of the same account. */
const trailsOf = (watched: Watched): string[] =>
  accountsOf(watched).map(trailResourcesOf(watched.service).trailArn);

/** Only CloudTrail writes log files, so none can be forged; nobody deletes them before their time; nobody comes without TLS. */
export function archivePolicy(watched: Watched): PolicyDocument {
  const { bucketArn } = trailResourcesOf(watched.service);
  const SourceArn = { 'aws:SourceArn': trailsOf(watched) };
  return documentOf(
    {
      Sid: 'CloudTrailLooks',
      Effect: 'Allow',
      Principal: cloudTrail,
      Action: 's3:GetBucketAcl',
      Resource: bucketArn,
      Condition: { StringEquals: SourceArn },
    },
    {
      Sid: 'CloudTrailWrites',
      Effect: 'Allow',
      Principal: cloudTrail,
      Action: 's3:PutObject',
      Resource: accountsOf(watched).map((account) => `${bucketArn}/AWSLogs/${account}/*`),
      Condition: { StringEquals: { ...SourceArn, 's3:x-amz-acl': 'bucket-owner-full-control' } },
    },
    {
      Sid: 'NobodyElseWrites',
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:PutObject',
      Resource: `${bucketArn}/*`,
      Condition: { StringNotEquals: { 'aws:PrincipalServiceName': cloudTrail.Service } },
    },
    {
      // A lifecycle rule is bound by no bucket policy; CloudTrail neither deletes nor locks.
      Sid: 'NobodyDeletes',
      Effect: 'Deny',
      Principal: '*',
      Action: [
        's3:BypassGovernanceRetention',
        's3:DeleteObject*',
        's3:PutObjectLegalHold',
        's3:PutObjectRetention',
      ],
      Resource: `${bucketArn}/*`,
    },
    onlyOverTls('s3:*', [bucketArn, `${bucketArn}/*`]),
  );
}

/**
 * The key of log files and of the watch's own logs. CloudTrail encrypts with it, each account's trail in its own name;
 * whoever may read the bucket, and the key by their own policies, decrypts through S3.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
 */
export function trailKeyPolicy(watched: Watched): PolicyDocument {
  const { service, targets } = watched;
  const { account, region } = service;
  const { functionArn } = resourcesOf(service);
  const through = (name: string) => ({
    'kms:CallerAccount': account,
    'kms:ViaService': `${name}.${region}.amazonaws.com`,
  });
  const trails = trailsOf({ service, targets });
  return documentOf(
    keyAdministration(account),
    {
      Sid: 'LogFiles',
      Effect: 'Allow',
      Principal: cloudTrail,
      Action: 'kms:GenerateDataKey*',
      Resource: '*',
      Condition: {
        StringEquals: { 'aws:SourceArn': trails, 'kms:EncryptionContext:aws:cloudtrail:arn': trails },
      },
    },
    {
      Sid: 'LogFilesCheck',
      Effect: 'Allow',
      Principal: cloudTrail,
      Action: 'kms:DescribeKey',
      Resource: '*',
      Condition: { StringEquals: { 'aws:SourceArn': trails } },
    },
    {
      Sid: 'ReadLogFiles',
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${account}:root` },
      Action: 'kms:Decrypt',
      Resource: '*',
      Condition: { StringEquals: through('s3') },
    },
    {
      Sid: 'Logs',
      Effect: 'Allow',
      Principal: { Service: `logs.${region}.amazonaws.com` },
      Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
      Resource: '*',
      Condition: {
        ArnEquals: {
          'kms:EncryptionContext:aws:logs:arn': `arn:aws:logs:${region}:${account}:log-group:${logGroupName('reconcileTrail')}`,
        },
      },
    },
    {
      // Whoever deploys the function creates a grant; the function's role decrypts.
      Sid: 'Environment',
      Effect: 'Allow',
      Principal: { AWS: '*' },
      Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:CreateGrant'],
      Resource: '*',
      Condition: {
        StringEquals: {
          ...through('lambda'),
          'kms:EncryptionContext:aws:lambda:FunctionArn': functionArn('reconcileTrail'),
        },
      },
    },
  );
}

/**
 * Only the watch of each account hands on events. The account is the principal and the role a condition: a policy that
 * names a role which is not there yet is refused.
 */
export function busStatement(watched: Watched): Statement {
  const { busArn, watchRoleArn } = trailResourcesOf(watched.service);
  const accounts = accountsOf(watched);
  return {
    Sid: 'WatchesHandOn',
    Effect: 'Allow',
    Principal: { AWS: accounts.map((account) => `arn:aws:iam::${account}:root`) },
    Action: 'events:PutEvents',
    Resource: busArn,
    Condition: { ArnEquals: { 'aws:PrincipalArn': accounts.map(watchRoleArn) } },
  };
}

/**
 * Only the rule of the trail's bus puts events into the queue, and only the function that compares them takes any out, whatever
 * the account's own policies say: an event that somebody took, or one that somebody made, would be an alarm less.
 */
export function queuePolicy(service: Place): PolicyDocument {
  const { queueArn, queueRuleArn } = trailResourcesOf(service);
  const reader = resourcesOf(service).functionRoleArn('reconcileTrail');
  return documentOf(
    {
      Sid: 'EventsOfTheTrail',
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: queueArn,
      Condition: { ArnEquals: { 'aws:SourceArn': queueRuleArn } },
    },
    {
      Sid: 'NobodyElsePuts',
      Effect: 'Deny',
      Principal: '*',
      Action: 'sqs:SendMessage',
      Resource: queueArn,
      // Absent from every call but a service's own.
      Condition: { ArnNotEquals: { 'aws:SourceArn': queueRuleArn } },
    },
    {
      Sid: 'NobodyElseTakes',
      Effect: 'Deny',
      Principal: '*',
      Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:PurgeQueue'],
      Resource: queueArn,
      // Lambda polls under the function's role.
      Condition: { ArnNotEquals: { 'aws:PrincipalArn': reader } },
    },
    onlyOverTls('sqs:*', queueArn),
  );
}

/** SQS itself moves there what could not be read, by no right of anybody's. Whoever works it takes it by their own policies. */
export function unreadQueuePolicy(service: Place): PolicyDocument {
  const { unreadQueueArn } = trailResourcesOf(service);
  return documentOf(
    {
      Sid: 'NobodyPuts',
      Effect: 'Deny',
      Principal: '*',
      Action: 'sqs:SendMessage',
      Resource: unreadQueueArn,
    },
    onlyOverTls('sqs:*', unreadQueueArn),
  );
}

const onlyOverTls = (Action: string, Resource: string | string[]): Statement => ({
  Sid: 'OnlyOverTls',
  Effect: 'Deny',
  Principal: '*',
  Action,
  Resource,
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
});
