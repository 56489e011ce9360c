import * as z from 'zod';
import type { TableDefinition } from '#infra/definitions.ts';
import { parseArn } from '../arn.ts';
import { AwsError } from '../awsError.ts';
import type { AwsCall, Operation, Outcome, Permission, PreparedCall, Service } from '../call.ts';
import type { DynamoAnswer, TableHost } from '../tableHost.ts';
import { requestAttributes, valueText } from './expressionAttributes.ts';
import {
  batchSchema,
  type Item,
  type ItemRequest,
  keyOf,
  leadingKeys,
  nameSchema,
  parse,
  plainKey,
  projects,
  requestSchema,
  selected,
} from './itemRequest.ts';

/** The tables of an account: their host and their definitions by name. */
export interface AccountTables {
  host: TableHost;
  definitions: ReadonlyMap<string, TableDefinition>;
}

interface Target {
  account: string;
  table: string;
  arn: string;
  definition: TableDefinition | undefined;
}

const errorSchema = z.looseObject({
  __type: z.string(),
  message: z.string().optional(),
  Message: z.string().optional(),
});

/**
 * DynamoDB: every call authorised here with its attributes and leading keys, then answered by dynalite.
 * Only the operations that Countersign and the sample account use.
 */
export function createDynamodb(accounts: ReadonlyMap<string, AccountTables>): Service {
  const itemOperation =
    (readOnly: boolean): Operation =>
    (parameters, call) =>
      prepareItemCall({ parameters: parse(requestSchema, parameters), call, accounts, readOnly });
  return {
    GetItem: itemOperation(true),
    Query: itemOperation(true),
    Scan: itemOperation(true),
    PutItem: itemOperation(false),
    UpdateItem: itemOperation(false),
    DeleteItem: itemOperation(false),
    BatchGetItem: (parameters, call) =>
      prepareBatchGet({ parameters: parse(batchSchema, parameters), call, accounts }),
    DescribeTable: (parameters, call) => prepareDescribe(parse(requestSchema, parameters), call, accounts),
    ListTables: (parameters, call) => ({
      permissions: [{ action: 'dynamodb:ListTables', resource: '*', resourceAccount: call.session.account }],
      trail: { readOnly: true, dataEvent: false, requestParameters: null },
      run: () => send(accounts, call, call.session.account, JSON.stringify(parameters ?? {})),
    }),
  };
}

/** A table by name in the caller's account, or by ARN. */
function resolve(name: string, call: AwsCall, accounts: ReadonlyMap<string, AccountTables>): Target {
  const parsed = parseArn(name);
  const account = parsed?.account ?? call.session.account;
  const table = parsed === undefined ? name : parsed.resource.replace(/^table\//, '');
  const foreign = parsed !== undefined && (parsed.service !== 'dynamodb' || parsed.region !== call.region);
  if (foreign || !nameSchema.safeParse(table).success)
    throw new AwsError(
      'ValidationException',
      "Invalid table/index name. Table/index names must be between 3 and 255 characters long, and may contain only the characters a-z, A-Z, 0-9, '_', '-', and '.'",
    );
  return {
    account,
    table,
    arn: `arn:aws:dynamodb:${call.region}:${account}:table/${table}`,
    definition: accounts.get(account)?.definitions.get(table),
  };
}

function prepareItemCall(options: {
  parameters: ItemRequest;
  call: AwsCall;
  accounts: ReadonlyMap<string, AccountTables>;
  readOnly: boolean;
}): PreparedCall {
  const { parameters, call, accounts, readOnly } = options;
  const target = resolve(parameters.TableName, call, accounts);
  const { IndexName: index } = parameters;
  const key = keyOf(parameters, target.definition);
  const leading = leadingKeys(parameters, call, target.definition);
  const select = selected(parameters, call);
  const permission: Permission = {
    action: `dynamodb:${call.operation}`,
    resource: index === undefined ? target.arn : `${target.arn}/index/${index}`,
    resourceAccount: target.account,
    context: {
      'dynamodb:Attributes': requestAttributes(parameters),
      ...(leading.length > 0 && { 'dynamodb:LeadingKeys': leading }),
      ...(parameters.ReturnValues !== undefined && { 'dynamodb:ReturnValues': parameters.ReturnValues }),
      ...(select !== undefined && { 'dynamodb:Select': select }),
    },
  };
  return {
    permissions: [permission],
    trail: {
      readOnly,
      dataEvent: true,
      requestParameters: {
        tableName: target.table,
        ...(index !== undefined && { indexName: index }),
        ...(key !== undefined && { key: plainKey(key) }),
      },
      resources: [{ accountId: target.account, type: 'AWS::DynamoDB::Table', ARN: target.arn }],
    },
    run: () =>
      runItemCall({ parameters: { ...parameters, TableName: target.table }, call, target, accounts, key }),
  };
}

async function runItemCall(options: {
  parameters: ItemRequest;
  call: AwsCall;
  target: Target;
  accounts: ReadonlyMap<string, AccountTables>;
  key: Item | undefined;
}): Promise<Outcome> {
  const { parameters, call, target, accounts, key } = options;
  const outcome = await send(accounts, call, target.account, JSON.stringify(parameters));
  const wantsItem = parameters.ReturnValuesOnConditionCheckFailure === 'ALL_OLD';
  if (outcome.error?.code !== 'ConditionalCheckFailedException' || !wantsItem || key === undefined)
    return outcome;
  // dynalite does not know this parameter. The item is read right after the refusal, so it may be a write newer.
  const read = JSON.stringify({ TableName: target.table, Key: key, ConsistentRead: true });
  const { body } = await hostOf(accounts, target.account).send('GetItem', read);
  return {
    ...outcome,
    output: JSON.stringify({ ...JSON.parse(outcome.output), ...JSON.parse(body) }),
  };
}

function prepareBatchGet(options: {
  parameters: z.infer<typeof batchSchema>;
  call: AwsCall;
  accounts: ReadonlyMap<string, AccountTables>;
}): PreparedCall {
  const { parameters, call, accounts } = options;
  const requests = Object.entries(parameters.RequestItems).map(([name, request]) => ({
    target: resolve(name, call, accounts),
    request,
  }));
  const permissions = requests.map(({ target, request }): Permission => {
    const leading = request.Keys.map((key) => valueText(key[target.definition?.partitionKey ?? ''])).filter(
      (value) => value !== undefined,
    );
    const attributes = request.Keys.flatMap((key) => Object.keys(key));
    return {
      action: 'dynamodb:BatchGetItem',
      resource: target.arn,
      resourceAccount: target.account,
      context: {
        'dynamodb:Attributes': [...new Set([...attributes, ...requestAttributes(request)])],
        'dynamodb:LeadingKeys': leading,
        'dynamodb:Select': projects(request) ? 'SPECIFIC_ATTRIBUTES' : 'ALL_ATTRIBUTES',
      },
    };
  });
  const RequestItems = Object.fromEntries(requests.map(({ target, request }) => [target.table, request]));
  const keys = requests.map(({ target, request }) => [target.table, { keys: request.Keys.map(plainKey) }]);
  return {
    permissions,
    trail: {
      readOnly: true,
      dataEvent: true,
      requestParameters: { requestItems: Object.fromEntries(keys) },
      resources: requests.map(({ target }) => ({
        accountId: target.account,
        type: 'AWS::DynamoDB::Table',
        ARN: target.arn,
      })),
    },
    run: () => send(accounts, call, call.session.account, JSON.stringify({ ...parameters, RequestItems })),
  };
}

function prepareDescribe(
  parameters: ItemRequest,
  call: AwsCall,
  accounts: ReadonlyMap<string, AccountTables>,
): PreparedCall {
  const target = resolve(parameters.TableName, call, accounts);
  return {
    permissions: [
      { action: 'dynamodb:DescribeTable', resource: target.arn, resourceAccount: target.account },
    ],
    trail: { readOnly: true, dataEvent: false, requestParameters: { tableName: target.table } },
    async run() {
      const outcome = await send(accounts, call, target.account, JSON.stringify({ TableName: target.table }));
      // dynalite makes ARNs of an account and region of its own.
      const output = outcome.output.replace(/arn:aws:dynamodb:[^:"]*:\d*:table\/[^/"]+/g, target.arn);
      return { ...outcome, output };
    },
  };
}

const hostOf = (accounts: ReadonlyMap<string, AccountTables>, account: string): TableHost => {
  const host = accounts.get(account)?.host;
  if (host === undefined) throw new AwsError('ResourceNotFoundException', 'Requested resource not found');
  return host;
};

interface TextOutcome extends Outcome {
  output: string;
}

async function send(
  accounts: ReadonlyMap<string, AccountTables>,
  call: AwsCall,
  account: string,
  body: string,
): Promise<TextOutcome> {
  return outcomeOf(await hostOf(accounts, account).send(call.operation, body));
}

function outcomeOf({ status, body }: DynamoAnswer): TextOutcome {
  if (status === 200) return { output: body };
  const { __type, message, Message } = errorSchema.parse(JSON.parse(body));
  const code = __type.slice(__type.indexOf('#') + 1);
  return { output: body, status, error: { code, message: message ?? Message ?? '' } };
}
