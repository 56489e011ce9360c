import {
  type AccessRequest,
  evolve,
  historyHolds,
  isClosed,
  isOpen,
  type RequestEvent,
  withoutSealedSession,
} from '#domain/accessRequest.ts';
import { type Catalogue, isSamePerson } from '#domain/catalogue.ts';
import { cancelRequest, decideRequest, returnGrant, reviewBreakGlass, revokeGrant } from '#domain/decide.ts';
import { isRefusal } from '#domain/errors.ts';
import { authorisedWindow } from '#domain/grantWindow.ts';
import { sourceIdentityOf } from '#domain/identity.ts';
import { addSeconds, type Instant, secondsBetween } from '#domain/instant.ts';
import { nextStep } from '#domain/nextStep.ts';
import { approvalTokenHash } from '#domain/seals.ts';
import { reissueTime, sessionDurationOf } from '#domain/sessionLength.ts';
import { rolesIn } from '#lambdas/api/visibility.ts';
import { approverOf, type Human, tokenFor } from '../support/builders.ts';

/** The record and the clock: all that the service has to go by. */
export interface State {
  request: AccessRequest;
  now: Instant;
  catalogue: Catalogue;
}

/** Something that anybody, the clock or an attacker may try. The next state, or undefined when the rules refuse. */
export interface Action {
  name: string;
  attempt(state: State): State | undefined;
}

const entryIn = ({ catalogue, request }: State) => catalogue.entries.get(request.terms.entitlement);

const happened = (state: State, event: RequestEvent, by = 'countersign'): State => ({
  ...state,
  request: evolve(state.request, { ...event, at: state.now, by }),
});

interface DecisionTry {
  decision: 'approve' | 'deny';
  durationSeconds?: number;
  /** Whose mail the token was taken from. */
  tokenOf?: Human;
}

/** As `POST …/decision` does it: everybody was invited, so a refusal is never owed to a missing mail. */
export const decidingBy = (
  person: Human,
  { decision, durationSeconds, tokenOf = person }: DecisionTry,
): Action => ({
  name: `${decision} by ${person.email} for ${durationSeconds ?? 'the whole'} with the token of ${tokenOf.email}`,
  attempt(state) {
    const { request, catalogue, now } = state;
    const command = {
      approver: approverOf(person),
      decision,
      durationSeconds,
      token: decision === 'approve' ? tokenFor(tokenOf) : undefined,
      invitedTokenHash: approvalTokenHash(tokenFor(person)),
    };
    const proposed = decideRequest(request, command, { catalogue, entry: entryIn(state), now });
    if (isRefusal(proposed)) return undefined;
    const seal = `seal ${request.decisions.length + 1}`;
    return happened(
      state,
      { ...proposed, decision: { ...proposed.decision, seal } },
      sourceIdentityOf(person),
    );
  },
});

const commandBy = (
  person: Human,
  name: string,
  decide: (state: State) => RequestEvent | undefined,
): Action => ({
  name: `${name} by ${person.email}`,
  attempt(state) {
    const event = decide(state);
    return event && happened(state, event, sourceIdentityOf(person));
  },
});

const unlessRefused = (outcome: ReturnType<typeof cancelRequest>): RequestEvent | undefined =>
  isRefusal(outcome) ? undefined : outcome;

/** As `POST …/cancel` and `…/return` do it. */
export const cancellingBy = (person: Human): Action =>
  commandBy(person, 'cancel', ({ request, catalogue, now }) =>
    rolesIn(catalogue, request, { who: person, now }).requester
      ? unlessRefused(cancelRequest(request))
      : undefined,
  );
export const returningBy = (person: Human): Action =>
  commandBy(person, 'return', ({ request, catalogue, now }) =>
    rolesIn(catalogue, request, { who: person, now }).requester
      ? unlessRefused(returnGrant(request))
      : undefined,
  );

/** As `POST …/revoke` does it. */
export const revokingBy = (person: Human): Action =>
  commandBy(person, 'revoke', ({ request, catalogue, now }) => {
    const { approver, admin } = rolesIn(catalogue, request, { who: person, now });
    return approver || admin ? unlessRefused(revokeGrant(request, 'no longer needed')) : undefined;
  });

/** As `POST …/review` does it: it ends a grant that still runs. */
export const reviewingBy = (person: Human): Action =>
  commandBy(person, 'review', ({ request, catalogue, now }) => {
    const { approver, requester } = rolesIn(catalogue, request, { who: person, now });
    if (requester || !approver || isSamePerson(catalogue, request.terms.requester, person)) return undefined;
    return unlessRefused(reviewBreakGlass(request, { verdict: 'justified', comment: 'it burned' }));
  });

/** What the workflow does when it wakes: the next state, when to look again, or that it is done. */
export type Work = { next: State } | { until: Instant } | { done: 'over' | 'awaitReview' };

/** As the functions of the workflow do it, whichever of them wakes: the record alone says what is next. */
export function workOn(state: State): Work {
  const { request, now } = state;
  const step = nextStep(request, { entry: entryIn(state), now });
  switch (step.step) {
    case 'wait':
    case 'hold':
      return { until: step.until };
    case 'expire':
      return { next: happened(state, { event: 'expired' }) };
    case 'end':
      return { next: happened(state, { event: 'ended' }) };
    case 'fail':
      return { next: happened(state, { event: 'failed', reason: step.reason }) };
    case 'issue':
      return issue(state);
    case 'close':
      if (!isClosed(request)) throw new Error('Only a closed request is settled.');
      return { next: happened({ ...state, request: withoutSealedSession(request) }, { event: 'closed' }) };
    default:
      return { done: step.step };
  }
}

function issue(state: State): Work {
  const { request, catalogue, now } = state;
  const entry = entryIn(state);
  if (!historyHolds(request)) return { next: happened(state, { event: 'failed', reason: 'record_altered' }) };
  const window = authorisedWindow(catalogue, entry, request);
  if ('failure' in window) return { next: happened(state, { event: 'failed', reason: window.failure }) };
  // The record's own window may have been altered: it has to be the one that the decisions make.
  const recorded = 'window' in request ? request.window : undefined;
  if (recorded?.startsAt !== window.startsAt || recorded.endsAt !== window.endsAt)
    return { next: happened(state, { event: 'failed', reason: 'record_altered' }) };
  if (now >= window.endsAt) return { next: happened(state, { event: 'ended' }) };
  if (now < window.startsAt) return { until: window.startsAt };
  const seconds = sessionDurationOf(
    secondsBetween(window.startsAt, window.endsAt),
    entry?.entitlement.sessionDuration,
  );
  const reissueAt = reissueTime(now, seconds, window.endsAt);
  const sequence = 'session' in request && request.session ? request.session.sequence + 1 : 1;
  const session = {
    sequence,
    accessKeyId: `ASIA${sequence}`,
    issuedAt: now,
    stsExpiresAt: addSeconds(now, seconds),
    ...(reissueAt && { reissueAt }),
    jwe: 'sealed',
  };
  return { next: happened(state, { event: 'issued', session, window }) };
}

/** A wake of the workflow, in time, early, late or twice. */
export const wake: Action = {
  name: 'wake',
  attempt(state) {
    const work = workOn(state);
    return 'next' in work ? work.next : undefined;
  },
};

/** Whoever can write the table makes the request look approved, for a week from now. */
export const forgery: Action = {
  name: 'forge',
  attempt(state) {
    const { request, now } = state;
    if (!isOpen(request)) return undefined;
    const window = { startsAt: now, endsAt: addSeconds(now, 7 * 86_400) };
    if (request.status === 'active') return { ...state, request: { ...request, window } };
    return { ...state, request: { ...request, status: 'scheduled', window } };
  },
};

/** A deployment brings another catalogue. */
export const deploying = (name: string, catalogue: Catalogue): Action => ({
  name: `deploy ${name}`,
  attempt: (state) => (state.catalogue === catalogue ? undefined : { ...state, catalogue }),
});

/** The instants at which something may turn, in order. */
function turningPoints({ request, catalogue }: State): Instant[] {
  const { terms } = request;
  const escalation = catalogue.entries.get(terms.entitlement)?.entitlement.escalation;
  const window = 'window' in request ? request.window : undefined;
  const session = 'session' in request ? request.session : undefined;
  return [
    terms.expiresAt,
    ...(escalation ? [addSeconds(terms.createdAt, escalation.after)] : []),
    ...[terms.startAt, window?.startsAt, window?.endsAt, session?.reissueAt, session?.stsExpiresAt].filter(
      (instant) => instant !== undefined,
    ),
  ].sort();
}

/** The clock goes on: to a second before, to, and to a second after the next two turning points, and by a second. */
export function clockSteps(state: State): Action[] {
  if (isClosed(state.request)) return [];
  const ahead = [...new Set(turningPoints(state))]
    .filter((instant) => addSeconds(instant, 1) > state.now)
    .slice(0, 2);
  const instants = new Set([
    1,
    ...ahead.flatMap((instant) => [-1, 0, 1].map((by) => secondsBetween(state.now, addSeconds(instant, by)))),
  ]);
  return [...instants]
    .filter((seconds) => seconds > 0)
    .map((seconds) => ({
      name: `+${seconds} s`,
      attempt: (from) => ({ ...from, now: addSeconds(from.now, seconds) }),
    }));
}

/** One text for all states from which the same can happen. */
export function keyOf({ request, now, catalogue }: State): string {
  const { status, decisions, review } = request;
  const window = 'window' in request ? request.window : undefined;
  const session = 'session' in request ? request.session : undefined;
  const made = decisions.map(({ approver, decision, decidedAt, durationSeconds }) => [
    approver.email,
    decision,
    decidedAt,
    durationSeconds,
  ]);
  return JSON.stringify([
    status,
    now,
    catalogue.digest,
    made,
    window,
    session,
    review?.by,
    request.history.at(-1)?.event === 'closed',
  ]);
}
