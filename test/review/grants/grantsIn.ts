import type { Catalogue } from '#domain/catalogue.ts';
import { type Evidence, evidenceOf, unreadableEvidence } from '#review/grants/evidence.ts';
import type { ChainFault, Grant } from '#review/grants/grant.ts';
import { grantsOf } from '#review/grants/grants.ts';
import type { RecordedEntries } from '#review/grants/happened.ts';
import { trailOfRecords } from '#review/reader/trailOfRecords.ts';
import type { Issuance } from '#review/sessions/issuance.ts';
import { issuancesOf } from '#review/sessions/issuances.ts';
import { reviewSessions } from '#review/sessions/sessions.ts';
import type { CloudTrailRecord } from '../records.ts';
import { catalogue } from './stories.ts';

const byDigest = (...catalogues: Catalogue[]): ReadonlyMap<string, Catalogue> =>
  new Map(catalogues.map((one) => [one.digest, one]));

interface GrantOptions {
  catalogues?: Catalogue[];
  recorded?: RecordedEntries;
}

/** The grants that records show, with the catalogue of the stories at hand. */
export function grantsIn(
  records: readonly CloudTrailRecord[],
  { catalogues = [catalogue], recorded }: GrantOptions = {},
): Grant[] {
  const trail = trailOfRecords([...records]);
  const issuances = issuancesOf(trail);
  return grantsOf({
    evidence: evidenceOf(issuances),
    issuances,
    sessions: reviewSessions(trail, issuances),
    catalogues: byDigest(...catalogues),
    recorded,
  });
}

/** The only grant that records show. */
export function grantIn(records: readonly CloudTrailRecord[], options?: GrantOptions): Grant {
  const [grant, ...more] = grantsIn(records, options);
  if (!grant || more.length > 0) throw new Error(`There are ${more.length + (grant ? 1 : 0)} grants.`);
  return grant;
}

export const evidenceIn = (records: readonly CloudTrailRecord[]): Evidence[] =>
  evidenceOf(issuancesOf(trailOfRecords([...records])));

export const unreadableIn = (records: readonly CloudTrailRecord[]): Issuance[] =>
  unreadableEvidence(issuancesOf(trailOfRecords([...records])));

/** `requested approved issued`: what a chain consists of. */
export const storyOf = ({ chain }: Grant): string =>
  chain.links.map(({ evidence }) => evidence.event).join(' ');

/** `requested recomputed, revoked unknowable`: what is proven of each link. */
export const contentsOf = ({ chain }: Grant): string =>
  chain.links.map(({ evidence, content }) => `${evidence.event} ${content}`).join(', ');

export const faultsOf = ({ chain }: Grant): ChainFault['kind'][] => chain.faults.map(({ kind }) => kind);
