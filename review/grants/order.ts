import { type Status, statusAfter } from '#domain/accessRequest.ts';
import { beginning, type EventName } from '#domain/history.ts';
import type { Evidence } from './evidence.ts';
import type { ChainFault } from './grant.ts';

/** A link, and how things stood before and after it. */
export interface Step {
  link: Evidence;
  /** Undefined at the beginning, also where the logs do not have it. */
  before: Status | undefined;
  after: Status | undefined;
}

/** The statuses that a chain leads through, by the rules of the record itself. */
export function stepsOf(path: readonly Evidence[]): Step[] {
  let status: Status | undefined;
  return path.map((link) => {
    const before = status;
    const detail = link.start === undefined ? {} : { start: link.start };
    status = statusAfter(before, { event: link.event, detail });
    return { link, before, after: status };
  });
}

const open: readonly Status[] = ['pending', 'scheduled', 'active'];
const granted: readonly Status[] = ['scheduled', 'active'];
const closed: readonly Status[] = ['denied', 'cancelled', 'expired', 'ended', 'revoked', 'failed'];

/** In which status an event may happen; `evolve` of domain/accessRequest.ts refuses all others. */
const possibleIn: Record<Exclude<EventName, 'requested'>, readonly Status[]> = {
  approved: ['pending'],
  denied: ['pending'],
  cancelled: ['pending'],
  expired: ['pending'],
  issued: granted,
  returned: granted,
  ended: granted,
  revoked: granted,
  failed: open,
  reviewed: [...granted, ...closed],
  closed,
};

/** Links that cannot follow the ones before: nothing follows `closed`, and nobody reviews twice. */
export function orderFaults(steps: readonly Step[]): ChainFault[] {
  const firstOf = (name: EventName): number => steps.findIndex(({ link }) => link.event === name);
  const [closing, review] = [firstOf('closed'), firstOf('reviewed')];
  return steps.flatMap(({ link, before }, index) => {
    if (closing >= 0 && index > closing)
      return fault('afterClosed', link, `"${link.event}" was attested after the last link, "closed".`);
    if (link.event === 'reviewed' && index > review)
      return fault('impossibleOrder', link, 'It was reviewed twice.');
    return impossible(link, before);
  });
}

/** What lost a race must have been possible too, where it was tried. */
export function lostOrderFaults(lost: readonly Evidence[], steps: readonly Step[]): ChainFault[] {
  const statusAt = new Map(steps.map(({ link, after }) => [link.hash, after]));
  return lost.flatMap((link) => impossible(link, statusAt.get(link.previous)));
}

function impossible(link: Evidence, before: Status | undefined): ChainFault[] {
  if (isPossible(link, before)) return [];
  const standing = before ?? 'not yet made';
  return fault('impossibleOrder', link, `"${link.event}" cannot happen to a request that is ${standing}.`);
}

function isPossible({ event, previous }: Evidence, before: Status | undefined): boolean {
  if (event === 'requested' || previous === beginning) return event === 'requested' && previous === beginning;
  return before === undefined || possibleIn[event].includes(before);
}

/** Links that speak of other terms or another window than the one that they follow: what is approved is what is issued. */
export function termsFaults(attested: readonly Evidence[]): ChainFault[] {
  const [first] = attested;
  if (!first) return [];
  const granting = attested.find(({ start }) => start !== undefined);
  return attested.flatMap((link) => {
    const other = terms.filter((field) => link[field] !== first[field]);
    const otherWindow =
      link.start !== undefined && (link.start !== granting?.start || link.end !== granting.end);
    const differing = [...other, ...(otherWindow ? ['window'] : [])];
    if (differing.length === 0) return [];
    return fault(
      'otherTerms',
      link,
      `"${link.event}" was attested with another ${differing.join(', ')} than before.`,
    );
  });
}

const terms = ['entitlement', 'digest', 'catalogue', 'ticket'] as const satisfies (keyof Evidence)[];

const fault = (kind: ChainFault['kind'], { at, eventId }: Evidence, message: string): ChainFault[] => [
  { kind, eventIds: [eventId], at, message },
];
