import { describe, expect, it } from 'vitest';
import { attesters, eventNames } from '#domain/history.ts';
import { evidenceOf, unreadableEvidence } from '#review/grants/evidence.ts';
import { trailOfRecords } from '#review/reader/trailOfRecords.ts';
import { issuancesOf } from '#review/sessions/issuances.ts';
import { anId, madeAt } from '../../support/builders.ts';
import {
  type Attestation,
  assumeRoleRecord,
  type CloudTrailRecord,
  functionSession,
  identityOf,
  notaryRecord,
  notaryRole,
  refusedAssumeRoleRecord,
  serviceAccount,
  tagsIn,
} from '../records.ts';
import { recordsOfRequest } from '../requestRecords.ts';
import { evidenceIn, faultsOf, grantIn, grantsIn, storyOf } from './grantsIn.ts';
import { stories } from './stories.ts';

const tags: Attestation['tags'] = {
  'cs:event': 'approved',
  'cs:entitlement': 'orders-read',
  'cs:digest': 'd'.repeat(43),
  'cs:hash': 'h'.repeat(43),
  'cs:previous': 'p'.repeat(43),
  'cs:catalogue': 'c'.repeat(43),
  'cs:ticket': 'INC-1001',
  'cs:start': '2026-11-22T10:05:00Z',
  'cs:end': '2026-11-22T11:05:00Z',
};
const attestation: Attestation = {
  at: madeAt,
  attester: 'decisions',
  requestId: anId(),
  by: 'bob@example.com',
  tags,
};

const readIn = (records: CloudTrailRecord[]) => {
  const issuances = issuancesOf(trailOfRecords(records));
  return { evidence: evidenceOf(issuances), unreadable: unreadableEvidence(issuances) };
};

describe('An assumption of the notary role', () => {
  it('is evidence of what its tags say', () => {
    const record = notaryRecord(attestation);
    expect(readIn([record])).toEqual({
      evidence: [
        {
          event: 'approved',
          at: madeAt,
          by: 'bob@example.com',
          requestId: anId(),
          entitlement: 'orders-read',
          digest: 'd'.repeat(43),
          hash: 'h'.repeat(43),
          previous: 'p'.repeat(43),
          catalogue: 'c'.repeat(43),
          ticket: 'INC-1001',
          start: '2026-11-22T10:05:00Z',
          end: '2026-11-22T11:05:00Z',
          breakGlass: false,
          attester: 'decisions',
          caller: 'arn:aws:sts::999988887777:assumed-role/countersign-decisions/countersign-decisions',
          eventId: record.eventID,
          accessKeyId: expect.stringMatching(/^ASIA/),
          account: serviceAccount,
        },
      ],
      unreadable: [],
    });
  });

  it.each<[what: string, over: Partial<Attestation>]>([
    ['an unknown event', { tags: { ...tags, 'cs:event': 'approved-by-all' } }],
    ['an event of every object', { tags: { ...tags, 'cs:event': 'constructor' } }],
    ['no event', { tags: { ...tags, 'cs:event': undefined } }],
    ['no hash', { tags: { ...tags, 'cs:hash': undefined } }],
    ['a hash that is none', { tags: { ...tags, 'cs:hash': 'x' } }],
    [
      'the hash of the beginning, which would follow itself',
      { tags: { ...tags, 'cs:hash': 'A'.repeat(43) } },
    ],
    ['no entitlement', { tags: { ...tags, 'cs:entitlement': undefined } }],
    ['a formula for an entitlement', { tags: { ...tags, 'cs:entitlement': '=1+1' } }],
    ['a start without an end', { tags: { ...tags, 'cs:end': undefined } }],
    ['a start that is no time', { tags: { ...tags, 'cs:start': 'soon' } }],
    ['a window that ends before it begins', { tags: { ...tags, 'cs:end': '2026-11-22T10:00:00Z' } }],
    ['a break-glass that is neither yes nor absent', { tags: { ...tags, 'cs:breakGlass': 'maybe' } }],
    [
      'a session without a window',
      { tags: { ...tags, 'cs:event': 'issued', 'cs:start': undefined, 'cs:end': undefined } },
    ],
    ['a window of what grants none', { tags: { ...tags, 'cs:event': 'denied' } }],
    ['a break-glass of another event', { tags: { ...tags, 'cs:breakGlass': 'yes' } }],
    ['no tags at all', { tags: {} }],
    ['tags that reach for the prototype', { tags: JSON.parse('{"__proto__":"x","constructor":"y"}') }],
    ['a session name that is no request', { requestId: 'mallory' }],
  ])('with %s is no evidence, and is shown as unreadable', (_, over) => {
    const { evidence, unreadable } = readIn([notaryRecord({ ...attestation, ...over })]);
    expect(evidence).toEqual([]);
    expect(unreadable).toHaveLength(1);
  });

  it('without an actor is no evidence', () => {
    const { tags: _, ...order } = { ...attestation, sessionName: anId(), roleArn: notaryRole, tags };
    const record = assumeRoleRecord({ ...order, tags, caller: functionSession('decisions') });
    expect(readIn([record])).toMatchObject({ evidence: [], unreadable: [{ sessionName: anId() }] });
  });

  it('that STS refused is none', () => {
    const refused = refusedAssumeRoleRecord({
      at: madeAt,
      caller: functionSession('decisions'),
      roleArn: notaryRole,
    });
    expect(readIn([refused])).toEqual({ evidence: [], unreadable: [] });
  });

  it.each([
    'arn:aws:iam::999988887777:role/other/countersign-notary',
    'arn:aws:iam::999988887777:role/countersign-notary-2',
    'arn:aws:iam::999988887777:role/my-countersign-notary',
  ])('is not one of %s', (roleArn) => {
    const caller = functionSession('decisions');
    const record = assumeRoleRecord({
      at: madeAt,
      caller,
      roleArn,
      sessionName: anId(),
      sourceIdentity: 'bob@example.com',
      tags,
    });
    expect(readIn([record])).toEqual({ evidence: [], unreadable: [] });
  });
});

describe('Who attested', () => {
  const own = functionSession('decisions');
  it.each<[who: string, over: Partial<typeof own>]>([
    ['another function', functionSession('requests')],
    ['a function of another account', functionSession('decisions', '444455556666')],
    ['a session of the role that is not the function', { sessionName: 'mallory' }],
    ['a role that only names its session so', { roleArn: `arn:aws:iam::${serviceAccount}:role/admin` }],
    ['a role of a like name', { roleArn: `arn:aws:iam::${serviceAccount}:role/countersign-decisions-2` }],
  ])('is nobody if the caller is %s', (_, over) => {
    const caller = { ...own, ...over };
    const [evidence] = evidenceIn([notaryRecord(attestation, { userIdentity: identityOf(caller) })]);
    expect(evidence).toMatchObject({ event: 'approved', attester: undefined });
    expect(evidence?.caller).toContain(caller.sessionName);
  });

  it('is nobody if a person called', () => {
    const userIdentity = {
      type: 'IAMUser',
      arn: `arn:aws:iam::${serviceAccount}:user/mallory`,
      accountId: serviceAccount,
    };
    expect(evidenceIn([notaryRecord(attestation, { userIdentity })])).toMatchObject([
      { attester: undefined, caller: `arn:aws:iam::${serviceAccount}:user/mallory` },
    ]);
  });

  it.each(Object.entries(attesters))('is %s for its own events and for no other', (name, events) => {
    const { 'cs:start': _, 'cs:end': __, ...windowless } = tags;
    const attested = eventNames.filter((event) => {
      const record = notaryRecord({
        ...attestation,
        attester: name as keyof typeof attesters,
        tags: { ...(event === 'issued' ? tags : windowless), 'cs:event': event },
      });
      return evidenceIn([record])[0]?.attester === name;
    });
    expect(attested.sort()).toEqual([...events].sort());
  });

  it('decides whether it counts: what another function attested makes no link, and alone no grant', () => {
    const records = recordsOfRequest(stories.used()).map((record) =>
      tagsIn(record)['cs:event'] === 'approved'
        ? { ...record, userIdentity: identityOf(functionSession('requests')) }
        : record,
    );
    const grant = grantIn(records);
    expect(storyOf(grant)).toBe('requested');
    expect(faultsOf(grant)).toEqual(['missingLink']);
    expect(grant.decisions).toEqual([]);
    expect(evidenceIn(records).filter(({ attester }) => attester === undefined)).toMatchObject([
      { event: 'approved' },
    ]);
    expect(
      grantsIn([notaryRecord(attestation, { userIdentity: identityOf(functionSession('requests')) })]),
    ).toEqual([]);
  });
});
