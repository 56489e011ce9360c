import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addSeconds } from '#domain/instant.ts';
import { activityIn, indexSessions } from '#review/grants/activity.ts';
import { attestedSessions } from '#review/grants/attestation.ts';
import type { Evidence } from '#review/grants/evidence.ts';
import { grantsOf } from '#review/grants/grants.ts';
import { trailOfRecords } from '#review/reader/trailOfRecords.ts';
import type { Issuance } from '#review/sessions/issuance.ts';
import { issuancesOf } from '#review/sessions/issuances.ts';
import { reviewSessions } from '#review/sessions/sessions.ts';
import { anId } from '../../support/builders.ts';
import { countingReads } from '../countingReads.ts';
import { callRecord, sessionFrom } from '../records.ts';
import { recordsOfRequest } from '../requestRecords.ts';
import { evidenceIn } from './grantsIn.ts';
import { approvedAt, stories } from './stories.ts';

const records = recordsOfRequest(stories.used());
const trail = trailOfRecords(records);
const [session] = issuancesOf(trail).ok.filter(({ roleArn }) => roleArn?.endsWith('orders-read'));
const evidence = evidenceIn(records);
const [requested, issued, closed] = (['requested', 'issued', 'closed'] as const).map((event) =>
  evidence.find((one) => one.event === event),
);
if (!session || !requested || !issued || !closed) throw new Error('The story has all of them.');

const many = <One>(count: number, one: (number: number) => One): One[] =>
  Array.from({ length: count }, (_, number) => one(number));
const hash = (number: number): string => String(number).padStart(43, '0');

/** Sessions of one request, so many seconds apart. */
const sessionsOf = (count: number, apart = 0): Issuance[] =>
  many(count, (number) => ({
    ...session,
    event: { ...session.event, id: `session ${number}`, at: addSeconds(approvedAt, number * apart) },
    accessKeyId: `ASIA${hash(number)}`,
  }));

const issuedAfter = (number: number, over: Partial<Evidence> = {}): Evidence => ({
  ...issued,
  hash: hash(number),
  previous: requested.hash,
  eventId: `entry ${number}`,
  at: addSeconds(approvedAt, 59),
  ...over,
});

const grantsWith = (own: readonly Evidence[], ok: Issuance[] = []) =>
  grantsOf({
    evidence: own,
    issuances: { ok, failed: [], signIns: [] },
    sessions: [],
    catalogues: new Map(),
  });

let hashes = 0;
// None is ever met: every entry is one that somebody made up. Other tests share this process, so it is put back.
const { hash: realHash } = crypto;
const useHash = (hash: unknown): void => {
  Object.assign(crypto, { hash });
  syncBuiltinESMExports();
};
beforeEach(() => {
  hashes = 0;
  useHash(() => {
    hashes += 1;
    return 'met by nothing';
  });
});
afterEach(() => useHash(realHash));

/** Seconds of a run, and of the clocks, that are tried for an entry. */
const tried = 71;

describe('What a review does for evidence that somebody made up', () => {
  it.each([100, 400])(
    'is ten sessions for each of %i entries that could be of as many sessions of one minute',
    (count) => {
      grantsWith([requested, ...many(count, (number) => issuedAfter(number))], sessionsOf(count));
      expect(hashes).toBe(count * 10 * tried);
    },
  );

  it('has an end for entries that came hours late, of all requests together', () => {
    const late = (number: number): Evidence[] => {
      const requestId = anId(number);
      const at = addSeconds(requested.at, 20_000);
      return [
        { ...requested, requestId },
        { ...closed, requestId, at, previous: requested.hash, hash: hash(number) },
      ];
    };
    const contents = grantsWith(many(120, late).flat()).map(({ chain }) => chain.links[1]?.content);
    expect(hashes).toBeLessThan(2_000_000 + 120 * 2 * tried);
    // Those that were looked at do not fit; of the others nobody can tell.
    expect(contents.slice(0, 90)).toEqual(many(90, () => 'differs'));
    expect(contents.slice(110)).toEqual(many(10, () => 'unknowable'));
  });

  it('grows with the number of entries and sessions, not with their product', () => {
    const readsOf = (count: number): number => {
      const sessions = countingReads(sessionsOf(count));
      const entries = countingReads(many(count, (number) => issuedAfter(number, { at: approvedAt })));
      attestedSessions(entries.items, { sessions: sessions.items, sequences: new Map() });
      return sessions.reads() + entries.reads();
    };
    expect(readsOf(800)).toBeLessThan(readsOf(400) * 2.5);
  });

  it('grows with the number of sessions and their calls, not with their product', () => {
    const [first] = records.filter(({ eventName }) => eventName === 'AssumeRole').slice(2);
    if (!first) throw new Error('The story has a session.');
    const [used] = reviewSessions(
      trailOfRecords([callRecord({ at: approvedAt, session: sessionFrom(first) })]),
      issuancesOf(trail),
    );
    if (!used) throw new Error('There is a call.');
    const readsOf = (count: number): number => {
      const sessions = countingReads(sessionsOf(count, 1));
      const calls = many(count, (number) => ({ ...used, accessKeyId: `ASIA${hash(number)}` }));
      activityIn(sessions.items, indexSessions(calls));
      return sessions.reads();
    };
    expect(readsOf(800)).toBeLessThan(readsOf(400) * 2.5);
  });

  it('is done once for a session whose request a thousand service accounts claim', () => {
    const claims = many(
      1_000,
      (number): Evidence => ({ ...requested, account: String(number).padStart(12, '1') }),
    );
    const strangers = sessionsOf(1_000).map((one) => ({
      ...one,
      event: { ...one.event, caller: { type: 'AWSAccount' } },
    }));
    const sessions = grantsWith(claims, strangers).map((grant) => grant.sessions.length);
    expect(sessions.filter((count) => count > 0)).toEqual([1_000]);
  });

  it('ends, too, for two hundred thousand entries that follow one', () => {
    const rivals = many(
      200_000,
      (number): Evidence => ({
        ...closed,
        hash: hash(number),
        previous: requested.hash,
        eventId: String(number),
      }),
    );
    const [grant] = grantsWith([requested, ...rivals]);
    expect(grant?.chain.lost).toHaveLength(199_999);
  });
});
