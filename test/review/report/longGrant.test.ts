import { describe, expect, it } from 'vitest';
import { addSeconds } from '#domain/instant.ts';
import { crossReferences } from '#review/report/crossReferences.ts';
import { storyOf } from '#review/report/grantStory.ts';
import { reviewHtml } from '#review/report/reviewHtml.ts';
import { countingReads } from '../countingReads.ts';
import { aReview } from './aReview.ts';

const many = <One>(count: number, one: (number: number) => One): One[] =>
  Array.from({ length: count }, (_, number) => one(number));

const [grant] = aReview().grants.filter(({ sessions }) =>
  sessions.some(({ activity }) => activity.length > 0),
);
const [session] = grant?.sessions ?? [];
const [link] = grant?.chain.links ?? [];
const [activity] = session?.activity ?? [];
const [call] = activity?.each ?? [];
if (!grant || !session || !link || !activity || !call)
  throw new Error('The sample has a grant that was used.');

/** A grant with so many entries, sessions and calls, a second apart. */
const aLongGrant = (count: number) => {
  const at = (number: number) => addSeconds(grant.requestedAt, number);
  const calls = countingReads(many(count, (number) => ({ ...call, id: `${number}`, at: at(number) })));
  const sessions = countingReads(
    many(count, (number) => ({ ...session, issuedAt: at(number), activity: [] })),
  );
  const links = many(count, (number) => ({
    ...link,
    evidence: { ...link.evidence, eventId: `entry ${number}`, at: at(number) },
    happenedBy: at(number),
  }));
  return {
    grant: {
      ...grant,
      sessions: [...sessions.items, { ...session, activity: [{ ...activity, each: calls.items }] }],
      chain: { ...grant.chain, links },
    },
    reads: () => calls.reads() + sessions.reads(),
  };
};

describe('A grant of thousands of entries, sessions and calls', () => {
  it('is told by going through each a few times, not once for every other', () => {
    const readsOf = (count: number): number => {
      const long = aLongGrant(count);
      expect(storyOf(long.grant).length).toBeGreaterThan(count);
      return long.reads();
    };
    expect(readsOf(800)).toBeLessThan(readsOf(400) * 2.5);
  });

  it('has its page, too, with more entries than a function takes arguments', () => {
    const { requestedAt } = grant;
    const links = many(150_000, () => ({ ...link, evidence: { ...link.evidence, at: requestedAt } }));
    const lost = links.map(({ evidence }) => evidence);
    const faults = lost.map(({ at }) => ({
      kind: 'fork' as const,
      eventIds: [],
      at,
      message: 'Two follow one.',
    }));
    const sessions = many(150_000, () => ({ ...session, activity: [] }));
    const chain = { ...grant.chain, links, lost, apart: lost, faults };
    const review = aReview({ grants: [{ ...grant, sessions, chain }] });
    const page = reviewHtml(review, crossReferences(review));
    expect(page).toContain('150,000 entries');
    // What nobody can open proves nothing: the tables beside the page have it all.
    expect(page.length).toBeLessThan(200_000);
  });
});
