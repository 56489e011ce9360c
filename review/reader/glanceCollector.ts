import type { Action, EventCollector } from './eventCollector.ts';
import { readUuid, uuidLength } from './eventId.ts';
import { type Seconds, secondsAt, timeLength } from './eventTime.ts';
import type { FileSummary } from './fileSummary.ts';
import { mayGiveCredentials, mayMention } from './keptEvents.ts';
import { field, type RecordGlance } from './recordGlance.ts';
import { type CollectedSession, mayBeManaged } from './sessionIndex.ts';
import { Slots } from './slots.ts';

/**
 * Takes in the records that need no more than a glance, which are most: nothing is kept of them, and they are calls of a
 * session that is known already, or of none. It comes to the same as if they were parsed.
 */
export class GlanceCollector {
  readonly #collector: EventCollector;
  readonly #actions = new Slots<Action>();
  readonly #sessions = new Slots<CollectedSession>();
  readonly #id = new Uint32Array(4);

  constructor(collector: EventCollector) {
    this.#collector = collector;
  }

  /** Answers false where the record has to be parsed. */
  add(glance: RecordGlance, file: FileSummary): boolean {
    const action = this.#actionOf(glance);
    if (action?.interest !== 'mentions' || isOfInterest(glance)) return false;
    const time = glance.startOfText(field.eventTime, timeLength);
    const at = time === -1 ? undefined : secondsAt(glance.bytes, time);
    const session = at === undefined ? undefined : this.#sessionOf(glance, at);
    const uuid = glance.startOfText(field.eventID, uuidLength);
    if (at === undefined || session === undefined || uuid === -1) return false;
    if (!readUuid(glance.bytes, uuid, this.#id)) return false;
    this.#collector.addCounted({ id: this.#id, at, action, session, file });
    return true;
  }

  /** Undefined where it cannot be told. */
  #actionOf(glance: RecordGlance): Action | undefined {
    const hash = glance.hash(field.errorCode, glance.hash(field.eventSource, glance.hash(field.eventName)));
    const seen = this.#actions.at(hash);
    if (seen && isAction(glance, seen)) return seen;
    const [name, source] = [glance.text(field.eventName), glance.text(field.eventSource)];
    const errorCode = glance.isAbsent(field.errorCode) ? '' : glance.text(field.errorCode);
    if (name === undefined || source === undefined || errorCode === undefined) return undefined;
    const action = this.#collector.actionOf(name, source, errorCode);
    this.#actions.put(hash, action);
    return action;
  }

  /** The session, null for none; undefined where it cannot be told, or where the record may be its first. */
  #sessionOf(glance: RecordGlance, at: Seconds): CollectedSession | null | undefined {
    if (!glance.isText(field.type, 'AssumedRole') && !glance.isText(field.type, 'FederatedUser'))
      return glance.matches(field.arn, mayBeManaged) ? undefined : null;
    const session = this.#knownSession(glance);
    return session && !session.managed && at > session.at ? session : undefined;
  }

  #knownSession(glance: RecordGlance): CollectedSession | undefined {
    const hash = glance.hash(field.accessKeyId);
    const seen = this.#sessions.at(hash);
    if (seen && glance.isText(field.accessKeyId, seen.accessKeyId) && glance.isText(field.arn, seen.arn))
      return seen;
    const [accessKeyId, arn] = [glance.text(field.accessKeyId), glance.text(field.arn)];
    if (accessKeyId === undefined || !arn) return undefined;
    const session = this.#collector.sessions.find(accessKeyId, arn);
    if (session) this.#sessions.put(hash, session);
    return session;
  }
}

function isAction(glance: RecordGlance, { name, source, errorCode }: Action): boolean {
  const isOutcome =
    errorCode === '' ? glance.isAbsent(field.errorCode) : glance.isText(field.errorCode, errorCode);
  return isOutcome && glance.isText(field.eventName, name) && glance.isText(field.eventSource, source);
}

/** Whether a record may have to be kept, or corrects another. */
function isOfInterest(glance: RecordGlance): boolean {
  if (!glance.isAbsent(field.addendum) || glance.matches(field.responseElements, mayGiveCredentials))
    return true;
  return (
    !glance.is(field.readOnly, 'true') &&
    (glance.matches(field.requestParameters, mayMention) ||
      glance.matches(field.resources, mayMention) ||
      glance.matches(field.errorMessage, mayMention))
  );
}
