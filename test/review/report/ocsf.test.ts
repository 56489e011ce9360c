import { describe, expect, it } from 'vitest';
import { findingRules } from '#review/findings/findings.ts';
import { ocsfLines } from '#review/report/ocsf.ts';
import type { Review } from '#review/review.ts';
import { inTemporaryFolder } from '../../support/temporaryFolder.ts';
import { aWorld } from '../../support/trail/aWorld.ts';
import { deliverWorld } from '../../support/trail/deliverWorld.ts';
import { faults } from '../../support/trail/faults/faults.ts';
import { reviewOf } from '../../support/trail/plantedReview.ts';
import { aReview, requestId } from './aReview.ts';
import { attacks, withText } from './hostile.ts';
import { ocsfFaults } from './ocsfFaults.ts';

type OcsfEvent = Record<string, unknown> & {
  class_uid: number;
  status_id: number;
  severity_id: number;
  metadata: { uid: string };
};

const eventsOf = (review = aReview()): OcsfEvent[] =>
  [...ocsfLines(review)].map((line) => {
    expect(line).toMatch(/^[^\n]*\n$/);
    return JSON.parse(line);
  });

/** Each fault once, with the class that has it. */
const faultsOf = (events: OcsfEvent[]): string[] => [
  ...new Set(events.flatMap((event) => ocsfFaults(event).map((fault) => `${event.class_uid} ${fault}`))),
];

/** Whatever can be done wrong at once, and the calls of every kind of caller around it. */
const planted = (): Promise<Review> =>
  inTemporaryFolder(async (folder) => {
    const world = await aWorld({ seed: 'ocsf', days: 1, requests: 12, events: 300 });
    for (const { plant } of faults) await plant?.(world);
    const delivered = await deliverWorld(world, { folder, digests: true });
    for (const { plant, alter } of faults) if (!plant) await alter?.(delivered, []);
    return reviewOf(delivered, { table: true });
  });

describe('ocsf.ndjson', () => {
  it('is of classes, attributes and values that OCSF 1.1.0 has, one event a line', () => {
    const events = eventsOf();
    expect(new Set(events.map(({ class_uid }) => class_uid))).toEqual(new Set([2004, 3002, 6003]));
    expect(faultsOf(events)).toEqual([]);
  });

  it('is so of a trail in which nearly every rule finds something', async () => {
    const review = await planted();
    const rules = new Set(review.findings.map(({ rule }) => rule));
    // Some find nothing where others do: a digest with a wrong signature is not read any further.
    expect(rules.size).toBeGreaterThan(findingRules.length * 0.8);
    expect(faultsOf(eventsOf(review))).toEqual([]);
  });

  it('is so whatever the logs hold, also what is longer than OCSF lets it be', () => {
    const long = ['x'.repeat(70_000), `fe80:${'0000:'.repeat(6)}0001%a-long-name-of-a-zone`];
    for (const text of [...attacks, ...long]) {
      const events = eventsOf(withText(text));
      expect(events).toHaveLength(eventsOf().length);
      expect(faultsOf(events)).toEqual([]);
    }
  });

  it('has an authentication for each set of credentials that was issued or refused', () => {
    const review = aReview();
    const logons = eventsOf(review).filter(({ class_uid }) => class_uid === 3002);
    const failed = logons.filter(({ status_id }) => status_id === 2);
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
      activity_name: 'Delete',
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

describe('What is held against an event', () => {
  const valid = () => {
    const [call] = eventsOf().filter(({ class_uid }) => class_uid === 6003);
    if (!call) throw new RangeError('The sample has no calls.');
    return call;
  };

  it.for([
    ['class_uid: 6004 is not known', { class_uid: 6004 }],
    ['type_uid: not that of the activity', { type_uid: 600_399 }],
    ['metadata.version: not 1.1.0', { metadata: { ...valid().metadata, version: '1.0.0' } }],
    ['metadata.profiles: not cloud alone', { metadata: { ...valid().metadata, profiles: [] } }],
    ['api.operation: missing', { api: {} }],
    ['actor: none of process, user, invoked_by, session', { actor: {} }],
    ['class: unknown', { class: 'API Activity' }],
    ['constructor: unknown', { constructor: 'Object' }],
    ['severity_id: not 7', { severity_id: 7 }],
    ['actor.user.type: missing beside 99', { actor: { user: { uid: 'one', type_id: 99 } } }],
    ['severity: not Informational', { severity: 'info' }],
    ['time: no timestamp', { time: '2026-11-03T09:06:00Z' }],
    ['time: no timestamp', { time: 1_793_696_760 }],
    ['src_endpoint.ip: no ip', { src_endpoint: { ip: 'sts.amazonaws.com' } }],
    ['resources: no list', { resources: { uid: 'one' } }],
    ['resources[1].uid: no string', { resources: [{ uid: 'one' }, { uid: null }] }],
    ['cloud: no object', { cloud: 'AWS' }],
    ['actor.idp: idp is not described here', { actor: { idp: { name: 'one' } } }],
  ] as const)('%s', ([fault, over]) => {
    expect(ocsfFaults({ ...valid(), ...over })).toContain(fault);
  });
});
