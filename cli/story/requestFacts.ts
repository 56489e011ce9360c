import type { AccessRequest, AccessRequestDetail } from '#client/answers.ts';
import { statusWords } from '#client/statusWords.ts';
import { visibleLine, visibleLines } from '#domain/visibleText.ts';
import { accountText } from '../asking/entitlementText.ts';
import { styled } from '../terminal/cell.ts';
import { durationWords, timeLeft } from '../terminal/durations.ts';
import { type Fact, facts } from '../terminal/facts.ts';
import { statusCell } from '../terminal/status.ts';
import { clockTime } from '../terminal/times.ts';
import { decisionText, deedText } from './decisionText.ts';

/** A request as a short story: how it stands, what was asked for and why, who decided. */
export function requestStory(
  request: AccessRequestDetail,
  output: NodeJS.WriteStream = process.stdout,
): string[] {
  const { status } = request;
  return [
    `${styled({ ...statusCell(status), text: `${status.charAt(0).toUpperCase()}${status.slice(1)}.` }, output)} ${statusWords(request)}`,
    '',
    ...requestFacts(request, output),
  ];
}

/** All that an approver decides on, as the service derived it, and who has decided so far. */
export const requestFacts = (
  request: AccessRequestDetail,
  output: NodeJS.WriteStream = process.stdout,
): string[] => facts([...whatWasAsked(request), ...whatBecameOfIt(request)], output);

const whatWasAsked = (request: AccessRequestDetail): Fact[] => [
  ['Request', request.id],
  ['Requester', requesterText(request)],
  // Above what the service knows: long words must not move that off the screen.
  ['Justification', visibleLines(request.justification)],
  ['Ticket', request.ticket === undefined ? undefined : visibleLine(request.ticket)],
  ['Access', `${visibleLine(request.title)} (${visibleLine(request.entitlement)})`],
  ['Account', accountText(request.account)],
  ['Role', visibleLine(request.role)],
  ['It allows', request.permissions.map(visibleLine)],
  ...Object.entries(request.parameters).map(([name, value]): Fact => [visibleLine(name), visibleLine(value)]),
  ['For', durationWords(request.duration)],
  ['When', windowText(request)],
];

export const requesterText = ({ requester: { kind, email, subject } }: AccessRequest): string =>
  `${visibleLine(email ?? subject)}${kind === 'machine' ? ' (a machine)' : ''}`;

function windowText({ status, startAt, startsAt, endsAt, closedAt }: AccessRequest): string | undefined {
  if (startsAt === undefined || endsAt === undefined) {
    const asked = startAt === undefined ? undefined : `from ${clockTime(startAt)}`;
    return status === 'pending' ? (asked ?? 'from the last needed approval') : asked;
  }
  const window = `${clockTime(startsAt)} to ${clockTime(endsAt)}`;
  if (status === 'active') return `${window} (${timeLeft(endsAt)} left)`;
  if (status === 'scheduled') return `${window} (begins in ${timeLeft(startsAt)})`;
  return closedAt !== undefined && closedAt < endsAt ? `${window}; over at ${clockTime(closedAt)}` : window;
}

function whatBecameOfIt(request: AccessRequestDetail): Fact[] {
  const { status, expiresAt, accessEndEstimatedAt } = request;
  const isPending = status === 'pending';
  return [
    ['Asked', isPending ? request.invitations.map(invitationText) : undefined],
    ['Decide until', isPending ? `${clockTime(expiresAt)} (${timeLeft(expiresAt)} left)` : undefined],
    ['Decisions', decisionLines(request)],
    [
      'Access ends',
      accessEndEstimatedAt === undefined
        ? undefined
        : `about ${clockTime(accessEndEstimatedAt)}, an estimate: AWS spreads the change`,
    ],
  ];
}

function invitationText({ email, invitedAt, failed }: AccessRequestDetail['invitations'][number]): string {
  const who = visibleLine(email);
  return failed === undefined
    ? `${who} at ${clockTime(invitedAt)}`
    : `${who}: the mail did not arrive (${visibleLine(failed)})`;
}

/** Who decided, revoked or reviewed, and in which words. */
function decisionLines({ decisions, review, history }: AccessRequestDetail): string[] {
  return [
    ...decisions.map(decisionText),
    ...history
      .filter(({ event }) => event === 'revoked')
      .map(({ by, at, detail }) => deedText(by, 'revoked', at, detail?.reason)),
    ...(review ? [deedText(review.by, `found it ${review.verdict}`, review.at, review.comment)] : []),
  ];
}
