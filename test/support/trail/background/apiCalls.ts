import type { Random } from '../random.ts';

/** A call that people, pipelines and services make all day. */
export interface ApiCall {
  source: string;
  name: string;
  readOnly: boolean;
  data?: boolean;
  /** As the record has it: an object, a text of the request, or nothing. */
  request(random: Random): unknown;
  response?(random: Random): unknown;
  /** ARN of what it was done to. */
  resource?(random: Random, place: { account: string; region: string }): { type: string; arn: string };
  /** What AWS answers when it fails, beside access denied. */
  error?: { code: string; message: string };
}

const hexId = (random: Random, prefix: string): string => `${prefix}-0${random.text(16, '0123456789abcdef')}`;
const bucket = (random: Random): string =>
  random.pick(['orders-export', 'orders-web-assets', 'orders-reports']);
const objectKey = (random: Random): string =>
  `exports/2026/11/${random.whole(1, 30)}/part-${random.text(8, '0123456789abcdef')}.parquet`;

export const apiCalls: readonly ApiCall[] = [
  {
    source: 'ec2.amazonaws.com',
    name: 'DescribeInstances',
    readOnly: true,
    request: (random) => ({
      instancesSet: { items: [{ instanceId: hexId(random, 'i') }, { instanceId: hexId(random, 'i') }] },
      filterSet: { items: [{ name: 'instance-state-name', valueSet: { items: [{ value: 'running' }] } }] },
    }),
    error: { code: 'Client.RequestLimitExceeded', message: 'Request limit exceeded.' },
  },
  {
    source: 'ec2.amazonaws.com',
    name: 'DescribeSecurityGroups',
    readOnly: true,
    request: (random) => ({
      securityGroupSet: {},
      securityGroupIdSet: { items: [{ groupId: hexId(random, 'sg') }] },
      filterSet: {},
      maxResults: 1000,
    }),
  },
  {
    source: 'ec2.amazonaws.com',
    name: 'CreateTags',
    readOnly: false,
    request: (random) => ({
      resourcesSet: { items: [{ resourceId: hexId(random, 'vol') }] },
      tagSet: {
        items: [
          { key: 'Name', value: `orders-${random.whole(1, 40)}` },
          { key: 'team', value: 'orders' },
        ],
      },
    }),
    response: (random) => ({ requestId: random.uuid(), _return: true }),
  },
  {
    source: 's3.amazonaws.com',
    name: 'GetObject',
    readOnly: true,
    data: true,
    request: (random) => ({
      bucketName: bucket(random),
      Host: 'orders-export.s3.us-east-1.amazonaws.com',
      key: objectKey(random),
      'x-amz-checksum-mode': 'ENABLED',
    }),
    resource: (random) => ({
      type: 'AWS::S3::Object',
      arn: `arn:aws:s3:::${bucket(random)}/${objectKey(random)}`,
    }),
    error: { code: 'NoSuchKey', message: 'The specified key does not exist.' },
  },
  {
    source: 's3.amazonaws.com',
    name: 'PutObject',
    readOnly: false,
    data: true,
    request: (random) => ({
      bucketName: bucket(random),
      Host: 'orders-export.s3.us-east-1.amazonaws.com',
      key: objectKey(random),
    }),
    response: (random) => ({
      'x-amz-server-side-encryption': 'AES256',
      'x-amz-version-id': random.text(32, '0123456789abcdef'),
    }),
    resource: (random) => ({
      type: 'AWS::S3::Object',
      arn: `arn:aws:s3:::${bucket(random)}/${objectKey(random)}`,
    }),
  },
  {
    source: 's3.amazonaws.com',
    name: 'ListBuckets',
    readOnly: true,
    request: () => ({ Host: 's3.us-east-1.amazonaws.com' }),
  },
  {
    source: 'dynamodb.amazonaws.com',
    name: 'Query',
    readOnly: true,
    data: true,
    request: (random) => ({
      tableName: 'orders',
      indexName: 'by-customer',
      keyConditionExpression: '#customer = :customer',
      expressionAttributeNames: { '#customer': 'customer' },
      limit: random.whole(1, 100),
    }),
    resource: (_, { account, region }) => ({
      type: 'AWS::DynamoDB::Table',
      arn: `arn:aws:dynamodb:${region}:${account}:table/orders`,
    }),
  },
  {
    source: 'kms.amazonaws.com',
    name: 'Decrypt',
    readOnly: true,
    request: (random) => ({
      encryptionContext: { 'aws:s3:arn': `arn:aws:s3:::${bucket(random)}/${objectKey(random)}` },
      encryptionAlgorithm: 'SYMMETRIC_DEFAULT',
    }),
    resource: (_, { account, region }) => ({
      type: 'AWS::KMS::Key',
      arn: `arn:aws:kms:${region}:${account}:key/5d0b9a2f-86a1-4c6c-9f0c-1c1b7b6f2d11`,
    }),
  },
  {
    source: 'secretsmanager.amazonaws.com',
    name: 'GetSecretValue',
    readOnly: true,
    request: () => ({ secretId: 'orders/database', versionStage: 'AWSCURRENT' }),
    error: { code: 'ResourceNotFoundException', message: "Secrets Manager can't find the specified secret." },
  },
  {
    source: 'logs.amazonaws.com',
    name: 'CreateLogStream',
    readOnly: false,
    request: (random) => ({
      logGroupName: '/aws/lambda/order-intake',
      logStreamName: `2026/11/18/[$LATEST]${random.text(32, '0123456789abcdef')}`,
    }),
    error: { code: 'ResourceAlreadyExistsException', message: 'The specified log stream already exists' },
  },
  {
    source: 'monitoring.amazonaws.com',
    name: 'GetMetricData',
    readOnly: true,
    request: (random) => ({
      metricDataQueries: Array.from({ length: random.whole(1, 4) }, (_, index) => ({
        id: `m${index}`,
        returnData: true,
        metricStat: { stat: 'Sum', period: 300, metric: { namespace: 'AWS/Lambda', metricName: 'Errors' } },
      })),
      startTime: 'Nov 18, 2026 1:00:00 AM',
      endTime: 'Nov 18, 2026 2:00:00 AM',
    }),
  },
  {
    source: 'lambda.amazonaws.com',
    name: 'ListFunctions20150331',
    readOnly: true,
    request: () => null,
    error: { code: 'ThrottlingException', message: 'Rate exceeded' },
  },
  {
    source: 'lambda.amazonaws.com',
    name: 'UpdateFunctionConfiguration20150331v2',
    readOnly: false,
    request: () => ({ functionName: 'order-intake', memorySize: 512, environment: {}, timeout: 30 }),
    response: (random) => ({
      functionName: 'order-intake',
      runtime: 'nodejs24.x',
      codeSha256: random.text(43, '0123456789abcdef'),
      environment: { variables: 'HIDDEN_DUE_TO_SECURITY_REASONS' },
      version: '$LATEST',
      tracingConfig: { mode: 'PassThrough' },
    }),
  },
  {
    source: 'iam.amazonaws.com',
    name: 'GetRole',
    readOnly: true,
    request: () => ({ roleName: 'order-intake' }),
    error: { code: 'NoSuchEntityException', message: 'The role with name order-intake cannot be found.' },
  },
  {
    source: 'athena.amazonaws.com',
    name: 'StartQueryExecution',
    readOnly: false,
    request: (random) => ({
      queryString: 'HIDDEN_DUE_TO_SECURITY_REASONS',
      clientRequestToken: random.uuid(),
      workGroup: 'analysts',
    }),
    response: (random) => ({ queryExecutionId: random.uuid() }),
  },
  {
    // Some services write their parameters as one text.
    source: 'resource-explorer-2.amazonaws.com',
    name: 'Search',
    readOnly: true,
    request: (random) => JSON.stringify({ QueryString: `tag:team=orders id:${random.whole(1, 900)}` }),
  },
];
