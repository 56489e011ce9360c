import { DeleteItemCommand, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { Service } from '../support/service.ts';

interface AssumeRole {
  eventTime: string;
  eventName: string;
  recipientAccountId: string;
  errorCode?: string;
  requestParameters: {
    roleArn: string;
    roleSessionName: string;
    policy?: string;
    tags?: { key: string; value: string }[];
  };
}

async function assumedFor(service: Service, id: string): Promise<AssumeRole[]> {
  const records = (await service.trail()) as unknown as AssumeRole[];
  return records.filter(
    ({ eventName, requestParameters }) =>
      eventName === 'AssumeRole' && requestParameters?.roleSessionName === id,
  );
}

/** The sessions that were opened in the production account for a request, by the trail's word. */
export async function sessionsFor(service: Service, id: string): Promise<AssumeRole[]> {
  const records = await assumedFor(service, id);
  return records.filter(
    ({ requestParameters, recipientAccountId }) =>
      recipientAccountId === '111122223333' && !requestParameters.roleArn.endsWith('/countersign-revoker'),
  );
}

/** What the notary put on record for a request: the events, in the trail's order. */
export async function evidenceFor(service: Service, id: string): Promise<(string | undefined)[]> {
  const records = await assumedFor(service, id);
  return records
    .filter(
      ({ requestParameters, errorCode }) =>
        requestParameters.roleArn.endsWith('/countersign-notary') && errorCode === undefined,
    )
    .map(({ requestParameters }) => requestParameters.tags?.find(({ key }) => key === 'cs:event')?.value);
}

interface Credentials {
  AccessKeyId: string;
  SecretAccessKey: string;
  SessionToken: string;
}

/** The orders table as the AWS SDK sees it with a grant's credentials. */
export function ordersWith(service: Service, { AccessKeyId, SecretAccessKey, SessionToken }: Credentials) {
  const dynamodb = new DynamoDBClient({
    region: 'us-east-1',
    endpoint: service.server.awsUrl,
    maxAttempts: 1,
    credentials: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken },
  });
  const order = (id: string) => ({ TableName: 'orders', Key: { id: { S: id } } });
  return {
    read: async (id = '1001') => (await dynamodb.send(new GetItemCommand(order(id)))).Item?.id?.S,
    remove: (id = '1001') => dynamodb.send(new DeleteItemCommand(order(id))),
    /** Whether reading is refused. Any other failure is thrown. */
    async isRefused(): Promise<boolean> {
      try {
        await dynamodb.send(new GetItemCommand(order('1001')));
        return false;
      } catch (error) {
        if (error instanceof Error && error.name === 'AccessDeniedException') return true;
        throw error;
      }
    },
  };
}
