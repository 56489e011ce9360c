import {
  DeleteRuleCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
  type RuleState,
} from '@aws-sdk/client-eventbridge';
import * as z from 'zod';
import type { TestAccount } from './testAccount.ts';

/** A queue that rules of this run send to. */
export interface Queue {
  url: string;
  arn: string;
}

/** By the names that all queues of this run's rules would have, so that the policy can be there from the start. */
export async function makeQueue(account: TestAccount, name: string): Promise<Queue> {
  const { account: id, region, cli } = account;
  const QueueName = account.nameOf(name);
  const arn = `arn:aws:sqs:${region}:${id}:${QueueName}`;
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: arn,
        Condition: { StringEquals: { 'aws:SourceAccount': id } },
      },
    ],
  });
  const answer = z.object({ QueueUrl: z.string() });
  const named = ['--queue-name', QueueName];
  const attributes = JSON.stringify({ Policy });
  const { QueueUrl: url } = await account.removals.make(`queue ${QueueName}`, {
    make: () => cli(['sqs', 'create-queue', ...named, '--attributes', attributes], answer),
    async remove() {
      const { QueueUrl } = await cli(['sqs', 'get-queue-url', ...named], answer);
      await cli(['sqs', 'delete-queue', '--queue-url', QueueUrl], z.undefined());
    },
  });
  return { url, arn };
}

/** A rule on the default bus. Its events arrive as `message` when one is given, else as they are. */
export async function makeRule(
  account: TestAccount,
  queue: Queue,
  rule: { name: string; pattern: object; state?: RuleState; message?: object },
): Promise<void> {
  const { events } = account.clients;
  const Name = account.nameOf(rule.name);
  const EventPattern = JSON.stringify(rule.pattern);
  await account.removals.make(`event rule ${Name}`, {
    make: () => events.send(new PutRuleCommand({ Name, EventPattern, State: rule.state ?? 'ENABLED' })),
    async remove() {
      await events.send(new RemoveTargetsCommand({ Rule: Name, Ids: ['queue'] }));
      await events.send(new DeleteRuleCommand({ Name }));
    },
  });
  const Input = rule.message && JSON.stringify(rule.message);
  await events.send(
    new PutTargetsCommand({
      Rule: Name,
      Targets: [{ Id: 'queue', Arn: queue.arn, ...(Input && { Input }) }],
    }),
  );
}

const messagesSchema = z
  .object({ Messages: z.array(z.object({ Body: z.string(), ReceiptHandle: z.string() })).default([]) })
  .optional();

/** What has arrived since the last time, as the schema reads it; anything else is passed over. */
export async function receive<Schema extends z.ZodType>(
  { cli }: TestAccount,
  { url }: Queue,
  schema: Schema,
): Promise<z.infer<Schema>[]> {
  const words = [
    'sqs',
    'receive-message',
    '--queue-url',
    url,
    '--max-number-of-messages',
    '10',
    '--wait-time-seconds',
    '10',
  ];
  const answer = await cli(words, messagesSchema);
  return (answer?.Messages ?? []).flatMap(({ Body }) => {
    const result = schema.safeParse(JSON.parse(Body));
    return result.success ? [result.data] : [];
  });
}
