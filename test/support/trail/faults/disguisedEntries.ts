import { addSeconds } from '#domain/instant.ts';
import { callRecord, targetRole } from '../../../review/records.ts';
import { aCaller } from '../background/apiRecord.ts';
import { sessionOf } from '../background/identities.ts';
import { assumption } from '../background/issuingCalls.ts';
import { functionAt } from '../countersign/installation.ts';
import { firstSession, issue } from '../countersign/sessions.ts';
import { approvedStory } from '../countersign/stories/beginnings.ts';
import { runOut, windowOf } from '../countersign/story.ts';
import { organisation } from '../organisation.ts';
import { lately } from '../world.ts';
import { recordOf } from './edits.ts';
import { anyOf, type Fault, may, must } from './fault.ts';
import { intruder, takesRole } from './intruder.ts';
import { idOf, told } from './told.ts';

const { production, access } = organisation.accounts;

/** Ways into a managed role that do not look like it. */
export const disguisedEntries: readonly Fault[] = [
  {
    name: 'A managed role is entered with the token of a pipeline, after its trust policy was changed elsewhere.',
    plant(world) {
      const at = lately(world);
      const { random, extra } = world;
      const session = sessionOf(random, { roleArn: targetRole('orders-admin'), name: 'GitHubActions', at });
      const provider = `arn:aws:iam::${production}:oidc-provider/token.actions.githubusercontent.com`;
      const pipeline = {
        type: 'WebIdentityUser',
        principalId: `${provider}:sts:repo:evil/orders`,
        identityProvider: provider,
      };
      const caller = aCaller(random, pipeline, { account: production, region: 'us-east-1' });
      const record = assumption(random, caller, { at, session, name: 'AssumeRoleWithWebIdentity' });
      extra.push(record);
      return [must('session-without-grant', record.eventID)];
    },
  },
  {
    name: 'A managed role is entered from an account whose logs nobody has, under the name of the function.',
    plant(world) {
      const at = lately(world);
      const stranger = {
        ...functionAt(world.installation, 'issueSession', at),
        roleArn: 'arn:aws:iam::666677778888:role/x',
      };
      const { record } = takesRole(
        world,
        { ...stranger, sessionName: 'countersign-issue-session' },
        {
          at,
          roleArn: targetRole('orders-admin'),
          sessionName: '01M81YE4X65KSGWT8AKTR6PX3B',
          sourceIdentity: 'alice@example.com',
        },
      );
      world.missing.add(record);
      return [must('session-without-grant', targetRole('orders-admin'), '01M81YE4X65KSGWT8AKTR6PX3B')];
    },
  },
  {
    name: 'A session is forged from the service account, and the copy of its record there is gone.',
    async plant(world) {
      const story = await told(world, 'neverUsed');
      const issued = firstSession(story);
      const at = addSeconds(issued.session.issuedAt, 90);
      const { session, record } = takesRole(world, intruder(world, access, at, 'countersign-issue-session'), {
        at,
        roleArn: issued.as.roleArn,
        sessionName: idOf(story),
        sourceIdentity: 'alice@example.com',
        policy: String(recordOf(issued).requestParameters?.policy),
      });
      world.missing.add(record);
      world.extra.push(callRecord({ at: addSeconds(at, 5), session }, { eventID: world.random.uuid() }));
      const rules = ['session-without-grant', 'effect-without-evidence'];
      return [anyOf(rules, idOf(story)), may('session-for-other-terms', idOf(story))];
    },
  },
  {
    name: 'The second installation reaches into a target that is not its own.',
    async plant(world) {
      const story = await approvedStory(world.second, lately(world));
      const { terms } = story.request;
      story.request = { ...story.request, terms: { ...terms, roleArn: targetRole('orders-read') } };
      const issued = await issue(story, addSeconds(windowOf(story.request).startsAt, 2));
      story.request = { ...story.request, terms };
      await runOut(story);
      const rules = ['session-for-other-terms', 'session-without-grant', 'several-installations'];
      const of = [idOf(story), recordOf(issued).eventID];
      return [anyOf(rules, ...of), may('several-installations', world.second.account)];
    },
  },
];
