import { addSeconds, type Instant } from '#domain/instant.ts';
import { alice, aMachine, bob, carol, dave, erin, frank } from '../../../builders.ts';
import { use, useMuch } from '../calls.ts';
import type { Installation } from '../installation.ts';
import { issue, issueThrough, lastSession } from '../sessions.ts';
import { beginStory, decide, runOut, type Story, windowOf } from '../story.ts';
import { minutes, type Stories } from './beginnings.ts';

/** What people decide, and for when. */
export const approvals = {
  async scheduled(installation, at) {
    const startAt = minutes(at, 120);
    const story = await beginStory(installation, { who: dave, wish: { startAt, durationSeconds: 900 }, at });
    await decide(story, carol, { at: minutes(at, 30), comment: 'After the release' });
    useMuch(story, await issue(story, addSeconds(startAt, 1)), 600);
    await runOut(story);
    return story;
  },

  /** Two rules, two people; the second shortens. */
  async twoApprovals(installation, at) {
    const story = await beginStory(installation, {
      who: dave,
      wish: { entitlement: 'orders-admin', durationSeconds: 3_600 },
      at,
    });
    await decide(story, bob, { at: minutes(at, 2), comment: 'Fine with me' });
    await decide(story, frank, { at: minutes(at, 11), durationSeconds: 1_200 });
    const { startsAt, endsAt } = windowOf(story.request);
    await issueThrough(story, addSeconds(startsAt, 2), endsAt);
    use(story, lastSession(story), addSeconds(startsAt, 900), { eventName: 'DeleteItem', readOnly: false });
    await runOut(story);
    return story;
  },

  async oneOrder(installation, at) {
    const wish = { entitlement: 'orders-item', parameters: { order: '1001' }, durationSeconds: 600 };
    const story = await beginStory(installation, { who: alice, wish, at });
    await decide(story, carol, { at: minutes(at, 1), durationSeconds: 300 });
    use(story, await issue(story, addSeconds(minutes(at, 1), 1)), minutes(at, 3));
    await runOut(story);
    return story;
  },

  /** Nobody of the leads was there: after half an hour security may approve. */
  async escalated(installation, at) {
    const story = await beginStory(installation, { who: alice, wish: { durationSeconds: 600 }, at });
    await decide(story, erin, { at: minutes(at, 45) });
    useMuch(story, await issue(story, addSeconds(minutes(at, 45), 2)), 300);
    await runOut(story);
    return story;
  },
} satisfies Stories;

/** As long as the catalogue asks for any two: later it takes one from security. */
export async function approvedByTwoLeads(installation: Installation, at: Instant): Promise<Story> {
  const wish = { entitlement: 'orders-admin', durationSeconds: 900 };
  const story = await beginStory(installation, { who: dave, wish, at });
  await decide(story, bob, { at: minutes(at, 3) });
  await decide(story, carol, { at: minutes(at, 7) });
  useMuch(story, await issue(story, addSeconds(minutes(at, 7), 2)), 300);
  await runOut(story);
  return story;
}

/** A machine asks: its SourceIdentity is a hash, and those who run it do not decide. */
export async function askedByMachine(installation: Installation, at: Instant): Promise<Story> {
  const story = await beginStory(installation, { who: aMachine, wish: { durationSeconds: 600 }, at });
  await decide(story, carol, { at: minutes(at, 2) });
  useMuch(story, await issue(story, addSeconds(minutes(at, 2), 2)), 300);
  await runOut(story);
  return story;
}
