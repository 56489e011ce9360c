import { addSeconds } from '#domain/instant.ts';
import type { FindingRule, Observation } from '../finding.ts';
import { clockTolerance, earlyEndOf } from '../grantFacts.ts';
import { aboutSession, type OpenedSession, openedSessions } from '../managedRoles.ts';

/**
 * Sessions are issued from the start of a grant to its end, whatever ends it. High, since the
 * session policy should still keep them out: what was done there is told by `call-before-start` and `call-after-end`. Critical where
 * there never was a grant. That STS lets a session run on past the end of its grant is no fault.
 */
export const sessionOutsideWindow: FindingRule = {
  name: 'session-outside-window',
  promise: 'Sessions are issued only while their grant runs.',
  find: (material) =>
    openedSessions(material).flatMap((opened) => {
      const wrong = wrongAbout(opened);
      return wrong === undefined
        ? []
        : aboutSession(opened, {
            severity: wrong.severity,
            message: `A session of request ${opened.grant.id} was issued ${wrong.how}: find out why, and what was done in it.`,
          });
    }),
};

type Wrong = Pick<Observation, 'severity'> & { how: string };

function wrongAbout({ grant, session }: OpenedSession): Wrong | undefined {
  const { window, status } = grant;
  const { issuedAt } = session;
  if (!window) {
    // That nobody approved it is a matter of `missing-decision`.
    const isUndecided = status === 'pending' || status === 'denied';
    return isUndecided
      ? undefined
      : { severity: 'critical', how: `though it was ${status} and never granted` };
  }
  const early = earlyEndOf(grant);
  if (issuedAt < addSeconds(window.startsAt, -clockTolerance))
    return { severity: 'high', how: `before the grant's start at ${window.startsAt}` };
  if (early && issuedAt > addSeconds(early.at, clockTolerance))
    return { severity: 'high', how: `after the grant was ${early.event} at ${early.at}` };
  if (issuedAt >= addSeconds(window.endsAt, clockTolerance))
    return { severity: 'high', how: `after the grant's end at ${window.endsAt}` };
  return undefined;
}
