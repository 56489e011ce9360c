import { beginning, givesAccess } from '#domain/history.ts';
import { contentOf } from './content.ts';
import { compareByTime, type Evidence } from './evidence.ts';
import type { ChainFault } from './grant.ts';

/** The evidence of one request, ordered by its hashes: of one second there can be several, and late ones. */
export interface Linked {
  /** The branch that took effect, each on the hash of the one before. */
  path: Evidence[];
  /** Attested, but another change on the same hash took effect. */
  lost: Evidence[];
  /** Attested, but the link before was not. */
  apart: Evidence[];
  /** Of each `issued` entry, which session of its grant it is, from 1; unknown where the beginning is. */
  sequences: Map<Evidence, number>;
  faults: ChainFault[];
}

/**
 * Links evidence of one request, in any order. Where two follow the same hash, the branch that reaches `closed` is the one
 * that took effect, else the one that goes on longest. Where the logs end before that shows: what takes access away, since it
 * is attested only after it happened, else the earlier.
 */
export function linkUp(evidence: readonly Evidence[]): Linked {
  const attested = evidence.filter(({ attester }) => attester !== undefined).sort(compareByTime);
  const entries = byHash(attested);
  const trees = treesOf(entries);
  const [main, ...pieces] = trees.map(follow);
  const inTrees = new Set(trees.flatMap(({ members }) => members));
  const ring = [...entries.values()].filter((one) => !inTrees.has(one));
  const begins = trees[0]?.root === beginning;
  return {
    path: main?.path ?? [],
    lost: [main, ...pieces].flatMap((piece) => piece?.lost ?? []).sort(compareByTime),
    apart: [...pieces.flatMap(({ path }) => path), ...ring],
    sequences: trees[0] && begins ? sequencesIn(trees[0]) : new Map(),
    faults: [
      ...(begins ? [] : (main?.path ?? []).slice(0, 1).map(noBeginning)),
      ...[...pieces.map(({ path }) => path), ring].flatMap((piece) => piece.slice(0, 1).map(missingLink)),
      ...[main, ...pieces].flatMap((piece) => piece?.faults ?? []),
      ...attested.flatMap((one) => disagreement(one, entries.get(one.hash)) ?? []),
    ],
  };
}

/** The first of each hash; where others say it in different words, the first whose words are those that were hashed. */
function byHash(attested: readonly Evidence[]): Map<string, Evidence> {
  const entries = new Map<string, Evidence>();
  for (const one of attested) {
    const known = entries.get(one.hash);
    if (!known || (differ(one, known) && !isAsHashed(known) && isAsHashed(one))) entries.set(one.hash, one);
  }
  return entries;
}

/** As far as an entry tells it by itself: what an `issued` one or a request was made of stands elsewhere. */
function isAsHashed(evidence: Evidence): boolean {
  const { start, end } = evidence;
  const window = start === undefined || end === undefined ? undefined : { startsAt: start, endsAt: end };
  return contentOf(evidence, { window }).content === 'recomputed';
}

const differ = (one: Evidence, other: Evidence): boolean =>
  attestedFields.some((field) => one[field] !== other[field]);

interface Tree {
  /** The hash that the first link follows. */
  root: string;
  children: ReadonlyMap<string, Evidence[]>;
  /** All that hang together with the root, those before first. */
  members: Evidence[];
}

/** One where no link is missing, from the beginning on. What hangs in the air makes trees of its own, by time. */
function treesOf(entries: ReadonlyMap<string, Evidence>): Tree[] {
  const children = Map.groupBy(entries.values(), ({ previous }) => previous);
  const roots = [...children.keys()].filter((hash) => !entries.has(hash));
  return roots
    .sort((a, b) => Number(b === beginning) - Number(a === beginning))
    .map((root) => {
      const members = [...(children.get(root) ?? [])];
      // Grows while it is walked.
      for (const member of members) for (const child of children.get(member.hash) ?? []) members.push(child);
      return { root, children, members };
    });
}

interface Prospect {
  closes: boolean;
  /** Links from here on. */
  length: number;
}

/** What follows from each, seen from the ends: without recursion, for a chain can be as long as a log. */
function prospectsIn({ children, members }: Tree): Map<Evidence, Prospect> {
  const prospects = new Map<Evidence, Prospect>();
  for (const member of members.toReversed()) {
    const next = (children.get(member.hash) ?? []).flatMap((child) => prospects.get(child) ?? []);
    prospects.set(member, {
      closes: member.event === 'closed' || next.some(({ closes }) => closes),
      length: 1 + next.reduce((longest, { length }) => Math.max(longest, length), 0),
    });
  }
  return prospects;
}

function follow(tree: Tree): Pick<Linked, 'path' | 'lost' | 'faults'> {
  const prospects = prospectsIn(tree);
  const byProspect = (a: Evidence, b: Evidence): number => {
    const [first, second] = [prospects.get(a), prospects.get(b)];
    return (
      Number(second?.closes) - Number(first?.closes) ||
      (second?.length ?? 0) - (first?.length ?? 0) ||
      Number(givesAccess[a.event]) - Number(givesAccess[b.event])
    );
  };
  const path: Evidence[] = [];
  const faults: ChainFault[] = [];
  for (let hash = tree.root; ; ) {
    const [next, ...others] = (tree.children.get(hash) ?? []).toSorted(byProspect);
    if (!next) break;
    path.push(next);
    for (const rival of others)
      if (tree.children.has(rival.hash) || !givesAccess[rival.event]) faults.push(forkOf(next, rival));
    hash = next.hash;
  }
  const effective = new Set(path);
  return { path, lost: tree.members.filter((one) => !effective.has(one)), faults };
}

/** What lost a race gave access to nobody, and nothing follows from it. What takes access away is attested once it is done. */
const forkOf = (link: Evidence, rival: Evidence): ChainFault => ({
  kind: 'fork',
  eventIds: [link.eventId, rival.eventId],
  at: rival.at,
  message: `Both "${link.event}" and "${rival.event}" follow the same entry, and neither lost a race: was the record put back?`,
});

const noBeginning = ({ event, at, eventId }: Evidence): ChainFault => ({
  kind: 'noBeginning',
  eventIds: [eventId],
  at,
  message: `The logs do not show this request being made: its evidence begins with "${event}".`,
});

const missingLink = ({ event, at, eventId }: Evidence): ChainFault => ({
  kind: 'missingLink',
  eventIds: [eventId],
  at,
  message: `What "${event}" follows is not in the logs: a log is missing, or it was never attested.`,
});

/** A call that was repeated says the same twice; anything else under one hash is not what was hashed. */
function disagreement(again: Evidence, first: Evidence | undefined): ChainFault | undefined {
  if (!first || again === first || !differ(again, first)) return undefined;
  return {
    kind: 'otherTerms',
    eventIds: [first.eventId, again.eventId],
    at: again.at,
    message: `One entry was attested twice in different words: as "${first.event}" and as "${again.event}".`,
  };
}

const attestedFields = [
  'event',
  'by',
  'previous',
  'entitlement',
  'digest',
  'catalogue',
  'ticket',
  'start',
  'end',
  'breakGlass',
] as const satisfies (keyof Evidence)[];

function sequencesIn({ children, root, members }: Tree): Map<Evidence, number> {
  const issuedBefore = new Map<string, number>([[root, 0]]);
  const sequences = new Map<Evidence, number>();
  for (const member of members) {
    const sequence = (issuedBefore.get(member.previous) ?? 0) + 1;
    if (member.event === 'issued') sequences.set(member, sequence);
    if (children.has(member.hash))
      issuedBefore.set(member.hash, member.event === 'issued' ? sequence : sequence - 1);
  }
  return sequences;
}
