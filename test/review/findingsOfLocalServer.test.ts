import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Finding, TableRecord } from '#review/findings/finding.ts';
import { findingsIn } from '#review/findings/findings.ts';
import { validateIntegrity } from '#review/integrity/validate.ts';
import { ordersTable } from '../support/ordersTable.ts';
import { anActiveGrant, type Service, startService } from '../support/service.ts';
import { type RequestTable, requestTableOf } from '../support/table.ts';
import { brokenGlass, closedRequest, reviewedTrail } from './localServer.ts';

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
  await settled(await brokenGlass(service));
  await service.stop();
  findings = await findingsOfTrail();
}, 60_000);
afterAll(() => rm(service.server.trailDirectory, { recursive: true, force: true }));

/** Waits for the last link, and keeps the record as the export of the table would have it. */
async function settled(id: string): Promise<void> {
  records.push({ id, request: await closedRequest(service, table, id) });
}

async function findingsOfTrail(): Promise<Finding[]> {
  const directory = service.server.trailDirectory;
  const { input, ...reviewed } = await reviewedTrail(directory);
  const { trail } = reviewed;
  const integrity = await validateIntegrity({ directory, input, trail, keys: [], period: {} });
  return findingsIn({ ...reviewed, period: {}, integrity, table: records });
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
