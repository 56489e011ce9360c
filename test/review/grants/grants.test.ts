import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccessRequest } from '#domain/accessRequest.ts';
import type { EventName } from '#domain/history.ts';
import { addSeconds } from '#domain/instant.ts';
import { aCatalogue, anId, aRequest, madeAt } from '../../support/builders.ts';
import {
  type CloudTrailRecord,
  callRecord,
  deniedCallRecord,
  loggedSessionToken,
  type RoleSession,
  sessionFrom,
  tagsIn,
  withTags,
} from '../records.ts';
import { evidenceRecord, issuingRecords, recordsOfRequest } from '../requestRecords.ts';
import { contentsOf, faultsOf, grantIn, grantsIn, storyOf } from './grantsIn.ts';
import { another, approvedAt, approvedByBob, issue, type StoryName, stories, window } from './stories.ts';

describe('A grant, from CloudTrail alone: who asked, for what, why, who decided and when, and how it ended', () => {
  it('that was used until its time was over', () => {
    const request = stories.used();
    const grant = grantIn(recordsOfRequest(request));
    expect(grant).toMatchObject({
      id: request.terms.id,
      requester: 'alice@example.com',
      entitlement: 'orders-read',
      digest: request.digest,
      catalogue: request.history[0]?.detail?.catalogue,
      ticket: 'INC-1001',
      breakGlass: false,
      status: 'ended',
      requestedAt: addSeconds(madeAt, 1),
      decisions: [{ decision: 'approve', by: 'bob@example.com', at: addSeconds(approvedAt, 1) }],
      window,
      end: { event: 'ended', at: window.endsAt, by: 'countersign' },
      review: undefined,
      closedAt: addSeconds(window.endsAt, 1),
    });
    expect(grant.chain).toMatchObject({ closed: true, lost: [], apart: [], faults: [] });
    expect(grant.sessions.map(({ accessKeyId, attestedBy }) => [accessKeyId, attestedBy?.how])).toEqual([
      ['ASIA0000000000000001', 'hash'],
      ['ASIA0000000000000002', 'hash'],
    ]);
  });

  it.each<[StoryName, object]>([
    ['returned', { status: 'ended', end: { event: 'returned', by: 'alice@example.com' } }],
    [
      'revoked',
      {
        status: 'revoked',
        end: { event: 'revoked', by: 'ada@example.com', at: addSeconds(approvedAt, 901) },
      },
    ],
    [
      'denied',
      { status: 'denied', end: undefined, decisions: [{ decision: 'deny', by: 'carol@example.com' }] },
    ],
    ['cancelled', { status: 'cancelled', end: undefined, decisions: [], window: undefined }],
    ['expired', { status: 'expired', end: undefined, sessions: [] }],
    ['failed', { status: 'failed', end: { event: 'failed', by: 'countersign' }, sessions: [] }],
    [
      'approvedByTwo',
      {
        status: 'active',
        end: undefined,
        closedAt: undefined,
        decisions: [{ by: 'bob@example.com' }, { by: 'erin@example.com' }],
        chain: { closed: false },
      },
    ],
    [
      'breakGlass',
      {
        breakGlass: true,
        requester: 'carol@example.com',
        status: 'ended',
        decisions: [],
        end: { event: 'ended', at: addSeconds(madeAt, 900) },
        review: { by: 'bob@example.com', at: addSeconds(madeAt, 7_201) },
      },
    ],
    [
      'reviewedWhileRunning',
      { breakGlass: true, status: 'ended', end: { event: 'reviewed', by: 'bob@example.com' } },
    ],
  ])('that was %s', (name, expected) => {
    const request = stories[name]();
    const grant = grantIn(recordsOfRequest(request));
    expect(grant).toMatchObject(expected);
    expect(storyOf(grant)).toBe(request.history.map(({ event }) => event).join(' '));
    expect(grant.chain.faults).toEqual([]);
    expect(grant.chain.links.map(({ content }) => content)).not.toContain('differs');
  });

  it('that failed before it was granted had nothing to end', () => {
    const request = another(1, [{ event: 'failed', reason: 'entitlement_changed' }]);
    expect(grantIn(recordsOfRequest(request))).toMatchObject({
      status: 'failed',
      end: undefined,
      window: undefined,
    });
  });

  it('does not end later than its window, however late that was put on record', () => {
    const request = stories.used();
    const ended = request.history.filter(({ event }) => event === 'ended');
    const late = ended.map((entry) =>
      evidenceRecord(request, entry, { delay: 7_200, attester: 'reconcile' }),
    );
    const records = [...lacking(recordsOfRequest(request), 'ended'), ...late];
    expect(grantIn(records).end).toEqual({ event: 'ended', at: window.endsAt, by: 'countersign' });
  });

  it('is shown without anything that opens it', () => {
    expect(JSON.stringify(grantsIn(recordsOfRequest(stories.used())))).not.toContain(loggedSessionToken);
  });
});

/** Without the evidence of some events. */
const lacking = (records: CloudTrailRecord[], ...events: EventName[]): CloudTrailRecord[] =>
  records.filter((record) => !events.some((event) => tagsIn(record)['cs:event'] === event));

describe('Break-glass', () => {
  const records = recordsOfRequest(stories.breakGlass());
  const withoutTag = records.map((record) => withTags(record, { 'cs:breakGlass': undefined }));
  const unreviewed = (list: CloudTrailRecord[]) => lacking(list, 'reviewed', 'closed');

  it('is said by its tag, whether or not the catalogue is at hand', () => {
    expect(grantIn(unreviewed(records), { catalogues: [] })).toMatchObject({ breakGlass: true });
    expect(contentsOf(grantIn(unreviewed(records)))).toMatch(/^requested recomputed/);
  });

  it('is proven by the hash where older evidence lacks the tag', () => {
    const grant = grantIn(unreviewed(withoutTag));
    expect(grant.breakGlass).toBe(true);
    expect(contentsOf(grant)).toMatch(/^requested recomputed/);
  });

  it('is not claimed of older evidence without a catalogue, until it is reviewed', () => {
    expect(grantIn(unreviewed(withoutTag), { catalogues: [] }).breakGlass).toBe(false);
    expect(grantIn(withoutTag, { catalogues: [] }).breakGlass).toBe(true);
  });

  it('is not what an entitlement without approval rules is', () => {
    const catalogue = aCatalogue((source) => {
      const entitlement = source.entitlements['orders-read'];
      if (entitlement) entitlement.approval = [];
    });
    const grant = grantIn(recordsOfRequest(aRequest({ catalogue })), { catalogues: [catalogue] });
    expect(grant).toMatchObject({ status: 'scheduled', breakGlass: false, decisions: [] });
    expect(contentsOf(grant)).toBe('requested recomputed');
  });
});

/** The AssumeRole of the numbered session of a request, as the caller's account has it. */
function issuingRecord(request: AccessRequest, number: number): CloudTrailRecord {
  const entry = request.history.find(({ detail }) => detail?.sequence === number);
  const [record] = entry ? issuingRecords(request, entry) : [];
  if (!record) throw new RangeError(`The request has no session ${number}.`);
  return record;
}

describe('What was done in a session', () => {
  const request = stories.used();
  const records = recordsOfRequest(request);
  const [first, second] = [1, 2].map((number) => sessionFrom(issuingRecord(request, number))) as [
    RoleSession,
    RoleSession,
  ];

  it('belongs to it by its key, though all sessions of a grant share one ARN', () => {
    const grant = grantIn([
      ...records,
      callRecord({ at: addSeconds(approvedAt, 700), session: first }),
      callRecord({ at: addSeconds(approvedAt, 701), session: second }),
      deniedCallRecord({ at: addSeconds(approvedAt, 702), session: second }),
    ]);
    expect(
      grant.sessions.map(({ activity }) => activity.map(({ calls, denied }) => [calls, denied])),
    ).toEqual([[[1, 0]], [[2, 1]]]);
  });

  it('with another key, as a console has one, belongs to the one that was issued last before', () => {
    const console = {
      ...second,
      accessKeyId: 'ASIACONSOLEKEY000000',
      createdAt: addSeconds(approvedAt, 601),
    };
    const grant = grantIn([...records, callRecord({ at: addSeconds(approvedAt, 800), session: console })]);
    expect(grant.sessions.map(({ activity }) => activity.length)).toEqual([0, 1]);
  });
});

describe('A session of a target role in the name of a request', () => {
  const request = stories.used();
  const records = recordsOfRequest(request);

  it('that no evidence speaks of stays visible, attested by nothing', () => {
    const grant = grantIn(lacking(records, 'issued'));
    expect(grant.sessions.map(({ attestedBy }) => attestedBy)).toEqual([undefined, undefined]);
  });

  it('is attested by time where only its hash cannot be computed, as when its answer was not logged', () => {
    const answered = [1, 2].map((number) => issuingRecord(request, number));
    const unanswered = answered.map((record) => ({ ...record, responseElements: null }));
    const evidence = records.filter((record) => 'cs:event' in tagsIn(record));
    const grant = grantIn([...evidence, ...unanswered]);
    expect(grant.sessions.map(({ attestedBy }) => attestedBy?.how)).toEqual(['time', 'time']);
    expect(contentsOf(grant)).toContain('issued unknowable');
    expect(faultsOf(grant)).toEqual([]);
  });

  it('is not attested by an entry that speaks of another window; by time that is still the entry', () => {
    const edited = records.map((record) =>
      tagsIn(record)['cs:event'] === 'issued'
        ? withTags(record, { 'cs:end': '2026-11-22T23:00:00Z' })
        : record,
    );
    const grant = grantIn(edited);
    expect(grant.sessions.map(({ attestedBy }) => attestedBy?.how)).toEqual(['time', 'time']);
    expect(contentsOf(grant)).toContain('issued differs');
    expect(faultsOf(grant)).toEqual(['otherTerms', 'otherTerms']);
  });

  it('that is like one which its entry proves is not attested with it', () => {
    const record = issuingRecord(request, 1);
    const twin = {
      ...record,
      eventID: '11111111-1111-4111-8111-111111111111',
      sharedEventID: '22222222-2222-4222-8222-222222222222',
      responseElements: { ...record.responseElements, credentials: { accessKeyId: 'ASIATWINTWINTWIN0000' } },
    };
    const grant = grantIn([...records, twin]);
    expect(
      grant.sessions.map(({ accessKeyId, attestedBy }) => [accessKeyId, attestedBy?.how]).sort(),
    ).toEqual([
      ['ASIA0000000000000001', 'hash'],
      ['ASIA0000000000000002', 'hash'],
      ['ASIATWINTWINTWIN0000', undefined],
    ]);
  });

  it('is neither the revoker nor a function of the service itself', () => {
    const grant = grantIn([
      ...records,
      ...['countersign-revoker', 'countersign-watch'].map((name) => ({
        ...issuingRecord(request, 1),
        eventID: `00000000-0000-4000-8000-${name.slice(-7)}00000`,
        requestParameters: {
          roleArn: `arn:aws:iam::111122223333:role/${name}`,
          roleSessionName: request.terms.id,
        },
      })),
    ]);
    expect(grant.sessions).toHaveLength(2);
  });
});

describe('Two installations in one folder of logs', () => {
  const other = '444455556666';
  it('have grants of their own, also under one id', () => {
    const [ours, theirs] = [stories.used(), stories.revoked()];
    expect(ours.terms.id).toBe(theirs.terms.id);
    const grants = grantsIn([...recordsOfRequest(ours), ...recordsOfRequest(theirs, { account: other })]);
    expect(
      grants.map(({ status, chain }) => [status, chain.links[0]?.evidence.account, chain.faults]),
    ).toEqual([
      ['revoked', other, []],
      ['ended', '999988887777', []],
    ]);
    expect(
      grants.map(({ sessions }) => sessions.map(({ issuance }) => issuance.event.caller.account)),
    ).toEqual([[other], ['999988887777', '999988887777']]);
  });
});

describe('Whatever the order of the records', () => {
  const all = [
    ...recordsOfRequest(stories.used()),
    ...recordsOfRequest(another(2, [approvedByBob, issue(1, addSeconds(approvedAt, 2))])),
    ...recordsOfRequest(another(3, [{ event: 'cancelled', at: madeAt, by: 'alice@example.com' }]), {
      delay: 0,
    }),
  ];
  const expected = JSON.stringify(grantsIn(all));

  it('the grants are the same', () => {
    expect(grantsIn(all).map(({ id }) => id)).toEqual([anId(3), anId(1), anId(2)]);
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (shuffled) => {
        expect(JSON.stringify(grantsIn(shuffled))).toBe(expected);
      }),
      { numRuns: 50 },
    );
  });
});
