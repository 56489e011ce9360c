import type { Statement } from './definitions.ts';
import type { FunctionName } from './functions.ts';
import { type Installation, resourcesOf } from './installation.ts';

/**
 * Calls that AWS services make with a function's rights but not from within it, so without its ARN: Lambda polls queues;
 * Step Functions uses the key of its executions for whoever starts or wakes one.
 */
const madeByServices = new Set([
  'kms:Decrypt',
  'kms:GenerateDataKey',
  'sqs:ReceiveMessage',
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
]);

/** What every function's role has beside what its code needs: a place for its logs, and no use to anybody else. */
export function runtimeStatements(
  installation: Installation,
  name: FunctionName,
  needed: Statement[],
): Statement[] {
  const { logGroupArn, functionArn } = resourcesOf(installation);
  const actions = [...new Set(needed.flatMap(({ Action }) => Action))];
  const byItsCode = actions.filter((action) => !madeByServices.has(action));
  const byServices = actions.filter((action) => madeByServices.has(action));
  return [
    {
      Sid: 'WriteLogs',
      Effect: 'Allow',
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: `${logGroupArn(name)}:*`,
    },
    ...(byItsCode.length > 0 ? [onlyFrom(functionArn(name), byItsCode)] : []),
    ...(byServices.length > 0 ? [fromNoOther(functionArn(name), byServices)] : []),
  ];
}

/**
 * Whoever may pass the role to a function of their own gains nothing by it: Lambda puts the ARN of the function into the
 * context of each call that its code makes. It does so for identity policies only, hence a Deny here and not in what is called.
 * https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
 */
const onlyFrom = (functionArn: string, actions: string[]): Statement => ({
  Sid: 'OnlyFromItsFunction',
  Effect: 'Deny',
  Action: actions,
  Resource: '*',
  Condition: { ArnNotEquals: { 'lambda:SourceFunctionArn': functionArn } },
});

/** The same for what services do with the role: they name no function, the code of another does. */
const fromNoOther = (functionArn: string, actions: string[]): Statement => ({
  Sid: 'FromNoOtherFunction',
  Effect: 'Deny',
  Action: actions,
  Resource: '*',
  Condition: {
    Null: { 'lambda:SourceFunctionArn': 'false' },
    ArnNotEquals: { 'lambda:SourceFunctionArn': functionArn },
  },
});
