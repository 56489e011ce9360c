import type { PolicyDocument, Statement } from './definitions.ts';
import { type Place, resourcesOf } from './installation.ts';
import { keyAdministration } from './keyAdministration.ts';

const everyUse = ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'];
const envelope = ['kms:Decrypt', 'kms:GenerateDataKey*'];

/**
 * The policy of the one key that encrypts what is stored: table, execution history, logs, alarms, events, and functions'
 * environments. It is of use for this installation's resources only, and nobody gets past the services that keep them.
 */
export const dataKeyPolicy = (place: Place): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [keyAdministration(place.account), ...byCallersOf(place), ...byServices(place)],
});

/** Services that use the key with the rights of whoever calls them. */
function byCallersOf(place: Place): Statement[] {
  const { account, region } = place;
  const { functionArn, stateMachineArn } = resourcesOf(place);
  const through = (service: string) => ({
    'kms:CallerAccount': account,
    'kms:ViaService': `${service}.${region}.amazonaws.com`,
  });
  return [
    {
      // Whoever may read the table may have it decrypted, by DynamoDB only. The grant is the table's own, for its upkeep.
      Sid: 'Table',
      Effect: 'Allow',
      Principal: { AWS: '*' },
      Action: [...everyUse, 'kms:CreateGrant'],
      Resource: '*',
      Condition: { StringEquals: through('dynamodb') },
    },
    {
      // Whoever deploys a function creates a grant; the function's role decrypts.
      Sid: 'Environments',
      Effect: 'Allow',
      Principal: { AWS: '*' },
      Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:CreateGrant'],
      Resource: '*',
      Condition: {
        StringEquals: through('lambda'),
        ArnLike: { 'kms:EncryptionContext:aws:lambda:FunctionArn': functionArn('*') },
      },
    },
    {
      // Step Functions calls with the rights of the workflow's role, and of whoever starts, wakes or reads an execution:
      // their own policies decide.
      Sid: 'Executions',
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${account}:root` },
      Action: envelope,
      Resource: '*',
      Condition: { StringEquals: { 'kms:EncryptionContext:aws:states:stateMachineArn': stateMachineArn } },
    },
    {
      Sid: 'ExecutionLogs',
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${account}:root` },
      Action: 'kms:GenerateDataKey*',
      Resource: '*',
      Condition: deliveredLogs(place),
    },
  ];
}

/** Services that use the key in their own name. The encryption context says for which resource. */
function byServices(place: Place): Statement[] {
  const { account, region } = place;
  const { alarmTopicArn, eventBusArn } = resourcesOf(place);
  const service = (
    Sid: string,
    Service: string | string[],
    Action: string[],
    Condition?: Statement['Condition'],
  ): Statement => ({
    Sid,
    Effect: 'Allow',
    Principal: { Service },
    Action,
    Resource: '*',
    ...(Condition && { Condition }),
  });
  return [
    service('Logs', `logs.${region}.amazonaws.com`, everyUse, {
      ArnLike: {
        'kms:EncryptionContext:aws:logs:arn': `arn:aws:logs:${region}:${account}:log-group:*countersign*`,
      },
    }),
    service('LogDelivery', 'delivery.logs.amazonaws.com', ['kms:Decrypt'], deliveredLogs(place)),
    // EventBridge names no source account when it publishes to an encrypted topic; the topic's ARN says as much.
    service('Alarms', ['cloudwatch.amazonaws.com', 'events.amazonaws.com'], envelope, {
      StringEquals: { 'kms:EncryptionContext:aws:sns:topicArn': alarmTopicArn },
    }),
    service('Events', 'events.amazonaws.com', envelope, {
      StringEquals: { 'kms:EncryptionContext:aws:events:event-bus:arn': eventBusArn },
    }),
    // No encryption context goes with it. It tells what kind of key this is.
    service('EventsCheck', 'events.amazonaws.com', ['kms:DescribeKey']),
  ];
}

/**
 * Execution logs go through the log delivery service, encrypted on their way in this context.
 * https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
 */
const deliveredLogs = ({ account, region }: Place) => ({
  StringLike: { 'kms:EncryptionContext:SourceArn': `arn:aws:logs:${region}:${account}:*` },
});
