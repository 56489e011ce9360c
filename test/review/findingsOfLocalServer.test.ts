import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Finding, TableRecord } from '#review/findings/finding.ts';
import { findingsIn } from '#review/findings/findings.ts';
import { evidenceOf } from '#review/grants/evidence.ts';
import { grantsOf } from '#review/grants/grants.ts';
import { validateIntegrity } from '#review/integrity/validate.ts';
import { listInput } from '#review/reader/logInput.ts';
import { readTrail } from '#review/reader/readTrail.ts';
import { issuancesOf } from '#review/sessions/issuances.ts';
import { reviewSessions } from '#review/sessions/sessions.ts';
import { aCatalogue } from '../support/builders.ts';
import { ordersTable } from '../support/ordersTable.ts';
import {
  anActiveGrant,
  anOrdersRequest,
  eventually,
  type Service,
  startService,
  untilStatus,
} from '../support/service.ts';
import { type RequestTable, requestTableOf } from '../support/table.ts';

let service: Service;
let table: RequestTable;
const records: TableRecord[] = [];
let findings: Finding[];

beforeAll(async () => {
  service = await startService();
  table = requestTableOf(service);
  const revoked = await anActiveGrant(service);
  const orders = ordersTable(service.server.awsUrl, revoked.credentials);
  await orders.read();
  await expect(orders.remove()).rejects.toThrow();
  await service.as('bob').post(`/v1/requests/${revoked.id}/revoke`, { reason: 'The ticket was closed' });
  await settled(revoked.id);
  await service.advance('PT10S');
  await expect(orders.read()).rejects.toThrow();
  await settled(await brokenGlass());
  await service.stop();
  findings = await findingsOfTrail();
}, 60_000);
afterAll(() => rm(service.server.trailDirectory, { recursive: true, force: true }));

async function brokenGlass(): Promise<string> {
  const wish = { entitlement: 'orders-admin', breakGlass: true, duration: 'PT15M' };
  const { id } = await anOrdersRequest(service, wish, 'carol');
  await untilStatus(service, 'carol', id, 'active');
  await service.as('bob').post(`/v1/requests/${id}/review`, { verdict: 'justified', comment: 'It was down' });
  return id;
}

/** Waits for the last link, and keeps the record as the export of the table would have it. */
async function settled(id: string): Promise<void> {
  const request = await eventually(`the last link of ${id}`, async () => {
    await service.server.host.quiet();
    const stored = await table.load(id);
    if (
      stored.request.history.at(-1)?.event === 'closed' &&
      stored.request.history.every(({ notary }) => notary)
    )
      return stored.request;
    await service.advance('PT1M');
    return undefined;
  });
  records.push({ id, request });
}

async function findingsOfTrail(): Promise<Finding[]> {
  const directory = service.server.trailDirectory;
  const input = await listInput(directory);
  const trail = await readTrail(input, { workers: 1, hashContents: false });
  const issuances = issuancesOf(trail);
  const sessions = reviewSessions(trail, issuances);
  const evidence = evidenceOf(issuances);
  const catalogue = aCatalogue();
  const catalogues = new Map([[catalogue.digest, catalogue]]);
  const grants = grantsOf({ evidence, issuances, sessions, catalogues });
  const integrity = await validateIntegrity({ directory, input, trail, keys: [], period: {} });
  return findingsIn({
    period: {},
    trail,
    issuances,
    sessions,
    evidence,
    grants,
    catalogues,
    integrity,
    table: records,
  });
}

describe('Of the log files that the local server wrote, and of its table', () => {
  test('nothing is held against it but who read its table under the role of a function', () => {
    const faults = findings.filter(({ severity }) => severity !== 'info');
    expect(faults.map(({ rule, subject }) => `${rule} ${subject}`)).toEqual([
      'borrowed-role arn:aws:sts::999988887777:assumed-role/countersign-requests/table-reader',
    ]);
  });

  test('the denial is seen at work, and break-glass is told of', () => {
    const worthReading = findings.filter(({ severity }) => severity === 'info').map(({ rule }) => rule);
    expect(worthReading.sort()).toEqual(['break-glass-used', 'call-after-end', 'integrity-not-shown']);
  });
});
