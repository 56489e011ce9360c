import type { ClosedRequest } from '#domain/accessRequest.ts';
import { denySession, fitsPolicy, isDenied, nextBoundary } from '#domain/denyList.ts';
import type { CatalogueEntry } from '#domain/entitlement.ts';
import type { Instant } from '#domain/instant.ts';
import type { WriteBoundary } from '../adapters/boundary.ts';
import type { DenyLists } from '../adapters/denyLists.ts';
import type { StoredRequest } from '../adapters/requestItem.ts';
import type { Workflow } from '../adapters/workflow.ts';
import { type ChangePorts, retryConflicts, saveAfter } from '../runtime/change.ts';
import { wakeQuietly } from '../runtime/wake.ts';

export interface DenyPorts extends ChangePorts {
  denyLists: DenyLists;
  writeBoundary: WriteBoundary;
  workflow: Workflow;
  entryOf: (stored: StoredRequest) => CatalogueEntry | undefined;
}

/**
 * Denies a grant's sessions in the boundary of their role: the list first (conditional write), then the policy rendered
 * from the list as it stands, so that concurrent revokes lose nothing. Can be run again after a crash at any point.
 */
export async function denySessions(
  ports: DenyPorts,
  { terms, session }: ClosedRequest,
  { until, now }: { until: Instant; now: Instant },
): Promise<void> {
  const { roleArn, id: requestId } = terms;
  // Without a session the entry answers a record that is rolled back to before its end.
  const early = { requestId, until, issuedAt: session?.issuedAt, stsExpiresAt: session?.stsExpiresAt };
  const { issuedBefore } = await retryConflicts(async () => {
    const { list, version } = await ports.denyLists.load(roleArn);
    if (isDenied(list, early) && fitsPolicy(list, now)) return list;
    const next = denySession(list, early, now);
    await ports.denyLists.save(roleArn, next, version);
    return next;
  });
  await renderBoundary(ports, { roleArn, requestId, now });
  if (issuedBefore) await reissueOthers(ports, { roleArn, requestId, now, issuedBefore });
}

/**
 * Writes the boundary from the list and from what stands in force. Should the list grow while the policy is written, it is
 * rendered again: an older text must not stand over a newer list.
 */
export async function renderBoundary(
  ports: Pick<DenyPorts, 'denyLists' | 'writeBoundary'>,
  { roleArn, requestId, now }: { roleArn: string; requestId: string; now: Instant },
): Promise<void> {
  const { list, version } = await ports.denyLists.load(roleArn);
  const render = (inForce: string): string => nextBoundary(list, inForce, { requestId, now });
  await ports.writeBoundary({ roleArn, requestId, render });
  const current = await ports.denyLists.load(roleArn);
  if (current.version !== version) await renderBoundary(ports, { roleArn, requestId, now });
}

interface WholeRoleDeny {
  roleArn: string;
  requestId: string;
  now: Instant;
  issuedBefore: Instant;
}

/** After a whole-role deny the role's other active grants get new sessions at once: two grants never share fate. */
async function reissueOthers(ports: DenyPorts, deny: WholeRoleDeny): Promise<void> {
  let before: string | undefined;
  do {
    const ids = await ports.store.list({ status: 'active' }, { before, limit: 100 });
    const actives = await ports.store.loadAll(ids.filter((id) => id !== deny.requestId));
    for (const stored of actives) if (isCutOff(stored, deny)) await reissue(ports, stored, deny);
    before = ids.length === 100 ? ids.at(-1) : undefined;
  } while (before !== undefined);
}

const isCutOff = ({ request }: StoredRequest, { roleArn, issuedBefore }: WholeRoleDeny): boolean =>
  request.status === 'active' && request.terms.roleArn === roleArn && request.session.issuedAt < issuedBefore;

/** Due from the second on in which the boundary lets new sessions through. */
async function reissue(
  ports: DenyPorts,
  { request: { terms } }: StoredRequest,
  deny: WholeRoleDeny,
): Promise<void> {
  const { now, issuedBefore } = deny;
  const saved = await retryConflicts(async () => {
    const stored = await ports.store.load(terms.id);
    if (stored?.request.status !== 'active' || !isCutOff(stored, deny)) return undefined;
    const request = { ...stored.request, session: { ...stored.request.session, reissueAt: issuedBefore } };
    return saveAfter(ports, stored, { ...stored, request }, { entry: ports.entryOf(stored), now });
  });
  if (saved) await wakeQuietly(ports.workflow, saved, 'issue');
}
