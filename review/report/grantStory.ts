import type { EventName } from '#domain/history.ts';
import { type Instant, latest } from '#domain/instant.ts';
import { callsOf } from '../grants/activity.ts';
import { endOf } from '../grants/end.ts';
import type { ChainEntry, Grant, GrantSession } from '../grants/grant.ts';
import type { Call } from '../reader/trail.ts';
import { countWhile } from '../sessions/timeOrder.ts';

/** What happened next: an entry of the chain, or what happened before the entry after it. */
export type Step =
  | { kind: 'entry'; at: Instant; entry: ChainEntry; session?: GrantSession | undefined }
  | { kind: 'unattested'; at: Instant; session: GrantSession }
  | { kind: 'calls'; at: Instant; calls: SameCalls };

/** Calls of one action with one outcome. */
export interface SameCalls {
  source: string;
  name: string;
  errorCode?: string | undefined;
  denied: boolean;
  /** After access was over. */
  late: boolean;
  count: number;
  first: Instant;
  last: Instant;
  /** What they were done to, where it was one thing. */
  object?: string | undefined;
}

/** A request from asking to its end, calls between the entries. Entries keep the order of the chain, whatever their clocks say. */
export function storyOf(grant: Grant): Step[] {
  const over = endOf(grant);
  const calls = callsOf(grant).sort((one, other) =>
    one.at < other.at ? -1 : one.at > other.at ? 1 : one.id < other.id ? -1 : 1,
  );
  const unattested = grant.sessions.filter((session) => session.attestedBy === undefined);
  // What has no entry before it, because evidence is missing, is told first.
  const chapters = [
    { entry: undefined, from: '' },
    ...grant.chain.links.map((entry) => ({ entry, from: entry.happenedBy })),
  ];
  // Evidence may come late: what happened until the latest of the entries so far stands before the next.
  chapters.forEach((chapter, index) => {
    chapter.from = latest(chapter.from, chapters[index - 1]?.from ?? '');
  });
  const chapterAt = (time: Instant) => chapters[countWhile(chapters, ({ from }) => from <= time) - 1];
  const callsIn = Map.groupBy(calls, ({ at }) => chapterAt(at));
  const unattestedIn = Map.groupBy(unattested, ({ issuedAt }) => chapterAt(issuedAt));
  const attested = Map.groupBy(grant.sessions, ({ attestedBy }) => attestedBy?.evidence.eventId);
  return chapters.flatMap((chapter): Step[] => [
    ...entrySteps(chapter.entry, attested),
    ...(unattestedIn.get(chapter) ?? []).map((session) => ({
      kind: 'unattested' as const,
      at: session.issuedAt,
      session,
    })),
    ...together(callsIn.get(chapter) ?? [], over),
  ]);
}

function entrySteps(
  entry: ChainEntry | undefined,
  attested: ReadonlyMap<string | undefined, readonly GrantSession[]>,
): Step[] {
  if (!entry) return [];
  const { happenedBy: at, evidence } = entry;
  return [{ kind: 'entry', at, entry, session: attested.get(evidence.eventId)?.[0] }];
}

function together(calls: readonly Call[], over: Instant | undefined): Step[] {
  const kinds = Map.groupBy(calls, (call) =>
    JSON.stringify([call.source, call.name, call.errorCode, isLate(call, over)]),
  );
  return [...kinds.values()].flatMap((same) => {
    const [first] = same;
    if (!first) return [];
    const last = same.at(-1) ?? first;
    return {
      kind: 'calls',
      at: first.at,
      calls: {
        source: first.source,
        name: first.name,
        errorCode: first.errorCode,
        denied: first.denied,
        late: isLate(first, over),
        count: same.length,
        first: first.at,
        last: last.at,
        object: same.every(({ object }) => object === first.object) ? first.object : undefined,
      },
    };
  });
}

const isLate = ({ at }: Call, over: Instant | undefined): boolean => over !== undefined && at > over;

/** What an entry says, as a verb for who did it. */
export const did: Record<EventName, string> = {
  requested: 'asked',
  approved: 'approved it',
  denied: 'denied it',
  cancelled: 'withdrew it',
  expired: 'closed it: nobody decided in time',
  issued: 'issued a session',
  returned: 'gave the access back',
  revoked: 'revoked it',
  ended: 'ended it: the time was over',
  failed: 'gave up: it could not be issued',
  reviewed: 'reviewed it',
  closed: 'closed the record',
};
