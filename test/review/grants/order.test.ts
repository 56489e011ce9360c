import { describe, expect, it } from 'vitest';
import { type AccessRequest, evolve, type RequestEvent, statusAfter } from '#domain/accessRequest.ts';
import { chain, eventNames } from '#domain/history.ts';
import type { ChainFault } from '#review/grants/grant.ts';
import { orderFaults, stepsOf } from '#review/grants/order.ts';
import { anApproval, aSession, aWindow, bob } from '../../support/builders.ts';
import { recordsOfRequest } from '../requestRecords.ts';
import { evidenceIn } from './grantsIn.ts';
import { type StoryName, stories } from './stories.ts';

/** Everything that can happen to a request that has been made. */
const occurrences: RequestEvent[] = [
  { event: 'approved', decision: anApproval(bob) },
  { event: 'approved', decision: anApproval(bob), window: aWindow },
  { event: 'denied', decision: anApproval(bob, { decision: 'deny' }) },
  { event: 'cancelled' },
  { event: 'expired' },
  {
    event: 'issued',
    session: aSession({ sequence: 9, accessKeyId: 'ASIANINENINENINENINE' }),
    window: aWindow,
  },
  { event: 'returned' },
  { event: 'revoked', reason: 'No' },
  { event: 'ended' },
  { event: 'failed', reason: 'Something' },
  { event: 'reviewed', verdict: 'justified', comment: 'Fine' },
  { event: 'closed' },
];

/** The request after each of its entries. */
function momentsOf(name: StoryName): AccessRequest[] {
  const { review, ...whole } = stories[name]();
  return whole.history.map((_, index) => {
    const history = whole.history.slice(0, index + 1);
    const status = history.reduce(statusAfter, undefined);
    const reviewed = history.some(({ event }) => event === 'reviewed');
    return { ...whole, history, status, ...(reviewed && { review }) } as AccessRequest;
  });
}

const happens = (request: AccessRequest, event: RequestEvent): AccessRequest | undefined => {
  try {
    return evolve(request, { ...event, at: '2026-11-22T12:00:00Z', by: 'countersign' });
  } catch {
    return undefined;
  }
};

const [anyEvidence] = evidenceIn(recordsOfRequest(stories.cancelled()));

/** The faults of evidence that attests a history, link by link. */
function faultsIn({ history }: AccessRequest): ChainFault[] {
  if (!anyEvidence) throw new Error('A request leaves evidence.');
  const attested = history.map(({ event, hash, previous, detail }) => ({
    ...anyEvidence,
    event,
    hash,
    previous,
    start: detail?.start === undefined ? undefined : String(detail.start),
  }));
  return orderFaults(stepsOf(attested));
}

describe('What may follow what', () => {
  it.each(Object.keys(stories) as StoryName[])(
    'is in a story such as "%s" what the record allows, and nothing else',
    (name) => {
      for (const request of momentsOf(name)) {
        expect(faultsIn(request)).toEqual([]);
        for (const event of occurrences) {
          const after = happens(request, event);
          const forced = after ?? forcedInto(request, event);
          expect(faultsIn(forced).length === 0, `${request.status} ${event.event}`).toBe(after !== undefined);
        }
      }
    },
  );

  it('is tried for every event', () => {
    expect(new Set(['requested', ...occurrences.map(({ event }) => event)])).toEqual(new Set(eventNames));
  });
});

/** The event chained to the history though the record would refuse it. */
function forcedInto(request: AccessRequest, { event }: RequestEvent): AccessRequest {
  const { terms, history } = request;
  const entry = chain(terms.id, history, { event, at: '2026-11-22T12:00:00Z', by: 'countersign' });
  return { ...request, history: [...history, entry] };
}
