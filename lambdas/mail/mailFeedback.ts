import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import type { EventBridgeEvent } from 'aws-lambda';
import * as z from 'zod';
import { normaliseEmail } from '#domain/identity.ts';
import { type Instant, instantOf } from '#domain/instant.ts';
import { requestIdSchema } from '#domain/terms.ts';
import { mailerWith } from '../adapters/mailer.ts';
import { requestStore } from '../adapters/requestStore.ts';
import { retryConflicts } from '../runtime/change.ts';
import { readCatalogue, readConfig } from '../runtime/config.ts';
import { log } from '../runtime/log.ts';
import { undeliverableMail } from './notice.ts';

/** On cold start only. */
function buildServices() {
  const config = readConfig('tableName', 'sender', 'configurationSet', 'baseUrl');
  return {
    catalogue: readCatalogue(),
    baseUrl: config.baseUrl,
    store: requestStore(new DynamoDBClient(), config.tableName),
    sendMail: mailerWith(new SESv2Client(), config),
  };
}

const services = buildServices();

const recipients = z.array(z.object({ emailAddress: z.string() })).default([]);

/** The parts of an SES event that matter here. */
const feedbackSchema = z.object({
  eventType: z.string(),
  mail: z.object({
    destination: z.array(z.string()),
    tags: z.object({ 'countersign-request': z.tuple([requestIdSchema]) }),
  }),
  bounce: z
    .object({ bounceType: z.string(), bounceSubType: z.string().optional(), bouncedRecipients: recipients })
    .optional(),
  complaint: z.object({ complainedRecipients: recipients }).optional(),
});

type Feedback = z.infer<typeof feedbackSchema>;

/** Called by EventBridge for what SES could not deliver: "a failed notification is never a silent pending". */
export async function handler(event: EventBridgeEvent<string, unknown>): Promise<void> {
  const feedback = feedbackSchema.parse(event.detail);
  const failure = failureOf(feedback);
  if (!failure) return;
  const [requestId] = feedback.mail.tags['countersign-request'];
  for (const address of failure.addresses)
    await noteFailure({
      requestId,
      approver: normaliseEmail(address),
      reason: failure.reason,
      now: instantOf(new Date()),
    });
}

/** SES reports a transient bounce once it has given up trying; a general one may be an out-of-office answer to mail that arrived. */
function failureOf({
  eventType,
  bounce,
  complaint,
  mail,
}: Feedback): { addresses: string[]; reason: string } | undefined {
  const addresses = (list: z.infer<typeof recipients>): string[] =>
    list.map(({ emailAddress }) => emailAddress);
  const mayHaveArrived = bounce?.bounceType === 'Transient' && bounce.bounceSubType === 'General';
  if (bounce && !mayHaveArrived)
    return { addresses: addresses(bounce.bouncedRecipients), reason: 'The mail bounced.' };
  if (complaint)
    return { addresses: addresses(complaint.complainedRecipients), reason: 'The mail was reported as spam.' };
  if (eventType === 'Reject' || eventType === 'Rendering Failure')
    return { addresses: mail.destination, reason: 'The mail service rejected the message.' };
  return undefined;
}

async function noteFailure(failure: {
  requestId: string;
  approver: string;
  reason: string;
  now: Instant;
}): Promise<void> {
  const { requestId, approver, reason } = failure;
  const noted = await retryConflicts(async () => {
    const stored = await services.store.load(requestId);
    const invitation = stored?.upkeep.invitations[approver];
    if (!stored || !invitation || invitation.failed !== undefined) return undefined;
    const invitations = { ...stored.upkeep.invitations, [approver]: { ...invitation, failed: reason } };
    // What is due stays due: a mail that bounced changes nothing about the request itself.
    return services.store.save(
      stored,
      { ...stored, upkeep: { ...stored.upkeep, invitations } },
      stored.dueAt,
    );
  });
  if (!noted) return;
  log('error', 'invitationFailed', { requestId });
  const { request } = noted;
  const { email } = request.terms.requester;
  if (email === undefined || request.status !== 'pending') return;
  const title =
    services.catalogue.entries.get(request.terms.entitlement)?.entitlement.title ?? request.terms.entitlement;
  await services.sendMail({
    to: email,
    requestId,
    mail: undeliverableMail({ request, approver, title, baseUrl: services.baseUrl }),
  });
}
