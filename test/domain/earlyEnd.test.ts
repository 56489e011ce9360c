import { describe, expect, it } from 'vitest';
import { type AccessRequest, type ClosedRequest, isClosed } from '#domain/accessRequest.ts';
import { mustDenyUntil } from '#domain/earlyEnd.ts';
import { chain } from '#domain/history.ts';
import { addSeconds } from '#domain/instant.ts';
import {
  anActiveRequest,
  aRequest,
  aScheduledRequest,
  aSession,
  aWindow,
  followedBy,
} from '../support/builders.ts';

/** While the sample's grant would still run. */
const now = '2026-11-22T10:10:00Z';
const revoked = { event: 'revoked', reason: 'Left the team', at: now } as const;

function closed(request: AccessRequest): ClosedRequest {
  if (!isClosed(request)) throw new TypeError(`The request is ${request.status}.`);
  return request;
}
const revokedRequest = () => closed(followedBy(anActiveRequest(), revoked));

describe('the sessions of a grant that ended early', () => {
  it('are denied until the grant would have ended, also when there was none yet', () => {
    expect(mustDenyUntil(revokedRequest(), now)).toBe(aWindow.endsAt);
    expect(mustDenyUntil(closed(followedBy(aScheduledRequest(), revoked)), now)).toBe(aWindow.endsAt);
  });

  it('are denied as long as STS lets one live, where that is longer', () => {
    const stsExpiresAt = addSeconds(aWindow.endsAt, 600);
    const session = aSession({ stsExpiresAt });
    expect(mustDenyUntil({ ...revokedRequest(), session }, now)).toBe(stsExpiresAt);
  });

  it('need nothing once that is over', () => {
    expect(mustDenyUntil(revokedRequest(), aWindow.endsAt)).toBeUndefined();
    expect(mustDenyUntil(revokedRequest(), addSeconds(aWindow.endsAt, -1))).toBe(aWindow.endsAt);
  });

  it('are none where nobody was granted anything, or where the time ran out', () => {
    const cancelled = followedBy(aRequest(), { event: 'cancelled', at: now });
    expect(mustDenyUntil(closed(cancelled), now)).toBeUndefined();
    const ended = followedBy(anActiveRequest(), { event: 'ended', at: aWindow.endsAt });
    expect(mustDenyUntil(closed(ended), aWindow.endsAt)).toBeUndefined();
  });
});

describe('a writer of the table does not shorten that', () => {
  it('by another time of closing', () => {
    expect(mustDenyUntil({ ...revokedRequest(), closedAt: aWindow.endsAt }, now)).toBe(aWindow.endsAt);
  });

  it('by another window, or none, or another expiry of the session', () => {
    const { window: _, session: __, ...bare } = revokedRequest();
    expect(mustDenyUntil({ ...bare }, now)).toBe(aWindow.endsAt);
    expect(mustDenyUntil({ ...bare, window: { ...aWindow, endsAt: now } }, now)).toBe(aWindow.endsAt);
  });

  it('by another time of the revocation, with or without its hash', () => {
    const request = revokedRequest();
    const before = request.history.slice(0, -1);
    const at = aWindow.endsAt;
    const late = request.history.map((entry) => (entry.event === 'revoked' ? { ...entry, at } : entry));
    expect(mustDenyUntil({ ...request, history: late }, now)).toBe(aWindow.endsAt);
    const entry = { event: 'revoked', at, by: 'countersign', detail: { reason: revoked.reason } } as const;
    const rechained = [...before, chain(request.terms.id, before, entry)];
    expect(mustDenyUntil({ ...request, history: rechained }, now)).toBe(aWindow.endsAt);
  });

  it('nor lengthens it beyond what any grant can last', () => {
    const window = { ...aWindow, endsAt: '9999-12-31T23:59:59Z' };
    expect(mustDenyUntil({ ...revokedRequest(), window }, now)).toBe(addSeconds(now, 37 * 86_400 + 3_600));
  });
});
