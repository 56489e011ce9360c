import { runSimulation } from '@cloud-copilot/iam-simulate';
import { describe, expect, test } from 'vitest';
import { dataKeyPolicy } from '#infra/dataKey.ts';
import { placeOf } from '#infra/installation.ts';
import { someSettings } from '../support/stacks.ts';

const place = placeOf(someSettings());
const { account, region } = place;
/** The simulator does not know encryption contexts. By the name of a tag it compares them all the same. */
const contextKey = 'aws:PrincipalTag/';
const policy = JSON.parse(
  JSON.stringify(dataKeyPolicy(place)).replaceAll('kms:EncryptionContext:', contextKey),
);
const arn = (service: string, rest: string, owner = account): string =>
  `arn:aws:${service}:${region}:${owner}:${rest}`;

const administrator = `arn:aws:iam::${account}:role/administrator`;
const stranger = 'arn:aws:iam::444455556666:role/administrator';

/** Whether the key may be used so; whoever asks has every right of their own. */
async function mayUse(principal: string, action: string, context: Record<string, string>): Promise<boolean> {
  const caller = principal.startsWith('arn:')
    ? { 'aws:PrincipalArn': principal, 'kms:CallerAccount': principal.split(':')[4] ?? '' }
    : {};
  const everything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
  const outcome = await runSimulation(
    {
      request: {
        principal,
        action,
        resource: { resource: arn('kms', 'key/5c7c9a52-0d8e-4f0b-9d0c-6f1d3b8a2e04'), accountId: account },
        contextVariables: { ...caller, ...context },
      },
      identityPolicies: principal.startsWith('arn:') ? [{ name: 'everything', policy: everything }] : [],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      resourcePolicy: policy,
    },
    { simulationMode: 'Strict' },
  );
  if (outcome.resultType !== 'single') throw new Error(`Not evaluated: ${JSON.stringify(outcome)}`);
  return outcome.result.analysis.result === 'Allowed';
}

const through = (service: string) => ({ 'kms:ViaService': `${service}.${region}.amazonaws.com` });
const encryptionContext = (key: string, value: string) => ({ [contextKey + key]: value });
const function_ = (name: string) =>
  encryptionContext('aws:lambda:FunctionArn', arn('lambda', `function:${name}`));
const logGroup = (name: string, owner?: string) =>
  encryptionContext('aws:logs:arn', arn('logs', `log-group:${name}`, owner));
const workflow = (name: string) =>
  encryptionContext('aws:states:stateMachineArn', arn('states', `stateMachine:${name}`));
const topic = (name: string) => encryptionContext('aws:sns:topicArn', arn('sns', name));
const bus = (name: string) =>
  encryptionContext('aws:events:event-bus:arn', arn('events', `event-bus/${name}`));
const logs = `logs.${region}.amazonaws.com`;

interface Use {
  sentence: string;
  by: string;
  of: Record<string, string>;
}

const uses: { allowed: Use[]; refused: Use[] } = {
  allowed: [
    { sentence: 'the table, by whoever may read it', by: administrator, of: through('dynamodb') },
    {
      sentence: 'a function’s environment, by its role and by whoever deploys it',
      by: administrator,
      of: { ...through('lambda'), ...function_('countersign-requests') },
    },
    {
      sentence: 'executions, by who may use Step Functions and the key',
      by: administrator,
      of: workflow('countersign-grant'),
    },
    { sentence: 'functions’ logs', by: logs, of: logGroup('/aws/lambda/countersign-requests') },
    { sentence: 'the API’s logs', by: logs, of: logGroup('/aws/apigateway/countersign') },
    { sentence: 'the workflow’s logs', by: logs, of: logGroup('/aws/vendedlogs/states/countersign-grant') },
    {
      sentence: 'the workflow’s logs on their way',
      by: 'delivery.logs.amazonaws.com',
      of: encryptionContext('SourceArn', arn('logs', '*')),
    },
    { sentence: 'alarms', by: 'cloudwatch.amazonaws.com', of: topic('countersign-alarms') },
    { sentence: 'word of break-glass', by: 'events.amazonaws.com', of: topic('countersign-alarms') },
    { sentence: 'events', by: 'events.amazonaws.com', of: bus('countersign') },
  ],
  refused: [
    { sentence: 'by an administrator, directly', by: administrator, of: {} },
    { sentence: 'by an administrator, through another service', by: administrator, of: through('s3') },
    { sentence: 'by another account, through DynamoDB', by: stranger, of: through('dynamodb') },
    {
      sentence: 'for a function that is not Countersign’s',
      by: administrator,
      of: { ...through('lambda'), ...function_('theirs') },
    },
    { sentence: 'for another state machine', by: administrator, of: workflow('theirs') },
    { sentence: 'for another log group', by: logs, of: logGroup('/aws/lambda/theirs') },
    {
      sentence: 'for the log group of another account',
      by: logs,
      of: logGroup('/aws/lambda/countersign-requests', '444455556666'),
    },
    { sentence: 'for another topic', by: 'cloudwatch.amazonaws.com', of: topic('theirs') },
    { sentence: 'for another bus', by: 'events.amazonaws.com', of: bus('theirs') },
  ],
};

describe('The data key', () => {
  test.each(uses.allowed)('decrypts $sentence', async ({ by, of }) => {
    expect(await mayUse(by, 'kms:Decrypt', of)).toBe(true);
  });

  test.each(uses.refused)('is not used $sentence', async ({ by, of }) => {
    expect(await mayUse(by, 'kms:Decrypt', of)).toBe(false);
    expect(await mayUse(by, 'kms:GenerateDataKey', of)).toBe(false);
  });

  test('is granted to nobody but through the table and the functions', async () => {
    const grantors: Record<string, string>[] = [
      {},
      through('dynamodb'),
      { ...through('lambda'), ...function_('countersign-requests') },
      workflow('countersign-grant'),
    ];
    const answers = grantors.map((context) => mayUse(administrator, 'kms:CreateGrant', context));
    expect(await Promise.all(answers)).toEqual([false, true, true, false]);
  });

  test('is administered by the account, and by no other', async () => {
    for (const action of ['kms:PutKeyPolicy', 'kms:ScheduleKeyDeletion', 'kms:DisableKey']) {
      expect(await mayUse(administrator, action, {})).toBe(true);
      expect(await mayUse(stranger, action, {})).toBe(false);
    }
  });
});
