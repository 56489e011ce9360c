import { hashOfBytes, isJsonAt } from './jsonBytes.ts';
import type { CallerIdentity } from './keptEvent.ts';
import type { CollectedSession, SessionKey } from './sessionIndex.ts';
import { Slots } from './slots.ts';

/** What the `userIdentity` of a record says, once it was parsed. */
export interface KnownCaller {
  /** As it stands in the record. */
  json: Buffer;
  identity: CallerIdentity;
  /** Undefined for calls outside of sessions. */
  key: SessionKey | undefined;
  /** Undefined before its first record too. */
  session: CollectedSession | undefined;
}

/** Longer ones are parsed each time: they are not to fill the memory. */
const longest = 2048;

/** Where in `userIdentity` callers begin to differ, and how much of it tells most of them apart. */
const telling = { from: 40, to: 72 };

/**
 * Callers by the bytes of their `userIdentity`, which is a third of most records and the same in all calls of a session: to compare it takes
 * a tenth of the time that it takes to read it.
 */
export class KnownCallers {
  /** By how it begins: the one that was met last. */
  readonly #byBeginning = new Slots<KnownCaller>();
  readonly #byContent = new Slots<KnownCaller>();

  /** The caller whose `userIdentity` begins at `start`, if it is the last one that begins like this. */
  at(bytes: Buffer, start: number): KnownCaller | undefined {
    const caller = this.#byBeginning.at(hashOfBeginning(bytes, start));
    return caller && isJsonAt(bytes, start, caller.json) ? caller : undefined;
  }

  /** The caller with this `userIdentity`. */
  find(json: Buffer): KnownCaller | undefined {
    const caller = this.#byContent.at(hashOfBytes(json, 0, json.length));
    if (!caller?.json.equals(json)) return undefined;
    this.#byBeginning.put(hashOfBeginning(json, 0), caller);
    return caller;
  }

  /** Answers the caller. */
  add(caller: KnownCaller): KnownCaller {
    const { json } = caller;
    if (json.length > longest) return caller;
    // In memory of its own: a share of node's would keep all of that, sixteen times as much.
    const known = { ...caller, json: Buffer.allocUnsafeSlow(json.length) };
    json.copy(known.json);
    this.#byContent.put(hashOfBytes(json, 0, json.length), known);
    this.#byBeginning.put(hashOfBeginning(json, 0), known);
    return known;
  }
}

const hashOfBeginning = (bytes: Buffer, start: number): number =>
  hashOfBytes(bytes, start + telling.from, start + telling.to);
