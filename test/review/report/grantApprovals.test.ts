import { expect, test } from 'vitest';
import type { Approvals } from '#review/approvals.ts';
import { approvalWords } from '#review/report/grantApprovals.ts';
import { textOf } from '#review/report/html.ts';
import { requestId } from './aReview.ts';
import { aGrant } from './builders.ts';
import { readMarkup } from './markup.ts';

test('an approval by somebody to whom a request had escalated is explained', () => {
  const grant = aGrant({
    id: requestId(1),
    status: 'ended',
    events: [['approved', 1_900, 'erin@example.com']],
  });
  const wordsOf = (over: Partial<Approvals>) =>
    readMarkup(
      textOf(
        approvalWords(grant, {
          requestId: grant.id,
          needed: [{ count: 1, from: ['orders-leads'] }],
          given: [{ by: 'erin@example.com', as: ['security'] }],
          ...over,
        }),
      ),
    ).words.join('');
  expect(wordsOf({ escalation: { after: 1_800, to: ['security', 'frank@example.com'] } })).toBe(
    'needs 1 of orders-leads, after 30 minutes also of security or frank@example.com; got erin@example.com (security)',
  );
  expect(wordsOf({})).toBe('needs 1 of orders-leads; got erin@example.com (security)');
});
