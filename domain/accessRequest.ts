import * as z from 'zod';
import { chain, type HistoryEntry, historyEntrySchema, isUnbroken, type UnchainedEntry } from './history.ts';
import { instantSchema } from './instant.ts';
import { digestSchema, termsSchema } from './terms.ts';

const decisionSchema = z.strictObject({
  decision: z.enum(['approve', 'deny']),
  approver: z.strictObject({ issuer: z.string(), subject: z.string(), email: z.string() }),
  decidedAt: instantSchema,
  durationSeconds: z.number().int().positive().optional(),
  comment: z.string().optional(),
  /** The approval token's text, kept so that `issueSession` can verify it; worthless once decided. */
  token: z.string().optional(),
  /** HMAC of the decision under key 3, base64. */
  seal: z.string(),
});

const windowSchema = z.strictObject({ startsAt: instantSchema, endsAt: instantSchema });

/** One set of STS credentials, sealed. The JWE is erased when the grant is closed. */
const sessionSchema = z.strictObject({
  sequence: z.number().int().positive(),
  /** STS's name for the session, no secret: what CloudTrail shows of it is compared with it. */
  accessKeyId: z.string(),
  issuedAt: instantSchema,
  stsExpiresAt: instantSchema,
  /** When the next session is due; absent while this one lasts to the grant's end. */
  reissueAt: instantSchema.optional(),
  jwe: z.string().optional(),
});

const reviewSchema = z.strictObject({
  verdict: z.enum(['justified', 'unjustified']),
  comment: z.string(),
  by: z.string(),
  at: instantSchema,
});

const shared = {
  terms: termsSchema,
  digest: digestSchema,
  decisions: z.array(decisionSchema).default([]),
  history: z.array(historyEntrySchema).min(1),
  review: reviewSchema.optional(),
};
const granted = { ...shared, window: windowSchema };
const closed = {
  ...shared,
  window: windowSchema.optional(),
  session: sessionSchema.optional(),
  closedAt: instantSchema,
};

/** An access request by its status: each has only the data that this status has. */
export const accessRequestSchema = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('pending'), ...shared }),
  z.strictObject({ status: z.literal('scheduled'), ...granted }),
  z.strictObject({ status: z.literal('active'), ...granted, session: sessionSchema }),
  z.strictObject({ status: z.literal('denied'), ...closed }),
  z.strictObject({ status: z.literal('cancelled'), ...closed }),
  z.strictObject({ status: z.literal('expired'), ...closed }),
  z.strictObject({ status: z.literal('ended'), ...closed }),
  z.strictObject({ status: z.literal('revoked'), ...closed }),
  z.strictObject({ status: z.literal('failed'), ...closed, reason: z.string() }),
]);

export type AccessRequest = z.infer<typeof accessRequestSchema>;
export type Status = AccessRequest['status'];
export type Decision = z.infer<typeof decisionSchema>;
export type GrantWindow = z.infer<typeof windowSchema>;
export type Session = z.infer<typeof sessionSchema>;
export type Review = z.infer<typeof reviewSchema>;
export type PendingRequest = Extract<AccessRequest, { status: 'pending' }>;
export type GrantedRequest = Extract<AccessRequest, { status: 'scheduled' | 'active' }>;
export type ClosedRequest = Exclude<AccessRequest, PendingRequest | GrantedRequest>;

export const statuses = accessRequestSchema.options.map((option) => option.shape.status.value);

/** What happened, with what it changes. `at` and `by` stand in the history entry. */
export type RequestEvent =
  | { event: 'approved'; decision: Decision; window?: GrantWindow }
  | { event: 'denied'; decision: Decision }
  | { event: 'cancelled' | 'expired' | 'returned' | 'ended' | 'closed' }
  | { event: 'revoked'; reason: string }
  | { event: 'issued'; session: Session; window: GrantWindow }
  | { event: 'failed'; reason: string }
  | { event: 'reviewed'; verdict: Review['verdict']; comment: string };

export type Occurrence = RequestEvent & { at: string; by: string };

export const isOpen = (request: AccessRequest): request is PendingRequest | GrantedRequest =>
  request.status === 'pending' || request.status === 'scheduled' || request.status === 'active';

export const isClosed = (request: AccessRequest): request is ClosedRequest => !isOpen(request);

/**
 * Whether the history is an unbroken chain that leads to the status the record claims: a writer of the table who puts in an
 * event, or a status that no event led to, must not have it put on record in their name.
 */
export function historyHolds({ terms, history, status, decisions }: AccessRequest): boolean {
  const decided = history.filter(({ event }) => event === 'approved' || event === 'denied');
  return (
    isUnbroken(terms.id, history) &&
    history.reduce(statusAfter, undefined) === status &&
    // A dropped approval would take the duration it shortened with it.
    decided.length === decisions.length
  );
}

/** The status after an entry; what grants a window says so in its detail. */
export function statusAfter(
  before: Status | undefined,
  { event, detail }: Pick<HistoryEntry, 'event' | 'detail'>,
): Status | undefined {
  switch (event) {
    case 'requested':
    case 'approved':
      return detail?.start === undefined ? 'pending' : 'scheduled';
    case 'issued':
      return 'active';
    case 'returned':
      return 'ended';
    case 'reviewed':
      return before === 'scheduled' || before === 'active' ? 'ended' : before;
    case 'closed':
      return before;
    default:
      return event;
  }
}

/** Whether the last link of the chain is in place: nothing is left to do, and nothing more will happen. */
export const isSettled = (request: AccessRequest): boolean => request.history.at(-1)?.event === 'closed';

/** The new request: `pending`, or `scheduled` at once when nobody has to approve (no rules, or break-glass). */
export function evolveFromNothing(
  { terms, digest }: Pick<AccessRequest, 'terms' | 'digest'>,
  { by, window, catalogue }: { by: string; window: GrantWindow | undefined; catalogue: string },
): PendingRequest | GrantedRequest {
  const detail = {
    catalogue,
    expiresAt: terms.expiresAt,
    ...(terms.breakGlass && { breakGlass: 'yes' }),
    ...(window && { start: window.startsAt, end: window.endsAt }),
  };
  const history = [chain(terms.id, [], { event: 'requested', at: terms.createdAt, by, detail })];
  const made = { terms, digest, decisions: [], history };
  return window ? { status: 'scheduled', ...made, window } : { status: 'pending', ...made };
}

/**
 * The request after an event. The event must be one that `decide` made for this request: a closed status never
 * changes, and an event that does not fit the status is a bug, so it throws.
 */
export function evolve(request: AccessRequest, occurrence: Occurrence): AccessRequest {
  const { at, by } = occurrence;
  const detail = detailOf(occurrence);
  const entry: UnchainedEntry = { event: occurrence.event, at, by, ...(detail && { detail }) };
  const { terms, digest, decisions, review } = request;
  const history: HistoryEntry[] = [...request.history, chain(terms.id, request.history, entry)];
  const common = { terms, digest, decisions, history, ...(review && { review }) };
  const close = <Closed extends ClosedRequest['status']>(status: Closed) => ({
    ...common,
    status,
    closedAt: at,
    ...('window' in request && request.window && { window: request.window }),
    ...('session' in request && request.session && { session: request.session }),
  });

  switch (occurrence.event) {
    case 'approved': {
      if (request.status !== 'pending') throw misfit(request, occurrence);
      const decided = { ...common, decisions: [...decisions, occurrence.decision] };
      return occurrence.window
        ? { ...decided, status: 'scheduled', window: occurrence.window }
        : { ...decided, status: 'pending' };
    }
    case 'denied':
      if (request.status !== 'pending') throw misfit(request, occurrence);
      return { ...close('denied'), decisions: [...decisions, occurrence.decision] };
    case 'cancelled':
    case 'expired':
      if (request.status !== 'pending') throw misfit(request, occurrence);
      return close(occurrence.event);
    case 'issued':
      if (request.status !== 'scheduled' && request.status !== 'active') throw misfit(request, occurrence);
      return { ...common, status: 'active', window: occurrence.window, session: occurrence.session };
    case 'returned':
    case 'ended':
      if (request.status !== 'scheduled' && request.status !== 'active') throw misfit(request, occurrence);
      return close('ended');
    case 'revoked':
      if (request.status !== 'scheduled' && request.status !== 'active') throw misfit(request, occurrence);
      return close('revoked');
    case 'failed':
      if (isClosed(request)) throw misfit(request, occurrence);
      return { ...close('failed'), reason: occurrence.reason };
    case 'reviewed': {
      if (request.status === 'pending' || review || isSettled(request)) throw misfit(request, occurrence);
      const { verdict, comment } = occurrence;
      // What is judged is over: a review ends a grant that still runs.
      const ended = isOpen(request) ? close('ended') : request;
      return { ...ended, history, review: { verdict, comment, by, at } };
    }
    case 'closed':
      if (isOpen(request) || isSettled(request)) throw misfit(request, occurrence);
      return { ...request, history };
    default: {
      const unknown: never = occurrence;
      throw new TypeError(`Unknown event ${JSON.stringify(unknown)}.`);
    }
  }
}

/** A closed request with its sealed session erased; what the deny list needs to know of the session stays. */
export function withoutSealedSession(request: ClosedRequest): ClosedRequest {
  if (!request.session) return request;
  const { jwe: _, ...session } = request.session;
  return { ...request, session };
}

const misfit = (request: AccessRequest, { event }: Occurrence): Error =>
  new TypeError(`A request that is ${request.status} cannot become ${event}.`);

/** What the history keeps of an event beside its name: enough to follow the story, small enough for seven days of it. */
function detailOf(occurrence: Occurrence): Record<string, string | number> | undefined {
  switch (occurrence.event) {
    case 'approved':
    case 'denied': {
      const { comment, durationSeconds } = occurrence.decision;
      const window = 'window' in occurrence ? occurrence.window : undefined;
      return {
        ...(comment !== undefined && { comment }),
        ...(durationSeconds !== undefined && { durationSeconds }),
        ...(window && { start: window.startsAt, end: window.endsAt }),
      };
    }
    case 'issued':
      return {
        sequence: occurrence.session.sequence,
        accessKeyId: occurrence.session.accessKeyId,
        start: occurrence.window.startsAt,
        end: occurrence.window.endsAt,
        stsExpiresAt: occurrence.session.stsExpiresAt,
      };
    case 'revoked':
    case 'failed':
      return { reason: occurrence.reason };
    case 'reviewed':
      return { verdict: occurrence.verdict, comment: occurrence.comment };
    default:
      return undefined;
  }
}
