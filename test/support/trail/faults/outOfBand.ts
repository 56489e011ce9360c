import { addSeconds, type Instant } from '#domain/instant.ts';
import { callRecord, type RoleSession, sessionArnOf, targetRole } from '../../../review/records.ts';
import { firstSession } from '../countersign/sessions.ts';
import { activeStory } from '../countersign/stories/beginnings.ts';
import { runOut } from '../countersign/story.ts';
import { organisation } from '../organisation.ts';
import { lately, type World } from '../world.ts';
import { recordOf, tagsOf } from './edits.ts';
import { type Fault, may, must } from './fault.ts';
import { intruder, takesRole } from './intruder.ts';
import { told } from './told.ts';

const { production, access } = organisation.accounts;

/** A call in a session that no grant stands behind. */
function usedBy(world: World, session: RoleSession, at: Instant): void {
  world.extra.push(callRecord({ at, session }, { eventID: world.random.uuid() }));
}

/** Sessions that no request answers for. */
export const outOfBandFaults: readonly Fault[] = [
  {
    name: 'An administrator enters a managed role without a request.',
    plant(world) {
      const at = lately(world);
      const { session, record } = takesRole(world, intruder(world, production, at), {
        at,
        roleArn: targetRole('orders-admin'),
        sessionName: 'mallory',
      });
      usedBy(world, session, addSeconds(at, 30));
      return [must('session-without-grant', record.eventID, sessionArnOf(session))];
    },
  },
  {
    name: 'Somebody enters a managed role, and never does anything in it.',
    plant(world) {
      const at = lately(world);
      const { record } = takesRole(world, intruder(world, access, at), {
        at,
        roleArn: targetRole('orders-read'),
        sessionName: 'just-looking',
      });
      return [must('session-without-grant', record.eventID)];
    },
  },
  {
    name: 'Right after a real session somebody forges another of its name, its tags and its person.',
    async plant(world) {
      const story = await activeStory(world.installation, lately(world));
      const issued = firstSession(story);
      await runOut(story);
      const real = recordOf(issued);
      const at = addSeconds(real.eventTime, 20);
      const { session, record } = takesRole(world, intruder(world, access, at, 'countersign-issue-session'), {
        at,
        roleArn: issued.as.roleArn,
        sessionName: issued.as.sessionName,
        sourceIdentity: issued.as.sourceIdentity,
        policy: String(real.requestParameters?.policy),
        tags: tagsOf(real),
      });
      usedBy(world, session, addSeconds(at, 9));
      return [must('session-without-grant', record.eventID, session.accessKeyId)];
    },
  },
  {
    name: 'Calls are made in a managed role under a key that no record issued, by the name of a request.',
    async plant(world) {
      const issued = firstSession(await told(world, 'ended'));
      const createdAt = addSeconds(issued.session.issuedAt, 60);
      const session = { ...issued.as, accessKeyId: world.random.keyId('ASIA'), createdAt };
      const call = callRecord({ at: addSeconds(createdAt, 1), session }, { eventID: world.random.uuid() });
      world.extra.push(call);
      return [must('session-without-grant', call.eventID, session.accessKeyId)];
    },
  },
  {
    name: 'Calls are made in a managed role by a session of which the logs have no beginning.',
    plant(world) {
      const at = lately(world);
      const session = {
        roleArn: targetRole('orders-item'),
        sessionName: 'debugging',
        accessKeyId: world.random.keyId('ASIA'),
        createdAt: at,
      };
      usedBy(world, session, addSeconds(at, 5));
      return [must('session-without-grant', sessionArnOf(session))];
    },
  },
  ...['countersign-decisions', 'countersign-issue-session', 'countersign-workflow'].map(
    (role): Fault => ({
      name: `Somebody borrows the role ${role}.`,
      plant(world) {
        const at = lately(world);
        const { record } = takesRole(world, intruder(world, access, at), {
          at,
          roleArn: `arn:aws:iam::${access}:role/${role}`,
          sessionName: 'mallory',
        });
        return [must('borrowed-role', record.eventID)];
      },
    }),
  ),
  {
    name: 'Somebody borrows the role of the notary.',
    plant(world) {
      const at = lately(world);
      const { record } = takesRole(world, intruder(world, access, at), {
        at,
        roleArn: `arn:aws:iam::${access}:role/countersign-notary`,
        sessionName: 'mallory',
      });
      return [must('wrong-attester', record.eventID), may('borrowed-role', record.eventID)];
    },
  },
  {
    name: 'Somebody borrows the revoker of a target account.',
    plant(world) {
      const at = lately(world);
      const { record } = takesRole(world, intruder(world, production, at), {
        at,
        roleArn: `arn:aws:iam::${production}:role/countersign-revoker`,
        sessionName: 'mallory',
      });
      return [must('borrowed-role', record.eventID)];
    },
  },
];
