import { addSeconds, type Instant } from '#domain/instant.ts';
import type { Grant } from '../../grants/grant.ts';
import type { Call } from '../../reader/trail.ts';
import type { FindingRule, Observation } from '../finding.ts';
import { clockTolerance, earlyEndOf } from '../grantFacts.ts';
import { callsByGrant, type Outcome, observeCalls, outcomeOf } from '../outsideCalls.ts';

/**
 * Calls in a grant's sessions after it ended. The session policy denies from the window's end on, to the second; an early end is
 * denied by the boundary, for which IAM needs seconds: low within a minute, critical after. Refused calls are info: the denial at
 * work. A call that failed otherwise is medium. Limit: what runs outside CloudTrail's sight, such as a database connection that was
 * open, does not show.
 */
export const callAfterEnd: FindingRule = {
  name: 'call-after-end',
  promise: 'No call succeeds in a session whose grant has ended.',
  find: (material) => callsByGrant(material).flatMap(({ grant, calls }) => afterEnd(grant, calls)),
};

function afterEnd(grant: Grant, calls: readonly Call[]): Observation[] {
  const early = earlyEndOf(grant);
  const end = early?.at ?? grant.window?.endsAt;
  if (end === undefined) return [];
  const late = calls
    .filter(({ at }) => at >= addSeconds(end, clockTolerance))
    .map((call) => ({ ...call, outcome: early ? whileSpreading(call, end) : outcomeOf(call) }));
  return observeCalls(late, {
    grant,
    when: early ? `after it was ${early.event} at ${end}` : `after its end at ${end}`,
  });
}

/** IAM's changes are eventually consistent: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html */
const spreadingSeconds = 60;

function whileSpreading(call: Call, end: Instant): Outcome {
  const outcome = outcomeOf(call);
  return outcome === 'succeeded' && call.at <= addSeconds(end, spreadingSeconds)
    ? 'succeededAtOnce'
    : outcome;
}
