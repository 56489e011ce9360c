import type { AccessRequest } from '#domain/accessRequest.ts';
import { describeDuration } from '#domain/duration.ts';
import type { IssueFailure } from '#domain/grantWindow.ts';
import type { HistoryEntry } from '#domain/history.ts';
import { sourceIdentityOf } from '#domain/identity.ts';
import { inertLine } from './inertText.ts';
import { describeInstant, type Fact, type Letter, layOut, type Mail } from './mailLayout.ts';

interface Notice {
  request: AccessRequest;
  /** The entitlement's title, or its id when the catalogue no longer has it. */
  title: string;
  baseUrl: string;
}

/** What differs from notice to notice. */
interface Outcome extends Pick<Letter, 'quotes'> {
  subject: string;
  opening: string[];
  facts?: Fact[];
}

/**
 * Tells the requester what came of their request, for each outcome once; undefined for events that need no mail. It
 * carries neither an approval token nor a link to the approval page.
 */
export function noticeMail(notice: Notice & { entry: HistoryEntry }): Mail | undefined {
  const outcome = outcomeOf(notice);
  return outcome && compose(notice, outcome);
}

/** Tells the requester that an approver was not reached, so that somebody can do something about it. */
export function undeliverableMail(
  notice: Omit<Notice, 'title'> & { title?: string; approver: string },
): Mail {
  const { approver, request, baseUrl } = notice;
  const title = notice.title ?? request.terms.entitlement;
  const outcome = {
    subject: `Not delivered: the invitation to ${approver} for ${title}`,
    opening: [
      `The mail that asks ${approver} to decide on your request could not be delivered.`,
      'Ask another approver to decide, or tell the platform team that the address does not work. Once it does, send a reminder for this request.',
    ],
    facts: [{ label: 'Decide until', value: describeInstant(request.terms.expiresAt) }],
  };
  return compose({ request, title, baseUrl }, outcome);
}

function outcomeOf({ request, entry, title }: Notice & { entry: HistoryEntry }): Outcome | undefined {
  switch (entry.event) {
    case 'approved':
      return scheduled(entry, title);
    case 'issued':
      return entry.detail?.sequence === 1 ? active(request, entry, title) : undefined;
    case 'denied': {
      const who = personOf(request, entry);
      return {
        subject: `Denied: ${title}`,
        opening: [`${who} denied your request. No access was given.`],
        quotes: words(`What ${who} wrote`, entry.detail?.comment),
      };
    }
    case 'expired':
      return {
        subject: `Expired: ${title}`,
        opening: [
          `Nobody decided on your request in time, so it expired at ${describeInstant(entry.at)}. No access was given.`,
          'If you still need it, ask again, and tell an approver that you wait.',
        ],
      };
    case 'ended':
      return {
        subject: `Ended: ${title}`,
        opening: [
          `Your access ended at ${describeInstant(entry.at)}: its time ran out.`,
          'If you still need it, ask again.',
        ],
      };
    case 'revoked': {
      const who = personOf(request, entry);
      return {
        subject: `Revoked: ${title}`,
        opening: [
          `${who} took your access back at ${describeInstant(entry.at)}. Sessions that are still open stop working as soon as AWS has spread the change.`,
        ],
        quotes: words(`What ${who} wrote`, entry.detail?.reason),
      };
    }
    case 'failed':
      return failed(request, entry, title);
    default:
      return undefined;
  }
}

/** The last needed approval of a grant that starts later; one that starts at once is announced when it is active. */
function scheduled({ at, detail }: HistoryEntry, title: string): Outcome | undefined {
  const { start, end } = windowOf(detail);
  if (start === undefined || end === undefined || start <= at) return undefined;
  return {
    subject: `Approved and scheduled: ${title}`,
    opening: ['Your request is approved. The access starts later, and you need do nothing until then.'],
    facts: [
      { label: 'Starts', value: describeInstant(start) },
      { label: 'Ends', value: describeInstant(end) },
    ],
  };
}

function active({ terms, decisions }: AccessRequest, { detail }: HistoryEntry, title: string): Outcome {
  const { end } = windowOf(detail);
  const shortened = decisions.some(({ durationSeconds }) => durationSeconds !== undefined);
  const approvers = decisions.map(({ approver }) => approver.email).join(', ');
  return {
    subject: `Active: ${title}`,
    opening: [
      'Your access is active. Only the machine that asked can open the credentials; the tool that you asked with collects them.',
      ...(shortened
        ? [`You asked for ${describeDuration(terms.durationSeconds)}; an approver shortened it.`]
        : []),
      ...(terms.breakGlass
        ? ['This is break-glass: the approvers have been told, and somebody else will review it.']
        : []),
    ],
    facts: [
      ...(approvers === '' ? [] : [{ label: 'Approved by', value: approvers }]),
      ...(end === undefined ? [] : [{ label: 'Ends', value: describeInstant(end) }]),
    ],
  };
}

function failed(request: AccessRequest, { detail }: HistoryEntry, title: string): Outcome {
  const reason = typeof detail?.reason === 'string' ? detail.reason : '';
  const given = 'session' in request && request.session !== undefined;
  return {
    subject: `Failed: ${title}`,
    opening: [
      given ? 'Your access has ended before its time.' : 'Your request failed. No access was given.',
      isIssueFailure(reason) ? failureWords[reason] : inertLine(reason),
    ],
  };
}

const failureWords: Record<IssueFailure, string> = {
  record_altered:
    'What is on record is not what was asked for and approved. Do not rely on it: tell the security team, and ask again.',
  entitlement_changed:
    'The entitlement has changed since you asked for it. Look at what it allows now and ask again.',
  requester_not_eligible:
    'You may no longer ask for this entitlement. If that is wrong, ask the platform team.',
  approval_rules_not_met: 'Its approvals do not meet the approval rules as they are now. Ask again.',
  decided_too_late: 'The decision came after the time for it had run out. Ask again.',
};

const isIssueFailure = (reason: string): reason is IssueFailure => Object.hasOwn(failureWords, reason);

function compose(
  { request: { terms }, title, baseUrl }: Notice,
  { subject, opening, quotes = [], facts = [] }: Outcome,
): Mail {
  return layOut({
    subject,
    opening: opening.filter((line) => line !== ''),
    quotes,
    facts: [
      { label: 'Access', value: title === terms.entitlement ? title : `${title} (${terms.entitlement})` },
      { label: 'Account', value: terms.roleArn.split(':')[4] ?? '' },
      {
        label: 'Asked for',
        value: `${describeDuration(terms.durationSeconds)}, at ${describeInstant(terms.createdAt)}`,
      },
      { label: 'Ticket', value: terms.ticket === undefined ? 'none given' : inertLine(terms.ticket) },
      ...facts,
      { label: 'Request', value: terms.id },
    ],
    action: { label: 'Countersign', url: `${baseUrl.replace(/\/+$/, '')}/` },
    closing: [
      'You get this mail because the request was made in your name. If it was not made by you, tell the security team at once.',
    ],
  });
}

/** The address behind a history entry; `by` is a hash where STS could not carry the address. */
function personOf({ decisions }: AccessRequest, { by }: HistoryEntry): string {
  const decider = decisions.find(({ approver }) => sourceIdentityOf(approver) === by);
  if (decider) return decider.approver.email;
  return by.startsWith('u-') ? 'An approver or admin' : by;
}

function windowOf(detail: HistoryEntry['detail']): { start?: string; end?: string } {
  const { start, end } = detail ?? {};
  return { ...(typeof start === 'string' && { start }), ...(typeof end === 'string' && { end }) };
}

const words = (label: string, text: string | number | undefined): NonNullable<Letter['quotes']> =>
  text === undefined || text === '' ? [] : [{ label, text: String(text) }];
