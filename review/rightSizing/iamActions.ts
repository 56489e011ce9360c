/**
 * CloudTrail names API operations, a policy names actions. They mostly have the same names; these tables hold where they do not.
 * Source of the S3 names: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html; of the rest: each service's
 * page of https://docs.aws.amazon.com/service-authorization/latest/reference/. What stands in no table keeps its name; a call that
 * succeeded and that no granted action covers shows that one is missing here.
 */

/** First label of an event source, where a policy has another prefix. */
const prefixes: Readonly<Record<string, string>> = {
  appstream2: 'appstream',
  cloudhsmv2: 'cloudhsm',
  email: 'ses',
  iotdata: 'iot',
  'models-v2-lex': 'lex',
  monitoring: 'cloudwatch',
  'mturk-requester': 'mechanicalturk',
  rdsdata: 'rds-data',
  'runtime-v2-lex': 'lex',
  tagging: 'tag',
};

/** Sources of two labels: the last one says which service. */
const innerPrefixes: Readonly<Record<string, string>> = {
  'entitlement.marketplace': 'aws-marketplace',
  'metering.marketplace': 'aws-marketplace',
  'models.lex': 'lex',
  'runtime.lex': 'lex',
  'streams.dynamodb': 'dynamodb',
};

/** Operations by prefix: all actions that a call needs, or may have needed. */
const operations: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  dynamodb: {
    BatchExecuteStatement: ['PartiQLSelect', 'PartiQLInsert', 'PartiQLUpdate', 'PartiQLDelete'],
    ExecuteStatement: ['PartiQLSelect', 'PartiQLInsert', 'PartiQLUpdate', 'PartiQLDelete'],
    ExecuteTransaction: ['PartiQLSelect', 'PartiQLInsert', 'PartiQLUpdate', 'PartiQLDelete'],
    TransactGetItems: ['GetItem'],
    TransactWriteItems: ['PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'],
  },
  kms: { ReEncrypt: ['ReEncryptFrom', 'ReEncryptTo'] },
  lambda: { Invoke: ['InvokeFunction'] },
  s3: {
    CompleteMultipartUpload: ['PutObject'],
    CopyObject: [
      'PutObject',
      'GetObject',
      'GetObjectVersion',
      'GetObjectTagging',
      'PutObjectTagging',
      'PutObjectAcl',
    ],
    CreateMultipartUpload: ['PutObject', 'PutObjectTagging', 'PutObjectAcl'],
    DeleteBucketAnalyticsConfiguration: ['PutAnalyticsConfiguration'],
    DeleteBucketCors: ['PutBucketCORS'],
    DeleteBucketEncryption: ['PutEncryptionConfiguration'],
    DeleteBucketIntelligentTieringConfiguration: ['PutIntelligentTieringConfiguration'],
    DeleteBucketInventoryConfiguration: ['PutInventoryConfiguration'],
    DeleteBucketLifecycle: ['PutLifecycleConfiguration'],
    DeleteBucketMetricsConfiguration: ['PutMetricsConfiguration'],
    DeleteBucketReplication: ['PutReplicationConfiguration'],
    DeleteBucketTagging: ['PutBucketTagging'],
    DeleteObject: ['DeleteObject', 'DeleteObjectVersion'],
    DeleteObjects: ['DeleteObject', 'DeleteObjectVersion'],
    DeleteObjectTagging: ['DeleteObjectTagging', 'DeleteObjectVersionTagging'],
    GetBucketAccelerateConfiguration: ['GetAccelerateConfiguration'],
    GetBucketAnalyticsConfiguration: ['GetAnalyticsConfiguration'],
    GetBucketCors: ['GetBucketCORS'],
    GetBucketEncryption: ['GetEncryptionConfiguration'],
    GetBucketIntelligentTieringConfiguration: ['GetIntelligentTieringConfiguration'],
    GetBucketInventoryConfiguration: ['GetInventoryConfiguration'],
    GetBucketLifecycle: ['GetLifecycleConfiguration'],
    GetBucketLifecycleConfiguration: ['GetLifecycleConfiguration'],
    GetBucketMetricsConfiguration: ['GetMetricsConfiguration'],
    GetBucketNotificationConfiguration: ['GetBucketNotification'],
    GetBucketReplication: ['GetReplicationConfiguration'],
    GetObject: ['GetObject', 'GetObjectVersion'],
    GetObjectAcl: ['GetObjectAcl', 'GetObjectVersionAcl'],
    GetObjectAttributes: [
      'GetObject',
      'GetObjectAttributes',
      'GetObjectVersion',
      'GetObjectVersionAttributes',
    ],
    GetObjectLockConfiguration: ['GetBucketObjectLockConfiguration'],
    GetObjectTagging: ['GetObjectTagging', 'GetObjectVersionTagging'],
    GetPublicAccessBlock: ['GetBucketPublicAccessBlock'],
    HeadBucket: ['ListBucket'],
    HeadObject: ['GetObject', 'GetObjectVersion'],
    ListBucketAnalyticsConfigurations: ['GetAnalyticsConfiguration'],
    ListBucketIntelligentTieringConfigurations: ['GetIntelligentTieringConfiguration'],
    ListBucketInventoryConfigurations: ['GetInventoryConfiguration'],
    ListBucketMetricsConfigurations: ['GetMetricsConfiguration'],
    ListBuckets: ['ListAllMyBuckets'],
    ListMultipartUploads: ['ListBucketMultipartUploads'],
    ListObjectVersions: ['ListBucketVersions'],
    ListObjects: ['ListBucket'],
    ListObjectsV2: ['ListBucket'],
    ListParts: ['ListMultipartUploadParts'],
    PutBucketAccelerateConfiguration: ['PutAccelerateConfiguration'],
    PutBucketAnalyticsConfiguration: ['PutAnalyticsConfiguration'],
    PutBucketCors: ['PutBucketCORS'],
    PutBucketEncryption: ['PutEncryptionConfiguration'],
    PutBucketIntelligentTieringConfiguration: ['PutIntelligentTieringConfiguration'],
    PutBucketInventoryConfiguration: ['PutInventoryConfiguration'],
    PutBucketLifecycle: ['PutLifecycleConfiguration'],
    PutBucketLifecycleConfiguration: ['PutLifecycleConfiguration'],
    PutBucketMetricsConfiguration: ['PutMetricsConfiguration'],
    PutBucketNotificationConfiguration: ['PutBucketNotification'],
    PutBucketReplication: ['PutReplicationConfiguration'],
    PutObject: ['PutObject', 'PutObjectAcl', 'PutObjectTagging', 'PutObjectRetention', 'PutObjectLegalHold'],
    PutObjectAcl: ['PutObjectAcl', 'PutObjectVersionAcl'],
    PutObjectLockConfiguration: ['PutBucketObjectLockConfiguration'],
    PutObjectTagging: ['PutObjectTagging', 'PutObjectVersionTagging'],
    PutPublicAccessBlock: ['PutBucketPublicAccessBlock'],
    DeletePublicAccessBlock: ['PutBucketPublicAccessBlock'],
    SelectObjectContent: ['GetObject'],
    UploadPart: ['PutObject'],
    UploadPartCopy: ['PutObject', 'GetObject', 'GetObjectVersion'],
  },
  ses: {
    SendEmail: ['SendEmail', 'SendRawEmail', 'SendTemplatedEmail'],
    SendBulkEmail: ['SendBulkEmail', 'SendBulkTemplatedEmail'],
  },
  sns: { PublishBatch: ['Publish'] },
  ssm: { PutParameter: ['PutParameter', 'AddTagsToResource'] },
  sqs: {
    ChangeMessageVisibilityBatch: ['ChangeMessageVisibility'],
    DeleteMessageBatch: ['DeleteMessage'],
    SendMessageBatch: ['SendMessage'],
  },
};

/** API Gateway's actions are HTTP methods: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagement.html */
const gatewayMethods: readonly [RegExp, readonly string[]][] = [
  [/^(Get|Export)/, ['GET']],
  [/^(Create|Import|Test|Generate)/, ['POST', 'PUT']],
  [/^(Put|Reimport)/, ['PUT']],
  [/^Update/, ['PATCH', 'PUT']],
  [/^Tag/, ['POST', 'PUT']],
  [/^(Delete|Flush|Untag|Reset)/, ['DELETE']],
];

/** Calls that need no permission: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
const free = new Set(['sts:GetCallerIdentity', 'sts:GetSessionToken']);

/**
 * The actions that a call needed, or may have needed, as `service:Action`; the first names it best. Empty for what needs none, and for
 * what is no name of an operation.
 */
export function iamActionsOf({ source, name }: { source: string; name: string }): string[] {
  const prefix = prefixOf(source);
  const operation = withoutVersion(name);
  if (!/^[a-z0-9-]{1,64}$/.test(prefix) || !/^\w{1,128}$/.test(operation) || prefix === 'signin') return [];
  const known = Object.hasOwn(operations, prefix) ? operations[prefix] : undefined;
  const actions = known && Object.hasOwn(known, operation) ? known[operation] : undefined;
  const methods = prefix === 'apigateway' ? methodsOf(operation) : undefined;
  return (actions ?? methods ?? [operation])
    .map((action) => `${prefix}:${action}`)
    .filter((action) => !free.has(action));
}

function prefixOf(source: string): string {
  const labels = source.replace(/\.amazonaws\.com(\.cn)?$/, '');
  if (Object.hasOwn(innerPrefixes, labels)) return innerPrefixes[labels] ?? '';
  const first = labels.split('.')[0] ?? '';
  return (Object.hasOwn(prefixes, first) ? prefixes[first] : undefined) ?? first;
}

/** `ListFunctions20150331`, `GetFunction20150331v2`, `CreateDistribution2020_05_31`. */
const withoutVersion = (name: string): string => name.replace(/\d{4}_?\d{2}_?\d{2}(v\d+)?$/, '');

const methodsOf = (operation: string): readonly string[] | undefined =>
  gatewayMethods.find(([beginning]) => beginning.test(operation))?.[1];
