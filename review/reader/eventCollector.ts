import type { CollectedEvents, Correction } from './collectedEvents.ts';
import { type EventId, noId, otherIdOf, uuidOf, uuidText } from './eventId.ts';
import { objectOf } from './eventObject.ts';
import { column, EventRows } from './eventRows.ts';
import { instantOfText, type Seconds, secondsOf } from './eventTime.ts';
import { type Fields, fieldsOf, isFields, textOf } from './fields.ts';
import { type FileSummary, skip } from './fileSummary.ts';
import { type Interest, interestIn, isKept, keptContentOf } from './keptEvents.ts';
import { type CollectedSession, SessionIndex, sessionKeyOf } from './sessionIndex.ts';
import type { RecordReason } from './skipReasons.ts';
import { TextStore } from './textStore.ts';
import { TupleIndex } from './tupleIndex.ts';

/** A kind of call and its outcome. */
export interface Action {
  /** Its place in the list of actions. */
  number: number;
  name: string;
  source: string;
  /** Empty where the call succeeded. */
  errorCode: string;
  interest: Interest;
}

/** Turns records into rows, one after the other, and keeps whole what the review looks into. */
export class EventCollector {
  readonly sessions = new SessionIndex();
  readonly #rows = new EventRows();
  readonly #actionTuples = new TupleIndex();
  /** By number. */
  readonly #actions: Action[] = [];
  readonly #places = new TupleIndex();
  readonly #objects = new TupleIndex();
  readonly #kept = new TextStore();
  readonly #corrections: Correction[] = [];
  readonly #otherIds = new Map<string, string>();
  readonly #files: FileSummary[] = [];
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
    this.#addEvent(record, at, file);
  }

  /** Takes in a record of which nothing is kept. */
  addCounted({ id, at, action, session, file }: CountedRecord): void {
    this.#countRecord(file, at);
    const offset = this.#rows.add();
    const rows = this.#rows.values;
    rows[offset] = id[0] as number;
    rows[offset + 1] = id[1] as number;
    rows[offset + 2] = id[2] as number;
    rows[offset + 3] = id[3] as number;
    rows[offset + column.at] = at;
    rows[offset + column.action] = action.number;
    rows[offset + column.file] = file.index;
    if (session) rows[offset + column.session] = session.number + 1;
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
    const id = uuidOf(idText) ?? this.#otherIdOf(idText);
    const action = this.actionOf(
      textOf(record.eventName) ?? '',
      textOf(record.eventSource) ?? '',
      textOf(record.errorCode) ?? '',
    );
    const session = this.#sessionOf(record, at, idText);
    const offset = this.#rows.next();
    this.addCounted({ id, at, action, session, file });
    const rows = this.#rows.values;
    if (session?.managed) {
      rows[offset + column.place] = this.#placeOf(record) + 1;
      rows[offset + column.object] = this.#objectOf(record);
    }
    if (isKept(record, action.interest, session?.managed === true))
      rows[offset + column.kept] = this.#keep(record, idText) + 1;
    if (isFields(record.addendum)) this.#noteCorrection(record.addendum, offset);
  }

  #keep(record: Fields, id: string): number {
    const at = instantOfText(record.eventTime) ?? instantOfText(record['@timestamp']) ?? '';
    return this.#kept.add(JSON.stringify(keptContentOf(record, { at, id })));
  }

  /** The same one for the same three texts. */
  actionOf(name: string, source: string, errorCode: string): Action {
    const number = this.#actionTuples.numberOf(name, source, errorCode);
    const known = this.#actions[number];
    if (known) return known;
    const action = { number, name, source, errorCode, interest: interestIn(source, name) };
    this.#actions.push(action);
    return action;
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
    const key = caller && sessionKeyOf(caller);
    return key && this.sessions.sessionOf({ ...key, caller, at, id });
  }

  #noteCorrection(addendum: Fields, offset: number): void {
    const original = textOf(addendum.originalEventID);
    if (addendum.reason !== 'UPDATED_DATA' || original === undefined) return;
    this.#rows.values[offset + column.correction] = 1;
    this.#corrections.push({ original: uuidOf(original) ?? otherIdOf(original), row: this.#rows.count - 1 });
  }

  collected(): CollectedEvents {
    return {
      rows: this.#rows.trimmed(),
      actions: this.#actionTuples.tuples,
      places: this.#places.tuples,
      objects: this.#objects.tuples,
      sessions: this.sessions.sessions,
      kept: this.#kept.stored(),
      corrections: this.#corrections,
      otherIds: [...this.#otherIds],
      files: this.#files,
    };
  }
}

/** A record that counts. */
interface CountedRecord {
  id: EventId;
  at: Seconds;
  action: Action;
  session: CollectedSession | null | undefined;
  file: FileSummary;
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
