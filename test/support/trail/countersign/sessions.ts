import { addSeconds, type Instant, secondsBetween } from '#domain/instant.ts';
import { reissueTime, sessionDurationOf } from '#domain/sessionLength.ts';
import { targetSessionWith } from '#lambdas/adapters/targetSession.ts';
import { entryOf } from '../../builders.ts';
import { functionAt, workAround } from './installation.ts';
import { type Recorded, recordingSts } from './recordingSts.ts';
import { happen, type IssuedSession, type Story, windowOf } from './story.ts';

/** `issueSession` assumes the target role, then puts the session on record. */
export async function issue(story: Story, at: Instant): Promise<IssuedSession> {
  const opened = await openSession(story, at);
  await happen(
    story,
    { event: 'issued', at, by: 'countersign', session: opened.session, window: windowOf(story.request) },
    { attester: 'issueSession', noted: addSeconds(at, 2) },
  );
  story.sessions.push(opened);
  workAround(story.installation, 'credentials', addSeconds(at, 4), story.request.terms.id);
  return opened;
}

/** The session as STS makes it, not on record yet. */
export async function openSession({ installation, request }: Story, at: Instant): Promise<IssuedSession> {
  const { terms, digest, decisions } = request;
  const window = windowOf(request);
  const grantSeconds = secondsBetween(window.startsAt, window.endsAt);
  const { sessionDuration } = entryOf(installation.catalogue, terms.entitlement).entitlement;
  const durationSeconds = sessionDurationOf(grantSeconds, sessionDuration);
  const issuedAt = addSeconds(at, installation.random.whole(0, 1));
  let recorded: Recorded | undefined;
  const sts = recordingSts(installation.random, {
    at: issuedAt,
    caller: functionAt(installation, 'issueSession', at),
    over: { awsRegion: installation.region },
    onRecord: (made) => {
      recorded = made;
    },
  });
  const order = { terms, digest, decisions, endsAt: window.endsAt, durationSeconds };
  const { accessKeyId, stsExpiresAt } = await targetSessionWith(sts)(order);
  if (!recorded) throw new Error('No session was made.');
  const reissueAt = reissueTime(at, durationSeconds, window.endsAt);
  const session = {
    sequence: (request.status === 'active' ? request.session.sequence : 0) + 1,
    accessKeyId,
    issuedAt,
    stsExpiresAt,
    ...(reissueAt && { reissueAt }),
  };
  return { session, records: recorded.records, as: recorded.session };
}

/** Sessions from `at` on as the workflow issues them, one before the other runs out, until `until`. */
export async function issueThrough(story: Story, at: Instant, until: Instant): Promise<void> {
  let due: Instant | undefined = at;
  while (due !== undefined && due < until) {
    const { session } = await issue(story, due);
    due = session.reissueAt;
  }
}

export const firstSession = ({ sessions }: Story): IssuedSession => existing(sessions.at(0));
export const lastSession = ({ sessions }: Story): IssuedSession => existing(sessions.at(-1));

function existing(session: IssuedSession | undefined): IssuedSession {
  if (!session) throw new RangeError('This grant has no session.');
  return session;
}
