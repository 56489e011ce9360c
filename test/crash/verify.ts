import { expect } from 'vitest';
import * as z from 'zod';
import { historyEntrySchema, isUnbroken } from '#domain/history.ts';
import type { RemoteService } from '../support/service.ts';
import { auditedRequest, type Scenario, type Story } from './scenarios.ts';

const tagsSchema = z.array(z.object({ key: z.string(), value: z.string() }));

/** An AssumeRole of the notary role that was allowed. */
const attestationSchema = z
  .object({
    requestParameters: z.object({ roleSessionName: z.string(), tags: tagsSchema }),
    responseElements: z.object({ credentials: z.object({ accessKeyId: z.string() }) }),
  })
  .transform(({ requestParameters: { roleSessionName, tags }, responseElements }) => ({
    requestId: roleSessionName,
    hash: tags.find(({ key }) => key === 'cs:hash')?.value,
    accessKeyId: responseElements.credentials.accessKeyId,
  }));

/** Nothing lost, nothing doubled: what has to be true of a settled request however often the server died on the way. */
export async function verify({ server, id, restarts }: Story, { events, status }: Scenario): Promise<void> {
  const { service } = server;
  const request = await auditedRequest(service, id);
  expect(request.status).toBe(status);
  const history = z.array(historyEntrySchema).parse(request.history);
  expect(history.map(({ event }) => event)).toEqual(events);
  expect(isUnbroken(id, history)).toBe(true);

  const attestations = await attestationsOf(service, id);
  for (const { event, hash, notary } of history) {
    const mine = attestations.filter((attestation) => attestation.hash === hash);
    expect(
      mine.map(({ accessKeyId }) => accessKeyId),
      `the evidence of ${event}`,
    ).toContain(notary);
    // A crash between evidence and record makes the same statement once more, never another.
    expect(mine.length, `statements of ${event}`).toBeLessThanOrEqual(1 + restarts);
  }
  await verifyMails(service, { id, restarts });
}

async function verifyMails(
  service: RemoteService,
  { id, restarts }: { id: string; restarts: number },
): Promise<void> {
  const invitations = (await service.inbox()).filter((mail) => mail.requestId === id && mail.approvalToken);
  for (const [to, mails] of Map.groupBy(invitations, (mail) => mail.to[0])) {
    expect(mails.length, `invitations of ${to}`).toBeLessThanOrEqual(1 + restarts);
    expect(new Set(mails.map(({ approvalToken }) => approvalToken)).size).toBe(1);
  }
}

async function attestationsOf(service: RemoteService, id: string) {
  const records = await service.trail();
  const attestations = records.flatMap((record) => attestationSchema.safeParse(record).data ?? []);
  return attestations.filter((attestation) => attestation.requestId === id && attestation.hash !== undefined);
}
