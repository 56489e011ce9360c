/**
 * Actions that CloudTrail's management events do not show. Most are data events, which a trail logs where it is told to:
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html. Calls to KMS and to the RDS Data API
 * can be left out of a trail: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html.
 */
const dataEvents: Readonly<Record<string, readonly string[]>> = {
  appsync: ['GraphQL'],
  bedrock: [
    'ApplyGuardrail',
    'InvokeAgent',
    'InvokeFlow',
    'InvokeInlineAgent',
    'Retrieve',
    'RetrieveAndGenerate',
  ],
  cloudwatch: [
    'GetMetricData',
    'GetMetricStatistics',
    'GetMetricWidgetImage',
    'ListMetrics',
    'PutMetricData',
  ],
  dynamodb: [
    'BatchGetItem',
    'BatchWriteItem',
    'ConditionCheckItem',
    'DeleteItem',
    'GetItem',
    'GetRecords',
    'GetShardIterator',
    'PartiQLDelete',
    'PartiQLInsert',
    'PartiQLSelect',
    'PartiQLUpdate',
    'PutItem',
    'Query',
    'Scan',
    'SearchVectors',
    'UpdateItem',
  ],
  ebs: [
    'CompleteSnapshot',
    'GetSnapshotBlock',
    'ListChangedBlocks',
    'ListSnapshotBlocks',
    'PutSnapshotBlock',
    'StartSnapshot',
  ],
  events: ['PutEvents'],
  kinesis: ['GetRecords', 'GetShardIterator', 'PutRecord', 'PutRecords', 'SubscribeToShard'],
  kms: [
    'Decrypt',
    'DeriveSharedSecret',
    'DescribeKey',
    'Encrypt',
    'GenerateDataKey',
    'GenerateDataKeyPair',
    'GenerateDataKeyPairWithoutPlaintext',
    'GenerateDataKeyWithoutPlaintext',
    'GenerateMac',
    'GenerateRandom',
    'GetPublicKey',
    'ReEncryptFrom',
    'ReEncryptTo',
    'Sign',
    'Verify',
    'VerifyMac',
  ],
  lambda: ['InvokeAsync', 'InvokeFunction', 'InvokeFunctionUrl'],
  'rds-data': [
    'BatchExecuteStatement',
    'BeginTransaction',
    'CommitTransaction',
    'ExecuteSql',
    'ExecuteStatement',
    'RollbackTransaction',
  ],
  s3: [
    'AbortMultipartUpload',
    'BypassGovernanceRetention',
    'DeleteObject',
    'DeleteObjectAnnotation',
    'DeleteObjectTagging',
    'DeleteObjectVersion',
    'DeleteObjectVersionAnnotation',
    'DeleteObjectVersionTagging',
    'GetObject',
    'GetObjectAcl',
    'GetObjectAnnotation',
    'GetObjectAttributes',
    'GetObjectLegalHold',
    'GetObjectRetention',
    'GetObjectTagging',
    'GetObjectTorrent',
    'GetObjectVersion',
    'GetObjectVersionAcl',
    'GetObjectVersionAnnotation',
    'GetObjectVersionAttributes',
    'GetObjectVersionForReplication',
    'GetObjectVersionTagging',
    'GetObjectVersionTorrent',
    'ListBucket',
    'ListBucketMultipartUploads',
    'ListBucketVersions',
    'ListMultipartUploadParts',
    'ListObjectAnnotations',
    'ListObjectVersionAnnotations',
    'PutObject',
    'PutObjectAcl',
    'PutObjectAnnotation',
    'PutObjectLegalHold',
    'PutObjectRetention',
    'PutObjectTagging',
    'PutObjectVersionAcl',
    'PutObjectVersionAnnotation',
    'PutObjectVersionTagging',
    'RestoreObject',
    'UpdateObjectEncryption',
  ],
  sagemaker: [
    'BatchGetRecord',
    'DeleteRecord',
    'GetRecord',
    'InvokeEndpoint',
    'InvokeEndpointAsync',
    'PutRecord',
  ],
  ses: [
    'SendBulkEmail',
    'SendBulkTemplatedEmail',
    'SendCustomVerificationEmail',
    'SendEmail',
    'SendRawEmail',
    'SendTemplatedEmail',
  ],
  sns: ['Publish'],
  sqs: ['ChangeMessageVisibility', 'DeleteMessage', 'ReceiveMessage', 'SendMessage'],
  timestream: ['Select', 'WriteRecords'],
  verifiedpermissions: ['IsAuthorized', 'IsAuthorizedWithToken'],
  xray: ['GetTraceSummaries', 'PutTelemetryRecords', 'PutTraceSegments'],
};

/** No event shows these: permissions that other calls need, and services whose data plane CloudTrail does not log. */
const neverLogged: readonly string[] = [
  'dax:*',
  'ec2:CreateTags',
  'elasticache:Connect',
  'elasticfilesystem:Client*',
  'es:ESHttp*',
  'execute-api:*',
  'firehose:PutRecord',
  'firehose:PutRecordBatch',
  'iam:PassRole',
  'kafka-cluster:*',
  'logs:PutLogEvents',
  'memorydb:Connect',
  'neptune-db:*',
  'rds-db:connect',
  's3-object-lambda:*',
  's3-outposts:*',
  's3express:*',
  'sdb:*',
  'sts:SetSourceIdentity',
  'sts:TagSession',
];

/** Actions of a service that are data events, or that a trail may leave out, as `service:Action`. */
export const dataEventsOf = (service: string): string[] =>
  Object.hasOwn(dataEvents, service)
    ? (dataEvents[service] ?? []).map((action) => `${service}:${action}`)
    : [];

/** Actions of a service, or patterns of them, that no event ever shows. */
export const neverLoggedOf = (service: string): string[] =>
  neverLogged.filter((pattern) => pattern.startsWith(`${service}:`));

/** Who makes something with tags needs these of its service, and the event names the making alone. */
export const taggingOf = (service: string): string[] => [`${service}:Tag*`, `${service}:AddTags*`];

/** Whether an action makes something that can have tags from the beginning. */
export const makesSomething = (action: string): boolean =>
  /:(Allocate|Copy|Create|Import|Register|Restore|Run)/.test(action);
