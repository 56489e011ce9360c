import * as z from 'zod';
import { entitlementIdSchema } from '#domain/entitlementId.ts';
import { type Attester, attesters, beginning, type EventName, eventNames } from '#domain/history.ts';
import { type Instant, instantSchema } from '#domain/instant.ts';
import { functionSessionArn, managedRole } from '#domain/outOfBand.ts';
import { digestSchema, requestIdSchema } from '#domain/terms.ts';
import type { CallerIdentity } from '../reader/keptEvent.ts';
import type { Issuance, Issuances } from '../sessions/issuance.ts';
import { rememberedOf } from '../sessions/remembered.ts';

/** An assumption of the notary role: what a function of Countersign attested, in CloudTrail's words. */
export interface Evidence {
  event: EventName;
  /** By CloudTrail's clock: up to some seconds after the history entry's own time, or much later where `reconcile` caught up. */
  at: Instant;
  /** SourceIdentity: the actor. */
  by: string;
  requestId: string;
  entitlement: string;
  digest: string;
  hash: string;
  previous: string;
  catalogue: string;
  ticket?: string | undefined;
  start?: Instant | undefined;
  end?: Instant | undefined;
  breakGlass: boolean;
  /** The function that attested it; absent where the caller is none that may attest. */
  attester?: Attester | undefined;
  /** Who called, where it was no attester. */
  caller: string;
  eventId: string;
  /** Of the notary session: the same stands in the record's history. */
  accessKeyId?: string | undefined;
  /** The service account. */
  account: string;
}

/** Every assumption of a notary role that reads as evidence, by time and event id: also what no attester made. */
export const evidenceOf = (issuances: Issuances): Evidence[] =>
  notarySessions(issuances).flatMap(({ evidence }) => evidence ?? []);

/** Sessions of a notary role that attest nothing: without a request, an actor, or tags as the service sets them. */
export const unreadableEvidence = (issuances: Issuances): Issuance[] =>
  notarySessions(issuances).flatMap(({ evidence, issuance }) => (evidence ? [] : issuance));

interface NotarySession {
  issuance: Issuance;
  evidence: Evidence | undefined;
}

const notarySessions = rememberedOf(({ ok }: Issuances): NotarySession[] =>
  ok
    .flatMap((issuance) => {
      const role = managedRole(issuance.roleArn ?? '');
      if (role?.name !== 'countersign-notary') return [];
      return { issuance, evidence: readEvidence(issuance, role.account) };
    })
    .sort((a, b) => compareByTime(eventOf(a), eventOf(b))),
);

const eventOf = ({ issuance: { event } }: NotarySession) => ({ at: event.at, eventId: event.id });

/** By time, then event id: an order that does not depend on how the logs were read. */
export function compareByTime(
  a: { at: Instant; eventId: string },
  b: { at: Instant; eventId: string },
): number {
  if (a.at !== b.at) return a.at < b.at ? -1 : 1;
  if (a.eventId === b.eventId) return 0;
  return a.eventId < b.eventId ? -1 : 1;
}

const notarySessionSchema = z.object({
  sessionName: requestIdSchema,
  sourceIdentity: z.string().min(1),
  tags: z
    .object({
      'cs:event': z.enum(eventNames),
      'cs:entitlement': entitlementIdSchema,
      'cs:digest': digestSchema,
      // An entry with this hash would follow itself.
      'cs:hash': digestSchema.refine((hash) => hash !== beginning),
      'cs:previous': digestSchema,
      'cs:catalogue': digestSchema,
      'cs:ticket': z.string().optional(),
      'cs:start': instantSchema.optional(),
      'cs:end': instantSchema.optional(),
      'cs:breakGlass': z.literal('yes').optional(),
    })
    .refine((tags) => windowFits(tags['cs:event'], { start: tags['cs:start'], end: tags['cs:end'] }))
    .refine((tags) => tags['cs:event'] === 'requested' || tags['cs:breakGlass'] === undefined),
});

/** What grants a window says so, every session is issued within one, and nothing else speaks of one. */
function windowFits(event: EventName, { start, end }: Pick<Evidence, 'start' | 'end'>): boolean {
  if (start === undefined || end === undefined) return start === end && event !== 'issued';
  return start < end && (event === 'requested' || event === 'approved' || event === 'issued');
}

function readEvidence(issuance: Issuance, account: string): Evidence | undefined {
  const parsed = notarySessionSchema.safeParse(issuance);
  if (!parsed.success) return undefined;
  const { sessionName, sourceIdentity, tags } = parsed.data;
  const { id, at, caller } = issuance.event;
  return {
    event: tags['cs:event'],
    at,
    by: sourceIdentity,
    requestId: sessionName,
    entitlement: tags['cs:entitlement'],
    digest: tags['cs:digest'],
    hash: tags['cs:hash'],
    previous: tags['cs:previous'],
    catalogue: tags['cs:catalogue'],
    ticket: tags['cs:ticket'],
    start: tags['cs:start'],
    end: tags['cs:end'],
    breakGlass: tags['cs:breakGlass'] === 'yes',
    attester: attesterOf(caller, { event: tags['cs:event'], account }),
    caller: caller.arn ?? caller.invokedBy ?? caller.principalId ?? 'unknown',
    eventId: id,
    accessKeyId: issuance.accessKeyId,
    account,
  };
}

/** The function that called, if it is one that may attest this event: known by the exact ARN of its session. */
function attesterOf(
  { arn }: CallerIdentity,
  { event, account }: { event: EventName; account: string },
): Attester | undefined {
  const names = Object.keys(attesters) as Attester[];
  return names.find((name) => {
    const mayAttest: readonly EventName[] = attesters[name];
    return arn === functionSessionArn(name, account) && mayAttest.includes(event);
  });
}
