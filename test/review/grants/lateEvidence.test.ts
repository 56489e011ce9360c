import { describe, expect, it, test } from 'vitest';
import type { AccessRequest } from '#domain/accessRequest.ts';
import type { Attester, HistoryEntry } from '#domain/history.ts';
import { addSeconds, type Instant } from '#domain/instant.ts';
import type { Grant } from '#review/grants/grant.ts';
import { aRequest, followedBy, madeAt } from '../../support/builders.ts';
import { type CloudTrailRecord, tagsIn, withTags } from '../records.ts';
import { type AttestedHow, evidenceRecord, type RecordOptions, recordsOfRequest } from '../requestRecords.ts';
import { contentsOf, faultsOf, grantIn, storyOf } from './grantsIn.ts';
import { approvedAt, approvedByBob, catalogue, issue, type StoryName, stories } from './stories.ts';

/** Forty minutes, for which STS was out of reach. */
const outage = { delay: 2_400, attester: 'reconcile' } as const;
const revokedAt = addSeconds(approvedAt, 900);
const whenRevoked = { event: 'revoked', by: 'ada@example.com', reason: 'Left the team' } as const;

/** What CloudTrail has of a request of which some entries were put on record otherwise. */
const attested = (request: AccessRequest, each: AttestedHow): CloudTrailRecord[] =>
  recordsOfRequest(request, { each });

const endIn = (name: StoryName, how: AttestedHow): Instant | undefined =>
  grantIn(attested(stories[name](), how)).end?.at;

const timesOf = ({ chain }: Grant): Instant[] => chain.links.map(({ happenedBy }) => happenedBy);

const entriesOf = ({ history }: AccessRequest): Map<string, HistoryEntry> =>
  new Map(history.map((entry) => [entry.hash, entry]));

describe('An end that was attested late', () => {
  it('had happened when what follows it was written', () => {
    const request = stories.revoked();
    const grant = grantIn(attested(request, { revoked: outage }));
    expect(grant.end).toEqual({ event: 'revoked', at: addSeconds(revokedAt, 1), by: 'ada@example.com' });
    expect(grant.end?.at).toBe(request.history.at(-1)?.at);
    expect(faultsOf(grant)).toEqual([]);
  });

  it('also where both were', () => {
    expect(endIn('revoked', { revoked: outage, closed: outage })).toBe(addSeconds(revokedAt, 1));
  });

  it('was when its own hash says, where it has no words', () => {
    expect(endIn('returned', { returned: outage, closed: outage })).toBe(revokedAt);
  });

  it('is never told after the closing, and the links are told in their order', () => {
    const grant = grantIn(attested(stories.revoked(), { revoked: outage, closed: { delay: 0 } }));
    expect(storyOf(grant)).toBe('requested approved issued revoked closed');
    expect(timesOf(grant)).toEqual(timesOf(grant).toSorted());
  });

  it('counts as of its attestation where nothing else tells', () => {
    const request = stories.revoked();
    const open = { ...request, history: request.history.slice(0, -1) } as AccessRequest;
    expect(grantIn(attested(open, { revoked: outage })).end?.at).toBe(addSeconds(revokedAt, 2_400));
  });
});

describe('What follows an end tells nothing of its time', () => {
  const late = addSeconds(revokedAt, 2_400);
  const attestedBy = (attester: Attester) =>
    grantIn(attested(stories.revoked(), { revoked: outage, closed: { attester } })).end?.at;

  test('where nobody of whom it was may attest it', () => {
    expect(attestedBy('reconcile')).toBe(addSeconds(revokedAt, 1));
    expect(attestedBy('requests')).toBe(late);
  });

  test('where its hash does not fit', () => {
    const hash = stories.returned().history.at(-1)?.hash;
    const records = attested(stories.revoked(), { revoked: outage }).map((record) =>
      tagsIn(record)['cs:event'] === 'closed' ? withTags(record, { 'cs:hash': hash }) : record,
    );
    const grant = grantIn(records);
    expect(contentsOf(grant)).toContain('closed differs');
    expect(grant.end?.at).toBe(late);
  });

  test('where it was attested before a session that it rests on, which is a fault', () => {
    const foretold = followedBy(
      aRequest({ catalogue }),
      approvedByBob,
      issue(1, addSeconds(approvedAt, 600)),
      { ...whenRevoked, at: revokedAt },
      { event: 'closed', at: addSeconds(approvedAt, 60) },
    );
    const grant = grantIn(attested(foretold, { revoked: outage }));
    expect(contentsOf(grant)).toContain('closed recomputed');
    expect(grant.end?.at).toBe(late);
    expect(faultsOf(grant)).toEqual(['impossibleOrder']);
  });

  test('but the first time that it was attested counts', () => {
    const request = stories.revoked();
    const closed = request.history.slice(-1).map((entry) => evidenceRecord(request, entry, outage));
    const records = [...attested(request, { revoked: outage }), ...closed];
    expect(grantIn(records).end?.at).toBe(addSeconds(revokedAt, 1));
  });
});

describe('The request table tells when an end with words was written', () => {
  const request = followedBy(aRequest({ catalogue }), approvedByBob, issue(1, addSeconds(approvedAt, 2)), {
    ...whenRevoked,
    at: revokedAt,
  });
  const endBy = (recorded: ReadonlyMap<string, HistoryEntry>, how: RecordOptions = outage) =>
    grantIn(attested(request, { revoked: how }), { recorded }).end?.at;

  it('if its hash was attested', () => {
    expect(endBy(entriesOf(request))).toBe(revokedAt);
  });

  it('and says nothing of others', () => {
    expect(endBy(entriesOf(stories.returned()))).toBe(addSeconds(revokedAt, 2_400));
  });

  it('but for one of a function that attests at once, and did not', () => {
    expect(endBy(entriesOf(request), { delay: 2_400 })).toBe(addSeconds(revokedAt, 2_400));
  });
});

it('What gives access happens as it is attested', () => {
  expect(timesOf(grantIn(recordsOfRequest(stories.revoked()))).slice(0, 3)).toEqual(
    [madeAt, approvedAt, addSeconds(approvedAt, 2)].map((at) => addSeconds(at, 1)),
  );
});
