import type { GrantWindow } from './accessRequest.ts';
import { candidatesOfRules, rulesCanBeMet } from './approvalRules.ts';
import { type Catalogue, membershipOf, type Person } from './catalogue.ts';
import { describeDuration } from './duration.ts';
import { type CatalogueEntry, defaultDurationOf, longestTicket, roleArnOf } from './entitlement.ts';
import { type Refusal, refuse } from './errors.ts';
import { grantWindow, needsNoApproval } from './grantWindow.ts';
import type { Identity } from './identity.ts';
import { addSeconds, type Instant } from './instant.ts';
import { maximumLeadSeconds } from './lastPossibleAccess.ts';
import type { RecipientKey } from './recipientKey.ts';
import { maximumPolicySize, parameterFault, sessionPolicy } from './sessionPolicy.ts';
import { requestDigest, type Terms } from './terms.ts';
import { visibleLines } from './visibleText.ts';
import { wholeMatch } from './wholeMatch.ts';

/** What the requester sends; everything else in the terms is derived here. */
export interface Wish {
  entitlement: string;
  durationSeconds?: number | undefined;
  justification: string;
  ticket?: string | undefined;
  startAt?: Instant | undefined;
  parameters: Record<string, string>;
  recipientKey: RecipientKey;
  breakGlass: boolean;
}

export interface NewRequest {
  terms: Terms;
  digest: string;
  entry: CatalogueEntry;
  /** Set when nobody has to approve: the grant's window is known at once. */
  window: GrantWindow | undefined;
}

/**
 * STS session tags: letters, digits, space and `_.:/=+-@`. They take 256 characters each but share little room: nine of
 * 250 characters were measured at 498 % (aws-actions/configure-aws-credentials#1898), so all of them have about 450.
 */
const tagValue = /^[A-Za-z0-9 _.:/=+\-@]+$/;

/** The terms of a new request, or why it cannot be made. Every limit that can be checked early is checked here. */
export function newRequest(
  catalogue: Catalogue,
  wish: Wish,
  { id, who, sourceIp, now }: { id: string; who: Identity; sourceIp: string; now: Instant },
): NewRequest | Refusal {
  const entry = catalogue.entries.get(wish.entitlement);
  const notEligible = refuse(
    'not_eligible',
    `There is no entitlement "${wish.entitlement}" that you may request.`,
  );
  if (!entry) return notEligible;
  const { entitlement } = entry;
  if (wish.breakGlass && !entitlement.breakGlass) {
    const known = membershipOf(catalogue, entitlement.requesters, who).length > 0;
    return known
      ? refuse('no_break_glass', 'This entitlement has no break-glass. Ask without it.')
      : notEligible;
  }
  const people =
    wish.breakGlass && entitlement.breakGlass ? entitlement.breakGlass.requesters : entitlement.requesters;
  const groups = membershipOf(catalogue, people, who);
  if (
    groups.length === 0 &&
    wish.breakGlass &&
    membershipOf(catalogue, entitlement.requesters, who).length > 0
  )
    return refuse(
      'not_eligible',
      `You may ask for "${wish.entitlement}", but not by break-glass. Ask without it.`,
    );
  if (groups.length === 0) return notEligible;

  const durationSeconds = durationOf(entry, wish);
  if (typeof durationSeconds !== 'number') return durationSeconds;
  const fault = wishFault(entry, wish, now);
  if (fault) return fault;
  const email = who.kind === 'human' ? who.email : undefined;
  const requester = { issuer: who.issuer, subject: who.subject, email };
  if (!somebodyCanAnswer(catalogue, entry, { wish, requester }))
    return refuse(
      'no_approver',
      'The approval rules of this entitlement cannot be met: its approvers are too few. Tell the platform team.',
    );

  const policy = sessionPolicy({ entitlement, parameters: wish.parameters, startAt: wish.startAt, sourceIp });
  if (policy.length > maximumPolicySize)
    return refuse(
      'policy_too_large',
      `The session policy would have ${policy.length} characters; STS takes ${maximumPolicySize}.`,
    );
  const terms: Terms = {
    id,
    requester: {
      kind: who.kind,
      issuer: who.issuer,
      subject: who.subject,
      ...(email !== undefined && { email }),
      groups,
      claimedGroups: claimedOnly(catalogue, who, groups),
    },
    entitlement: entry.id,
    entitlementDigest: entry.entitlementDigest,
    roleArn: roleArnOf(entry),
    sessionPolicy: policy,
    policyArns: entitlement.managedPolicies,
    ...(entitlement.bindSourceIp && { sourceIp }),
    parameters: wish.parameters,
    durationSeconds,
    ...(wish.startAt !== undefined && { startAt: wish.startAt }),
    breakGlass: wish.breakGlass,
    justification: wish.justification,
    ...(wish.ticket !== undefined && { ticket: wish.ticket }),
    createdAt: now,
    expiresAt: addSeconds(now, entitlement.expiresAfter),
    recipientKey: wish.recipientKey,
  };
  const window = needsNoApproval(terms, entry) ? grantWindow(terms, []) : undefined;
  return { terms, digest: requestDigest(terms), entry, window };
}

/** "Fails closed, visibly": whether the rules could be met, or for break-glass whether anybody could review it. */
function somebodyCanAnswer(
  catalogue: Catalogue,
  entry: CatalogueEntry,
  { wish, requester }: { wish: Wish; requester: Person },
): boolean {
  if (wish.breakGlass)
    return candidatesOfRules(catalogue, entry.entitlement, { requester, escalated: false }).some(
      ({ size }) => size > 0,
    );
  return needsNoApproval(wish, entry) || rulesCanBeMet(catalogue, entry.entitlement, requester);
}

/** "The longest duration of one entitlement never leaks to another": limits come from this entry alone. */
function durationOf({ entitlement }: CatalogueEntry, wish: Wish): number | Refusal {
  const longest =
    wish.breakGlass && entitlement.breakGlass ? entitlement.breakGlass.duration : entitlement.maxDuration;
  const seconds = wish.durationSeconds ?? Math.min(longest, defaultDurationOf(entitlement));
  if (seconds >= 60 && seconds <= longest) return seconds;
  return refuse(
    'duration_out_of_bounds',
    `Ask for a duration from 1 minute to ${describeDuration(longest)}.`,
  );
}

function wishFault({ entitlement }: CatalogueEntry, wish: Wish, now: Instant): Refusal | undefined {
  const { justification, ticket, startAt, parameters } = wish;
  const { minLength } = entitlement.justification;
  if (visibleLines(justification).join(' ').length < minLength)
    return refuse(
      'justification_too_short',
      `Say why in at least ${minLength} characters: the approver decides by it.`,
    );
  if (entitlement.ticket?.required && ticket === undefined)
    return refuse('ticket_required', `Name a ticket that matches ${entitlement.ticket.pattern}.`);
  if (ticket !== undefined && (ticket.length > longestTicket || !tagValue.test(ticket)))
    return refuse(
      'ticket_invalid',
      `A ticket has at most ${longestTicket} letters, digits, spaces and _.:/=+-@.`,
    );
  if (ticket !== undefined && entitlement.ticket && !wholeMatch(entitlement.ticket.pattern).test(ticket))
    return refuse('ticket_invalid', `The ticket must match ${entitlement.ticket.pattern}.`);
  if (
    startAt !== undefined &&
    (wish.breakGlass || startAt <= now || startAt > addSeconds(now, maximumLeadSeconds))
  )
    return refuse(
      'start_out_of_bounds',
      'startAt must lie in the future, within 30 days, and break-glass starts at once.',
    );
  return parameterRefusal(entitlement, parameters);
}

function parameterRefusal(
  entitlement: CatalogueEntry['entitlement'],
  parameters: Record<string, string>,
): Refusal | undefined {
  const missing = Object.entries(entitlement.parameters).find(
    ([name, { required }]) => required && !Object.hasOwn(parameters, name),
  );
  if (missing) return refuse('parameter_invalid', `Give the parameter ${missing[0]}: ${missing[1].title}.`);
  const faults = Object.entries(parameters).map(([name, value]) => parameterFault(entitlement, name, value));
  const fault = faults.find((text) => text !== undefined);
  return fault === undefined ? undefined : refuse('parameter_invalid', fault);
}

/** Groups that the catalogue does not show: when issuing they cannot be looked up again. */
function claimedOnly(catalogue: Catalogue, who: Identity, groups: string[]): string[] {
  if (who.kind === 'machine') return [];
  return groups.filter((group) => group !== who.email && !catalogue.groups[group]?.includes(who.email));
}
