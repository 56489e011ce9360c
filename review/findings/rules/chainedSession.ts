import type { Grant } from '../../grants/grant.ts';
import type { Call } from '../../reader/trail.ts';
import type { Issuance } from '../../sessions/issuance.ts';
import type { ReviewedSession } from '../../sessions/reviewedSession.ts';
import type { FindingRule, Material, Observation, Severity } from '../finding.ts';
import { aboutGrant, entryOf } from '../grantFacts.ts';
import { aliveUntil, sessionsByIssuance } from '../managedRoles.ts';
import { callsByGrant, outcomeOf } from '../outsideCalls.ts';
import { counted, quoted, someOf } from '../words.ts';

/**
 * Credentials that somebody got out of a grant's session: they outlive the grant, and no revoke reaches them. Critical where the
 * entitlement does not allow it, since its session policy should have refused. Info where it does, or where the catalogue of that
 * time was not given: what was done with them stands among the sessions. Medium for keys and passwords of others, which no session
 * policy denies by itself and which last until somebody deletes them.
 */
export const chainedSession: FindingRule = {
  name: 'chained-session',
  promise: 'Nobody gets further credentials out of a grant’s session, unless its entitlement allows it.',
  find: (material) => [...issuedOnward(material), ...madeForOthers(material)],
};

function issuedOnward(material: Material): Observation[] {
  const byCaller = Map.groupBy(material.issuances.ok, ({ event }) => event.caller.arn);
  const used = sessionsByIssuance(material.sessions);
  return material.grants.flatMap((grant) =>
    [...arnsOf(grant)].flatMap((arn) =>
      (byCaller.get(arn) ?? []).map((issuance) =>
        describe(grant, issuance, { material, sessions: used.get(issuance) }),
      ),
    ),
  );
}

/** All sessions of a grant in one role have one ARN: what came out of it is told once. */
const arnsOf = ({ sessions }: Grant): Set<string> =>
  new Set(sessions.flatMap(({ sessionArn }) => sessionArn ?? []));

function describe(
  grant: Grant,
  issuance: Issuance,
  { material, sessions }: { material: Material; sessions: readonly ReviewedSession[] | undefined },
): Observation {
  const { event, roleArn, sessionArn, expiresAt } = issuance;
  const what = quoted(roleArn ?? event.name);
  const until = expiresAt === undefined ? '' : ` until ${expiresAt}`;
  const isForbidden = forbidsChaining(grant, material);
  const judgement = isForbidden
    ? `which ${quoted(grant.entitlement)} does not allow: find out why its session policy let it through`
    : 'which no end of the grant reaches: look at what was done there';
  return aboutGrant(grant, {
    severity: isForbidden ? 'critical' : 'info',
    at: event.at,
    until: aliveUntil(issuance, sessions),
    subject: sessionArn ?? roleArn ?? grant.id,
    account: event.account,
    message: `${quoted(grant.requester)} got credentials of ${what}${until} out of a session of request ${grant.id}, ${judgement}.`,
    eventIds: [event.id],
  });
}

const forbidsChaining = (grant: Grant, material: Material): boolean =>
  entryOf(material, grant)?.entitlement.allowChaining === false;

/**
 * Calls that give credentials of other kinds: a token of STS's for other systems, and the lasting ones of users. Whom else an account
 * comes to trust, such as an identity provider, is a change like any other.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html
 */
const givesCredentials: Readonly<Record<string, RegExp>> = {
  'sts.amazonaws.com': /^GetWebIdentityToken$/,
  'iam.amazonaws.com':
    /^(CreateAccessKey|(Create|Update)LoginProfile|(Create|Reset)ServiceSpecificCredential|Upload(SigningCertificate|SSHPublicKey))$/,
};

function madeForOthers(material: Material): Observation[] {
  return callsByGrant(material).flatMap(({ grant, calls }) => {
    const giving = calls.filter((call) => outcomeOf(call) === 'succeeded' && isGiving(call));
    return [...Map.groupBy(giving, ({ name }) => name)].map(([name, same]) =>
      describeGiving(grant, same, severityOf(name, forbidsChaining(grant, material))),
    );
  });
}

const isGiving = ({ source, name }: Call): boolean =>
  Object.hasOwn(givesCredentials, source) && givesCredentials[source]?.test(name) === true;

/** Session policies deny STS's, unless chaining is allowed; the others are allowed where the entitlement does so in so many words. */
function severityOf(name: string, isForbidden: boolean): Severity {
  if (name !== 'GetWebIdentityToken') return 'medium';
  return isForbidden ? 'critical' : 'info';
}

function describeGiving(grant: Grant, calls: readonly Call[], severity: Severity): Observation {
  const times = calls.map(({ at }) => at).sort();
  const what = [...new Set(calls.flatMap(({ name, object }) => object ?? name))]
    .sort()
    .slice(0, 5)
    .join(', ');
  const { sessionArn, roleArn } = grant.sessions[0] ?? {};
  return aboutGrant(grant, {
    severity,
    at: times[0],
    until: times.at(-1),
    subject: sessionArn ?? grant.id,
    account: roleArn?.split(':')[4],
    message: `${quoted(grant.requester)} got credentials by ${counted(calls.length, 'call')} of ${calls[0]?.name} (${quoted(what)}) in sessions of request ${grant.id}, and they outlive it: find out who has them, and delete what is not needed.`,
    eventIds: someOf(calls.map(({ id }) => id)),
  });
}
