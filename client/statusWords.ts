import type { IssueFailure } from '#domain/grantWindow.ts';
import { visibleLine } from '#domain/visibleText.ts';
import type { AccessRequest } from './answers.ts';

const meaning: Record<AccessRequest['status'], string> = {
  pending: 'It waits for a decision. No access has been given.',
  denied: 'An approver denied it. No access was given.',
  cancelled: 'The requester withdrew it. No access was given.',
  expired: 'Nobody decided in time. No access was given.',
  scheduled: 'It is approved. The access begins when its time has come and its first session is issued.',
  active: 'The access is running. It ends by itself.',
  ended: 'The access is over.',
  revoked: 'The access was taken back before its time.',
  failed: 'It came to nothing.',
};

/** The reasons that the service gives as codes; anything else is a sentence already. */
const reasons: Record<IssueFailure, string> = {
  record_altered: 'What is on record is not what was asked for and approved.',
  entitlement_changed: 'The entitlement changed after it was asked for.',
  requester_not_eligible: 'The requester may no longer ask for this.',
  approval_rules_not_met: 'The approvals do not meet the approval rules as they are now.',
  decided_too_late: 'The decision came after the time for it had run out.',
};

/** What a request's status means, and why it is so where the service says. */
export function statusWords({ status, reason, breakGlass, review }: AccessRequest): string {
  const unreviewed = breakGlass && !review && status !== 'failed';
  return [
    meaning[status],
    ...(reason === undefined ? [] : [reasonWords(reason)]),
    ...(unreviewed ? ['It is break-glass, used without an approval, and waits for a review.'] : []),
  ].join(' ');
}

/** A request's `reason` as a sentence. */
export const reasonWords = (reason: string): string =>
  isFailure(reason) ? reasons[reason] : visibleLine(reason);

const isFailure = (reason: string): reason is IssueFailure => Object.hasOwn(reasons, reason);
