import * as z from 'zod';
import { statuses } from '#domain/accessRequest.ts';
import { eventNames } from '#domain/history.ts';
import { count, instant, known, text } from './documentFields.ts';

const call = z.object({
  eventId: text,
  at: instant,
  source: text,
  name: text,
  errorCode: known(text),
  denied: z.boolean(),
  region: text,
  sourceIp: known(text),
  object: known(text),
});

/** One set of credentials of a grant. */
const grantSession = z.object({
  issuingEventId: text,
  accessKeyId: known(text),
  arn: known(text),
  roleArn: text,
  issuedAt: instant,
  expiresAt: known(instant),
  /** The session policy that STS was given, as a text. */
  policy: known(text),
  policyArns: z.array(text),
  /** The `issued` evidence that answers for it, and whether its hash or its time says so. */
  attestedBy: known(z.object({ eventId: text, how: z.enum(['hash', 'time']) })),
  calls: z.array(call),
});

const chainLink = z.object({
  event: z.enum(eventNames),
  /** When it was attested. */
  at: instant,
  /** When it had happened at the latest: before, where it was attested late. */
  happenedBy: instant,
  by: text,
  hash: text,
  previous: text,
  attester: known(text),
  eventId: text,
  content: z.enum(['recomputed', 'unknowable', 'differs']),
});

const chain = z.object({
  verdict: z.enum(['unbroken', 'open', 'broken']),
  closed: z.boolean(),
  links: z.array(chainLink),
  /** Event ids of evidence that nothing follows from: those changes lost a race. */
  lost: z.array(text),
  /** Of evidence whose predecessor is not in the logs. */
  apart: z.array(text),
  faults: z.array(z.object({ kind: text, at: instant, message: text, eventIds: z.array(text) })),
});

/** A request and what came of it, as review.json has it. */
export const grantSchema = z.object({
  id: text,
  status: z.enum(statuses),
  requester: text,
  entitlement: text,
  ticket: known(text),
  breakGlass: z.boolean(),
  digest: text,
  catalogue: text,
  requestedAt: instant,
  decisions: z.array(
    z.object({ decision: z.enum(['approve', 'deny']), by: text, at: instant, eventId: text }),
  ),
  window: known(z.object({ startsAt: instant, endsAt: instant })),
  end: known(z.object({ event: text, at: instant, by: text })),
  review: known(z.object({ at: instant, by: text })),
  closedAt: known(instant),
  calls: count,
  errors: count,
  denied: count,
  callsAfterEnd: count,
  sessions: z.array(grantSession),
  chain,
});
