import type { Failure } from './statesError.ts';
import { dynamoDbFailure, functionFailure } from './taskFailure.ts';

/** What the interpreter calls: the Lambda functions, and the table under the workflow's own role. */
export interface TaskRunner {
  /** Rejects with an Error whose name is the function's error, or one of Lambda's own (`Lambda.…`). */
  invokeFunction(functionArn: string, payload: unknown): Promise<unknown>;
  /** DynamoDB UpdateItem. Rejects with an Error named as the SDK names it (`ConditionalCheckFailedException`). */
  updateItem(input: Record<string, unknown>): Promise<unknown>;
}

/** A service integration: a task's `Resource`. */
export interface ResourceDefinition {
  /** As the history names it. */
  resourceType: string;
  resource: string;
  /** The arguments that are passed on; any other is refused when the definition is loaded. */
  arguments: string[];
  waitsForTaskToken: boolean;
  call(tasks: TaskRunner, input: Record<string, unknown>): Promise<unknown>;
  failureOf(thrown: unknown): Failure;
}

export const resources: Record<string, ResourceDefinition> = {
  'arn:aws:states:::lambda:invoke': {
    resourceType: 'lambda',
    resource: 'invoke',
    arguments: ['FunctionName', 'Payload'],
    waitsForTaskToken: false,
    call: async (tasks, { FunctionName, Payload }) => ({
      ExecutedVersion: '$LATEST',
      Payload: (await tasks.invokeFunction(String(FunctionName), Payload)) ?? null,
      StatusCode: 200,
    }),
    failureOf: functionFailure,
  },
  'arn:aws:states:::aws-sdk:dynamodb:updateItem.waitForTaskToken': {
    resourceType: 'aws-sdk:dynamodb',
    resource: 'updateItem.waitForTaskToken',
    // No ReturnValues: what it returned would stand in the execution's history.
    arguments: [
      'TableName',
      'Key',
      'UpdateExpression',
      'ConditionExpression',
      'ExpressionAttributeNames',
      'ExpressionAttributeValues',
    ],
    waitsForTaskToken: true,
    // The answer has nothing but the SDK's metadata, which is none of the history's business.
    call: async (tasks, input) => {
      await tasks.updateItem(input);
      return {};
    },
    failureOf: dynamoDbFailure,
  },
};
