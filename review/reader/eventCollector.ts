import { type EventId, noId, otherIdOf, readUuid, uuidLength, uuidOf, uuidText } from './eventId.ts';
import { objectOf } from './eventObject.ts';
import { column, EventRows } from './eventRows.ts';
import { instantOfText, type Seconds, secondsAt, secondsOf, timeLength } from './eventTime.ts';
import { type Fields, fieldsOf, isFields, textOf } from './fields.ts';
import {
  type Interest,
  interestIn,
  isKept,
  keptContentOf,
  mayGiveCredentials,
  mayMention,
} from './keptEvents.ts';
import { field, type RecordGlance } from './recordGlance.ts';
import { SeenTexts } from './seenTexts.ts';
import { type CollectedSession, isManaged, SessionIndex } from './sessionIndex.ts';
import type { FileReason, RecordReason } from './skipReasons.ts';
import { type StoredTexts, TextStore } from './textStore.ts';
import { type Tuple, TupleIndex } from './tupleIndex.ts';

/** What was read from some of the files: plain data, which threads can hand over. */
export interface CollectedEvents {
  /** See `column`. */
  rows: Uint32Array;
  /** Name, source, error code. */
  actions: Tuple[];
  /** Source address, region. */
  places: Tuple[];
  /** What calls were done to, each the first of its tuple. */
  objects: Tuple[];
  sessions: CollectedSession[];
  /** What is kept of events, as JSON. */
  kept: StoredTexts;
  /** Records that replace an earlier one. */
  replacements: Replacement[];
  /** Texts of ids that are no UUID, by the UUID that stands for them. */
  otherIds: [uuid: string, text: string][];
  files: FileSummary[];
}

export interface Replacement {
  original: EventId;
  row: number;
}

/** What is known of one file once it is read. */
export interface FileSummary {
  /** Its place in the list of all files. */
  index: number;
  path: string;
  bytes: number;
  sha256: string;
  contentSha256?: string | undefined;
  records: number;
  first?: Seconds | undefined;
  last?: Seconds | undefined;
  skipped: Partial<Record<RecordReason | FileReason, number>>;
}

export const emptySummary = (index: number, path: string): FileSummary => ({
  index,
  path,
  bytes: 0,
  sha256: '',
  records: 0,
  skipped: {},
});

export const skip = (file: FileSummary, reason: RecordReason | FileReason): void => {
  file.skipped[reason] = (file.skipped[reason] ?? 0) + 1;
};

/** Turns records into rows, one after the other, and keeps whole what the review looks into. */
export class EventCollector {
  readonly #rows = new EventRows();
  readonly #actions = new TupleIndex();
  readonly #places = new TupleIndex();
  readonly #objects = new TupleIndex();
  readonly #sessions = new SessionIndex();
  readonly #interests: Interest[] = [];
  readonly #kept = new TextStore();
  readonly #replacements: Replacement[] = [];
  readonly #otherIds = new Map<string, string>();
  readonly #files: FileSummary[] = [];
  readonly #texts = new SeenTexts();
  readonly #words = new Uint32Array(4);
  /** Records so far, also those that were skipped. */
  records = 0;

  addFile(file: FileSummary): void {
    this.#files.push(file);
  }

  /** Takes in what stands where a record belongs. */
  addRecord(value: unknown, file: FileSummary): void {
    const record = recordIn(value);
    if (typeof record?.eventName !== 'string') {
      this.skipRecord(file, reasonAgainst(record));
      return;
    }
    const at = secondsOf(record.eventTime) ?? secondsOf(record['@timestamp']);
    if (at === undefined) {
      this.skipRecord(file, 'noTime');
      return;
    }
    this.#countRecord(file, at);
    this.#addEvent(record, at, file);
  }

  /**
   * Takes in a record from its first glance, if that is all that is needed of it: nothing is kept of it, and its session, if it has one, is
   * known. Otherwise answers false, and `addRecord` has to be asked. Both come to the same.
   */
  addGlance(glance: RecordGlance, file: FileSummary): boolean {
    const action = this.#actionIn(glance);
    if (action === -1 || this.#interestOf(action) !== 'mentions' || !isSoonDone(glance)) return false;
    const time = glance.startOfText(field.eventTime, timeLength);
    const at = time === -1 ? undefined : secondsAt(glance.bytes, time);
    const session = at === undefined ? undefined : this.#sessionIn(glance, at);
    const id = glance.startOfText(field.eventID, uuidLength);
    if (at === undefined || session === undefined || id === -1) return false;
    if (!readUuid(glance.bytes, id, this.#words, 0)) return false;
    this.#countRecord(file, at);
    const offset = this.#rows.add();
    const rows = this.#rows.values;
    rows.set(this.#words, offset);
    rows[offset + column.at] = at;
    rows[offset + column.action] = action;
    rows[offset + column.session] = session;
    rows[offset + column.file] = file.index;
    return true;
  }

  /** -1 where it cannot be told. */
  #actionIn(glance: RecordGlance): number {
    const name = glance.text(field.eventName, this.#texts);
    const source = glance.text(field.eventSource, this.#texts);
    const code = glance.isAbsent(field.errorCode) ? '' : glance.text(field.errorCode, this.#texts);
    if (name === undefined || source === undefined || code === undefined) return -1;
    return this.#actions.numberOf(name, source, code);
  }

  /** What stands for the session in its row; undefined where that cannot be told. */
  #sessionIn(glance: RecordGlance, at: Seconds): number | undefined {
    const type = glance.text(field.type, this.#texts);
    if (sessionTypes.has(type)) {
      const session = this.#sessions.counted(glance.text(field.accessKeyId, this.#texts) ?? '');
      return session && at > session.at && glance.isText(field.arn, session.arn)
        ? session.number + 1
        : undefined;
    }
    if (glance.isAbsent(field.arn)) return 0;
    const arn = glance.text(field.arn, this.#texts);
    return arn === undefined || isManaged(arn) ? undefined : 0;
  }

  #countRecord(file: FileSummary, at: Seconds): void {
    this.records++;
    file.records++;
    if (file.first === undefined || at < file.first) file.first = at;
    if (file.last === undefined || at > file.last) file.last = at;
  }

  skipRecord(file: FileSummary, reason: RecordReason): void {
    this.records++;
    file.records++;
    skip(file, reason);
  }

  #addEvent(record: Fields, at: Seconds, file: FileSummary): void {
    const idText = textOf(record.eventID) ?? '';
    const action = this.#actions.numberOf(
      textOf(record.eventName) ?? '',
      textOf(record.eventSource) ?? '',
      textOf(record.errorCode) ?? '',
    );
    const session = this.#sessionOf(record, at, idText);
    const offset = this.#rows.add();
    const rows = this.#rows.values;
    const id = uuidOf(idText) ?? this.#otherIdOf(idText);
    rows[offset] = id[0];
    rows[offset + 1] = id[1];
    rows[offset + 2] = id[2];
    rows[offset + 3] = id[3];
    rows[offset + column.at] = at;
    rows[offset + column.action] = action;
    rows[offset + column.file] = file.index;
    if (session) rows[offset + column.session] = session.number + 1;
    if (session?.managed) {
      rows[offset + column.place] = this.#placeOf(record) + 1;
      rows[offset + column.object] = this.#objectOf(record);
    }
    if (isKept(record, this.#interestOf(action), session?.managed === true))
      rows[offset + column.kept] = this.#keep(record, idText) + 1;
    if (record.addendum) this.#noteReplacement(record.addendum);
  }

  #keep(record: Fields, id: string): number {
    const at = instantOfText(record.eventTime) ?? instantOfText(record['@timestamp']) ?? '';
    return this.#kept.add(JSON.stringify(keptContentOf(record, { at, id })));
  }

  /** Asked once for each kind of call, not for each call. */
  #interestOf(action: number): Interest {
    const known = this.#interests[action];
    if (known !== undefined) return known;
    const [name, source] = this.#actions.tuples[action] as Tuple;
    const interest = interestIn(source, name);
    this.#interests[action] = interest;
    return interest;
  }

  #otherIdOf(text: string): EventId {
    const id = text === '' ? noId : otherIdOf(text);
    if (id !== noId) this.#otherIds.set(uuidText(id), text);
    return id;
  }

  #placeOf(record: Fields): number {
    return this.#places.numberOf(textOf(record.sourceIPAddress) ?? '', textOf(record.awsRegion) ?? '', '');
  }

  #objectOf(record: Fields): number {
    const object = objectOf(record);
    return object === undefined ? 0 : this.#objects.numberOf(object, '', '') + 1;
  }

  #sessionOf(record: Fields, at: Seconds, id: string): CollectedSession | undefined {
    const caller = fieldsOf(record.userIdentity);
    if (!caller) return undefined;
    const callerArn = textOf(caller.arn) ?? '';
    // A session under a grant is not to hide behind a type that it has not.
    if (!sessionTypes.has(caller.type) && !isManaged(callerArn)) return undefined;
    const arn = callerArn || (textOf(caller.principalId) ?? '');
    const accessKeyId = textOf(caller.accessKeyId) ?? '';
    if (arn === '' && accessKeyId === '') return undefined;
    return this.#sessions.sessionOf({ accessKeyId, arn, caller, at, id });
  }

  #noteReplacement(field: unknown): void {
    const addendum = fieldsOf(field);
    if (addendum?.reason !== 'UPDATED_DATA') return;
    const original = textOf(addendum.originalEventID);
    if (original !== undefined)
      this.#replacements.push({
        original: uuidOf(original) ?? otherIdOf(original),
        row: this.#rows.count - 1,
      });
  }

  collected(): CollectedEvents {
    return {
      rows: this.#rows.trimmed(),
      actions: this.#actions.tuples,
      places: this.#places.tuples,
      objects: this.#objects.tuples,
      sessions: this.#sessions.sessions,
      kept: this.#kept.stored(),
      replacements: this.#replacements,
      otherIds: [...this.#otherIds],
      files: this.#files,
    };
  }
}

const sessionTypes = new Set<unknown>(['AssumedRole', 'FederatedUser']);

/** Whether nothing has to be kept of a record, and it corrects none. */
function isSoonDone(glance: RecordGlance): boolean {
  if (!glance.isAbsent(field.addendum) || glance.matches(field.responseElements, mayGiveCredentials))
    return false;
  return (
    glance.is(field.readOnly, 'true') ||
    !(
      glance.matches(field.requestParameters, mayMention) ||
      glance.matches(field.resources, mayMention) ||
      glance.matches(field.errorMessage, mayMention)
    )
  );
}

/** The record itself, or what an EventBridge event has inside. */
function recordIn(value: unknown): Fields | undefined {
  const record = fieldsOf(value);
  return record?.eventName === undefined && isFields(record?.detail) ? record.detail : record;
}

/** Why what has no name of a call is no event. */
const reasonAgainst = (record: Fields | undefined): RecordReason =>
  record?.eventCategory === 'Insight' || record?.eventType === 'AwsCloudTrailInsight'
    ? 'insight'
    : 'notARecord';
