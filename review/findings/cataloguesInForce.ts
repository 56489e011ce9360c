import type { Catalogue } from '#domain/catalogue.ts';
import { earliest, type Instant, latest } from '#domain/instant.ts';
import type { Grant } from '../grants/grant.ts';
import type { Material } from './finding.ts';

/**
 * Catalogues beside the one that it was asked for under that may have been in force between a request and its last session. Requests
 * show when a catalogue was in force; one that no request names may have been at any time, and the reviewer says it was. The entry
 * has to be the same: else the request would have failed.
 */
export function laterCatalogues(
  grant: Grant,
  { grants, catalogues }: Pick<Material, 'grants' | 'catalogues'>,
): Catalogue[] {
  const asked = catalogues.get(grant.catalogue);
  if (!asked) return [];
  const digestIn = ({ entries }: Catalogue): string | undefined =>
    entries.get(grant.entitlement)?.entitlementDigest;
  return [...catalogues.values()]
    .filter(({ digest }) => digest !== grant.catalogue)
    .filter((catalogue) => digestIn(catalogue) === digestIn(asked))
    .filter(({ digest }) => mayHaveBeenInForce(digest, grant, grants));
}

function mayHaveBeenInForce(digest: string, grant: Grant, grants: readonly Grant[]): boolean {
  const uses = grants.filter((other) => other.catalogue === digest).map(({ requestedAt }) => requestedAt);
  if (uses.length === 0) return true;
  const from = grant.requestedAt;
  const moments = [...grant.sessions.map(({ issuedAt }) => issuedAt), ...grant.decisions.map(({ at }) => at)];
  const to = moments.reduce((last, moment) => latest(last, moment), from);
  if (uses.some((at) => at >= from && at <= to)) return true;
  const later = uses.filter((at) => at > to);
  if (later.length === 0) return false;
  const next = later.reduce((first, moment) => earliest(first, moment));
  return !isAnotherBetween(grants, digest, { from: to, to: next });
}

/** Whether requests under other catalogues show that this one came into force only later. */
const isAnotherBetween = (
  grants: readonly Grant[],
  digest: string,
  { from, to }: { from: Instant; to: Instant },
): boolean =>
  grants.some(({ catalogue, requestedAt }) => catalogue !== digest && requestedAt > from && requestedAt < to);
