import type { AccessRequest } from '#domain/accessRequest.ts';
import { evidenceOf } from '#review/grants/evidence.ts';
import { grantsOf } from '#review/grants/grants.ts';
import { listInput } from '#review/reader/logInput.ts';
import { readTrail } from '#review/reader/readTrail.ts';
import { issuancesOf } from '#review/sessions/issuances.ts';
import { reviewSessions } from '#review/sessions/sessions.ts';
import { aCatalogue } from '../support/builders.ts';
import { anOrdersRequest, eventually, type Service, untilStatus } from '../support/service.ts';
import type { RequestTable } from '../support/table.ts';

/** carol helps herself in an emergency; bob reviews it. */
export async function brokenGlass(service: Service): Promise<string> {
  const wish = { entitlement: 'orders-admin', breakGlass: true, duration: 'PT15M' };
  const { id } = await anOrdersRequest(service, wish, 'carol');
  await untilStatus(service, 'carol', id, 'active');
  await service.as('bob').post(`/v1/requests/${id}/review`, { verdict: 'justified', comment: 'It was down' });
  return id;
}

/** The record of a request once its last link is there, and all of its history is attested. */
export const closedRequest = (service: Service, table: RequestTable, id: string): Promise<AccessRequest> =>
  eventually(`the last link of ${id}`, async () => {
    await service.server.host.quiet();
    const { request } = await table.load(id);
    const isAttested = request.history.every(({ notary }) => notary);
    if (request.history.at(-1)?.event === 'closed' && isAttested) return request;
    await service.advance('PT1M');
    return undefined;
  });

/** What a review makes of the log files that the server wrote, as far as its grants. */
export async function reviewedTrail(directory: string) {
  const input = await listInput(directory);
  const trail = await readTrail(input, { workers: 1, hashContents: false });
  const issuances = issuancesOf(trail);
  const sessions = reviewSessions(trail, issuances);
  const evidence = evidenceOf(issuances);
  const catalogue = aCatalogue();
  const catalogues = new Map([[catalogue.digest, catalogue]]);
  const grants = grantsOf({ evidence, issuances, sessions, catalogues });
  return { input, trail, issuances, sessions, evidence, catalogues, grants };
}
