import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ocsfLines } from '#review/report/ocsf.ts';
import { aReview, requestId } from './aReview.ts';
import { attacks, withText } from './hostile.ts';

// Required attributes and values of OCSF 1.1.0, from https://schema.ocsf.io/1.1.0
const base = {
  severity_id: z.union([0, 1, 2, 3, 4, 5, 6, 99].map((id) => z.literal(id))),
  time: z.int().positive(),
  metadata: z.object({
    version: z.literal('1.1.0'),
    product: z.object({ name: z.string().min(1), vendor_name: z.string().min(1) }),
    profiles: z.tuple([z.literal('cloud')]),
    uid: z.string().min(1),
  }),
  cloud: z.object({ provider: z.literal('AWS') }),
};
const user = z
  .object({
    name: z.string().optional(),
    uid: z.string().optional(),
    type_id: z.literal(99),
    type: z.string().min(1),
  })
  .refine(({ name, uid }) => name !== undefined || uid !== undefined, 'a user has a name or a uid');
const endpoint = z.union([
  z.object({ ip: z.union([z.ipv4(), z.ipv6()]) }),
  z.object({ name: z.string().min(1) }),
]);
const outcome = z.union([z.literal(1), z.literal(2)]);

const classes = z.discriminatedUnion('class_uid', [
  z.object({
    ...base,
    class_uid: z.literal(3002),
    category_uid: z.literal(3),
    activity_id: z.literal(1),
    type_uid: z.literal(300_201),
    status_id: outcome,
    user,
    actor: z.object({ user }),
    // One of service and dst_endpoint is needed.
    service: z.object({ name: z.string().min(1) }),
    src_endpoint: endpoint,
  }),
  z.object({
    ...base,
    class_uid: z.literal(6003),
    category_uid: z.literal(6),
    activity_id: z.union([1, 2, 3, 4, 99].map((id) => z.literal(id))),
    activity_name: z.string().min(1),
    type_uid: z.int(),
    status_id: outcome,
    actor: z.object({ user }),
    api: z.object({ operation: z.string().min(1) }),
    src_endpoint: endpoint,
  }),
  z.object({
    ...base,
    class_uid: z.literal(2004),
    category_uid: z.literal(2),
    activity_id: z.literal(1),
    type_uid: z.literal(200_401),
    status_id: z.literal(1),
    finding_info: z.object({
      uid: z.string().min(1),
      title: z.string().min(1),
      analytic: z.object({ type_id: z.literal(1) }),
      related_events: z.array(z.object({ uid: z.string() })),
    }),
  }),
]);

const eventsOf = (review = aReview()) =>
  [...ocsfLines(review)].map((line) => {
    expect(line).toMatch(/^[^\n]*\n$/);
    return classes.parse(JSON.parse(line));
  });

describe('ocsf.ndjson', () => {
  it('has what OCSF requires of each class, one event a line', () => {
    for (const event of eventsOf()) expect(event.type_uid).toBe(event.class_uid * 100 + event.activity_id);
  });

  it('does so whatever the logs hold', () => {
    for (const attack of attacks) expect(eventsOf(withText(attack))).toHaveLength(eventsOf().length);
  });

  it('has an authentication for each set of credentials that was issued or refused', () => {
    const review = aReview();
    const logons = eventsOf(review).filter(({ class_uid }) => class_uid === 3002);
    const failed = logons.filter((event) => 'status_id' in event && event.status_id === 2);
    expect([logons.length, failed.length]).toEqual([review.issuances.ok.length + 1, 1]);
  });

  it('has each call of a grant, with the request as its correlation id', () => {
    const calls = [...ocsfLines(aReview())]
      .map((line) => JSON.parse(line))
      .filter(({ class_uid }) => class_uid === 6003);
    expect(calls).toHaveLength(12);
    const refused = calls.find(({ status_code }) => status_code === 'AccessDenied');
    expect(refused).toMatchObject({
      activity_id: 4,
      activity_name: 'DeleteItem',
      status_id: 2,
      metadata: { correlation_uid: requestId(1) },
      actor: { user: { name: 'alice@example.com' } },
      api: { operation: 'DeleteItem', service: { name: 'dynamodb.amazonaws.com' } },
    });
  });

  it.for([
    ['critical', 5],
    ['high', 4],
    ['medium', 3],
    ['low', 2],
    ['info', 1],
  ] as const)('gives a finding that is %s the severity %i', ([severity, id]) => {
    const [finding] = aReview().findings;
    if (!finding) throw new RangeError('The sample has no findings.');
    const events = eventsOf(aReview({ findings: [{ ...finding, severity }] }));
    expect(events.at(-1)?.severity_id).toBe(id);
  });

  it('gives a finding the same uid when the review is made again later', () => {
    const uids = (madeAt: string) =>
      eventsOf(aReview({ madeAt }))
        .filter(({ class_uid }) => class_uid === 2004)
        .map(({ metadata }) => metadata.uid);
    expect(uids('2026-12-01T08:00:00Z')).toEqual(uids('2027-01-01T08:00:00Z'));
    expect(new Set(uids('2026-12-01T08:00:00Z')).size).toBe(4);
  });
});
