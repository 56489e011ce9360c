import { type AccessRequest, isSettled } from './accessRequest.ts';
import { isEscalated } from './approvalRules.ts';
import type { CatalogueEntry } from './entitlement.ts';
import type { IssueFailure } from './grantWindow.ts';
import { addSeconds, earliest, type Instant, latest } from './instant.ts';

/** What the workflow has to do next. Read from the record alone, whatever woke it. */
export type NextStep =
  /** Nobody has decided: ask again at `until` at the latest. */
  | { step: 'wait'; until: Instant }
  | { step: 'expire' }
  /** Approved, and a session is due. */
  | { step: 'issue' }
  /** Nothing to do before `until`: start, re-issue or end. */
  | { step: 'hold'; until: Instant }
  | { step: 'end' }
  | { step: 'fail'; reason: IssueFailure }
  /** The status is final; the deny list, erasure and last evidence may be outstanding. */
  | { step: 'close' }
  /** A closed break-glass grant that had a session waits for its review. */
  | { step: 'awaitReview' }
  | { step: 'over' };

/**
 * `entry` is today's entry of the request's entitlement. When it no longer is the one that was asked for, whatever is
 * open fails: what is approved is what is issued.
 */
export function nextStep(
  request: AccessRequest,
  { entry, now }: { entry: CatalogueEntry | undefined; now: Instant },
): NextStep {
  const changed = entry?.entitlementDigest !== request.terms.entitlementDigest;
  switch (request.status) {
    case 'pending':
      if (now >= request.terms.expiresAt) return { step: 'expire' };
      if (changed) return { step: 'fail', reason: 'entitlement_changed' };
      return { step: 'wait', until: nextAttention(request.terms, entry, now) };
    case 'scheduled':
      if (now >= request.window.endsAt) return { step: 'end' };
      if (changed) return { step: 'fail', reason: 'entitlement_changed' };
      return now < request.window.startsAt
        ? { step: 'hold', until: request.window.startsAt }
        : { step: 'issue' };
    case 'active': {
      const { window, session } = request;
      if (now >= window.endsAt) return { step: 'end' };
      if (changed) return { step: 'fail', reason: 'entitlement_changed' };
      const due = session.reissueAt ?? window.endsAt;
      return now >= due ? { step: 'issue' } : { step: 'hold', until: earliest(window.endsAt, due) };
    }
    default:
      if (isSettled(request)) return { step: 'over' };
      return request.terms.breakGlass && request.session && !request.review
        ? { step: 'awaitReview' }
        : { step: 'close' };
  }
}

/** The escalation if it is still to come, else the expiry. */
function nextAttention(
  { createdAt, expiresAt }: AccessRequest['terms'],
  { entitlement }: CatalogueEntry,
  now: Instant,
): Instant {
  if (!entitlement.escalation || isEscalated(entitlement, createdAt, now)) return expiresAt;
  return earliest(expiresAt, addSeconds(createdAt, entitlement.escalation.after));
}

/** What the record still owes to others, beside its next step. */
export interface Outstanding {
  /** History entries whose event has gone out. */
  announced: number;
  /** History entries whose notice has gone out. */
  noticed: number;
  invitations: Record<string, { sent: number }>;
  /** Until when a deny-list entry has to stand, if one does. */
  deniedUntil?: Instant | undefined;
}

interface Circumstances {
  entry: CatalogueEntry | undefined;
  now: Instant;
}

/** How late the workflow may be before `reconcile` takes over. */
const graceSeconds = 30;
/** How often the deny list of a closed grant is compared with the boundary policy. */
const compareSeconds = 300;

/** When `reconcile` has to look at the request, should nothing else have moved it; undefined when all is done. */
export function dueAt(
  request: AccessRequest,
  outstanding: Outstanding,
  circumstances: Circumstances,
): Instant | undefined {
  const soon = addSeconds(circumstances.now, graceSeconds);
  const step = stepDueAt(request, outstanding, circumstances);
  if (!owesWords(request, outstanding)) return step;
  return step === undefined ? soon : earliest(step, soon);
}

/**
 * Whether an execution has to be moved at once, rather than only evidence, events or notices be caught up on. A request
 * that owed no words when it fell due was due for its step, and has to be moved whatever this says.
 */
export function mustMove(
  request: AccessRequest,
  outstanding: Outstanding,
  circumstances: Circumstances,
): boolean {
  const { step } = nextStep(request, circumstances);
  const rests = step === 'wait' || step === 'hold' || step === 'over' || step === 'awaitReview';
  return !rests || owesMail(outstanding);
}

function stepDueAt(
  request: AccessRequest,
  { deniedUntil }: Outstanding,
  circumstances: Circumstances,
): Instant | undefined {
  const { entry, now } = circumstances;
  const next = nextStep(request, circumstances);
  switch (next.step) {
    case 'wait':
    case 'hold':
      return addSeconds(next.until, graceSeconds);
    case 'over':
    case 'awaitReview':
      if (deniedUntil && deniedUntil > now) return earliest(deniedUntil, addSeconds(now, compareSeconds));
      // Past its due date a review is looked for every hour.
      return next.step === 'awaitReview'
        ? latest(reviewDueAt(request, entry), addSeconds(now, 3_600))
        : undefined;
    default:
      return addSeconds(now, graceSeconds);
  }
}

/** Whether evidence, an event, a notice or a mail to an approver is still owed. */
export const owesWords = (request: AccessRequest, outstanding: Outstanding): boolean =>
  outstanding.announced < request.history.length ||
  outstanding.noticed < request.history.length ||
  owesMail(outstanding) ||
  request.history.some(({ notary }) => notary === undefined);

/** Whether a mail to an approver is still owed: an outage held it up. */
export const owesMail = ({ invitations }: Pick<Outstanding, 'invitations'>): boolean =>
  Object.values(invitations).some(({ sent }) => sent === 0);

/** When the review of a break-glass grant is due at the latest. */
export const reviewDueAt = (request: AccessRequest, entry: CatalogueEntry | undefined): Instant =>
  addSeconds(request.terms.createdAt, entry?.entitlement.breakGlass?.reviewWithin ?? 86_400);
