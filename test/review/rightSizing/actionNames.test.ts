import { runSimulation } from '@cloud-copilot/iam-simulate';
import { describe, expect, test } from 'vitest';
import { iamActionsOf } from '#review/rightSizing/iamActions.ts';
import { dataEventsOf, neverLoggedOf } from '#review/rightSizing/unseenActions.ts';

/** Whether IAM has an action of this name. */
async function isKnown(action: string): Promise<boolean> {
  const account = { resource: '*', accountId: '111122223333' };
  const request = {
    principal: 'arn:aws:iam::111122223333:user/alice',
    action,
    resource: account,
    contextVariables: {},
  };
  const none = { identityPolicies: [], serviceControlPolicies: [], resourceControlPolicies: [] };
  const { resultType, ...result } = await runSimulation({ request, ...none }, {});
  return resultType !== 'error' || !JSON.stringify(result).includes('invalid.action');
}

describe('an event of CloudTrail', () => {
  test.each([
    ['s3', 'ListObjectsV2', ['s3:ListBucket']],
    ['s3', 'ListBuckets', ['s3:ListAllMyBuckets']],
    ['s3', 'HeadBucket', ['s3:ListBucket']],
    ['s3', 'HeadObject', ['s3:GetObject', 's3:GetObjectVersion']],
    ['s3', 'DeleteBucketCors', ['s3:PutBucketCORS']],
    ['s3', 'UploadPart', ['s3:PutObject']],
    ['s3', 'PutBucketReplication', ['s3:PutReplicationConfiguration']],
    ['lambda', 'Invoke', ['lambda:InvokeFunction']],
    ['lambda', 'ListFunctions20150331', ['lambda:ListFunctions']],
    ['lambda', 'UpdateFunctionCode20150331v2', ['lambda:UpdateFunctionCode']],
    ['cloudfront', 'CreateDistribution2020_05_31', ['cloudfront:CreateDistribution']],
    ['kms', 'ReEncrypt', ['kms:ReEncryptFrom', 'kms:ReEncryptTo']],
    ['dynamodb', 'TransactGetItems', ['dynamodb:GetItem']],
    ['streams.dynamodb', 'GetRecords', ['dynamodb:GetRecords']],
    ['monitoring', 'PutMetricAlarm', ['cloudwatch:PutMetricAlarm']],
    ['email', 'SendRawEmail', ['ses:SendRawEmail']],
    ['tagging', 'GetResources', ['tag:GetResources']],
    ['rdsdata', 'ExecuteStatement', ['rds-data:ExecuteStatement']],
    ['apigateway', 'GetRestApis', ['apigateway:GET']],
    ['apigateway', 'UpdateStage', ['apigateway:PATCH', 'apigateway:PUT']],
    ['sqs', 'SendMessageBatch', ['sqs:SendMessage']],
    ['ec2', 'DescribeInstances', ['ec2:DescribeInstances']],
  ])('of %s, %s, needs what IAM calls %j', async (source, name, actions) => {
    expect(iamActionsOf({ source: `${source}.amazonaws.com`, name })).toEqual(actions);
    for (const action of actions) expect([action, await isKnown(action)]).toEqual([action, true]);
  });

  test.each([
    ['sts.amazonaws.com', 'GetCallerIdentity'],
    ['signin.amazonaws.com', 'SwitchRole'],
    ['s3.amazonaws.com', 'Get*'],
    ['*', 'GetObject'],
    ['', ''],
  ])('of %s, %s, needs no permission or has no name', (source, name) => {
    expect(iamActionsOf({ source, name })).toEqual([]);
  });

  test('with the name of what every object has keeps it', () => {
    expect(iamActionsOf({ source: 'constructor', name: 'toString' })).toEqual(['constructor:toString']);
    expect(iamActionsOf({ source: 's3.amazonaws.com', name: 'constructor' })).toEqual(['s3:constructor']);
  });
});

const services =
  'appsync bedrock cloudwatch dax dynamodb ebs ec2 elasticache events firehose iam kinesis kms lambda logs memorydb rds-data rds-db s3 sagemaker ses sns sqs sts timestream verifiedpermissions xray';

test.each(services.split(' '))('%s: what is said to be unseen are actions that IAM has', async (service) => {
  const actions = [...dataEventsOf(service), ...neverLoggedOf(service)];
  expect(actions.length).toBeGreaterThan(0);
  for (const action of actions.filter((name) => !name.includes('*')))
    expect([action, await isKnown(action)]).toEqual([action, true]);
});
