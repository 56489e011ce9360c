import {
  CreateConfigurationSetCommand,
  CreateConfigurationSetEventDestinationCommand,
  DeleteConfigurationSetCommand,
  DeleteSuppressedDestinationCommand,
  PutSuppressedDestinationCommand,
  SendEmailCommand,
} from '@aws-sdk/client-sesv2';
import { ulid } from 'ulid';
import * as z from 'zod';
import { type Check, type Finding, finding } from '../check.ts';
import { makeQueue, makeRule, receive } from '../queue.ts';
import type { TestAccount } from '../testAccount.ts';
import { until } from '../waiting.ts';

/** What `mailFeedback` reads of such an event. */
const feedbackSchema = z.object({
  detail: z.object({
    eventType: z.string(),
    mail: z.object({ tags: z.record(z.string(), z.array(z.string())) }),
    bounce: z
      .object({
        bounceType: z.string(),
        bounceSubType: z.string(),
        bouncedRecipients: z.array(z.object({ emailAddress: z.string() })),
      })
      .optional(),
  }),
});

type Feedback = z.infer<typeof feedbackSchema>;

/** The mailbox simulator takes labels, so the address is nobody's: https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html */
const suppressed = 'success+countersign-verify@simulator.amazonses.com';

/** Needs an address or domain that SES has verified, so it runs only where one is given. */
export const suppressedRecipient = (sender: string): Check => ({
  name: 'A mail to a suppressed address comes back as a permanent bounce, with its tags',
  otherwise: 'A requester would not be told that an approver gets no mail.',
  async run(account) {
    const requestId = ulid();
    const configurationSet = await makeConfigurationSet(account);
    const queue = await makeQueue(account, 'feedback');
    const pattern = {
      source: ['aws.ses'],
      detail: { mail: { tags: { 'countersign-request': [requestId] } } },
    };
    await makeRule(account, queue, { name: 'feedback', pattern });
    await suppress(account);
    // A new rule works after about a minute.
    await account.pause(60_000);
    await account.clients.ses.send(
      new SendEmailCommand({
        FromEmailAddress: sender,
        Destination: { ToAddresses: [suppressed] },
        Content: {
          Simple: { Subject: { Data: 'Countersign verify' }, Body: { Text: { Data: 'Not for reading.' } } },
        },
        ConfigurationSetName: configurationSet,
        EmailTags: [{ Name: 'countersign-request', Value: requestId }],
      }),
    );
    const feedback = await until(account, { what: 'an event of SES', seconds: 300, every: 5 }, async () =>
      (await receive(account, queue, feedbackSchema)).at(0),
    );
    return judgeFeedback(feedback, requestId);
  },
});

async function makeConfigurationSet(account: TestAccount): Promise<string> {
  const { ses } = account.clients;
  const ConfigurationSetName = account.nameOf('feedback');
  await account.removals.make(`configuration set ${ConfigurationSetName}`, {
    make: () => ses.send(new CreateConfigurationSetCommand({ ConfigurationSetName })),
    remove: () => ses.send(new DeleteConfigurationSetCommand({ ConfigurationSetName })),
  });
  await ses.send(
    new CreateConfigurationSetEventDestinationCommand({
      ConfigurationSetName,
      EventDestinationName: 'events',
      EventDestination: {
        Enabled: true,
        MatchingEventTypes: ['BOUNCE', 'COMPLAINT', 'REJECT', 'RENDERING_FAILURE', 'DELIVERY'],
        EventBridgeDestination: {
          EventBusArn: `arn:aws:events:${account.region}:${account.account}:event-bus/default`,
        },
      },
    }),
  );
  return ConfigurationSetName;
}

async function suppress({ clients: { ses }, removals }: TestAccount): Promise<void> {
  await removals.make(`suppressed address ${suppressed}`, {
    make: () => ses.send(new PutSuppressedDestinationCommand({ EmailAddress: suppressed, Reason: 'BOUNCE' })),
    remove: () => ses.send(new DeleteSuppressedDestinationCommand({ EmailAddress: suppressed })),
  });
}

export function judgeFeedback({ detail: { eventType, bounce, mail } }: Feedback, requestId: string): Finding {
  const named = bounce?.bouncedRecipients.some(({ emailAddress }) => emailAddress === suppressed) ?? false;
  const tagged = mail.tags['countersign-request']?.[0] === requestId;
  return finding(
    bounce?.bounceType === 'Permanent' && named && tagged,
    bounce ? `${eventType}: ${bounce.bounceType}, ${bounce.bounceSubType}` : eventType,
  );
}
