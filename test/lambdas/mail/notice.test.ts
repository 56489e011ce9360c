import { describe, expect, it } from 'vitest';
import type { AccessRequest } from '#domain/accessRequest.ts';
import { sourceIdentityOf } from '#domain/identity.ts';
import type { Mail } from '../../../lambdas/mail/mailLayout.ts';
import { noticeMail, undeliverableMail } from '../../../lambdas/mail/notice.ts';
import hostile from '../../cases/hostileText.json' with { type: 'json' };
import {
  anActiveRequest,
  anApproval,
  approverOf,
  aRequest,
  aScheduledRequest,
  aSession,
  aWindow,
  bob,
  carol,
  followedBy,
} from '../../support/builders.ts';

const title = 'Read the orders table';
const baseUrl = 'https://access.example.com';

/** The notice about the last thing that happened. */
function noticeOf(request: AccessRequest): Mail | undefined {
  const entry = request.history.at(-1);
  if (!entry) throw new RangeError('The request has no history.');
  return noticeMail({ request, entry, title, baseUrl });
}

function mailOf(request: AccessRequest): Mail {
  const mail = noticeOf(request);
  if (!mail) throw new RangeError(`No notice for ${request.history.at(-1)?.event}.`);
  return mail;
}

const denial = (comment?: string) => ({
  ...anApproval(bob),
  decision: 'deny' as const,
  ...(comment !== undefined && { comment }),
});
const denied = (comment?: string): AccessRequest =>
  followedBy(aRequest(), { event: 'denied', by: bob.email, decision: denial(comment) });
const revoked = (reason: string): AccessRequest =>
  followedBy(anActiveRequest(), { event: 'revoked', by: carol.email, reason });
const failed = (from: AccessRequest, reason: string): AccessRequest =>
  followedBy(from, { event: 'failed', reason });
const scheduledFor = (startAt: string): AccessRequest => {
  const window = { startsAt: startAt, endsAt: '2026-11-23T09:00:00Z' };
  return followedBy(aRequest({ wish: { startAt } }), {
    event: 'approved',
    by: bob.email,
    decision: anApproval(bob),
    window,
  });
};

const outcomes: [string, AccessRequest, { subject: string; says: string[] }][] = [
  [
    'an approval of a grant that starts later',
    scheduledFor('2026-11-23T08:00:00Z'),
    {
      subject: `Approved and scheduled: ${title}`,
      says: ['23 November 2026, 08:00 UTC', '23 November 2026, 09:00 UTC'],
    },
  ],
  [
    'the first session',
    anActiveRequest(),
    {
      subject: `Active: ${title}`,
      says: ['bob@example.com', '22 November 2026, 11:05 UTC', 'Only the machine that asked'],
    },
  ],
  [
    'a denial, with its comment',
    denied('Use the read replica'),
    {
      subject: `Denied: ${title}`,
      says: ['bob@example.com denied', 'No access was given', 'Use the read replica'],
    },
  ],
  [
    'an expiry',
    followedBy(aRequest(), { event: 'expired', at: '2026-11-22T14:00:00Z' }),
    { subject: `Expired: ${title}`, says: ['Nobody decided', '22 November 2026, 14:00 UTC', 'ask again'] },
  ],
  [
    'the end',
    followedBy(anActiveRequest(), { event: 'ended', at: '2026-11-22T11:05:00Z' }),
    { subject: `Ended: ${title}`, says: ['22 November 2026, 11:05 UTC'] },
  ],
  [
    'a revocation, with its reason',
    revoked('The incident is over'),
    {
      subject: `Revoked: ${title}`,
      says: ['carol@example.com took your access back', 'The incident is over'],
    },
  ],
];

describe('A notice to the requester', () => {
  it.each(outcomes)('tells of %s in both its parts', (_what, request, { subject, says }) => {
    const mail = mailOf(request);
    expect(mail.subject).toBe(subject);
    for (const fact of [...says, title, '111122223333', '1 hour', request.terms.id]) {
      expect(mail.text).toContain(fact);
      expect(mail.html).toContain(fact);
    }
  });

  it.each(outcomes)('carries neither a token nor a link to the approval page: %s', (_what, request) => {
    const { text, html } = mailOf(request);
    expect(text + html).not.toMatch(/cs1\.|\/approve|token for/);
    expect(html.match(/href=/g)).toHaveLength(1);
  });

  it.each<[string, AccessRequest]>([
    ['the request itself', aRequest()],
    ['an approval of a grant that starts at once', aScheduledRequest()],
    [
      'an approval that is not the last',
      followedBy(aRequest(), { event: 'approved', decision: anApproval(bob) }),
    ],
    [
      'a later session',
      followedBy(anActiveRequest(), {
        event: 'issued',
        session: aSession({ sequence: 2 }),
        window: aWindow,
      }),
    ],
    ['a withdrawal', followedBy(aRequest(), { event: 'cancelled' })],
    ['a return', followedBy(anActiveRequest(), { event: 'returned' })],
    ['a review', followedBy(anActiveRequest(), { event: 'reviewed', verdict: 'justified', comment: 'Yes' })],
    ['the last link of the chain', followedBy(revoked('Over'), { event: 'closed' })],
  ])('is not sent for %s', (_what, request) => {
    expect(noticeOf(request)).toBeUndefined();
  });

  it.each([
    ['record_altered', 'tell the security team'],
    ['entitlement_changed', 'The entitlement has changed'],
    ['requester_not_eligible', 'ask the platform team'],
    ['approval_rules_not_met', 'do not meet the approval rules'],
    ['decided_too_late', 'came after the time'],
    ['The session policy is too large for STS. Ask for fewer parameters.', 'too large for STS'],
  ])('says what to do about the failure %j', (reason, words) => {
    const { subject, text } = mailOf(failed(aScheduledRequest(), reason));
    expect(subject).toBe(`Failed: ${title}`);
    expect(text).toContain('No access was given');
    expect(text).toContain(words);
    expect(text).not.toMatch(/[a-z]+_[a-z]+/);
  });

  it('does not claim that no access was given when there was a session', () => {
    expect(mailOf(failed(anActiveRequest(), 'entitlement_changed')).text).toContain(
      'Your access has ended before its time',
    );
  });

  it('says that an approver shortened the grant', () => {
    const decision = anApproval(bob, { durationSeconds: 900 });
    const window = { startsAt: '2026-11-22T10:05:00Z', endsAt: '2026-11-22T10:20:00Z' };
    const approved = followedBy(aRequest(), { event: 'approved', decision, window });
    const { text } = mailOf(followedBy(approved, { event: 'issued', session: aSession(), window }));
    expect(text).toContain('You asked for 1 hour; an approver shortened it.');
    expect(text).toContain('22 November 2026, 10:20 UTC');
  });

  it('names a person whose address STS cannot carry, where the record knows it', () => {
    const long = { ...bob, email: `${'b'.repeat(70)}@example.com` };
    const decision = { ...denial(), approver: approverOf(long) };
    const request = followedBy(aRequest(), {
      event: 'denied',
      by: sourceIdentityOf(long),
      decision,
    });
    expect(mailOf(request).text).toContain(`${long.email} denied your request`);
    const byAdmin = followedBy(anActiveRequest(), {
      event: 'revoked',
      by: sourceIdentityOf(long),
      reason: 'Over',
    });
    expect(mailOf(byAdmin).text).toContain('An approver or admin took your access back');
  });

  it.each(hostile)('keeps the words of approvers in their place: $name', ({ text }) => {
    const ours = (mail: Mail): string[] => mail.text.split('\n').filter((line) => !line.startsWith('> '));
    for (const make of [denied, revoked]) {
      const [mail, benign] = [mailOf(make(text)), mailOf(make('Use the read replica'))];
      expect(mail.subject).toBe(benign.subject);
      expect(ours(mail)).toEqual(ours(benign));
      expect(mail.html.replace(/<blockquote.*<\/blockquote>/s, '')).toBe(
        benign.html.replace(/<blockquote.*<\/blockquote>/s, ''),
      );
    }
  });
});

describe('The mail about an invitation that was not delivered', () => {
  it('names the approver and says what to do', () => {
    const { subject, text, html } = undeliverableMail({
      request: aRequest(),
      title,
      baseUrl,
      approver: 'bob@example.com',
    });
    expect(subject).toBe('Not delivered: the invitation to bob@example.com for Read the orders table');
    for (const part of [text, html]) {
      expect(part).toContain('bob@example.com');
      expect(part).toContain('Ask another approver');
      expect(part).toContain('22 November 2026, 14:00 UTC');
      expect(part).not.toMatch(/cs1\.|\/approve/);
    }
  });
});
