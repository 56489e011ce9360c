import * as z from 'zod';
import { addSeconds, type Instant, instantSchema, latest } from './instant.ts';
import { lastPossibleAccess, madeAtOf, maximumSessionSeconds } from './lastPossibleAccess.ts';
import { requestIdSchema } from './terms.ts';

/** IAM: characters of a managed policy, white space not counted. */
const maximumPolicySize = 6_144;

/** What one role's boundary policy denies: the sessions of grants that ended early. */
export const denyListSchema = z.strictObject({
  entries: z.array(z.strictObject({ requestId: requestIdSchema, until: instantSchema })),
  /** When the list was full: every session issued before this instant is denied. */
  issuedBefore: instantSchema.optional(),
});

export type DenyList = z.infer<typeof denyListSchema>;
export type DenyEntry = DenyList['entries'][number];

export const emptyDenyList: DenyList = { entries: [] };

/** A grant that ended early, as far as the deny list needs it. */
export interface EarlyEnd extends DenyEntry {
  /** By the clock of STS; absent when there never was a session. */
  issuedAt: Instant | undefined;
  stsExpiresAt: Instant | undefined;
}

/** Whether the list denies the grant's sessions already: by name, or because it denies every session of that time. */
export const isDenied = (
  { entries, issuedBefore }: DenyList,
  { requestId, until, issuedAt }: EarlyEnd,
): boolean =>
  entries.some((entry) => entry.requestId === requestId && entry.until >= until) ||
  (issuedBefore !== undefined && issuedAt !== undefined && issuedAt < issuedBefore);

/**
 * The list with an entry more, and without those that have served their time. When it no longer fits the policy, the
 * whole role's sessions up to now are denied instead and the entries that end first make room; a session that is dead
 * anyway is not worth that.
 */
export function denySession(
  list: DenyList,
  { requestId, until, stsExpiresAt }: EarlyEnd,
  now: Instant,
): DenyList {
  const current = prune(list, now);
  const others = current.entries.filter((entry) => entry.requestId !== requestId);
  const next = {
    ...current,
    entries: [...others, { requestId, until }].sort((a, b) => (a.until < b.until ? 1 : -1)),
  };
  if (boundaryPolicy(next).length <= maximumPolicySize) return next;
  if (stsExpiresAt === undefined || stsExpiresAt <= now) return current;
  // A second ahead: sessions of this very second are denied too, and whoever is issued again waits for it.
  const cut = addSeconds(now, 1);
  const full = { ...next, issuedBefore: latest(cut, next.issuedBefore ?? cut) };
  while (boundaryPolicy(full).length > maximumPolicySize) full.entries = full.entries.slice(0, -1);
  return full;
}

/** The list without what has served its time: no session outlives the one hour of role chaining. */
export function prune({ entries, issuedBefore }: DenyList, now: Instant): DenyList {
  return {
    entries: entries.filter(({ until }) => until > now),
    ...(issuedBefore && addSeconds(issuedBefore, maximumSessionSeconds) > now && { issuedBefore }),
  };
}

/** Whether the list, without what has served its time, fits one policy. */
export const fitsPolicy = (list: DenyList, now: Instant): boolean =>
  boundaryPolicy(prune(list, now)).length <= maximumPolicySize;

/**
 * The boundary's next text: the list, and what stands in the text in force for as long as a session of it could live. The
 * table has the list, the target account the text: who writes the one takes nobody off the other. When both do not fit, what
 * the list names and the text does not makes room first, then the oldest requests. The request that is ended now stays:
 * each is rendered for itself once.
 */
export function nextBoundary(
  list: DenyList,
  inForce: string,
  { requestId: ended, now }: { requestId: string; now: Instant },
): string {
  const { entries, issuedBefore } = prune(list, now);
  const standing = standingEntries(inForce, now);
  const isIn = (others: readonly DenyEntry[], { requestId }: DenyEntry): boolean =>
    others.some((entry) => entry.requestId === requestId);
  const all = [...entries, ...standing.filter((entry) => !isIn(entries, entry))];
  const rankOf = (entry: DenyEntry): number => {
    if (entry.requestId === ended) return 0;
    if (!isIn(standing, entry)) return 3;
    return isIn(entries, entry) ? 1 : 2;
  };
  const cuts = [issuedBefore, standingCut(inForce, now)].filter((cut) => cut !== undefined).sort();
  const policyOf = (denied: DenyEntry[]): string =>
    boundaryPolicy({ entries: denied, issuedBefore: cuts.at(-1) });
  let kept = all.toSorted((a, b) => rankOf(a) - rankOf(b));
  while (policyOf(kept).length > maximumPolicySize) kept = kept.slice(0, -1);
  // In one order whoever is ended: another text would be another version of the policy.
  return policyOf(all.filter((entry) => kept.includes(entry)));
}

/** Whom the text in force names and who could still have a session, the newest first. */
const standingEntries = (inForce: string, now: Instant): DenyEntry[] =>
  [...inForce.matchAll(/"\*:([0-7][0-9A-HJKMNP-TV-Z]{25})"/g)]
    .map(([, requestId = '']) => ({ requestId, until: lastPossibleAccess(madeAtOf(requestId)) }))
    // An id of the future was never given out: such an entry would stand for ever.
    .filter(({ requestId, until }) => until > now && madeAtOf(requestId) <= now)
    .sort((a, b) => (a.requestId < b.requestId ? 1 : -1));

/** The whole-role cut in force, unless it has served its time or none of ours: those are a second ahead at most. */
function standingCut(inForce: string, now: Instant): Instant | undefined {
  const cut = /"aws:TokenIssueTime":\s*"([^"]+)"/.exec(inForce)?.[1];
  const isOurs = instantSchema.safeParse(cut).success && cut !== undefined && cut <= addSeconds(now, 60);
  return isOurs ? prune({ entries: [], issuedBefore: cut }, now).issuedBefore : undefined;
}

/**
 * The boundary policy's text: Allow everything, so that it never grants nor limits anything, and the deny list. All sessions of a
 * grant carry its request id as their name, so one pattern on `aws:userid` denies them all, whatever their role id.
 */
export function boundaryPolicy({
  entries,
  issuedBefore,
}: Pick<DenyList, 'entries'> & { issuedBefore?: Instant | undefined }): string {
  const everything = { Action: '*', Resource: '*' };
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', ...everything },
      ...(entries.length > 0
        ? [
            {
              Effect: 'Deny',
              ...everything,
              Condition: { StringLike: { 'aws:userid': entries.map(({ requestId }) => `*:${requestId}`) } },
            },
          ]
        : []),
      ...(issuedBefore
        ? [
            {
              Effect: 'Deny',
              ...everything,
              Condition: { DateLessThan: { 'aws:TokenIssueTime': issuedBefore } },
            },
          ]
        : []),
    ],
  });
}
