import {
  type AccessRequest,
  type Decision,
  type GrantWindow,
  isSettled,
  type RequestEvent,
  type Status,
} from './accessRequest.ts';
import { approverRefusal, rulesAreMet } from './approvalRules.ts';
import { type Catalogue, isSamePerson } from './catalogue.ts';
import { describeDuration } from './duration.ts';
import type { CatalogueEntry } from './entitlement.ts';
import { type Refusal, refuse } from './errors.ts';
import { grantWindow } from './grantWindow.ts';
import type { Instant } from './instant.ts';
import { approvalTokenHash } from './seals.ts';

/** What a decision is judged against: today's catalogue and the clock. */
export interface Circumstances {
  catalogue: Pick<Catalogue, 'groups' | 'people' | 'machines'>;
  /** Today's entry of the request's entitlement; undefined when it is gone. */
  entry: CatalogueEntry | undefined;
  now: Instant;
}

export interface DecisionCommand {
  approver: Decision['approver'];
  decision: Decision['decision'];
  comment?: string | undefined;
  /** Seconds; may only shorten. */
  durationSeconds?: number | undefined;
  token?: string | undefined;
  /** Hash of the token that was sent to this approver, if one was. */
  invitedTokenHash?: string | undefined;
}

export type UnsealedDecision = Omit<Decision, 'seal'>;

/** A decision that the rules let through, before `decisions` seals it. */
export type ProposedDecision =
  | { event: 'approved'; decision: UnsealedDecision; window?: GrantWindow }
  | { event: 'denied'; decision: UnsealedDecision };

/** An approver approves or denies. */
export function decideRequest(
  request: AccessRequest,
  command: DecisionCommand,
  { catalogue, entry, now }: Circumstances,
): ProposedDecision | Refusal {
  const { approver } = command;
  const { terms } = request;
  if (!entry) return entitlementChanged;
  const refusal = approverRefusal(catalogue, entry, { terms, approver, at: now });
  if (refusal) return refusal;
  if (request.decisions.some((decision) => isSamePerson(catalogue, decision.approver, approver)))
    return refuse('already_decided', 'You have decided on this request already.');
  if (request.status !== 'pending') return wrongState(request, 'decided on', ['pending']);
  if (now >= terms.expiresAt)
    return refuse('wrong_state', 'Nobody decided in time: this request has expired.', 'expired');
  const decision = unsealed(command, now);
  if (command.decision === 'deny') return { event: 'denied', decision };

  if (command.token === undefined || approvalTokenHash(command.token) !== command.invitedTokenHash)
    return refuse(
      'invalid_token',
      'This approval token is damaged or was sent to somebody else. Use the link in your own mail.',
    );
  if (entry.entitlementDigest !== terms.entitlementDigest) return entitlementChanged;
  if (
    command.durationSeconds !== undefined &&
    !(command.durationSeconds >= 60 && command.durationSeconds <= terms.durationSeconds)
  )
    return refuse(
      'duration_not_shorter',
      `An approver may only shorten: give a duration from 1 minute to ${describeDuration(terms.durationSeconds)}.`,
    );
  const decisions = [...request.decisions, decision];
  const met = rulesAreMet(catalogue, entry.entitlement, { terms, approvals: decisions });
  return { event: 'approved', decision, ...(met && { window: grantWindow(terms, decisions) }) };
}

/** The requester withdraws a request that nobody has decided on yet. */
export const cancelRequest = (request: AccessRequest): RequestEvent | Refusal =>
  request.status === 'pending' ? { event: 'cancelled' } : wrongState(request, 'cancelled', ['pending']);

/** The requester ends the grant early. */
export const returnGrant = (request: AccessRequest): RequestEvent | Refusal =>
  request.status === 'scheduled' || request.status === 'active'
    ? { event: 'returned' }
    : wrongState(request, 'returned', ['scheduled', 'active']);

/** An approver or admin takes the grant back. Whether the requester is still eligible plays no part. */
export const revokeGrant = (request: AccessRequest, reason: string): RequestEvent | Refusal =>
  request.status === 'scheduled' || request.status === 'active'
    ? { event: 'revoked', reason }
    : wrongState(request, 'revoked', ['scheduled', 'active']);

/** Somebody other than the requester reviews a break-glass grant; if it still runs, that ends it. */
export function reviewBreakGlass(
  request: AccessRequest,
  { verdict, comment }: { verdict: 'justified' | 'unjustified'; comment: string },
): RequestEvent | Refusal {
  if (!request.terms.breakGlass) return refuse('wrong_state', 'Only a break-glass request is reviewed.');
  if (request.review) return refuse('already_reviewed', 'This request has been reviewed already.');
  if (isSettled(request))
    return refuse(
      'wrong_state',
      'This break-glass request never had a session: there is nothing to review.',
      request.status,
    );
  return { event: 'reviewed', verdict, comment };
}

const entitlementChanged = refuse(
  'entitlement_changed',
  'The entitlement has changed since this was asked for. The requester has to ask again.',
);

function unsealed(
  { decision, approver, comment, durationSeconds, token }: DecisionCommand,
  now: Instant,
): UnsealedDecision {
  return {
    decision,
    approver,
    decidedAt: now,
    ...(comment !== undefined && { comment }),
    ...(decision === 'approve' && durationSeconds !== undefined && { durationSeconds }),
    ...(decision === 'approve' && token !== undefined && { token }),
  };
}

const wrongState = (request: AccessRequest, verb: string, allowed: Status[]): Refusal =>
  refuse(
    'wrong_state',
    `This request is ${request.status}; only a ${allowed.join(' or ')} one can be ${verb}.`,
    request.status,
  );
