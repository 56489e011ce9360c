import type { AccessRequest } from '#client/answers.ts';
import type { IssueFailure } from '#domain/grantWindow.ts';
import { element } from './element.ts';

const meaning: Record<AccessRequest['status'], string> = {
  pending: 'It waits for a decision. No access has been given.',
  denied: 'An approver denied it. No access was given.',
  cancelled: 'The requester withdrew it. No access was given.',
  expired: 'Nobody decided in time. No access was given.',
  scheduled: 'It is approved. The access begins at the time below, as soon as its first session is issued.',
  active: 'The access is running. It ends by itself at the time below.',
  ended: 'The access is over.',
  revoked: 'The access was taken back before its time.',
  failed: 'It came to nothing.',
};

/** The status in words: colour only repeats what they say. */
export function statusLine({ status, reason, breakGlass, review }: AccessRequest): Node {
  const waitsForReview =
    breakGlass && !review ? ' It is break-glass, used without an approval, and waits for a review.' : '';
  return element(
    'p',
    { class: `status ${status}` },
    element('strong', {}, `${status.charAt(0).toUpperCase()}${status.slice(1)}.`),
    ` ${meaning[status]}${waitsForReview}`,
    reason !== undefined && ` Reason: ${isIssueFailure(reason) ? reasonWords[reason] : reason}`,
  );
}

/** The reasons that `issueSession` gives as codes; anything else is a sentence already. */
const reasonWords: Record<IssueFailure, string> = {
  record_altered: 'What is on record is not what was asked for and approved.',
  entitlement_changed: 'The entitlement changed after it was asked for.',
  requester_not_eligible: 'The requester may no longer ask for this.',
  approval_rules_not_met: 'The approvals do not meet the approval rules as they are now.',
  decided_too_late: 'The decision came after the time for it had run out.',
};

const isIssueFailure = (reason: string): reason is IssueFailure => Object.hasOwn(reasonWords, reason);
