import { DynamoDBClient, UpdateItemCommand, type UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { FunctionHost, RoleCredentials } from './functionHost.ts';
import type { TaskRunner } from './states/stateMachine.ts';

const updateSchema = z.custom<UpdateItemCommandInput>(
  (input) =>
    z.looseObject({ TableName: z.string(), Key: z.record(z.string(), z.unknown()) }).safeParse(input).success,
);

/** The tasks of the workflow: functions on this machine, and table updates under the workflow's own role. */
export function createTaskRunner(options: {
  host: () => FunctionHost;
  /** The name under which the host knows the function of an ARN. */
  functionNameOf(arn: string): string;
  region: string;
  awsUrl(): string;
  /** Of the workflow's role. */
  credentials(): RoleCredentials | Promise<RoleCredentials>;
}): TaskRunner & { close(): void } {
  let client: DynamoDBClient | undefined;
  const dynamo = (): DynamoDBClient =>
    (client ??= new DynamoDBClient({
      region: options.region,
      endpoint: options.awsUrl(),
      credentials: async () => options.credentials(),
    }));
  return {
    invokeFunction: (functionArn, payload) =>
      options.host().invoke(options.functionNameOf(functionArn), payload),
    updateItem: (input) => dynamo().send(new UpdateItemCommand(updateSchema.parse(input))),
    close: () => client?.destroy(),
  };
}
