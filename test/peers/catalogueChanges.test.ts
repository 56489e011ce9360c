import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { catalogueFile } from '../api/caseTables.ts';
import { approve } from '../api/namedRequests.ts';
import { type SignedService, startSignedService } from '../api/signedTokens.ts';
import { anActiveGrant, anOrdersRequest, eventually, untilStatus } from '../support/service.ts';
import { ordersWith, sessionsFor } from './evidence.ts';

/* The failures of peerFailures.test.ts that need a deploy in the middle: one server before, one after, on the same data. */

let folder: string;
let service: SignedService;
const made: Record<string, string> = {};
let grant: Awaited<ReturnType<typeof anActiveGrant>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-deploy-'));
  service = await startSignedService({ dataDirectory: folder, catalogueFile });
  await makeRequests();
  await deploy();
}, 90_000);
afterAll(async () => {
  await service.stop();
  await rm(folder, { recursive: true, force: true });
});

/** What is open at the time of the deploy. */
async function makeRequests(): Promise<void> {
  const tomorrow = `${new Date(Date.now() + 86_400_000).toISOString().slice(0, 19)}Z`;
  const ask = async (overrides: object) => (await anOrdersRequest(service, { ...overrides })).id;
  grant = await anActiveGrant(service, { duration: 'PT2H' });
  made.widened = await ask({ entitlement: 'orders-glance', duration: 'PT5M', startAt: tomorrow });
  await approve(service, made.widened);
  made.undecided = await ask({ entitlement: 'orders-of-customer', parameters: { customer: '1001' } });
  await service.tokenFor('bob', made.undecided);
  made.removed = await ask({ entitlement: 'orders-ticketed', ticket: 'INC-1', startAt: tomorrow });
  await approve(service, made.removed);
  made.orphaned = await ask({ entitlement: 'orders-far' });
  await service.tokenFor('carol', made.orphaned);
}

/** The same service at the same address with another catalogue. */
async function deploy(): Promise<void> {
  const source = parse(await readFile(catalogueFile, 'utf8'));
  source.entitlements['orders-glance'].policy = [{ Effect: 'Allow', Action: 'dynamodb:*', Resource: '*' }];
  source.entitlements['orders-of-customer'].approval = [];
  delete source.entitlements['orders-ticketed'];
  source.groups['hard-to-reach'] = [];
  source.groups['orders-team'] = ['dave@example.com', 'robert@example.com'];
  // She still signs in, and may ask for nothing.
  source.groups.leavers = ['alice@example.com'];
  const edited = join(folder, 'catalogue.yaml');
  await writeFile(edited, stringify(source));
  const port = Number(new URL(service.server.baseUrl).port);
  await service.stop();
  service = await startSignedService({ dataDirectory: folder, catalogueFile: edited, port });
}

const idOf = (name: string): string => made[name] ?? '';
const requestOf = async (name: string) => (await service.as('trent').get(`/v1/requests/${idOf(name)}`)).body;

describe('6. Eligibility that was lost protects no grant', () => {
  test('6. Eligibility that was lost protects no grant: the requester left the group, and the grant can still be revoked', async () => {
    expect(
      (await service.as('alice').get('/v1/entitlements')).body.items.map(({ id }: { id: string }) => id),
    ).not.toContain('orders-read');
    const answer = await service
      .as('bob')
      .post(`/v1/requests/${grant.id}/revoke`, { reason: 'Left the team' });
    expect([answer.status, answer.body.status]).toEqual([200, 'revoked']);
    await eventually('the session to be refused', () => ordersWith(service, grant.credentials).isRefused());
  });
});

describe('12. Approvers who are gone are missed at once', () => {
  test('12. Approvers who are gone are missed at once: a request whose approvers were all removed ends by itself, and may be cancelled', async () => {
    const answer = await service.as('carol').post(`/v1/requests/${idOf('orphaned')}/decision`, {
      decision: 'approve',
      token: await service.tokenFor('carol', idOf('orphaned')),
    });
    expect(answer.status).toBe(404);
    expect((await requestOf('orphaned')).status).toBe('pending');
    expect((await service.as('alice').post(`/v1/requests/${idOf('orphaned')}/cancel`)).body.status).toBe(
      'cancelled',
    );
  });
});

describe('18. What was approved is what is issued, or nothing', () => {
  test('18. What was approved is what is issued, or nothing: an undecided request cannot be approved under another rule', async () => {
    const { permissions } = await requestOf('undecided');
    expect(permissions).toEqual([expect.stringContaining('The entitlement has changed')]);
    const answer = await service.as('bob').post(`/v1/requests/${idOf('undecided')}/decision`, {
      decision: 'approve',
      token: await service.tokenFor('bob', idOf('undecided')),
    });
    // Nobody approves under the new rules, so bob has become a stranger to it; either way nothing is approved.
    expect([404, 409]).toContain(answer.status);
    expect((await requestOf('undecided')).decisions).toEqual([]);
  });

  test('18. What was approved is what is issued, or nothing: a policy that was widened, or an entitlement that was removed, after the approval issues nothing', async () => {
    await service.advance('P1DT1M');
    for (const name of ['widened', 'removed']) {
      const failed = await untilStatus(service, 'alice', idOf(name), 'failed');
      expect(failed.reason).toBe('entitlement_changed');
      expect(await sessionsFor(service, idOf(name))).toEqual([]);
    }
    const undecided = await requestOf('undecided');
    expect(['failed', 'expired']).toContain(undecided.status);
    expect(await sessionsFor(service, idOf('undecided'))).toEqual([]);
  });
});
