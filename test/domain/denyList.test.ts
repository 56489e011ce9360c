import fc from 'fast-check';
import { ulid } from 'ulid';
import { describe, expect, it } from 'vitest';
import {
  boundaryPolicy,
  type DenyList,
  denyListSchema,
  denySession,
  type EarlyEnd,
  emptyDenyList,
  fitsPolicy,
  isDenied,
  nextBoundary,
  prune,
} from '#domain/denyList.ts';
import { addSeconds } from '#domain/instant.ts';
import { anId, madeAt } from '../support/builders.ts';
import { type AccessCall, isAllowed } from './simulatedAccess.ts';

const until = addSeconds(madeAt, 3_600);
const entry = (number: number, end = until) => ({ requestId: anId(number), until: end });
const listOf = (count: number): DenyList => ({
  entries: Array.from({ length: count }, (_, index) => entry(index + 1)),
});
/** A grant that ended early: its last session was issued a minute ago and lives as long as it has to be denied. */
const early = (number: number, end = until, over: Partial<EarlyEnd> = {}): EarlyEnd => ({
  ...entry(number, end),
  issuedAt: addSeconds(madeAt, -60),
  stsExpiresAt: end,
  ...over,
});
/** The most entries that one policy holds. */
const capacity = ((): number => {
  let count = 1;
  while (boundaryPolicy(listOf(count + 1)).length <= 6_144) count += 1;
  return count;
})();
/** As many entries as fit, each of which ends a second after the one before. */
const fullList = (over: Partial<DenyList> = {}): DenyList => ({
  entries: Array.from({ length: capacity }, (_, index) => entry(index + 1, addSeconds(until, index))),
  ...over,
});
const denied = ({ entries }: DenyList): string[] => entries.map(({ requestId }) => requestId);
const callBy = (session: string, over: Partial<AccessCall> = {}): AccessCall => ({
  action: 'dynamodb:GetItem',
  context: { 'dynamodb:LeadingKeys': ['1'] },
  at: madeAt,
  sessionName: session,
  ...over,
});

describe('the boundary policy', () => {
  it('takes nothing away while nobody is denied, and never grants', async () => {
    const boundary = boundaryPolicy(emptyDenyList);
    expect(await isAllowed(undefined, callBy(anId(), { boundary }))).toBe(true);
    const rolePolicy = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }],
    };
    expect(await isAllowed(undefined, callBy(anId(), { boundary, rolePolicy }))).toBe(false);
  });

  it('denies every session of the grants on the list, and no other grant’s', async () => {
    const boundary = boundaryPolicy(listOf(3));
    for (const number of [1, 2, 3])
      expect(await isAllowed(undefined, callBy(anId(number), { boundary }))).toBe(false);
    expect(await isAllowed(undefined, callBy(anId(4), { boundary }))).toBe(true);
  });

  it('denies sessions issued before the whole role was cut off, and none from that second on', async () => {
    const boundary = boundaryPolicy({ entries: [], issuedBefore: madeAt });
    expect(await isAllowed(undefined, callBy(anId(), { boundary, issuedAt: addSeconds(madeAt, -1) }))).toBe(
      false,
    );
    expect(
      await isAllowed(
        undefined,
        callBy(anId(), { boundary, issuedAt: addSeconds(madeAt, 1), at: addSeconds(madeAt, 2) }),
      ),
    ).toBe(true);
  });

  it('is Allow everything, and Denies', () => {
    const { Statement } = JSON.parse(boundaryPolicy({ ...listOf(1), issuedBefore: madeAt })) as {
      Statement: { Effect: string; Action: string; Resource: string; Condition?: object }[];
    };
    expect(Statement.map(({ Effect, Action, Resource }) => ({ Effect, Action, Resource }))).toEqual([
      { Effect: 'Allow', Action: '*', Resource: '*' },
      { Effect: 'Deny', Action: '*', Resource: '*' },
      { Effect: 'Deny', Action: '*', Resource: '*' },
    ]);
    expect(
      Statement.slice(1).every(({ Condition }) => Condition !== undefined),
      'a Deny without a condition would cut off everybody',
    ).toBe(true);
  });
});

/** The id of a request that was made then, by the same clock as everything else. */
const idOf = (instant: string, number = 1): string =>
  ulid(Date.parse(instant)).slice(0, 10) + anId(number).slice(10);

describe('the next boundary', () => {
  const made = addSeconds(madeAt, -86_400);
  const deniedBy = (policy: string): string[] =>
    [...policy.matchAll(/\*:(\w{26})/g)].map(([, id]) => id ?? '');
  const standing = (...ids: string[]): string =>
    boundaryPolicy({ entries: ids.map((requestId) => ({ requestId, until })) });
  const ended = anId(4_000);
  const textOf = (list: DenyList, inForce: string, { requestId = ended, now = madeAt } = {}): string =>
    nextBoundary(list, inForce, { requestId, now });
  const next = (list: DenyList, inForce: string, now = madeAt) => deniedBy(textOf(list, inForce, { now }));

  it('is the list alone where nothing else stands', () => {
    expect(textOf(listOf(3), boundaryPolicy(emptyDenyList))).toBe(boundaryPolicy(listOf(3)));
    expect(textOf(listOf(3), boundaryPolicy(listOf(3)))).toBe(boundaryPolicy(listOf(3)));
  });

  it('keeps who stands in force, whatever became of the list', () => {
    const [one, two] = [idOf(made, 1), idOf(made, 2)];
    expect(next(emptyDenyList, standing(one))).toEqual([one]);
    const served = { entries: [{ requestId: one, until: madeAt }] };
    expect(next(served, standing(one))).toEqual([one]);
    expect(next({ entries: [{ requestId: two, until }] }, standing(one, two)).toSorted()).toEqual([one, two]);
  });

  it('keeps them until no session can live: a month until the start, the longest grant and the longest session', () => {
    const id = idOf(made);
    const last = addSeconds(made, (30 + 7) * 86_400 + 3_600);
    expect(next(emptyDenyList, standing(id), addSeconds(last, -1))).toEqual([id]);
    expect(next(emptyDenyList, standing(id), last)).toEqual([]);
  });

  it('keeps no id that was never given out: it would stand for ever', () => {
    expect(next(emptyDenyList, standing('7ZZZZZZZZZZZZZZZZZZZZZZZZZ', idOf(addSeconds(madeAt, 60))))).toEqual(
      [],
    );
  });

  it('that is full lets the oldest go that stands in force and is not on the list', () => {
    const named = Array.from({ length: fullList().entries.length - 1 }, (_, n) =>
      idOf(addSeconds(made, 120), n),
    );
    const full = { entries: named.map((requestId) => ({ requestId, until })) };
    const [older, newer] = [idOf(made), idOf(addSeconds(made, 60))];
    expect(next(full, standing(older, newer, ...named)).toSorted()).toEqual([...named, newer].toSorted());
  });

  it.each([0, 1, 40])(
    'that is full keeps who stands in force, also with %i entries too many that somebody wrote into the list',
    (more) => {
      const written = {
        entries: [...fullList().entries, ...Array.from({ length: more }, (_, n) => entry(7_000 + n))],
      };
      const [one, two] = [idOf(made, 1), idOf(made, 2)];
      expect(next(written, standing(one, two))).toEqual(expect.arrayContaining([one, two]));
    },
  );

  it('that is full keeps the request that is ended now', () => {
    const [last] = fullList().entries.slice(-1);
    const inForce = standing(...Array.from({ length: 195 }, (_, n) => idOf(made, 5_000 + n)));
    const requestId = last?.requestId ?? '';
    expect(deniedBy(textOf(fullList(), inForce, { requestId }))).toContain(requestId);
  });

  it('fits one policy, also when somebody wrote too much into the list', () => {
    const written = { entries: [...fullList().entries, entry(7_000), entry(7_001)] };
    expect(textOf(written, '').length).toBeLessThanOrEqual(6_144);
  });

  it.each([
    [
      'keeps the later of two cuts',
      addSeconds(madeAt, -60),
      addSeconds(madeAt, -30),
      addSeconds(madeAt, -30),
    ],
    [
      'keeps the list’s cut when it is later',
      addSeconds(madeAt, 1),
      addSeconds(madeAt, -30),
      addSeconds(madeAt, 1),
    ],
    ['keeps a cut that the list has lost', undefined, addSeconds(madeAt, -30), addSeconds(madeAt, -30)],
    ['lets a cut go after an hour', undefined, addSeconds(madeAt, -3_600), undefined],
    ['keeps no cut of the future, which is none of ours', undefined, addSeconds(madeAt, 61), undefined],
    ['keeps no cut that is no time', undefined, 'tomorrow', undefined],
  ])('%s', (_, listed, inForce, expected) => {
    const list = { entries: [], ...(listed !== undefined && { issuedBefore: listed }) };
    const policy = textOf(list, boundaryPolicy({ entries: [], issuedBefore: inForce }));
    expect(policy).toBe(boundaryPolicy({ entries: [], issuedBefore: expected }));
  });
});

describe('the deny list', () => {
  it('takes another grant, once, and leaves the list it was given as it was', () => {
    const list = listOf(2);
    const next = denySession(list, early(3), madeAt);
    expect(denied(next).toSorted()).toEqual([anId(1), anId(2), anId(3)]);
    expect(denied(denySession(next, early(3), madeAt))).toHaveLength(3);
    expect(list).toEqual(listOf(2));
    expect(denyListSchema.parse(next)).toEqual(next);
  });

  it('lets an entry go once its last session is over, not a second earlier', () => {
    const list = listOf(1);
    expect(prune(list, addSeconds(until, -1)).entries).toHaveLength(1);
    expect(prune(list, until).entries).toHaveLength(0);
    expect(denied(denySession(list, early(2, addSeconds(until, 60)), until))).toEqual([anId(2)]);
  });

  it('lets the whole-role cut go after an hour: no session of role chaining lives longer', () => {
    const list: DenyList = { entries: [], issuedBefore: madeAt };
    expect(prune(list, addSeconds(madeAt, 3_599)).issuedBefore).toBe(madeAt);
    expect(prune(list, addSeconds(madeAt, 3_600)).issuedBefore).toBeUndefined();
    expect(denySession(list, early(1), addSeconds(madeAt, 1)).issuedBefore).toBe(madeAt);
  });

  it('holds well over a hundred grants of one role', () => {
    expect(capacity).toBeGreaterThan(150);
  });

  it('takes a grant again with a later end, and keeps the later one alone', () => {
    const later = addSeconds(until, 60);
    expect(denySession(listOf(1), early(1, later), madeAt).entries).toEqual([entry(1, later)]);
  });

  it('takes a dead session too while there is room: the record may be rolled back', () => {
    expect(denied(denySession(emptyDenyList, early(1, until, { stsExpiresAt: madeAt }), madeAt))).toEqual([
      anId(1),
    ]);
  });

  it('that is full cuts off all sessions so far, and drops what would have ended first', async () => {
    const next = denySession(fullList(), early(999, addSeconds(until, capacity)), madeAt);
    expect(denied(next)).toContain(anId(999));
    expect(denied(next)).not.toContain(anId(1));
    expect(denied(next)).toContain(anId(capacity));
    expect(boundaryPolicy(next).length).toBeLessThanOrEqual(6_144);
    const boundary = boundaryPolicy(next);
    for (const number of [1, 2, capacity, 999, 1_000])
      expect(
        await isAllowed(undefined, callBy(anId(number), { boundary, issuedAt: addSeconds(madeAt, -1) })),
      ).toBe(false);
  });

  it('that is full denies a session issued in that very second too, and none from the next on', async () => {
    const next = denySession(fullList(), early(999, addSeconds(madeAt, 900)), madeAt);
    expect(denied(next), 'the one that ends first makes room').not.toContain(anId(999));
    expect(next.issuedBefore).toBe(addSeconds(madeAt, 1));
    const boundary = boundaryPolicy(next);
    const at = addSeconds(madeAt, 5);
    expect(await isAllowed(undefined, callBy(anId(999), { boundary, at, issuedAt: madeAt }))).toBe(false);
    const anew = { boundary, at, issuedAt: addSeconds(madeAt, 1) };
    expect(await isAllowed(undefined, callBy(anId(1_000), anew))).toBe(true);
  });

  it('never moves its whole-role cut back in time: clocks differ', () => {
    const ahead = addSeconds(madeAt, 30);
    const again = (issuedBefore: string) =>
      denySession(fullList({ issuedBefore }), early(999), madeAt).issuedBefore;
    expect(again(ahead)).toBe(ahead);
    expect(again(addSeconds(madeAt, 1))).toBe(addSeconds(madeAt, 1));
    expect(again(addSeconds(madeAt, -30))).toBe(addSeconds(madeAt, 1));
  });

  it('that is full cuts off nobody for a session that is dead anyway', () => {
    const dead = (seconds: number) =>
      denySession(fullList(), early(999, until, { stsExpiresAt: addSeconds(madeAt, seconds) }), madeAt);
    expect(dead(-1)).toEqual(fullList());
    expect(dead(0)).toEqual(fullList());
    expect(dead(1).issuedBefore).toBe(addSeconds(madeAt, 1));
  });

  it('that seems full lets go what has served its time first, and cuts off nobody then', () => {
    const stale = entry(5_000, madeAt);
    const [, ...rest] = fullList().entries;
    const next = denySession({ entries: [stale, ...rest] }, early(999), madeAt);
    expect(next.issuedBefore).toBeUndefined();
    expect(denied(next)).toContain(anId(999));
    expect(denied(next)).not.toContain(stale.requestId);
    const dead = early(999, until, { stsExpiresAt: madeAt });
    expect(denySession({ entries: [stale, ...fullList().entries] }, dead, madeAt)).toEqual(fullList());
  });

  it('knows whom it denies already: by name as long as is needed, or by the cut', () => {
    const list = listOf(1);
    expect(isDenied(list, early(1))).toBe(true);
    expect(isDenied(list, early(1, addSeconds(until, -1)))).toBe(true);
    expect(isDenied(list, early(1, addSeconds(until, 1)))).toBe(false);
    expect(isDenied(list, early(2))).toBe(false);
    expect(isDenied(emptyDenyList, early(1))).toBe(false);
    const cut: DenyList = { entries: [], issuedBefore: madeAt };
    expect(isDenied(cut, early(1, until, { issuedAt: addSeconds(madeAt, -1) }))).toBe(true);
    expect(isDenied(cut, early(1, until, { issuedAt: madeAt }))).toBe(false);
  });

  it('says whether it fits one policy, without what has served its time', () => {
    const tooMany = { entries: [...fullList().entries, entry(5_000, madeAt)] };
    expect(fitsPolicy(fullList(), madeAt)).toBe(true);
    expect(fitsPolicy(tooMany, madeAt)).toBe(true);
    expect(fitsPolicy({ entries: [...fullList().entries, entry(5_000)] }, madeAt)).toBe(false);
  });

  const unissued = { issuedAt: undefined, stsExpiresAt: undefined };

  it('takes a grant that never had a session while there is room: the record may be rolled back', () => {
    expect(denied(denySession(emptyDenyList, early(1, until, unissued), madeAt))).toEqual([anId(1)]);
    expect(denySession(fullList(), early(999, until, unissued), madeAt)).toEqual(fullList());
  });

  it('knows a grant that never had a session by its name alone: no cut concerns it', () => {
    const cut: DenyList = { entries: [], issuedBefore: madeAt };
    expect(isDenied(cut, early(1, until, unissued))).toBe(false);
    expect(isDenied(listOf(1), early(1, until, unissued))).toBe(true);
  });

  const orders = fc.array(
    fc.record({
      number: fc.integer({ min: 1, max: 9_999 }),
      /** Seconds since the order before. */
      later: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 1, 2),
      /** Seconds that the session has lived already, and has still to live; below zero it is dead. */
      lived: fc.integer({ min: 0, max: 900 }),
      left: fc.integer({ min: -30, max: 2_700 }),
      /** Seconds that the grant would have gone on beyond its last session. */
      beyond: fc.integer({ min: 600, max: 7_200 }),
    }),
    { minLength: capacity + 10, maxLength: capacity + 80 },
  );

  it('never exceeds 6,144 characters and never lets a session live that it was told to deny', () => {
    let cuts = 0;
    fc.assert(
      fc.property(orders, (given) => {
        let now = madeAt;
        let list = emptyDenyList;
        const told: (EarlyEnd & { stsExpiresAt: string })[] = [];
        for (const { number, later, lived, left, beyond } of given) {
          now = addSeconds(now, later);
          const stsExpiresAt = addSeconds(now, left);
          const end = addSeconds(now, Math.max(left, 0) + beyond);
          const order = { ...entry(number, end), issuedAt: addSeconds(now, -lived), stsExpiresAt };
          if (!isDenied(list, order)) list = denySession(list, order, now);
          told.push(order);
          expect(boundaryPolicy(list).length).toBeLessThanOrEqual(6_144);
        }
        if (list.issuedBefore) cuts += 1;
        // As long as STS lets it live, whatever the grant's own end.
        return told.every(
          (order) => order.stsExpiresAt <= now || isDenied(list, { ...order, until: order.stsExpiresAt }),
        );
      }),
      { numRuns: 15 },
    );
    expect(cuts, 'some of the lists have to get full').toBeGreaterThan(0);
  });

  it.each(['*', '01KANB1X00000000000000000*', '', '../x'])(
    'takes no pattern for a request id: %j',
    (requestId) => {
      expect(denyListSchema.safeParse({ entries: [{ requestId, until }] }).success).toBe(false);
    },
  );
});
