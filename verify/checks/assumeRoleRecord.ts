import * as z from 'zod';
import { type Check, type Finding, finding } from '../check.ts';
import { assume, makeChain } from '../session.ts';
import type { TestAccount } from '../testAccount.ts';
import { secondsText } from '../tries.ts';
import { onceKnown, until } from '../waiting.ts';

const managedPolicy = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
const inlinePolicy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'dynamodb:ListTables', Resource: '*' }],
});

const answerSchema = z.object({ Events: z.array(z.object({ CloudTrailEvent: z.string() })) });

const recordSchema = z.object({
  eventName: z.string(),
  requestParameters: z.looseObject({
    roleArn: z.string().optional(),
    sourceIdentity: z.string().optional(),
    policy: z.string().optional(),
    policyArns: z.array(z.object({ arn: z.string() })).optional(),
    tags: z.array(z.object({ key: z.string(), value: z.string() })).optional(),
  }),
});

type CallRecord = z.infer<typeof recordSchema>;

export const assumeRoleRecord: Check = {
  name: 'The AssumeRole record holds the policy, the managed policies, the tags and the source identity',
  otherwise: 'CloudTrail alone would not show what was issued, for what and to whom.',
  async run(account) {
    const { caller, target } = await makeChain(account, 'record');
    const clients = account.clientsAs(caller);
    const called = account.now();
    await onceKnown(account, () =>
      assume(clients, {
        RoleArn: target,
        SourceIdentity: 'alice@example.com',
        Policy: inlinePolicy,
        PolicyArns: [{ arn: managedPolicy }],
        Tags: [{ Key: 'cs:request', Value: 'verify' }],
      }),
    );
    const record = await until(
      account,
      { what: 'the record in the event history', seconds: 1_200, every: 20 },
      () => findRecord(account, caller.accessKeyId, target),
    );
    return judgeRecord(record, secondsText(account.now() - called));
  },
};

/** Of this very caller, whose session nobody else has. */
async function findRecord(
  account: TestAccount,
  accessKeyId: string,
  target: string,
): Promise<CallRecord | undefined> {
  const attribute = `AttributeKey=AccessKeyId,AttributeValue=${accessKeyId}`;
  const { Events } = await account.cli(
    ['cloudtrail', 'lookup-events', '--lookup-attributes', attribute],
    answerSchema,
  );
  return Events.map(({ CloudTrailEvent }) => recordSchema.safeParse(JSON.parse(CloudTrailEvent)).data).find(
    (record) => record?.eventName === 'AssumeRole' && record.requestParameters.roleArn === target,
  );
}

export function judgeRecord({ requestParameters }: CallRecord, after: string): Finding {
  const { policy, policyArns, tags, sourceIdentity } = requestParameters;
  const held = {
    policy: policy === inlinePolicy,
    policyArns: policyArns?.some(({ arn }) => arn === managedPolicy) ?? false,
    tags: tags?.some(({ key, value }) => key === 'cs:request' && value === 'verify') ?? false,
    sourceIdentity: sourceIdentity === 'alice@example.com',
  };
  const missing = Object.entries(held).flatMap(([name, isHeld]) => (isHeld ? [] : [name]));
  return finding(
    missing.length === 0,
    missing.length === 0 ? `all four, on record after ${after}` : `missing or changed: ${missing.join(', ')}`,
  );
}
