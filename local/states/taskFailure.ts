import type { Failure } from './statesError.ts';

/**
 * The failure of a `lambda:invoke` task. Errors of the Lambda service itself have names that start with `Lambda.`;
 * everything else is the function's own error, whose cause is the JSON that Lambda answers for it.
 */
export function functionFailure(thrown: unknown): Failure {
  const { name, message } = thrown instanceof Error ? thrown : new Error(String(thrown));
  if (name.startsWith('Lambda.')) return { error: name, cause: message };
  return { error: name, cause: JSON.stringify({ errorMessage: message, errorType: name, trace: [] }) };
}

/** Errors that DynamoDB's API model names. Step Functions takes their names from the SDK for Java. */
const modelled = new Map([
  ...[
    'ConditionalCheckFailedException',
    'ItemCollectionSizeLimitExceededException',
    'ProvisionedThroughputExceededException',
    'ReplicatedWriteConflictException',
    'ResourceNotFoundException',
    'ThrottlingException',
    'TransactionConflictException',
  ].map((name) => [name, name] as const),
  ['InternalServerError', 'InternalServerErrorException'],
  ['RequestLimitExceeded', 'RequestLimitExceededException'],
]);

/**
 * The failure of an `aws-sdk:dynamodb` task. Answers that the model does not name (AccessDenied, ValidationException)
 * are `DynamoDb.DynamoDbException`; a call that got no answer is `DynamoDb.SdkClientException`.
 */
export function dynamoDbFailure(thrown: unknown): Failure {
  const { name, message } = thrown instanceof Error ? thrown : new Error(String(thrown));
  const known = modelled.get(name);
  if (known) return { error: `DynamoDb.${known}`, cause: message };
  return {
    error: `DynamoDb.${wasAnswered(thrown) ? 'DynamoDbException' : 'SdkClientException'}`,
    cause: message,
  };
}

function wasAnswered(thrown: unknown): boolean {
  if (!(thrown instanceof Error) || !('$metadata' in thrown)) return false;
  const metadata = thrown.$metadata;
  return typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata;
}
