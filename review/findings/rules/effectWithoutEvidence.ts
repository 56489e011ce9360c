import { deliveredUntil } from '../coverage.ts';
import type { FindingRule } from '../finding.ts';
import { aboutSession, type OpenedSession, openedSessions } from '../managedRoles.ts';
import { counted } from '../words.ts';

/**
 * A session in the name of a request that no `issued` entry attests, or only one that lost a race and was never written to the
 * record. Critical where calls were made in it: its key was given to nobody. Low where none were: a function that dies between
 * STS and the evidence leaves a session that nobody could open. Of the logs' last minutes the evidence may still come: medium.
 */
export const effectWithoutEvidence: FindingRule = {
  name: 'effect-without-evidence',
  promise: 'Every session that a grant gave is attested by an entry of its request’s history.',
  find: (material) =>
    openedSessions(material)
      .filter(isUnattested)
      .map((opened) => {
        const { grant, session } = opened;
        const { issuance, issuedAt, roleArn, activity } = session;
        const calls = activity
          .filter(({ accessKeyId }) => accessKeyId === session.accessKeyId)
          .reduce((sum, { calls }) => sum + calls, 0);
        const until = deliveredUntil(issuance.event.account, material.trail);
        const mayStillCome = until !== undefined && issuedAt > until;
        const made = calls > 0 ? `${counted(calls, 'call')} made in it` : 'no call made in it';
        const next =
          calls > 0
            ? 'find out how its key came to be used'
            : 'a function that stopped halfway leaves such a session behind';
        return aboutSession(opened, {
          severity: calls === 0 ? 'low' : mayStillCome ? 'medium' : 'critical',
          message: `A session of ${roleArn} for request ${grant.id} is attested by no entry of its history, with ${made}: ${next}.`,
        });
      }),
};

const isUnattested = ({ grant, session: { attestedBy } }: OpenedSession): boolean =>
  attestedBy === undefined ||
  (grant.chain.lost.some(({ hash }) => hash === attestedBy.evidence.hash) &&
    !grant.chain.links.some(({ evidence }) => evidence.hash === attestedBy.evidence.hash));
