import { expect, test } from 'vitest';
import type { Catalogue } from '#domain/catalogue.ts';
import { readCatalogue } from '#infra/configuration/readCatalogue.ts';
import { approvalsOf } from '#review/approvals.ts';
import { sampleCatalogue } from '../support/sample.ts';
import { requestId } from './report/aReview.ts';
import { aGrant, type GrantStory } from './report/builders.ts';

const catalogue = await readCatalogue(sampleCatalogue);
const known = new Map<string, Catalogue>([[catalogue.digest, catalogue]]);

const approvalsIn = (story: Partial<GrantStory>) => {
  const id = requestId(1);
  const grant = aGrant({ id, requestedAt: '2026-11-22T15:00:00Z', status: 'ended', events: [], ...story });
  return approvalsOf([{ ...grant, catalogue: catalogue.digest }], known);
};

test('what is needed is one count for each rule, and each approver stands with the group that makes them one', () => {
  expect(
    approvalsIn({
      entitlement: 'orders-admin',
      events: [
        ['approved', 60, 'bob@example.com'],
        ['approved', 90, 'erin@example.com'],
      ],
    }),
  ).toMatchObject([
    {
      needed: [
        { count: 1, from: ['orders-leads'] },
        { count: 1, from: ['security'] },
      ],
      given: [
        { by: 'bob@example.com', as: ['orders-leads'] },
        { by: 'erin@example.com', as: ['security'] },
      ],
    },
  ]);
});

test.each([
  ['a stranger is no approver', 'mallory@example.com', 60, []],
  ['a requester is none on their own request', 'bob@example.com', 60, []],
  ['those whom an escalation adds are none before it', 'erin@example.com', 60, []],
  ['and are afterwards', 'erin@example.com', 1_900, ['security']],
])('%s', (_, by, after, as) => {
  const [approvals] = approvalsIn({ requester: 'bob@example.com', events: [['approved', after, by]] });
  expect(approvals?.given).toEqual([{ by, as }]);
});

test('that a request had escalated is told where one of those approved to whom it had', () => {
  const escalationAfter = (after: number, by: string) =>
    approvalsIn({ events: [['approved', after, by]] })[0]?.escalation;
  expect(escalationAfter(1_900, 'erin@example.com')).toEqual({ after: 1_800, to: ['security'] });
  expect(escalationAfter(1_900, 'bob@example.com')).toBeUndefined();
  expect(escalationAfter(60, 'erin@example.com')).toBeUndefined();
});

test('nothing is said of a catalogue that was not given, or that lacks the entitlement', () => {
  expect(approvalsIn({ entitlement: 'nothing-of-it' })).toEqual([]);
  const grant = aGrant({ id: requestId(1), status: 'pending', events: [] });
  expect(approvalsOf([grant], known)).toEqual([]);
});
