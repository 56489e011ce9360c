import { describe, expect, test } from 'vitest';
import type { AccessRequestDetail } from '#client/answers.ts';
import { decisionCells, watchChanges, watchLines } from '../../../cli/asking/watchProgress.ts';
import { anAnswer, minutesFromNow } from '../requests/aRememberedRequest.ts';

const bob = { email: 'bob@example.com', invitedAt: minutesFromNow(-9) };
const carol = { email: 'carol@example.com', invitedAt: minutesFromNow(-9), failed: 'mailbox full\u001b[2J' };
const approval = {
  decision: 'approve' as const,
  approver: { email: bob.email },
  decidedAt: minutesFromNow(-1),
  comment: 'fine\u202e by me',
};

const looked = (over: Partial<AccessRequestDetail> = {}, silent = false) => ({
  request: {
    ...anAnswer(),
    account: { id: '111122223333', title: 'Production' },
    role: 'arn:aws:iam::111122223333:role/countersign-orders-read',
    roles: ['requester'],
    permissions: [],
    invitations: [bob, carol],
    history: [],
    ...over,
  } satisfies AccessRequestDetail,
  silent,
});

const texts = (...given: Parameters<typeof watchLines>): string[] =>
  watchLines(...given).map(({ text }) => text);

describe('what somebody who waits sees on a terminal', () => {
  test.each(['active', 'denied'] as const)('is nothing where it is %s already', (status) => {
    expect(texts(looked({ status }), 0)).toEqual([]);
  });

  test('is the time left, who was asked, and whose mail did not arrive', () => {
    const [waiting, ...asked] = texts(looked({ expiresAt: minutesFromNow(90) }), 0);
    expect(waiting).toBe('⠋ Waiting for a decision, 1 hour 30 minutes left');
    expect(asked).toEqual([
      expect.stringMatching(/^ {2}bob@example\.com was asked at /),
      '  carol@example.com: the mail did not arrive (mailbox full[2J)',
    ]);
  });

  test('is who decided, in their words', () => {
    expect(texts(looked({ decisions: [approval] }), 3)[1]).toMatch(
      /^ {2}bob@example\.com approved at .*: “fine by me”$/,
    );
  });

  test('is that the approvals are enough', () => {
    expect(texts(looked({ status: 'scheduled' }), 0)[0]).toContain('The first session is being issued');
  });

  test('is that the service does not answer', () => {
    expect(texts(looked({}, true), 0).at(-1)).toContain('does not answer; trying again');
  });
});

describe('what stays on the terminal', () => {
  test.each(['active', 'scheduled', 'pending'] as const)('is who decided, where it is %s', (status) => {
    const [decision, ...others] = decisionCells(looked({ status, decisions: [approval] }).request);
    expect(decision?.text).toMatch(/^bob@example\.com approved at .*: “fine by me”$/);
    expect(others).toEqual([]);
  });

  test('is nothing that the answer tells anyway, where it is closed', () => {
    expect(decisionCells(looked({ status: 'denied', decisions: [approval] }).request)).toEqual([]);
  });
});

describe('the lines for somebody who waits without a terminal', () => {
  test('are nothing while nothing changes', () => {
    expect(watchChanges(looked(), looked())).toEqual([]);
  });

  test('tell first who was asked', () => {
    expect(watchChanges(undefined, looked())).toHaveLength(2);
    expect(watchChanges(looked({ invitations: [] }), looked({ invitations: [bob] }))).toHaveLength(1);
  });

  test('tell a mail that came back later', () => {
    const before = looked({ invitations: [{ ...carol, failed: undefined }] });
    expect(watchChanges(before, looked({ invitations: [carol] }))).toEqual([
      'carol@example.com: the mail did not arrive (mailbox full[2J)',
    ]);
  });

  test('tell a decision and what comes of it', () => {
    const after = looked({ status: 'scheduled', decisions: [approval] });
    expect(watchChanges(looked(), after)).toEqual([
      expect.stringMatching(/^bob@example\.com approved at .*: “fine by me”$/),
      'It is approved. The access begins when its time has come and its first session is issued.',
    ]);
  });

  test('tell once that the service does not answer', () => {
    expect(watchChanges(looked(), looked({}, true))).toHaveLength(1);
    expect(watchChanges(looked({}, true), looked({}, true))).toEqual([]);
  });
});
