import * as z from 'zod';
import { type AccessRequest, type Status, statuses } from '#domain/accessRequest.ts';
import type { Catalogue } from '#domain/catalogue.ts';
import { RefusalError, refuse } from '#domain/errors.ts';
import type { Identity } from '#domain/identity.ts';
import { requestIdSchema } from '#domain/terms.ts';
import { requesterKeyOf } from '../adapters/requestItem.ts';
import type { RequestStore } from '../adapters/requestStore.ts';
import type { ApiCall } from '../runtime/api.ts';
import { summaryOf } from './requestView.ts';
import { isAuditor, rolesIn } from './visibility.ts';

export const listRequestsQuery = z.strictObject({
  role: z.enum(['requester', 'approver', 'auditor']).default('requester'),
  status: z.enum(statuses).optional(),
  cursor: requestIdSchema.optional(),
});

type ListCall = ApiCall<undefined, z.output<typeof listRequestsQuery>>;

const pageSize = 25;

/**
 * `GET /v1/requests`: newest first. The index says only where to look; what is shown is read from the records and
 * checked for the caller. A page can be short, even empty, and still have a cursor.
 */
export async function listRequests(
  call: ListCall,
  { store, catalogue }: { store: RequestStore; catalogue: Catalogue },
) {
  const { role, status } = call.query;
  const ids = await idsFor(call, { store, catalogue });
  const requests = (await store.loadAll(ids)).map(({ request }) => request);
  const visible = (request: AccessRequest): boolean =>
    (status === undefined || request.status === status) && rolesIn(catalogue, request, call)[role];
  return {
    items: requests.filter(visible).map((request) => summaryOf(catalogue, request)),
    ...(ids.length === pageSize && { cursor: ids.at(-1) }),
  };
}

async function idsFor(
  { who, query: { role, status, cursor } }: ListCall,
  { store, catalogue }: { store: RequestStore; catalogue: Catalogue },
): Promise<string[]> {
  const page = { before: cursor, limit: pageSize };
  if (role === 'requester') return store.list({ requester: requesterKeyOf(who) }, page);
  if (role === 'approver') return who.kind === 'human' ? store.list({ approver: who.email }, page) : [];
  requireAuditor(catalogue, who);
  const wanted: readonly Status[] = status ? [status] : statuses;
  const lists = await Promise.all(wanted.map((each) => store.list({ status: each }, page)));
  // A request that changes status meanwhile can turn up in two lists.
  return [...new Set(lists.flat())].sort().reverse().slice(0, pageSize);
}

function requireAuditor(catalogue: Catalogue, who: Identity): void {
  if (!isAuditor(catalogue, who))
    throw new RefusalError(refuse('not_allowed', 'Only auditors may list every request.'));
}
