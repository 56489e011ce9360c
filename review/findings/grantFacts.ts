import type { CatalogueEntry } from '#domain/entitlement.ts';
import { addSeconds, type Instant, latest } from '#domain/instant.ts';
import { lastPossibleAccess, madeAtOf } from '#domain/lastPossibleAccess.ts';
import { requestIdSchema } from '#domain/terms.ts';
import type { Grant } from '../grants/grant.ts';
import { rememberedOf } from '../sessions/remembered.ts';
import type { Material, Observation } from './finding.ts';

/**
 * CloudTrail's clock against that of the functions, and one region's against another's: seconds by which two instants that
 * mean the same may differ.
 */
export const clockTolerance = 2;

/** An API function attests within its 29 seconds what the record dates to when the call came in. */
export const attestationSeconds = 60;

/** An observation about a grant: it counts from then on, for every period that the grant reaches into. */
export const aboutGrant = (
  grant: Grant,
  observation: Omit<Observation, 'subject' | 'requestId'> & { subject?: string },
): Observation => ({
  until: latest(lastMomentOf(grant), ...(observation.at === undefined ? [] : [observation.at])),
  ...observation,
  subject: observation.subject ?? grant.id,
  requestId: grant.id,
});

/** The catalogue's entry for what was asked for, as it was then; undefined where the review was not given that catalogue. */
export const entryOf = (
  { catalogues }: Pick<Material, 'catalogues'>,
  { catalogue, entitlement }: Pick<Grant, 'catalogue' | 'entitlement'>,
): CatalogueEntry | undefined => catalogues.get(catalogue)?.entries.get(entitlement);

/** Whether it came to a grant: its chain has a window, or somebody got a session. What hangs loose from the chain grants nothing. */
export const wasGranted = ({ chain, sessions }: Grant): boolean =>
  sessions.length > 0 || chain.links.some(({ evidence }) => evidence.start !== undefined);

/** Whether all of its evidence is there and in order, so that what is not in it did not happen. */
export const isWhole = ({ chain }: Grant): boolean => chain.faults.length === 0;

/** When and by what a grant ended before its time was out. */
export function earlyEndOf({ end, window }: Grant): NonNullable<Grant['end']> | undefined {
  if (!end || end.event === 'ended') return undefined;
  return window && end.at >= window.endsAt ? undefined : end;
}

/**
 * Whether the request was made before the logs begin, so that its beginning cannot be among them. Its id says when; one from so
 * long ago that nothing of it could be alive is no excuse.
 */
export function beganBeforeLogs({ id }: Pick<Grant, 'id'>, { trail }: Pick<Material, 'trail'>): boolean {
  const { first } = trail.completeness;
  if (first === undefined || !requestIdSchema.safeParse(id).success) return false;
  const madeAt = madeAtOf(id);
  return madeAt < addSeconds(first, -clockTolerance) && lastPossibleAccess(madeAt) >= first;
}

/** Until when a grant reaches. Remembered, since one of many sessions can have as many findings. */
export const lastMomentOf = rememberedOf(({ requestedAt, window, sessions, closedAt }: Grant): Instant => {
  const moments = [
    window?.endsAt ?? requestedAt,
    closedAt ?? requestedAt,
    ...sessions.flatMap(({ issuedAt, activity }) => [issuedAt, ...activity.map(({ last }) => last)]),
  ];
  return moments.reduce((greatest, moment) => latest(greatest, moment), requestedAt);
});
