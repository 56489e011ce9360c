import { roleArnOf } from '#domain/entitlement.ts';
import type { FindingRule, Material } from '../finding.ts';
import { entryOf, isWhole } from '../grantFacts.ts';
import { aboutSession, type OpenedSession, openedSessions } from '../managedRoles.ts';
import { quoted } from '../words.ts';

/**
 * What is approved is what is issued: person, request, digest, ticket, approvers and role of a session are those of its request.
 * Critical: somebody worked under an approval of something else. Limit: the role is compared only where the catalogue of that time
 * was given; whether the policy is the right one is a matter of `session-policy-differs`.
 */
export const sessionForOtherTerms: FindingRule = {
  name: 'session-for-other-terms',
  promise: 'A session is for the person, the terms, the approvals and the role of its request.',
  find: (material) =>
    openedSessions(material).flatMap((opened) => {
      const others = differencesOf(opened, material);
      if (others.length === 0) return [];
      return aboutSession(opened, {
        severity: 'critical',
        message: `A session of request ${opened.grant.id} is for other terms than were approved: ${others.join('; ')}. Find out what was done in it, and who could have it issued.`,
      });
    }),
};

function differencesOf({ grant, session }: OpenedSession, material: Material): string[] {
  const { tags, sourceIdentity } = session.issuance;
  const entry = entryOf(material, grant);
  return [
    // Of a request whose beginning is not in the logs, nothing may say whose it was.
    ...(grant.requester === '' ? [] : difference('person', sourceIdentity, grant.requester)),
    ...difference('request', tags['cs:request'], grant.id),
    ...difference('digest', tags['cs:digest'], grant.digest),
    ...difference('ticket', tags['cs:ticket'], grant.ticket),
    // Where evidence is missing, an approval may be too: `broken-chain` says so.
    ...(isWhole(grant) ? difference('approvers', approversIn(tags), approversOf(grant.decisions)) : []),
    ...(entry ? difference('role', session.roleArn, roleArnOf(entry)) : []),
  ];
}

const difference = (what: string, seen: string | undefined, expected: string | undefined): string[] =>
  seen === expected ? [] : [`${what} ${shown(seen)} instead of ${shown(expected)}`];

const shown = (text: string | undefined): string => (text ? quoted(text) : 'none');

const approversIn = (tags: Record<string, string>): string =>
  Object.entries(tags)
    .filter(([key]) => key.startsWith('cs:approver'))
    .map(([, approver]) => approver)
    .sort()
    .join(', ');

const approversOf = (decisions: OpenedSession['grant']['decisions']): string =>
  decisions
    .filter(({ decision }) => decision === 'approve')
    .map(({ by }) => by)
    .sort()
    .join(', ');
