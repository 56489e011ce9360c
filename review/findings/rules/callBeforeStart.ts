import { addSeconds } from '#domain/instant.ts';
import type { FindingRule } from '../finding.ts';
import { clockTolerance } from '../grantFacts.ts';
import { callsByGrant, observeCalls, outcomeOf } from '../outsideCalls.ts';

/**
 * Calls in a grant's sessions before it starts. The session policy of a grant that was scheduled denies them to the second, and no
 * session is issued before: critical where one succeeded, medium where it failed otherwise, info where it was refused.
 */
export const callBeforeStart: FindingRule = {
  name: 'call-before-start',
  promise: 'No call succeeds in a session whose grant has not started.',
  find: (material) =>
    callsByGrant(material).flatMap(({ grant, calls }) => {
      const { window } = grant;
      if (!window) return [];
      const early = calls
        .filter(({ at }) => at < addSeconds(window.startsAt, -clockTolerance))
        .map((call) => ({ ...call, outcome: outcomeOf(call) }));
      return observeCalls(early, { grant, when: `before its start at ${window.startsAt}` });
    }),
};
