import type { AccessRequest } from '#domain/accessRequest.ts';
import { addSeconds, type Instant } from '#domain/instant.ts';
import {
  aCatalogue,
  anApproval,
  anId,
  aRequest,
  aSession,
  bob,
  carol,
  erin,
  followedBy,
  type Happening,
  madeAt,
  type RequestOptions,
} from '../../support/builders.ts';

export const catalogue = aCatalogue();

/** When bob approves, unless a story says otherwise; the grant runs for an hour from then. */
export const approvedAt: Instant = addSeconds(madeAt, 300);
export const window = { startsAt: approvedAt, endsAt: addSeconds(approvedAt, 3_600) };

export const approvedByBob = {
  event: 'approved',
  at: approvedAt,
  by: 'bob@example.com',
  decision: anApproval(bob),
  window,
} as const satisfies Happening;

/** The numbered session of a grant, 900 seconds long; the entry is written a second before STS answers. */
export function issue(number: number, at: Instant, grantWindow = window): Happening {
  return {
    event: 'issued',
    at,
    window: grantWindow,
    session: aSession({
      sequence: number,
      accessKeyId: `ASIA${String(number).padStart(16, '0')}`,
      issuedAt: addSeconds(at, 1),
      stsExpiresAt: addSeconds(at, 901),
    }),
  };
}

const firstIssue = issue(1, addSeconds(approvedAt, 2));
const closedAt = (at: Instant): Happening => ({ event: 'closed', at });

const story = (happenings: Happening[], options: RequestOptions = {}): AccessRequest =>
  followedBy(aRequest({ catalogue, ...options }), ...happenings);

const breakGlassWindow = { startsAt: madeAt, endsAt: addSeconds(madeAt, 900) };
const breakGlass: RequestOptions = {
  who: carol,
  wish: { entitlement: 'orders-admin', breakGlass: true, durationSeconds: 900 },
};
const justified = { verdict: 'justified', comment: 'The table was locked' } as const;
const laterToday = addSeconds(madeAt, 7_200);

/** Requests as the service writes them, one for each way that they can go. None but `denied`, `revoked`, `failed` and `reviewed` has words. */
export const stories = {
  used: () =>
    story(
      [
        approvedByBob,
        firstIssue,
        issue(2, addSeconds(approvedAt, 600)),
        { event: 'ended', at: window.endsAt },
        closedAt(window.endsAt),
      ],
      { wish: { ticket: 'INC-1001' } },
    ),
  returned: () =>
    story([
      approvedByBob,
      firstIssue,
      { event: 'returned', at: addSeconds(approvedAt, 900), by: 'alice@example.com' },
      closedAt(addSeconds(approvedAt, 901)),
    ]),
  revoked: () =>
    story([
      approvedByBob,
      firstIssue,
      { event: 'revoked', at: addSeconds(approvedAt, 900), by: 'ada@example.com', reason: 'Left the team' },
      closedAt(addSeconds(approvedAt, 901)),
    ]),
  denied: () =>
    story([
      {
        event: 'denied',
        at: approvedAt,
        by: 'carol@example.com',
        decision: anApproval(carol, { decision: 'deny', comment: 'Ask for the report instead' }),
      },
      closedAt(addSeconds(approvedAt, 1)),
    ]),
  cancelled: () =>
    story([
      { event: 'cancelled', at: approvedAt, by: 'alice@example.com' },
      closedAt(addSeconds(approvedAt, 1)),
    ]),
  expired: () =>
    story([{ event: 'expired', at: addSeconds(madeAt, 14_400) }, closedAt(addSeconds(madeAt, 14_400))]),
  failed: () =>
    story([
      approvedByBob,
      { event: 'failed', at: addSeconds(approvedAt, 2), reason: 'entitlement_changed' },
      closedAt(addSeconds(approvedAt, 3)),
    ]),
  approvedByTwo: () =>
    story(
      [
        { event: 'approved', at: addSeconds(madeAt, 60), by: 'bob@example.com', decision: anApproval(bob) },
        { ...approvedByBob, by: 'erin@example.com', decision: anApproval(erin) },
        firstIssue,
      ],
      { wish: { entitlement: 'orders-admin' } },
    ),
  breakGlass: () =>
    story(
      [
        issue(1, addSeconds(madeAt, 2), breakGlassWindow),
        { event: 'ended', at: breakGlassWindow.endsAt },
        { event: 'reviewed', at: laterToday, by: 'bob@example.com', ...justified },
        closedAt(laterToday),
      ],
      breakGlass,
    ),
  reviewedWhileRunning: () =>
    story(
      [
        issue(1, addSeconds(madeAt, 2), breakGlassWindow),
        { event: 'reviewed', at: addSeconds(madeAt, 300), by: 'bob@example.com', ...justified },
        closedAt(addSeconds(madeAt, 301)),
      ],
      breakGlass,
    ),
} satisfies Record<string, () => AccessRequest>;

export type StoryName = keyof typeof stories;

/** Another request of the same kind. */
export const another = (number: number, happenings: Happening[] = []): AccessRequest =>
  story(happenings, { id: anId(number) });
