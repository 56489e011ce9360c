import { evolve } from '#domain/accessRequest.ts';
import { sourceIdentityOf } from '#domain/identity.ts';
import { addSeconds } from '#domain/instant.ts';
import { refusedAssumeRoleRecord } from '../../../../review/records.ts';
import { alice, bob, carol, dave, erin } from '../../../builders.ts';
import { useMuch } from '../calls.ts';
import { functionAt } from '../installation.ts';
import { issue } from '../sessions.ts';
import {
  attest,
  attestationOf,
  beginStory,
  decide,
  decisionBy,
  happen,
  runOut,
  settle,
  windowOf,
} from '../story.ts';
import { activeStory, approvedStory, minutes, type Stories } from './beginnings.ts';

/** Races that are lost, evidence that is late or doubled, clocks that differ: it looks wrong, and is right. */
export const mishaps = {
  /** Two leads approve in the same second. One write wins; the other's evidence stands, and nothing follows from it. */
  async lostRace(installation, at) {
    const story = await beginStory(installation, { who: alice, wish: { durationSeconds: 600 }, at });
    const decided = minutes(at, 4);
    const before = story.request;
    await decide(story, bob, { at: decided });
    const late = { ...decisionBy({ ...story, request: before }, carol, { at: decided }), at: decided };
    const loser = evolve(before, { ...late, by: sourceIdentityOf(carol) });
    story.evidence.push(await attestationOf(installation, loser, { attester: 'decisions' }));
    useMuch(story, await issue(story, addSeconds(decided, 3)), 300);
    await runOut(story);
    return story;
  },

  /** Two approvals are needed and come in the same second: the loser of the race tries again and counts. */
  async lostRaceTriedAgain(installation, at) {
    const wish = { entitlement: 'orders-admin', durationSeconds: 600 };
    const story = await beginStory(installation, { who: alice, wish, at });
    const decided = minutes(at, 4);
    const before = story.request;
    await decide(story, bob, { at: decided });
    const first = { ...decisionBy({ ...story, request: before }, erin, { at: decided }), at: decided };
    const loser = evolve(before, { ...first, by: sourceIdentityOf(erin) });
    story.evidence.push(await attestationOf(installation, loser, { attester: 'decisions' }));
    await decide(story, erin, { at: decided });
    useMuch(story, await issue(story, addSeconds(decided, 3)), 300);
    await runOut(story);
    return story;
  },

  /** The requester cancels while a lead approves: the cancellation was written first. */
  async lostToCancel(installation, at) {
    const story = await beginStory(installation, { who: dave, at });
    const decided = minutes(at, 6);
    const approval = { ...decisionBy(story, bob, { at: decided }), at: decided, by: sourceIdentityOf(bob) };
    const loser = evolve(story.request, approval);
    story.evidence.push(await attestationOf(installation, loser, { attester: 'decisions' }));
    await happen(
      story,
      { event: 'cancelled', at: decided, by: sourceIdentityOf(dave) },
      { attester: 'requests' },
    );
    await settle(story, addSeconds(decided, 1));
    return story;
  },

  /** STS was out of reach when the grant was revoked: `reconcile` puts it on record forty minutes later. */
  async lateEvidence(installation, at) {
    const story = await activeStory(installation, at, { durationSeconds: 3_600 });
    const revoked = minutes(at, 13);
    const index = story.request.history.length;
    story.request = evolve(story.request, {
      event: 'revoked',
      reason: 'Not needed any more',
      at: revoked,
      by: sourceIdentityOf(bob),
    });
    await settle(story, addSeconds(revoked, 1));
    await attest(story, { attester: 'reconcile', index, noted: minutes(revoked, 40) });
    return story;
  },

  /** Both its last links were put on record hours late. */
  async lateEnd(installation, at) {
    const story = await activeStory(installation, at);
    const ended = addSeconds(windowOf(story.request).endsAt, 2);
    for (const event of ['ended', 'closed'] as const)
      story.request = evolve(story.request, { event, at: ended, by: 'countersign' });
    for (const index of [-2, -1])
      await attest(story, {
        attester: 'reconcile',
        index: story.request.history.length + index,
        noted: minutes(ended, 150 + index),
      });
    return story;
  },

  /** The notary's answer got lost on the way: the function called again, and one entry is on record twice. */
  async attestedTwice(installation, at) {
    const story = await approvedStory(installation, at);
    await attest(story, { attester: 'decisions', noted: minutes(at, 6) });
    useMuch(story, await issue(story, minutes(at, 7)), 200);
    await runOut(story);
    return story;
  },

  /** STS's clock is a second behind the function's. */
  async clockSkew(installation, at) {
    const story = await beginStory(installation, { who: alice, wish: { durationSeconds: 900 }, at });
    const decided = minutes(at, 4);
    await decide(story, bob, { at: decided, noted: addSeconds(decided, -1) });
    useMuch(story, await issue(story, addSeconds(decided, 2)), 200);
    await runOut(story);
    return story;
  },

  /** The role was deployed seconds ago and STS does not let it be assumed yet; the workflow tries again. */
  async refusedThenIssued(installation, at) {
    const story = await approvedStory(installation, at);
    const tried = addSeconds(minutes(at, 5), 2);
    for (const seconds of [0, 2])
      story.calls.push(
        refusedAssumeRoleRecord(
          {
            at: addSeconds(tried, seconds),
            caller: functionAt(installation, 'issueSession', tried),
            roleArn: story.request.terms.roleArn,
          },
          { eventID: installation.random.uuid(), awsRegion: installation.region },
        ),
      );
    useMuch(story, await issue(story, addSeconds(tried, 6)), 200);
    await runOut(story);
    return story;
  },
} satisfies Stories;
