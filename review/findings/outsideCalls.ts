import { callsOf } from '../grants/activity.ts';
import type { Grant } from '../grants/grant.ts';
import type { Call } from '../reader/trail.ts';
import type { Material, Observation, Severity } from './finding.ts';
import { aboutGrant } from './grantFacts.ts';
import { reachesInto } from './reachesInto.ts';
import { counted, quoted, someOf } from './words.ts';

/** How a call outside its grant's window went. */
export type Outcome =
  | 'succeeded'
  /** Succeeded while IAM was still spreading the word of an early end. */
  | 'succeededAtOnce'
  /** Refused by AWS: the denial at work. */
  | 'refused'
  /** Failed for another reason: it may have got past the denial. */
  | 'failed'
  /** No policy can deny it. */
  | 'undeniable';

const severityOf: Record<Outcome, Severity> = {
  succeeded: 'critical',
  succeededAtOnce: 'low',
  failed: 'medium',
  refused: 'info',
  undeniable: 'info',
};

const wordsOf: Record<Outcome, string> = {
  succeeded: 'succeeded: find out why nothing denied that',
  succeededAtOnce: 'succeeded in the seconds that IAM needs to deny a session: look at what was done',
  failed: 'failed, and not for want of permission: find out whether access was still alive',
  refused: 'got refused, as it should be',
  undeniable: 'asked who the caller is, which no policy denies',
};

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html: "No permissions are required". */
export function outcomeOf({ source, name, errorCode, denied }: Call): Exclude<Outcome, 'succeededAtOnce'> {
  if (source === 'sts.amazonaws.com' && name === 'GetCallerIdentity') return 'undeniable';
  if (denied || isTurnedAway.test(errorCode ?? '')) return 'refused';
  return errorCode === undefined ? 'succeeded' : 'failed';
}

/**
 * Errors that come before or instead of a judgement of permissions. Not those of a service's own, such as `KMSInvalidSignatureException` and
 * `ExpiredIteratorException`, which only who may call gets to see.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
 */
const isTurnedAway =
  /^(?:Client\.)?(?:ExpiredToken(?:Exception)?|RequestExpired|InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch|(?:Invalid|Incomplete)Signature(?:Exception)?|Throttl\w*|RequestThrottled\w*|RequestLimitExceeded)$/;

/** The calls of each grant's sessions in the period. None is in two of them, and ids would not tell them apart: some records have none. */
export const callsByGrant = ({
  grants,
  period,
}: Pick<Material, 'grants' | 'period'>): { grant: Grant; calls: Call[] }[] =>
  grants.map((grant) => ({
    grant,
    calls: callsOf(grant).filter(({ at }) => reachesInto(period, { at })),
  }));

/** Calls of one grant outside its window, one observation for each outcome: `when` is such as `after its end at …`. */
export function observeCalls(
  calls: readonly (Call & { outcome: Outcome })[],
  { grant, when }: { grant: Grant; when: string },
): Observation[] {
  const { sessionArn, roleArn } = grant.sessions[0] ?? {};
  return [...Map.groupBy(calls, ({ outcome }) => outcome)].map(([outcome, same]) => {
    const names = [...new Set(same.map(({ name }) => name))].sort().slice(0, 5).join(', ');
    const times = same.map(({ at }) => at).sort();
    return aboutGrant(grant, {
      severity: severityOf[outcome],
      at: times[0],
      until: times.at(-1),
      subject: sessionArn ?? grant.id,
      account: roleArn?.split(':')[4],
      message: `${counted(same.length, 'call')} (${quoted(names)}) in sessions of request ${grant.id} ${when} ${wordsOf[outcome]}.`,
      eventIds: someOf(same.map(({ id }) => id)),
    });
  });
}
