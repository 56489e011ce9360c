import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeReport } from '#review/report/writeReport.ts';
import type { Review } from '#review/review.ts';
import { runReview } from '#review/runReview.ts';
import {
  assumeRoleRecord,
  callRecord,
  deniedCallRecord,
  functionSession,
  loggedSessionToken,
  notaryRecord,
  refusedAssumeRoleRecord,
  sessionFrom,
  targetRole,
} from '../records.ts';
import { requestId } from './aReview.ts';

const canary = 'cAnArY9fK2xQ7vLw8sT3';
const at = '2026-11-22T10:00:00Z';

/** Everything that AWS calls a secret, where logs have it: in answers, and where somebody sent one by mistake. */
function recordsWithSecrets() {
  const caller = functionSession('issueSession');
  const issued = assumeRoleRecord({
    at,
    caller,
    roleArn: targetRole('orders-read'),
    sessionName: requestId(1),
    sourceIdentity: 'alice@example.com',
    duration: 900,
  });
  const session = sessionFrom(issued);
  const credentials = {
    accessKeyId: 'ASIAFEDERATEDUSER000',
    secretAccessKey: `${canary}1`,
    sessionToken: `${canary}2`,
    expiration: 'Nov 22, 2026 11:00:00 AM',
  };
  const federated = {
    eventSource: 'sts.amazonaws.com',
    eventName: 'GetFederationToken',
    responseElements: { credentials },
  };
  const sent = {
    requestParameters: {
      tableName: 'orders',
      SessionToken: `${canary}3`,
      nested: { password: `${canary}4` },
    },
  };
  return [
    issued,
    notaryRecord({
      at,
      attester: 'requests',
      requestId: requestId(1),
      by: 'alice@example.com',
      tags: {
        'cs:event': 'requested',
        'cs:entitlement': 'orders-read',
        'cs:digest': 'D'.repeat(43),
        'cs:hash': 'H'.repeat(43),
        'cs:previous': 'A'.repeat(43),
        'cs:catalogue': 'C'.repeat(43),
      },
    }),
    callRecord({ at, session }, federated),
    callRecord({ at, session }, sent),
    deniedCallRecord({ at, session }, { ...sent, errorMessage: `The token ${canary}5 is no good.` }),
    refusedAssumeRoleRecord(
      { at, caller: session, roleArn: targetRole('orders-admin') },
      { errorMessage: `arn:aws:iam::111122223333:role/countersign-orders-admin refused ${canary}6` },
    ),
    callRecord(
      { at, session },
      {
        eventSource: 'iam.amazonaws.com',
        eventName: 'CreateAccessKey',
        readOnly: false,
        requestParameters: { userName: 'countersign-user' },
        responseElements: {
          accessKey: { accessKeyId: 'AKIAMADEBYSOMEBODY00', secretAccessKey: `${canary}7` },
        },
      },
    ),
  ];
}

describe('A report on logs that hold session tokens, secret keys and passwords', () => {
  let folder: string;
  let review: Review;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'countersign-secrets-'));
    const logs = join(folder, 'logs');
    await mkdir(logs);
    await writeFile(join(logs, 'trail.json.gz'), gzipSync(JSON.stringify({ Records: recordsWithSecrets() })));
    review = await runReview({
      directory: logs,
      period: {},
      catalogues: new Map(),
      workers: 1,
      parameters: { logs },
      tool: { name: 'countersign', version: '0.1.0' },
      madeAt: '2026-12-01T08:00:00Z',
    });
    await writeReport(review, join(folder, 'report'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('tells of those sessions', () => {
    expect(review.grants.map(({ id }) => id)).toEqual([requestId(1)]);
    expect(review.issuances.ok.length).toBeGreaterThanOrEqual(3);
    expect(review.issuances.failed).toHaveLength(1);
  });

  it('has none of them in any byte of any file', async () => {
    const names = await readdir(join(folder, 'report'));
    expect(names).toHaveLength(8);
    for (const name of names) {
      const text = await readFile(join(folder, 'report', name), 'utf8');
      expect(text).not.toContain(canary);
      expect(text).not.toContain(loggedSessionToken.slice(0, 20));
    }
  });
});
