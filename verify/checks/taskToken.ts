import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  GetItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  ListStateMachinesCommand,
  SendTaskSuccessCommand,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { type Check, type Finding, finding, wentThrough } from '../check.ts';
import type { Clients } from '../clients.ts';
import { assume } from '../session.ts';
import { policyOf, type TestAccount, trustOfAccount } from '../testAccount.ts';
import { onceKnown, outcomeOf, until } from '../waiting.ts';

export const taskToken: Check = {
  name: 'SendTaskSuccess is allowed on the state machine that made the token, and on no other',
  otherwise: 'Nobody could wake the workflow, or every state machine of the account could be woken.',
  async run(account) {
    const TableName = await makeTable(account);
    const machine = await makeMachine(account, TableName);
    const [stranger, waker] = [
      await waking(account, 'stranger-waker', `${machine}-other`),
      await waking(account, 'waker', machine),
    ];
    await account.clients.sfn.send(new StartExecutionCommand({ stateMachineArn: machine }));
    const token = await until(account, { what: 'a task token', seconds: 120, every: 1 }, () =>
      readToken(account, TableName),
    );
    const send = ({ sfn }: Clients) =>
      outcomeOf(sfn.send(new SendTaskSuccessCommand({ taskToken: token, output: '{}' })));
    return judgeWaking({ byStranger: await send(stranger), byWaker: await send(waker) });
  },
};

/** By what became of two tries, the stranger's first: once one went through, the token is used up. */
export function judgeWaking({ byStranger, byWaker }: { byStranger: string; byWaker: string }): Finding {
  if (wentThrough('of one for another machine', byStranger))
    return finding(false, 'whoever may wake another machine woke this one');
  const woken = wentThrough('of one for this machine', byWaker);
  return finding(woken, `allowed on its machine: ${woken ? 'done' : 'denied'}; allowed on another: denied`);
}

async function makeTable({ clients: { dynamodb }, ...account }: TestAccount): Promise<string> {
  const TableName = account.nameOf('tokens');
  const table = new CreateTableCommand({
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  });
  await account.removals.make(`table ${TableName}`, {
    make: () => dynamodb.send(table),
    remove: () => dynamodb.send(new DeleteTableCommand({ TableName })),
  });
  await until(account, { what: 'a new table', seconds: 120, every: 2 }, async () => {
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName }));
    return Table?.TableStatus === 'ACTIVE' || undefined;
  });
  return TableName;
}

/** One step that waits, its token where Countersign keeps it: in a table, by the same kind of integration. */
async function makeMachine(account: TestAccount, TableName: string): Promise<string> {
  const { sfn } = account.clients;
  const name = account.nameOf('waiting');
  const roleArn = await account.makeRole({
    name: 'workflow',
    trust: policyOf({
      Effect: 'Allow',
      Principal: { Service: 'states.amazonaws.com' },
      Action: 'sts:AssumeRole',
    }),
    policy: policyOf({
      Effect: 'Allow',
      Action: 'dynamodb:UpdateItem',
      Resource: `arn:aws:dynamodb:${account.region}:${account.account}:table/${TableName}`,
    }),
  });
  const input = { name, roleArn, definition: JSON.stringify(definitionFor(TableName)) };
  const stateMachineArn = `arn:aws:states:${account.region}:${account.account}:stateMachine:${name}`;
  await account.removals.make(`state machine ${name}`, {
    make: () =>
      until(account, { what: 'a new state machine', seconds: 120, every: 5 }, async () => {
        try {
          return (await sfn.send(new CreateStateMachineCommand(input))).stateMachineArn;
        } catch (error) {
          // The new role is not yet known to Step Functions.
          if (error instanceof Error && error.name === 'AccessDeniedException') return undefined;
          throw error;
        }
      }),
    remove: () => sfn.send(new DeleteStateMachineCommand({ stateMachineArn })),
  });
  return stateMachineArn;
}

const definitionFor = (TableName: string) => ({
  QueryLanguage: 'JSONata',
  StartAt: 'Wait',
  States: {
    Wait: {
      Type: 'Task',
      Resource: 'arn:aws:states:::aws-sdk:dynamodb:updateItem.waitForTaskToken',
      Arguments: {
        TableName,
        Key: { pk: { S: 'token' } },
        UpdateExpression: 'SET taskToken = :token',
        ExpressionAttributeValues: { ':token': { S: '{% $states.context.Task.Token %}' } },
      },
      TimeoutSeconds: 300,
      // A role is known to DynamoDB a little later than to Step Functions.
      Retry: [{ ErrorEquals: ['DynamoDb.DynamoDbException'], IntervalSeconds: 5, MaxAttempts: 6 }],
      End: true,
    },
  },
});

/** A session that may wake one machine. It lists machines too, which shows when its policy is known. */
async function waking(account: TestAccount, name: string, machine: string): Promise<Clients> {
  const RoleArn = await account.makeRole({
    name,
    trust: trustOfAccount(account),
    policy: policyOf(
      { Effect: 'Allow', Action: 'states:SendTaskSuccess', Resource: machine },
      { Effect: 'Allow', Action: 'states:ListStateMachines', Resource: '*' },
    ),
  });
  return onceKnown(account, async () => {
    const clients = account.clientsAs(await assume(account.clients, { RoleArn }));
    await clients.sfn.send(new ListStateMachinesCommand({ maxResults: 1 }));
    return clients;
  });
}

async function readToken({ clients }: TestAccount, TableName: string): Promise<string | undefined> {
  const Key = { pk: { S: 'token' } };
  const { Item } = await clients.dynamodb.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
  return Item?.taskToken?.S;
}
