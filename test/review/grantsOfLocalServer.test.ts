import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AccessRequest } from '#domain/accessRequest.ts';
import { type Evidence, unreadableEvidence } from '#review/grants/evidence.ts';
import type { Grant } from '#review/grants/grant.ts';
import type { Issuance } from '#review/sessions/issuance.ts';
import { ordersTable } from '../support/ordersTable.ts';
import { anActiveGrant, eventually, type Service, startService } from '../support/service.ts';
import { type RequestTable, requestTableOf } from '../support/table.ts';
import { brokenGlass, closedRequest, reviewedTrail } from './localServer.ts';

let service: Service;
let table: RequestTable;
let trailDirectory: string;
/** The service's own records, to compare with: the review never sees them. */
const records = new Map<string, AccessRequest>();
let grants: Map<string, Grant>;
let evidence: Evidence[];
let unreadable: Issuance[];

beforeAll(async () => {
  service = await startService();
  trailDirectory = service.server.trailDirectory;
  table = requestTableOf(service);
  await usedTwice();
  await revokedWithReason();
  ids.breakGlass = await brokenGlass(service);
  await settled(ids.breakGlass);
  await service.stop();
  const reviewed = await reviewedTrail(trailDirectory);
  grants = new Map(reviewed.grants.map((grant) => [grant.id, grant]));
  evidence = reviewed.evidence;
  unreadable = unreadableEvidence(reviewed.issuances);
}, 60_000);
afterAll(() => rm(trailDirectory, { recursive: true, force: true }));

const ids = { used: '', revoked: '', breakGlass: '' };

/** alice reads an order, is refused to delete one, gets a second session, and the hour passes. */
async function usedTwice(): Promise<void> {
  const { id, credentials } = await anActiveGrant(service, { ticket: 'INC-42' });
  ids.used = id;
  const orders = ordersTable(service.server.awsUrl, credentials);
  await orders.read();
  await expect(orders.remove()).rejects.toThrow();
  await table.asleep(id);
  await service.advance('PT11M');
  await eventually('the second session', async () => (await table.load(id)).request.history.length === 4);
  await table.asleep(id);
  await service.advance('PT50M');
  await settled(id);
}

async function revokedWithReason(): Promise<void> {
  const { id } = await anActiveGrant(service);
  ids.revoked = id;
  await service.as('bob').post(`/v1/requests/${id}/revoke`, { reason: 'The ticket was closed' });
  await settled(id);
}

/** Waits for the last link. */
async function settled(id: string): Promise<void> {
  records.set(id, await closedRequest(service, table, id));
}

const grantOf = (name: keyof typeof ids): Grant => {
  const grant = grants.get(ids[name]);
  if (!grant) throw new Error(`The logs do not show ${name}.`);
  return grant;
};

describe('From the log files that the local server wrote', () => {
  test('each request comes out as the service has it on record, entry by entry', () => {
    expect(unreadable).toEqual([]);
    expect([...grants.keys()].sort()).toEqual([...records.keys()].sort());
    for (const [id, request] of records) {
      const { terms, digest, history, status } = request;
      const grant = grants.get(id);
      expect(grant).toMatchObject({
        requester: terms.requester.email,
        entitlement: terms.entitlement,
        digest,
        status,
        breakGlass: terms.breakGlass,
        chain: { closed: true, lost: [], apart: [], faults: [] },
      });
      expect(grant?.ticket).toBe(terms.ticket);
      expect(grant?.chain.links.map(({ evidence: { event, by, hash } }) => ({ event, by, hash }))).toEqual(
        history.map(({ event, by, hash }) => ({ event, by, hash })),
      );
      // Two runs may attest one entry at the same time; the record keeps the key of one of them.
      for (const { hash, notary } of history)
        expect(evidence.filter((one) => one.hash === hash).map((one) => one.accessKeyId)).toContain(notary);
    }
  });

  test('every hash is met but those of entries with words', () => {
    const unmet = [...grants.values()].flatMap(({ chain }) =>
      chain.links.filter(({ content }) => content !== 'recomputed'),
    );
    expect(unmet.map(({ evidence, content }) => [evidence.event, content]).sort()).toEqual([
      ['reviewed', 'unknowable'],
      ['revoked', 'unknowable'],
    ]);
  });

  test('each session is attested, and shows what was done in it and what was refused', () => {
    const { sessions, window, end } = grantOf('used');
    expect(sessions.map(({ accessKeyId, attestedBy }) => [accessKeyId, attestedBy?.how])).toEqual(
      (records.get(ids.used)?.history ?? []).flatMap(({ detail }) =>
        detail?.accessKeyId === undefined ? [] : [[detail.accessKeyId, 'hash']],
      ),
    );
    expect(sessions.map(({ activity }) => activity.map(({ calls, denied }) => ({ calls, denied })))).toEqual([
      [{ calls: 2, denied: 1 }],
      [],
    ]);
    expect(end).toEqual({ event: 'ended', at: window?.endsAt, by: 'countersign' });
  });

  test('who decided, who took it back and who reviewed', () => {
    expect(grantOf('used').decisions).toMatchObject([{ decision: 'approve', by: 'bob@example.com' }]);
    expect(grantOf('revoked').end).toMatchObject({ event: 'revoked', by: 'bob@example.com' });
    expect(grantOf('breakGlass')).toMatchObject({
      decisions: [],
      end: { event: 'reviewed', by: 'bob@example.com' },
      review: { by: 'bob@example.com' },
    });
  });
});
