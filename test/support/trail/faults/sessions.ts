import { digestOf } from '#domain/digest.ts';
import { addSeconds, type Instant } from '#domain/instant.ts';
import { targetRole } from '../../../review/records.ts';
import { alice, bob } from '../../builders.ts';
import { use } from '../countersign/calls.ts';
import { firstSession, issue, lastSession } from '../countersign/sessions.ts';
import { activeStory, approvedStory } from '../countersign/stories/beginnings.ts';
import {
  beginStory,
  decide,
  happen,
  type IssuedSession,
  runOut,
  type Story,
  settle,
  windowOf,
} from '../countersign/story.ts';
import { lately, type World } from '../world.ts';
import { editPolicy, recordOf, setParameter, setTag } from './edits.ts';
import { type Expected, type Fault, may, must } from './fault.ts';
import { endOf, idOf, told } from './told.ts';

/** A session whose AssumeRole asked for something else than what was approved. */
const forged = (
  name: string,
  rule: string,
  forge: (issued: IssuedSession, story: Story) => void,
  ...besides: string[]
): Fault => ({
  name,
  async plant(world) {
    const story = await activeStory(world.installation, lately(world), { ticket: 'INC-99' });
    await runOut(story);
    const issued = firstSession(story);
    forge(issued, story);
    const { eventID } = recordOf(issued);
    return [must(rule, idOf(story), eventID), ...besides.map((other) => may(other, idOf(story), eventID))];
  },
});

/** A session of a grant that starts later, forged or issued before its time. */
async function scheduledStory(world: World): Promise<{ story: Story; startAt: Instant }> {
  const at = lately(world);
  const startAt = addSeconds(at, 7_200);
  const story = await beginStory(world.installation, {
    who: alice,
    wish: { startAt, durationSeconds: 900 },
    at,
  });
  await decide(story, bob, { at: addSeconds(at, 300) });
  return { story, startAt };
}

/** Sessions that are not what was approved, or not when. */
export const sessionFaults: readonly Fault[] = [
  forged('A session was made in the name of somebody else.', 'session-for-other-terms', (issued) => {
    setParameter(recordOf(issued), 'sourceIdentity', 'dave@example.com');
  }),
  forged('A session carries the digest of other terms.', 'session-for-other-terms', (issued) => {
    setTag(recordOf(issued), 'cs:digest', digestOf('other terms'));
  }),
  forged('A session names an approver who did not approve.', 'session-for-other-terms', (issued) => {
    setTag(recordOf(issued), 'cs:approver1', 'carol@example.com');
  }),
  forged('A session names one approver more than there was.', 'session-for-other-terms', (issued) => {
    setTag(recordOf(issued), 'cs:approver2', 'erin@example.com');
  }),
  forged(
    'A session carries another request than its name.',
    'session-for-other-terms',
    (issued, { installation }) => {
      const [other] = installation.stories;
      setTag(recordOf(issued), 'cs:request', other?.request.terms.id ?? '');
    },
  ),
  {
    name: 'A session for reading was made in the role for administering.',
    async plant(world) {
      const story = await approvedStory(world.installation, lately(world));
      const roleArn = targetRole('orders-admin');
      const { terms } = story.request;
      story.request = { ...story.request, terms: { ...terms, roleArn } };
      const issued = await issue(story, addSeconds(windowOf(story.request).startsAt, 2));
      story.request = { ...story.request, terms };
      await runOut(story);
      return [must('session-for-other-terms', terms.id, recordOf(issued).eventID)];
    },
  },
  forged('A session has no session policy.', 'session-policy-differs', (issued) => {
    setParameter(recordOf(issued), 'policy', undefined);
  }),
  forged('The end in a session policy is a second late.', 'session-policy-differs', (issued, { request }) => {
    const { endsAt } = windowOf(request);
    editPolicy(recordOf(issued), ({ Statement: [end] }) => {
      end.Condition.DateGreaterThanEquals['aws:CurrentTime'] = addSeconds(endsAt, 1);
    });
  }),
  forged('A session policy allows one action more.', 'session-policy-differs', (issued) => {
    editPolicy(recordOf(issued), ({ Statement }) => {
      Statement.at(-1).Action.push('dynamodb:PutItem');
    });
  }),
  forged('A session policy allows another table.', 'session-policy-differs', (issued) => {
    editPolicy(recordOf(issued), ({ Statement }) => {
      Statement.at(-1).Resource = 'arn:aws:dynamodb:*:111122223333:table/*';
    });
  }),
  forged('A session policy lets the session chain on.', 'session-policy-differs', (issued) => {
    editPolicy(recordOf(issued), (policy) => {
      policy.Statement = policy.Statement.filter(({ Action }) => !Action.includes('sts:AssumeRole'));
    });
  }),
  forged('The end in a session policy counts for other actions only.', 'session-policy-differs', (issued) => {
    editPolicy(recordOf(issued), ({ Statement: [end] }) => {
      end.Action = 's3:*';
    });
  }),
  forged(
    'A session got a managed policy that the entitlement has not.',
    'session-policy-differs',
    (issued) => {
      setParameter(recordOf(issued), 'policyArns', [{ arn: 'arn:aws:iam::aws:policy/PowerUserAccess' }]);
    },
  ),
  forged(
    'A session was made for twelve hours.',
    'session-policy-differs',
    (issued) => {
      const record = recordOf(issued);
      setParameter(record, 'durationSeconds', 43_200);
      Object.assign(record.responseElements?.credentials as object, {
        expiration: addSeconds(record.eventTime, 43_200),
      });
    },
    'broken-chain',
    'effect-without-evidence',
    'evidence-without-effect',
  ),
  {
    name: 'The deny until the start is not in the session policy of a scheduled grant.',
    async plant(world) {
      const { story, startAt } = await scheduledStory(world);
      const issued = await issue(story, addSeconds(startAt, 1));
      await runOut(story);
      editPolicy(recordOf(issued), (policy) => {
        policy.Statement = policy.Statement.filter(({ Condition }) => !Condition?.DateLessThan);
      });
      return [must('session-policy-differs', idOf(story), recordOf(issued).eventID)];
    },
  },
  {
    name: 'A session was made before its grant began, and used at once.',
    async plant(world) {
      const { story, startAt } = await scheduledStory(world);
      const issued = await issue(story, addSeconds(startAt, -600));
      use(story, issued, addSeconds(startAt, -500));
      await runOut(story);
      return [must('session-outside-window', idOf(story)), must('call-before-start', idOf(story))];
    },
  },
  {
    name: 'A session was made when the grant was over, because the workflow did not end it.',
    async plant(world) {
      const story = await activeStory(world.installation, lately(world));
      const { endsAt } = windowOf(story.request);
      const late = await issue(story, addSeconds(endsAt, 600));
      const ended = addSeconds(endsAt, 700);
      await happen(story, { event: 'ended', at: ended, by: 'countersign' }, { attester: 'endGrant' });
      await settle(story, ended);
      return [must('session-outside-window', idOf(story), recordOf(late).eventID)];
    },
  },
  {
    name: 'The boundary does not hold: a call goes through five minutes after the grant was revoked.',
    plant: (world) => callAfter(world, 'revoked', 300),
  },
  {
    name: 'A call goes through five minutes after a revocation that was put on record half an hour later.',
    plant: (world) => callAfter(world, 'lateEvidence', 300),
  },
  {
    name: 'A call goes through five minutes after the grant was given back.',
    plant: (world) => callAfter(world, 'returned', 300),
  },
  {
    name: 'A call goes through twenty seconds after the grant was revoked, while IAM still spreads the word.',
    plant: (world) => callAfter(world, 'revoked', 20),
  },
  {
    name: 'A call goes through a minute after the time was out.',
    async plant(world) {
      const story = await activeStory(world.installation, lately(world));
      const { endsAt } = windowOf(story.request);
      await runOut(story);
      const call = use(story, firstSession(story), addSeconds(endsAt, 60));
      return [must('call-after-end', idOf(story), call.eventID)];
    },
  },
];

/** A call that went through some seconds after a grant ended before its time. */
async function callAfter(
  world: World,
  ending: 'revoked' | 'returned' | 'lateEvidence',
  seconds: number,
): Promise<Expected[]> {
  const story = await told(world, ending);
  const call = use(story, lastSession(story), addSeconds(endOf(story), seconds));
  return [must('call-after-end', idOf(story), call.eventID)];
}
