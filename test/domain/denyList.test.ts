import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  boundaryPolicy,
  type DenyList,
  denyListSchema,
  denySession,
  emptyDenyList,
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
/** The most entries that one policy holds. */
const capacity = ((): number => {
  let count = 1;
  while (boundaryPolicy(listOf(count + 1)).length <= 6_144) count += 1;
  return count;
})();
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

describe('the deny list', () => {
  it('takes another grant, once, and leaves the list it was given as it was', () => {
    const list = listOf(2);
    const next = denySession(list, entry(3), madeAt);
    expect(denied(next).toSorted()).toEqual([anId(1), anId(2), anId(3)]);
    expect(denied(denySession(next, entry(3), madeAt))).toHaveLength(3);
    expect(list).toEqual(listOf(2));
    expect(denyListSchema.parse(next)).toEqual(next);
  });

  it('lets an entry go once its last session is over, not a second earlier', () => {
    const list = listOf(1);
    expect(prune(list, addSeconds(until, -1)).entries).toHaveLength(1);
    expect(prune(list, until).entries).toHaveLength(0);
    expect(denied(denySession(list, entry(2, addSeconds(until, 60)), until))).toEqual([anId(2)]);
  });

  it('lets the whole-role cut go after an hour: no session of role chaining lives longer', () => {
    const list: DenyList = { entries: [], issuedBefore: madeAt };
    expect(prune(list, addSeconds(madeAt, 3_599)).issuedBefore).toBe(madeAt);
    expect(prune(list, addSeconds(madeAt, 3_600)).issuedBefore).toBeUndefined();
    expect(denySession(list, entry(1), addSeconds(madeAt, 1)).issuedBefore).toBe(madeAt);
  });

  it('holds well over a hundred grants of one role', () => {
    expect(capacity).toBeGreaterThan(150);
  });

  it('that is full cuts off all sessions so far, and drops what would have ended first', async () => {
    const full: DenyList = {
      entries: Array.from({ length: capacity }, (_, index) => entry(index + 1, addSeconds(until, index))),
    };
    const next = denySession(full, entry(999, addSeconds(until, capacity)), madeAt);
    expect(next.issuedBefore).toBe(madeAt);
    expect(denied(next)).toContain(anId(999));
    expect(denied(next)).not.toContain(anId(1));
    expect(boundaryPolicy(next).length).toBeLessThanOrEqual(6_144);
    for (const number of [1, 2, capacity, 999])
      expect(
        await isAllowed(
          undefined,
          callBy(anId(number), { boundary: boundaryPolicy(next), issuedAt: addSeconds(madeAt, -1) }),
        ),
      ).toBe(false);
  });

  it('never exceeds 6,144 characters and never lets a session live that it was told to deny', () => {
    const times = fc.integer({ min: 1, max: 3_600 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 400 }), times), {
          minLength: capacity,
          maxLength: capacity + 60,
        }),
        (orders) => {
          const list = orders.reduce(
            (current, [number, seconds]) =>
              denySession(current, entry(number, addSeconds(madeAt, seconds)), madeAt),
            emptyDenyList,
          );
          expect(boundaryPolicy(list).length).toBeLessThanOrEqual(6_144);
          return orders.every(
            ([number]) => denied(list).includes(anId(number)) || list.issuedBefore === madeAt,
          );
        },
      ),
      { numRuns: 15 },
    );
  });

  it.each(['*', '01KANB1X00000000000000000*', '', '../x'])(
    'takes no pattern for a request id: %j',
    (requestId) => {
      expect(denyListSchema.safeParse({ entries: [{ requestId, until }] }).success).toBe(false);
    },
  );
});
