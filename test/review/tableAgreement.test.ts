import { describe, expect, test } from 'vitest';
import type { Finding, Period, TableRecord } from '#review/findings/finding.ts';
import { tableAgreementOf } from '#review/tableAgreement.ts';
import { requestId } from './report/aReview.ts';
import { aGrant } from './report/builders.ts';

const grants = [1, 2, 3].map((n) =>
  aGrant({
    id: requestId(n),
    requestedAt: `2026-11-0${n}T09:00:00Z`,
    status: 'denied',
    events: [['denied', 60, 'bob@example.com']],
  }),
);
const inTable = (...numbers: number[]): TableRecord[] =>
  numbers.map((n) => ({ id: requestId(n), fault: 'what stands there is a matter of the rule' }));
const differing = (...numbers: number[]): Finding[] =>
  numbers.map((n) => ({
    rule: 'table-differs',
    severity: 'critical',
    subject: requestId(n),
    message: '',
    eventIds: [],
  }));

describe('the request table agrees', () => {
  test.each<[string, TableRecord[], Finding[], Period, { requests: number; agree: number }]>([
    ['on requests that stand in both', inTable(1, 2, 3), [], {}, { requests: 3, agree: 3 }],
    ['but on those of which it is said', inTable(1, 2, 3), differing(2), {}, { requests: 3, agree: 2 }],
    ['but on those that it lacks', inTable(1, 2), differing(3), {}, { requests: 3, agree: 2 }],
    ['but on those that it made up', inTable(1, 2, 3, 9), differing(9), {}, { requests: 4, agree: 3 }],
    ['on nothing that it has alone', inTable(8), [], {}, { requests: 0, agree: 0 }],
    [
      'on requests of the period',
      inTable(1, 2, 3),
      [],
      { from: '2026-11-02T00:00:00Z', to: '2026-11-03T00:00:00Z' },
      { requests: 1, agree: 1 },
    ],
  ])('%s', (_, table, findings, period, agreement) => {
    expect(tableAgreementOf({ table, grants, findings, period })).toEqual(agreement);
  });

  test('on nothing whose beginning lies before the logs', () => {
    const cut = grants.map((grant) => ({
      ...grant,
      chain: { ...grant.chain, links: grant.chain.links.slice(1) },
    }));
    expect(tableAgreementOf({ table: inTable(1, 2, 3), grants: cut, findings: [], period: {} })).toEqual({
      requests: 0,
      agree: 0,
    });
  });
});
