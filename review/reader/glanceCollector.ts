import { callerIdentityOf } from './callerIdentity.ts';
import type { Action, EventCollector } from './eventCollector.ts';
import { readUuid, uuidLength } from './eventId.ts';
import { type Seconds, secondsAt, timeLength } from './eventTime.ts';
import { type Fields, fieldsOf } from './fields.ts';
import type { FileSummary } from './fileSummary.ts';
import { mayGiveCredentials, mayMention } from './keptEvents.ts';
import type { KnownCaller, KnownCallers } from './knownCallers.ts';
import { field, type RecordGlance } from './recordGlance.ts';
import { type CollectedSession, isManaged, sessionKeyOf } from './sessionIndex.ts';
import { Slots } from './slots.ts';

/**
 * Takes in the records that need no more than a glance, which are most: nothing is kept of them, and they are no calls of a
 * session under a grant. It comes to the same as if they were parsed.
 */
export class GlanceCollector {
  readonly #collector: EventCollector;
  readonly #actions = new Slots<Action>();
  readonly #callers: KnownCallers;
  readonly #id = new Uint32Array(4);

  constructor(collector: EventCollector, callers: KnownCallers) {
    this.#collector = collector;
    this.#callers = callers;
  }

  /** Answers false where the record has to be parsed. */
  add(glance: RecordGlance, file: FileSummary): boolean {
    const action = this.#actionOf(glance);
    if (action?.interest !== 'mentions' || isOfInterest(glance)) return false;
    const time = glance.startOfText(field.eventTime, timeLength);
    const at = time === -1 ? undefined : secondsAt(glance.bytes, time);
    const uuid = glance.startOfText(field.eventID, uuidLength);
    if (at === undefined || uuid === -1 || !readUuid(glance.bytes, uuid, this.#id)) return false;
    const caller = this.#callerOf(glance);
    if (!caller) return false;
    const session = this.#sessionOf(glance, caller, at);
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

  /** Undefined where it cannot be told, and for sessions under a grant, of which more is asked. */
  #callerOf(glance: RecordGlance): KnownCaller | undefined {
    if (glance.caller) return glance.caller;
    const json = glance.json(field.userIdentity);
    return this.#callers.find(json) ?? this.#newCaller(json);
  }

  #newCaller(json: Buffer): KnownCaller | undefined {
    const fields = fieldsIn(json);
    const key = fields && sessionKeyOf(fields);
    if (!fields || (key && isManaged(key.arn))) return undefined;
    return this.#callers.add({ json, key, identity: callerIdentityOf(fields), session: undefined });
  }

  /** The session of a caller, who may be at its first call so far or at an earlier one. */
  #sessionOf(glance: RecordGlance, caller: KnownCaller, at: Seconds): CollectedSession | undefined {
    const { key, identity, session } = caller;
    if (!key || (session && at > session.at)) return session;
    const id = glance.text(field.eventID) ?? '';
    caller.session = this.#collector.sessions.add({ ...key, at, id, identity });
    return caller.session;
  }
}

/** What `userIdentity` says; undefined where it is not JSON. */
function fieldsIn(json: Buffer): Fields | undefined {
  if (json.length === 0) return {};
  try {
    return fieldsOf(JSON.parse(json.toString())) ?? {};
  } catch {
    return undefined;
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
