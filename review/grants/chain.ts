import type { Catalogue } from '#domain/catalogue.ts';
import type { Instant } from '#domain/instant.ts';
import { type Content, contentOf } from './content.ts';
import { compareByTime, type Evidence } from './evidence.ts';
import type { Chain, ChainFault, Grant, GrantSession } from './grant.ts';
import { earlyFaults, type RecordedEntries, type UntimedEntry, withTimes } from './happened.ts';
import type { Linked } from './links.ts';
import { lostOrderFaults, orderFaults, type Step, termsFaults } from './order.ts';
import { earliestTimeOf, type LateSearch } from './writingTimes.ts';

export interface ChainSurroundings {
  steps: readonly Step[];
  window: Grant['window'];
  sessions: readonly GrantSession[];
  /** Of `issued` entries, as their sessions met them. */
  contents: ReadonlyMap<Evidence, Content>;
  catalogues: ReadonlyMap<string, Catalogue>;
  search: LateSearch;
  recorded: RecordedEntries;
}

/** The checked chain of a request, and whether its first link is that of a break-glass request. */
export function chainOf(
  linked: Linked,
  surroundings: ChainSurroundings,
): { chain: Chain; breakGlass: boolean } {
  const { steps, sessions } = surroundings;
  const { links, breakGlass } = checkedLinks(linked.path, surroundings);
  const faults = [
    ...linked.faults,
    ...usedThoughLost(linked, sessions),
    ...orderFaults(steps),
    ...earlyFaults(linked.path),
    ...lostOrderFaults(linked.lost, steps),
    ...termsFaults([...linked.path, ...linked.apart]),
  ];
  return {
    breakGlass,
    chain: {
      links: withTimes(links, surroundings.recorded),
      lost: linked.lost,
      apart: linked.apart,
      closed: linked.path.at(-1)?.event === 'closed',
      faults: faults.sort(compareFaults),
    },
  };
}

function checkedLinks(
  path: readonly Evidence[],
  { contents, catalogues, window, search }: ChainSurroundings,
): { links: UntimedEntry[]; breakGlass: boolean } {
  const links: UntimedEntry[] = [];
  let breakGlass = false;
  let since: Instant | undefined;
  for (const evidence of path) {
    const { entitlement, catalogue } = evidence;
    const expiresAfter = catalogues.get(catalogue)?.entries.get(entitlement)?.entitlement.expiresAfter;
    const { content, writtenAt, ...proven } =
      contents.get(evidence) ?? contentOf(evidence, { expiresAfter, window, since, search });
    const link = { evidence, content, writtenAt };
    links.push(link);
    since = earliestTimeOf(link) ?? since;
    // Nothing else is reviewed.
    breakGlass ||= evidence.breakGlass || proven.breakGlass === true || evidence.event === 'reviewed';
  }
  return { links, breakGlass };
}

/** A session whose issue lost a race was sealed to nobody: calls in it say that its change took effect after all. */
function usedThoughLost({ lost }: Linked, sessions: readonly GrantSession[]): ChainFault[] {
  const withoutEffect = new Set(lost);
  return sessions.flatMap(({ attestedBy, activity }): ChainFault[] => {
    const evidence = attestedBy?.evidence;
    if (!evidence || !withoutEffect.has(evidence) || activity.length === 0) return [];
    const { at, eventId } = evidence;
    const message = 'A session was used whose issue lost a race to another change: was the record put back?';
    return [{ kind: 'fork', eventIds: [eventId], at, message }];
  });
}

const compareFaults = (a: ChainFault, b: ChainFault): number =>
  compareByTime({ at: a.at, eventId: sortKeyOf(a) }, { at: b.at, eventId: sortKeyOf(b) });

const sortKeyOf = ({ kind, eventIds }: ChainFault): string => [...eventIds, kind].join(' ');
