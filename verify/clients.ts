import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { SFNClient } from '@aws-sdk/client-sfn';
import { STSClient } from '@aws-sdk/client-sts';

export interface SessionCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
}

/** What is left out, the SDK finds by itself: from the environment, a profile and so on. */
export interface ClientSettings {
  region?: string;
  credentials?: SessionCredentials;
}

/** One client for each service that checks call. */
export function clientsWith(settings: ClientSettings) {
  return {
    dynamodb: new DynamoDBClient(settings),
    events: new EventBridgeClient(settings),
    iam: new IAMClient(settings),
    ses: new SESv2Client(settings),
    sfn: new SFNClient(settings),
    sts: new STSClient(settings),
  };
}

export type Clients = ReturnType<typeof clientsWith>;
