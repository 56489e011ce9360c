import { earliest, type Instant, latest } from '#domain/instant.ts';
import { managedRole } from '#domain/outOfBand.ts';
import type { Evidence } from '../../grants/evidence.ts';
import type { FindingRule, Material, Observation } from '../finding.ts';
import { lastMomentOf } from '../grantFacts.ts';
import { openedSessions, serviceAccountsOf } from '../managedRoles.ts';
import { reachesInto } from '../reachesInto.ts';

/**
 * Evidence from more than one account: several installations of Countersign, or somebody's own roles under its names, which could make
 * access look approved that nobody approved. Info: only who runs it knows which accounts are theirs. High where two reach into one
 * account: roles there trust one service account, so one of the two is not right, more likely the one with less evidence. Told of those
 * whose evidence, or what it let in, reaches into the period; which of two is right, the evidence of all times says.
 */
export const severalInstallations: FindingRule = {
  name: 'several-installations',
  promise: 'All evidence comes from one installation.',
  find(material) {
    const evidenceBy = Map.groupBy(material.evidence, ({ account }) => account);
    const attesting = [...serviceAccountsOf(material)].filter((account) => evidenceBy.has(account));
    if (attesting.length < 2) return [];
    const amount = (account: string): number => evidenceBy.get(account)?.length ?? 0;
    const reached = reachedBy(material);
    const spanOf = spansOfEvidence(material);
    return attesting.flatMap((account): Observation[] => {
      const own = (evidenceBy.get(account) ?? []).filter((one) => reachesInto(material.period, spanOf(one)));
      const [first, ...others] = own.map(spanOf);
      if (!first) return [];
      const whole = others.reduce(
        (span, { at, until }) => ({ at: earliest(span.at, at), until: latest(span.until, until) }),
        first,
      );
      const rival = attesting.find(
        (other) =>
          other !== account &&
          amount(other) >= amount(account) &&
          !(reached.get(account) ?? none).isDisjointFrom(reached.get(other) ?? none),
      );
      return [
        {
          severity: rival === undefined ? 'info' : 'high',
          ...whole,
          subject: account,
          account,
          message:
            rival === undefined
              ? `Account ${account} is one of ${attesting.length} that attest requests in these logs: make sure that Countersign is meant to run there.`
              : `Account ${account} attests requests and reaches into the same account as the installation in ${rival}: roles trust one of them, so find out who let the other in.`,
          eventIds: own.slice(0, 1).map(({ eventId }) => eventId),
        },
      ];
    });
  },
};

/** From when a piece of evidence is until the end of the grant that it is of. */
function spansOfEvidence({ grants }: Pick<Material, 'grants'>) {
  const ends = new Map<string, Instant>();
  // Two installations can have a request of one id.
  for (const grant of grants)
    ends.set(grant.id, latest(lastMomentOf(grant), ends.get(grant.id) ?? grant.requestedAt));
  return ({ at, requestId }: Pick<Evidence, 'at' | 'requestId'>) => ({
    at,
    until: latest(at, ends.get(requestId) ?? at),
  });
}

const none: ReadonlySet<string> = new Set();

/** Accounts that each installation's grants reached into. */
function reachedBy(material: Material): Map<string, Set<string>> {
  const reached = new Map<string, Set<string>>();
  for (const { grant, session } of openedSessions(material)) {
    const installation = grant.chain.links[0]?.evidence.account;
    const target = managedRole(session.roleArn)?.account;
    if (installation === undefined || target === undefined) continue;
    const accounts = reached.get(installation);
    if (accounts) accounts.add(target);
    else reached.set(installation, new Set([target]));
  }
  return reached;
}
