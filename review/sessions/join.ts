import { addSeconds, earliest, type Instant } from '#domain/instant.ts';
import type { KeptEvent } from '../reader/keptEvent.ts';
import type { TrailSession } from '../reader/trail.ts';
import type { IssuanceIndex } from './issuanceIndex.ts';
import { isWholeKey } from './issuedCredentials.ts';
import { livingIn } from './lives.ts';
import type { Joined } from './reviewedSession.ts';
import { linkedService } from './serviceRoles.ts';
import { firstTwo } from './timeOrder.ts';

/** A session as far as its own records tell of it. */
export type Sought = Pick<TrailSession, 'arn' | 'accessKeyId' | 'identity' | 'calls' | 'first' | 'last'>;

/** By how many seconds the clocks of two AWS services may differ. Where the key or the time of creation tells, none matter. */
const clockSeconds = 5;

/**
 * Joins a session to the call that issued it. The first of these that fits one call decides: the access key; session ARN and
 * creation time; session ARN and source identity while the credentials lived; a service-linked role.
 */
export function join(session: Sought, index: IssuanceIndex): Joined {
  const steps = [byAccessKey, byArnAndTime, bySourceIdentity];
  let several = false;
  for (const step of steps) {
    const found = step(session, index);
    if (typeof found === 'object') return found;
    several ||= found === 'several';
  }
  if (linkedService(session) !== undefined) return { joinedBy: 'serviceLinked' };
  return { joinedBy: several ? 'ambiguous' : 'unresolved' };
}

/** The session in which an event was called: undefined where no session called it. */
export function callingSession({ caller, at }: KeptEvent): Sought | undefined {
  const { arn, accessKeyId } = caller;
  const isSession = arn !== undefined && /:(assumed-role|federated-user)\//.test(arn);
  return isSession ? { arn, accessKeyId, identity: caller, calls: 1, first: at, last: at } : undefined;
}

type Found = Joined | 'none' | 'several';

/**
 * AWS gives no key twice: where several calls returned it, somebody changed the logs, or masked keys alike. A key decides also
 * against the ARN of the session, which exports may have changed.
 */
function byAccessKey({ accessKeyId }: Sought, index: IssuanceIndex): Found {
  const [issuance, another] = isWholeKey(accessKeyId) ? (index.byKey.get(accessKeyId) ?? []) : [];
  if (!issuance) return 'none';
  return another ? 'several' : { joinedBy: 'accessKey', issuance };
}

function byArnAndTime(session: Sought, index: IssuanceIndex): Found {
  const createdAt = creationOf(session, index);
  if (createdAt === undefined) return 'none';
  const then = { from: createdAt, to: createdAt };
  const [issuance, another] = firstTwo(index.byArn.get(session.arn) ?? [], then);
  const [signIn, anotherSignIn] = firstTwo(index.switches.get(session.arn) ?? [], then);
  if (!issuance && !signIn) return 'none';
  if (another || (!issuance && anotherSignIn) || holdsSeveral(session, index)) return 'several';
  return { joinedBy: 'arnAndTime', issuance, signIn };
}

/** A switch of roles is logged under the session that it opens, without that session's creation time: it is the creation. */
function creationOf({ arn, identity, first }: Sought, index: IssuanceIndex): Instant | undefined {
  if (identity.createdAt !== undefined) return identity.createdAt;
  return firstTwo(index.switches.get(arn) ?? [], { from: first, to: first })[0]?.event.at;
}

/** Without a key, all that was done under one ARN counts as one session, whichever of the ARN's sessions it was done in. */
function holdsSeveral({ arn, accessKeyId, calls, first, last }: Sought, index: IssuanceIndex): boolean {
  if (isWholeKey(accessKeyId) || calls === 1) return false;
  const switches = firstTwo(index.switches.get(arn) ?? [], { from: first, to: last });
  return switches.length > 1 || livingIn(index.lives(arn), { issuedBy: last, aliveAt: first }) === 'several';
}

/** Console sessions have keys of their own, and some records no creation time. */
function bySourceIdentity({ arn, identity, first, last }: Sought, index: IssuanceIndex): Found {
  const { sourceIdentity, createdAt = first } = identity;
  const lives = sourceIdentity === undefined ? undefined : index.livesByPerson(arn).get(sourceIdentity);
  if (!lives) return 'none';
  const issuedBy = addSeconds(earliest(createdAt, first), clockSeconds);
  const found = livingIn(lives, { issuedBy, aliveAt: last });
  return typeof found === 'object' ? { joinedBy: 'sourceIdentity', issuance: found } : found;
}
