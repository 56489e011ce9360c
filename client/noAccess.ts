import { visibleLine } from '#domain/visibleText.ts';
import type { AccessRequestDetail } from './answers.ts';
import { NoAccessError } from './errors.ts';
import { reasonWords } from './statusWords.ts';

/** Statuses of a request that gives access, or still may. */
const open = new Set<string>(['pending', 'scheduled', 'active']);

export const isOpen = ({ status }: { status: string }): boolean => open.has(status);

/** Why a request that is closed gives no access, in sentences. */
export function noAccess(request: AccessRequestDetail): NoAccessError {
  return new NoAccessError(
    `${reasonOf(request)} Ask again if the access is still needed (request ${request.id}).`,
    // The service knows that a grant is over before the record says so.
    { id: request.id, status: isOpen(request) ? 'ended' : request.status },
  );
}

function reasonOf(request: AccessRequestDetail): string {
  const { status, title, decisions, history, reason, expiresAt, endsAt, closedAt = endsAt } = request;
  const what = `“${visibleLine(title)}”`;
  switch (status) {
    case 'denied': {
      const denial = decisions.find(({ decision }) => decision === 'deny');
      return `${visibleLine(denial?.approver.email ?? 'An approver')} denied ${what}${quoted(denial?.comment)}.`;
    }
    case 'cancelled':
      return `The request for ${what} was withdrawn.`;
    case 'expired':
      return `Nobody decided on ${what} before ${expiresAt}.`;
    case 'revoked': {
      const revocation = history.find(({ event }) => event === 'revoked');
      return `${visibleLine(revocation?.by ?? 'Somebody')} took ${what} back${quoted(revocation?.detail?.reason)}.`;
    }
    case 'failed':
      return `${what} came to nothing.${reason === undefined ? '' : ` ${reasonWords(reason)}`}`;
    default:
      return `The grant of ${what} is over${closedAt === undefined ? '' : ` since ${closedAt}`}.`;
  }
}

const quoted = (words: string | undefined): string =>
  words === undefined || words.trim() === '' ? '' : `: “${visibleLine(words)}”`;
