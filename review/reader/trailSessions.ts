import { ActionTally } from './actionTally.ts';
import type { CollectedEvents } from './collectedEvents.ts';
import { isDenial } from './denials.ts';
import { uuidText } from './eventId.ts';
import { column, rowWidth } from './eventRows.ts';
import { instantAt } from './eventTime.ts';
import type { CollectedSession } from './sessionIndex.ts';
import { compare } from './textOrder.ts';
import type { Call, TrailSession } from './trail.ts';
import type { Tuple } from './tupleIndex.ts';

/** The sessions of the rows that count, with what was done in each. By first call, ARN and key. */
export function trailSessions(events: CollectedEvents, counts: Uint8Array): TrailSession[] {
  const { starts, rows } = rowsBySession(events, counts);
  const idTexts = new Map(events.otherIds);
  const tally = new ActionTally(events);
  const sessions = events.sessions.flatMap((session, number) => {
    const own = rows.subarray(starts[number], starts[number + 1]);
    return own.length === 0 ? [] : [trailSession(session, own, { events, tally, idTexts })];
  });
  return sessions.sort(
    (a, b) =>
      compare(a.first, b.first) || compare(a.arn, b.arn) || compare(a.accessKeyId ?? '', b.accessKeyId ?? ''),
  );
}

interface Material {
  events: CollectedEvents;
  tally: ActionTally;
  idTexts: ReadonlyMap<string, string>;
}

/** Offsets of rows, those of each session together; `starts` has one entry more than there are sessions. */
function rowsBySession(
  { rows, sessions }: CollectedEvents,
  counts: Uint8Array,
): { starts: Uint32Array; rows: Uint32Array } {
  const starts = new Uint32Array(sessions.length + 2);
  const each = (take: (session: number, offset: number) => void): void => {
    for (let row = 0; row < counts.length; row++) {
      const session = rows[row * rowWidth + column.session] as number;
      if (session > 0 && counts[row] === 1) take(session, row * rowWidth);
    }
  };
  each((session) => add(starts, session + 1, 1));
  for (let session = 1; session < starts.length; session++)
    add(starts, session, starts[session - 1] as number);
  const sorted = new Uint32Array(starts.at(-1) as number);
  each((session, offset) => {
    sorted[starts[session] as number] = offset;
    add(starts, session, 1);
  });
  return { starts, rows: sorted };
}

function trailSession(session: CollectedSession, rows: Uint32Array, material: Material): TrailSession {
  const { errors, denied, first, last, actions } = material.tally.of(rows);
  return {
    arn: session.arn,
    ...(session.accessKeyId === '' ? {} : { accessKeyId: session.accessKeyId }),
    identity: session.identity,
    calls: rows.length,
    errors,
    denied,
    first: instantAt(first),
    last: instantAt(last),
    actions,
    each: session.managed ? callsOf(rows, material) : [],
  };
}

function callsOf(rows: Uint32Array, { events, idTexts }: Material): Call[] {
  return Array.from(rows, (row) => callOf(row, events, idTexts)).sort(
    (a, b) => compare(a.at, b.at) || compare(a.id, b.id) || compare(JSON.stringify(a), JSON.stringify(b)),
  );
}

function callOf(
  row: number,
  { rows, actions, places, objects }: CollectedEvents,
  idTexts: Material['idTexts'],
): Call {
  const value = (place: number): number => rows[row + place] as number;
  const [name, source, errorCode] = actions[value(column.action)] as Tuple;
  const [sourceIp, region] = places[value(column.place) - 1] as Tuple;
  const object = objects[value(column.object) - 1]?.[0];
  return {
    id: idTextOf(rows, row, idTexts),
    at: instantAt(value(column.at)),
    source,
    name,
    ...(errorCode === '' ? {} : { errorCode }),
    denied: isDenial(errorCode),
    region,
    ...(sourceIp === '' ? {} : { sourceIp }),
    ...(object === undefined ? {} : { object }),
  };
}

/** The event id of the row at an offset, as its record has it; empty where it has none. */
export function idTextOf(rows: Uint32Array, offset: number, idTexts: ReadonlyMap<string, string>): string {
  const id = rows.subarray(offset + column.id, offset + column.id + 4);
  if (id.every((word) => word === 0)) return '';
  const uuid = uuidText(id);
  return idTexts.get(uuid) ?? uuid;
}

const add = (numbers: Uint32Array, at: number, amount: number): void => {
  numbers[at] = (numbers[at] as number) + amount;
};
