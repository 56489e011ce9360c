import { type AccessRequest, evolve, historyHolds, type Occurrence } from '#domain/accessRequest.ts';
import type { CatalogueEntry } from '#domain/entitlement.ts';
import { RefusalError } from '#domain/errors.ts';
import { type Attester, attesters, type EventName, givesAccess } from '#domain/history.ts';
import type { Instant } from '#domain/instant.ts';
import { dueAt } from '#domain/nextStep.ts';
import type { Notarise } from '../adapters/notary.ts';
import type { StoredRequest } from '../adapters/requestItem.ts';
import type { RequestStore } from '../adapters/requestStore.ts';
import { log } from './log.ts';

export interface ChangePorts {
  store: RequestStore;
  notarise: Notarise;
}

export interface Circumstances {
  entry: CatalogueEntry | undefined;
  now: Instant;
}

/**
 * "No evidence, no access": writes an event to the record. One that gives access is notarised first, and refused when the
 * notary is; one that takes access away is written at once and notarised by `attest` right after.
 */
export async function change(
  ports: ChangePorts,
  before: StoredRequest,
  { occurrence, ...circumstances }: Circumstances & { occurrence: Occurrence },
): Promise<StoredRequest> {
  const evolved = evolve(before.request, occurrence);
  const request = givesAccess[occurrence.event]
    ? await notarised(ports, evolved, evolved.history.length - 1)
    : evolved;
  return saveAfter(ports, before, { ...before, request }, circumstances);
}

/** Writes what differs, with the time when the record has to be looked at again. */
export function saveAfter(
  { store }: Pick<ChangePorts, 'store'>,
  before: StoredRequest,
  after: StoredRequest,
  circumstances: Circumstances,
): Promise<StoredRequest> {
  return store.save(before, after, dueAt(after.request, after.upkeep, circumstances));
}

/**
 * Puts on record what this function may attest and what is not yet. Never fails: what took access away stays, and
 * `reconcile` tries again until the evidence stands.
 */
export async function attest(
  ports: ChangePorts,
  stored: StoredRequest,
  { by, ...circumstances }: Circumstances & { by: Attester },
): Promise<StoredRequest> {
  const mine: readonly EventName[] = attesters[by];
  const outstanding = stored.request.history.findIndex(
    // What gives access was notarised before it was written: one that lacks it was put in by a writer of the table.
    ({ event, notary }) => notary === undefined && mine.includes(event) && !givesAccess[event],
  );
  if (outstanding < 0) return stored;
  if (!historyHolds(stored.request)) {
    log('error', 'brokenHistory', { requestId: stored.request.terms.id });
    return stored;
  }
  try {
    const request = await notarised(ports, stored.request, outstanding);
    const saved = await keep(ports, stored, { request, circumstances, outstanding });
    return await attest(ports, saved, { by, ...circumstances });
  } catch (error) {
    log('error', 'attestLater', { requestId: stored.request.terms.id, error });
    return stored;
  }
}

async function notarised(
  { notarise }: ChangePorts,
  request: AccessRequest,
  index: number,
): Promise<AccessRequest> {
  const entry = request.history[index];
  if (!entry) throw new RangeError('There is no such history entry.');
  const notary = await notarise(request, entry);
  return { ...request, history: request.history.with(index, { ...entry, notary }) };
}

/** Keeps the notary's key id even when another function wrote in between: the evidence exists already. */
async function keep(
  ports: ChangePorts,
  stored: StoredRequest,
  {
    request,
    circumstances,
    outstanding,
  }: { request: AccessRequest; circumstances: Circumstances; outstanding: number },
): Promise<StoredRequest> {
  try {
    return await saveAfter(ports, stored, { ...stored, request }, circumstances);
  } catch (error) {
    if (!isConflict(error)) throw error;
    const entry = request.history[outstanding];
    const current = await ports.store.load(request.terms.id);
    const place = current?.request.history.findIndex(({ hash }) => hash === entry?.hash) ?? -1;
    if (!current || !entry || place < 0 || current.request.history[place]?.notary !== undefined)
      return current ?? stored;
    const joined = { ...current.request, history: current.request.history.with(place, entry) };
    return keep(ports, current, { request: joined, circumstances, outstanding: place });
  }
}

export const isConflict = (error: unknown): boolean =>
  error instanceof RefusalError && error.refusal.refused === 'conflict';

/** Tries again from a fresh read when somebody else wrote first: what happens is always decided from the record. */
export async function retryConflicts<Result>(attempt: () => Promise<Result>, tries = 5): Promise<Result> {
  try {
    return await attempt();
  } catch (error) {
    if (tries <= 1 || !isConflict(error)) throw error;
    return retryConflicts(attempt, tries - 1);
  }
}
