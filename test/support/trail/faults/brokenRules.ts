import type { AccessRequest } from '#domain/accessRequest.ts';
import { sourceIdentityOf } from '#domain/identity.ts';
import { addSeconds } from '#domain/instant.ts';
import { alice, anApproval, bob, carol, dave } from '../../builders.ts';
import { useMuch } from '../countersign/calls.ts';
import { functionAt } from '../countersign/installation.ts';
import { firstSession, issue } from '../countersign/sessions.ts';
import { activeStory } from '../countersign/stories/beginnings.ts';
import { beginStory, decide, happen, runOut, settle } from '../countersign/story.ts';
import { organisation } from '../organisation.ts';
import { lately } from '../world.ts';
import { type Fault, may, must } from './fault.ts';
import { strikes, takesRole } from './intruder.ts';
import { allowAll, boundary } from './strikes.ts';
import { endOf, idOf, told } from './told.ts';

const { production } = organisation.accounts;

/** What Countersign’s own functions would do that somebody has taken over. */
export const brokenRules: readonly Fault[] = [
  {
    name: 'The function that issues sessions issues one that nobody approved, and attests it.',
    async plant(world) {
      const at = lately(world);
      const story = await beginStory(world.installation, { who: alice, at });
      const window = { startsAt: addSeconds(at, 60), endsAt: addSeconds(at, 960) };
      story.request = { ...story.request, status: 'scheduled', window } as AccessRequest;
      useMuch(story, await issue(story, addSeconds(at, 61)), 300);
      await runOut(story);
      return [must('missing-decision', idOf(story)), may('broken-chain', idOf(story))];
    },
  },
  {
    name: 'A request names a catalogue that was replaced long ago, by which two leads were enough.',
    async plant(world) {
      const at = addSeconds(world.to, -36_000);
      const before = { ...world.installation, catalogue: world.earlierCatalogue };
      const wish = { entitlement: 'orders-admin', durationSeconds: 900 };
      const story = await beginStory(before, { who: dave, wish, at });
      await decide(story, bob, { at: addSeconds(at, 60) });
      await decide(story, carol, { at: addSeconds(at, 100) });
      useMuch(story, await issue(story, addSeconds(at, 102)), 300);
      await runOut(story);
      return [must('catalogue-outdated', idOf(story)), may('missing-decision', idOf(story))];
    },
  },
  {
    name: 'A grant was given twice as long as its entitlement allows.',
    async plant(world) {
      const at = lately(world);
      const story = await beginStory(world.installation, { who: alice, at });
      const window = { startsAt: addSeconds(at, 60), endsAt: addSeconds(at, 60 + 16 * 3_600) };
      const decision = anApproval(bob, { decidedAt: window.startsAt });
      const by = sourceIdentityOf(bob);
      await happen(
        story,
        { event: 'approved', decision, window, at: window.startsAt, by },
        { attester: 'decisions' },
      );
      useMuch(story, await issue(story, addSeconds(window.startsAt, 2)), 300);
      const returned = addSeconds(at, 3_000);
      await happen(
        story,
        { event: 'returned', at: returned, by: 'alice@example.com' },
        { attester: 'requests' },
      );
      await settle(story, addSeconds(returned, 1));
      return [must('window-too-long', idOf(story))];
    },
  },
  {
    name: 'Somebody was granted what the catalogue does not offer them.',
    async plant(world) {
      const lead = { ...bob, groups: ['orders-team'] };
      const at = lately(world);
      const story = await beginStory(world.installation, { who: lead, wish: { durationSeconds: 900 }, at });
      const decidedAt = addSeconds(at, 60);
      const window = { startsAt: decidedAt, endsAt: addSeconds(decidedAt, 900) };
      await happen(
        story,
        {
          event: 'approved',
          decision: anApproval({ ...bob, email: 'carol@example.com' }, { decidedAt }),
          window,
          at: decidedAt,
          by: 'carol@example.com',
        },
        { attester: 'decisions' },
      );
      useMuch(story, await issue(story, addSeconds(decidedAt, 2)), 300);
      await runOut(story);
      return [must('requester-not-eligible', idOf(story))];
    },
  },
  {
    name: 'The revoker writes a boundary that leaves out the grant which was revoked a minute ago.',
    async plant(world) {
      const story = await told(world, 'revoked');
      const { installation } = story;
      const at = addSeconds(endOf(story), 60);
      const { session } = takesRole(world, functionAt(installation, 'endGrant', at), {
        at,
        roleArn: `arn:aws:iam::${production}:role/countersign-revoker`,
        sessionName: idOf(story),
        sourceIdentity: 'countersign',
      });
      const { eventID } = strikes(world, session, {
        at: addSeconds(at, 1),
        source: 'iam.amazonaws.com',
        name: 'CreatePolicyVersion',
        request: {
          policyArn: boundary,
          policyDocument: allowAll,
          setAsDefault: true,
        },
      });
      return [must('boundary-differs', eventID)];
    },
  },
  {
    name: 'Somebody gets further credentials out of a grant’s session.',
    async plant(world) {
      const story = await activeStory(world.installation, lately(world));
      const issued = firstSession(story);
      await runOut(story);
      const { record } = takesRole(world, issued.as, {
        at: addSeconds(issued.session.issuedAt, 60),
        roleArn: `arn:aws:iam::${production}:role/developer`,
        sessionName: 'further',
      });
      return [must('chained-session', record.eventID)];
    },
  },
];
