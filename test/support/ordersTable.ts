import { DeleteItemCommand, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';

export interface OpenedCredentials {
  AccessKeyId: string;
  SecretAccessKey: string;
  SessionToken: string;
}

/** The sample account's table as the requester's AWS SDK sees it. Nothing is retried: an answer is an answer. */
export function ordersTable(awsUrl: string, credentials: OpenedCredentials) {
  const dynamodb = new DynamoDBClient({
    region: 'us-east-1',
    endpoint: awsUrl,
    maxAttempts: 1,
    credentials: {
      accessKeyId: credentials.AccessKeyId,
      secretAccessKey: credentials.SecretAccessKey,
      sessionToken: credentials.SessionToken,
    },
  });
  const order = { TableName: 'orders', Key: { id: { S: '1001' } } };
  return {
    read: async () => (await dynamodb.send(new GetItemCommand(order))).Item?.id?.S,
    remove: () => dynamodb.send(new DeleteItemCommand(order)),
  };
}

const refusals = ['AccessDeniedException', 'ExpiredTokenException'];

/** The name of the error by which AWS refused a call, undefined when it did not; any other failure is thrown on. */
export async function refusalOf(call: Promise<unknown>): Promise<string | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    if (error instanceof Error && refusals.includes(error.name)) return error.name;
    throw error;
  }
}
