import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { requestTable } from '../requestTable.ts';

const { name, partitionKey, sortKey, indexes } = requestTable;

/** The table of requests: cannot be deleted by mistake, and can be restored to any second of the last five weeks. */
export class RequestTable extends Construct {
  constructor(scope: Construct, id: string, props: { dataKeyArn: string }) {
    super(scope, id);
    const table = new CfnTable(this, 'Table', {
      tableName: name,
      billingMode: 'PAY_PER_REQUEST',
      attributeDefinitions: [...keyAttributes()].map((attributeName) => ({
        attributeName,
        attributeType: 'S',
      })),
      keySchema: keySchema(partitionKey, sortKey),
      globalSecondaryIndexes: indexes.map((index) => ({
        indexName: index.name,
        keySchema: keySchema(index.partitionKey, index.sortKey),
        projection: { projectionType: 'KEYS_ONLY' },
      })),
      sseSpecification: { sseEnabled: true, sseType: 'KMS', kmsMasterKeyId: props.dataKeyArn },
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true, recoveryPeriodInDays: 35 },
      deletionProtectionEnabled: true,
      // Claims carry it, requests do not: those stay.
      timeToLiveSpecification: { enabled: true, attributeName: 'ttl' },
    });
    // Kept also by a deployment that fails at first: its protection would stop the way back.
    table.applyRemovalPolicy(RemovalPolicy.RETAIN);
  }
}

function keySchema(partition: string, sort?: string): CfnTable.KeySchemaProperty[] {
  const hash = { attributeName: partition, keyType: 'HASH' };
  return sort === undefined ? [hash] : [hash, { attributeName: sort, keyType: 'RANGE' }];
}

function keyAttributes(): Set<string> {
  const keys = [requestTable, ...indexes].flatMap((each) => [each.partitionKey, each.sortKey]);
  return new Set(keys.filter((key) => key !== undefined));
}
