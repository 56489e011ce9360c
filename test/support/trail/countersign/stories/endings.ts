import { sourceIdentityOf } from '#domain/identity.ts';
import { addSeconds, type Instant } from '#domain/instant.ts';
import { ada, alice, carol, dave, type Human } from '../../../builders.ts';
import { refused, useMuch } from '../calls.ts';
import { issue, issueThrough, lastSession } from '../sessions.ts';
import { beginStory, decide, happen, runOut, type Story, settle, windowOf } from '../story.ts';
import { activeStory, approvedStory, minutes, type Stories } from './beginnings.ts';

/** Every way in which a request can end. */
export const endings = {
  async denied(installation, at) {
    const story = await beginStory(installation, { who: alice, at });
    await decide(story, carol, { decision: 'deny', comment: 'Use the report instead', at: minutes(at, 9) });
    await settle(story, addSeconds(minutes(at, 9), 1));
    return story;
  },

  async cancelled(installation, at) {
    const story = await beginStory(installation, { who: dave, at });
    await happen(
      story,
      { event: 'cancelled', at: minutes(at, 3), by: sourceIdentityOf(dave) },
      { attester: 'requests' },
    );
    await settle(story, addSeconds(minutes(at, 3), 1));
    return story;
  },

  async expired(installation, at) {
    const story = await beginStory(installation, { who: alice, at });
    const expired = addSeconds(story.request.terms.expiresAt, 2);
    await happen(
      story,
      { event: 'expired', at: expired, by: 'countersign' },
      { attester: 'notifyApprovers' },
    );
    await settle(story, addSeconds(expired, 1));
    return story;
  },

  async ended(installation, at) {
    const story = await activeStory(installation, at, { ticket: 'INC-42' });
    refused(story, lastSession(story), minutes(at, 12));
    await runOut(story);
    return story;
  },

  /** An hour: one session after the other, each used, and one call that came too late. */
  async renewed(installation, at) {
    const story = await approvedStory(installation, at, { durationSeconds: 3_600 });
    const { startsAt, endsAt } = windowOf(story.request);
    await issueThrough(story, addSeconds(startsAt, 2), endsAt);
    for (const session of story.sessions) useMuch(story, session, 590);
    await runOut(story);
    refused(story, lastSession(story), addSeconds(endsAt, 20), {
      eventName: 'GetItem',
      readOnly: true,
      errorMessage:
        'User is not authorized to perform: dynamodb:GetItem with an explicit deny in a session policy',
    });
    return story;
  },

  /** Six hours: sessions of a whole hour. */
  async long(installation, at) {
    const story = await approvedStory(installation, at, { durationSeconds: 6 * 3_600 });
    const { startsAt, endsAt } = windowOf(story.request);
    await issueThrough(story, addSeconds(startsAt, 1), endsAt);
    for (const session of story.sessions) useMuch(story, session, 3_000);
    await runOut(story);
    return story;
  },

  async neverUsed(installation, at) {
    const story = await approvedStory(installation, at);
    await issue(story, minutes(at, 6));
    await runOut(story);
    return story;
  },

  async returned(installation, at) {
    const story = await activeStory(installation, at, { durationSeconds: 1_800 });
    await endEarly(story, { at: minutes(at, 12), how: 'returned', by: alice });
    return story;
  },

  /** Taken back by an admin. What the requester's machine still tries is refused. */
  async revoked(installation, at) {
    const story = await activeStory(installation, at, { durationSeconds: 3_600, ticket: 'CHG-7' });
    await endEarly(story, { at: minutes(at, 14), how: 'revoked', by: ada });
    for (const seconds of [40, 41, 95])
      refused(story, lastSession(story), addSeconds(minutes(at, 14), seconds), { eventName: 'GetItem' });
    return story;
  },

  /** The entitlement changed while nobody had decided. */
  async failedPending(installation, at) {
    const story = await beginStory(installation, { who: dave, at });
    const failed = minutes(at, 20);
    await happen(
      story,
      { event: 'failed', at: failed, by: 'countersign', reason: 'entitlement_changed' },
      { attester: 'endGrant' },
    );
    await settle(story, addSeconds(failed, 1));
    return story;
  },

  /** The entitlement changed while it ran: no next session, and the one that lives is denied. */
  async failedActive(installation, at) {
    const story = await activeStory(installation, at, { durationSeconds: 3_600 });
    const failed = minutes(at, 15);
    await happen(
      story,
      { event: 'failed', at: failed, by: 'countersign', reason: 'entitlement_changed' },
      { attester: 'issueSession' },
    );
    await settle(story, addSeconds(failed, 1));
    return story;
  },
} satisfies Stories;

/** Ends before its time, by what the event says; `endGrant` is woken a second later. */
async function endEarly(
  story: Story,
  { at, how, by }: { at: Instant; how: 'revoked' | 'returned'; by: Human },
): Promise<void> {
  const attester = how === 'revoked' ? 'decisions' : 'requests';
  const event = how === 'revoked' ? { event: how, reason: 'The incident is over' } : { event: how };
  await happen(story, { ...event, at, by: sourceIdentityOf(by) }, { attester });
  await settle(story, addSeconds(at, 1));
}
