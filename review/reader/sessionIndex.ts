import { callerIdentityOf } from './callerIdentity.ts';
import type { Seconds } from './eventTime.ts';
import { type Fields, textOf } from './fields.ts';
import type { CallerIdentity } from './keptEvent.ts';

/** A session as far as one thread has seen it. */
export interface CollectedSession extends FirstRecord {
  /** Its place in the list of sessions. */
  number: number;
  /** Of a role called `countersign-…`. */
  managed: boolean;
}

/** A session and what its first record says of it: the first by time, then id, then content. */
interface FirstRecord extends SessionKey {
  at: Seconds;
  id: string;
  identity: CallerIdentity;
}

/** What tells sessions apart. */
export interface SessionKey {
  accessKeyId: string;
  arn: string;
}

interface SessionRecord extends Omit<FirstRecord, 'identity'> {
  /** `userIdentity` */
  caller: Fields;
}

/** Sessions by access key and ARN. */
export class SessionIndex {
  readonly sessions: CollectedSession[] = [];
  /** By key, the session that was asked for last: mostly a key has only one. */
  readonly #lastOfKey = new Map<string, CollectedSession>();
  readonly #byBoth = new Map<string, CollectedSession>();

  /** The session of a record. */
  sessionOf(record: SessionRecord): CollectedSession {
    const session = this.find(record.accessKeyId, record.arn);
    if (!session) return this.add({ ...record, identity: callerIdentityOf(record.caller) });
    if (record.at < session.at || (record.at === session.at && record.id <= session.id))
      takeEarlier(session, { ...record, identity: callerIdentityOf(record.caller) });
    return session;
  }

  /** Adds what another record, or another thread, tells of a session. */
  add({ accessKeyId, arn, at, id, identity }: FirstRecord): CollectedSession {
    const known = this.find(accessKeyId, arn);
    if (known) return takeEarlier(known, { at, id, identity });
    const managed = isManaged(arn);
    const session = { number: this.sessions.length, managed, accessKeyId, arn, at, id, identity };
    this.sessions.push(session);
    this.#lastOfKey.set(accessKeyId, session);
    this.#byBoth.set(`${accessKeyId} ${arn}`, session);
    return session;
  }

  find(accessKeyId: string, arn: string): CollectedSession | undefined {
    const last = this.#lastOfKey.get(accessKeyId);
    if (last === undefined || last.arn === arn) return last;
    const session = this.#byBoth.get(`${accessKeyId} ${arn}`);
    if (session) this.#lastOfKey.set(accessKeyId, session);
    return session;
  }
}

const sessionTypes = new Set<unknown>(['AssumedRole', 'FederatedUser']);

/** The key of a session, from `userIdentity`; undefined for calls outside of sessions. */
export function sessionKeyOf(caller: Fields): SessionKey | undefined {
  const callerArn = textOf(caller.arn) ?? '';
  // A session under a grant is not to hide behind a type that it has not.
  if (!sessionTypes.has(caller.type) && !isManaged(callerArn)) return undefined;
  const arn = callerArn || (textOf(caller.principalId) ?? '');
  const accessKeyId = textOf(caller.accessKeyId) ?? '';
  return arn === '' && accessKeyId === '' ? undefined : { accessKeyId, arn };
}

/** Whether it is a session of a role called `countersign-…`, by its ARN. */
export const isManaged = (arn: string): boolean => /:assumed-role\/countersign-/i.test(arn);

/** Keeps the first record of a session, in whatever order they are read. */
function takeEarlier(
  session: CollectedSession,
  { at, id, identity }: Pick<FirstRecord, 'at' | 'id' | 'identity'>,
): CollectedSession {
  const isEarlier =
    at !== session.at
      ? at < session.at
      : id !== session.id
        ? id < session.id
        : JSON.stringify(identity) < JSON.stringify(session.identity);
  return isEarlier ? Object.assign(session, { at, id, identity }) : session;
}
