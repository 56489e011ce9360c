import { addSeconds, type Instant, secondsBetween } from '#domain/instant.ts';
import { type CloudTrailRecord, callRecord, deniedCallRecord, type Over } from '../../../review/records.ts';
import { type IssuedSession, type Story, windowOf } from './story.ts';

/** A call in a session of the grant: reading one of the orders unless `over` says otherwise. */
export function use(story: Story, { as }: IssuedSession, at: Instant, over: Over = {}): CloudTrailRecord {
  const { random } = story.installation;
  const read = {
    eventID: random.uuid(),
    requestParameters: { tableName: 'orders', key: { id: String(random.whole(1_000, 1_999)) } },
  };
  const call = callRecord({ at, session: as }, { ...read, ...over });
  story.calls.push(call);
  return call;
}

/** A call that AWS refuses: no policy allows it, or the time is over. */
export function refused(story: Story, { as }: IssuedSession, at: Instant, over: Over = {}): CloudTrailRecord {
  const call = deniedCallRecord({ at, session: as }, { eventID: story.installation.random.uuid(), ...over });
  story.calls.push(call);
  return call;
}

/** Some calls from the session's beginning on, within `seconds` and within the grant. */
export function useMuch(story: Story, issued: IssuedSession, seconds: number): void {
  const { random } = story.installation;
  const { issuedAt } = issued.session;
  const left = secondsBetween(issuedAt, windowOf(story.request).endsAt) - 1;
  const count = random.whole(2, 9);
  for (let call = 0; call < count; call += 1)
    use(story, issued, addSeconds(issuedAt, Math.min(left, random.whole(4, seconds))));
}
