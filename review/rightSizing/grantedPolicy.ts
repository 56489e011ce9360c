import type { Catalogue } from '#domain/catalogue.ts';
import type { CatalogueEntry, PolicyStatement } from '#domain/entitlement.ts';
import type { GrantSession } from '../grants/grant.ts';
import type { EntitlementPlace } from './entitlementPlaces.ts';
import { grantedStatementsOf } from './grantedStatements.ts';

/** What an entitlement grants: its newest session policy, or its entry of the catalogue where nobody got it. */
export interface GrantedPolicy {
  /** Its Allow statements. */
  statements: PolicyStatement[];
  /** Those of the latest policies that it had before, within the period. */
  earlier: PolicyStatement[];
  /** Allow statements that could not be understood. */
  unknown: number;
  managedPolicies: string[];
  /** Characters of its session policy besides what it allows: its end, and what it denies. */
  besides: number;
  /** Where the role is. */
  account: string;
  entry?: CatalogueEntry | undefined;
}

/** Undefined where neither a session nor a catalogue says. */
export function grantedPolicyOf(
  place: EntitlementPlace,
  catalogues: ReadonlyMap<string, Catalogue>,
): GrantedPolicy | undefined {
  const entry = entryOf(place, catalogues);
  const sessions = place.grants.flatMap((grant) => grant.sessions).sort(newestFirst);
  const newest = sessions.find(
    ({ issuance }) => issuance.policy !== undefined || issuance.policyArns.length > 0,
  );
  if (!newest)
    return (
      entry && {
        statements: entry.entitlement.policy.filter(({ Effect }) => Effect === 'Allow'),
        earlier: [],
        unknown: 0,
        managedPolicies: entry.entitlement.managedPolicies,
        besides: 0,
        account: entry.account.id,
        entry,
      }
    );
  const { policy = '{"Statement":[]}' } = newest.issuance;
  const { statements, unknown } = grantedStatementsOf(policy);
  const now = JSON.stringify(statements);
  return {
    statements,
    earlier: earlierStatements(sessions, now),
    unknown,
    managedPolicies: [...newest.issuance.policyArns].sort(),
    besides: policy.length - now.length,
    account: newest.roleArn.split(':')[4] ?? '',
    entry,
  };
}

/** What calls under older ones needed counts as not explained, so that nothing is taken away for it. */
const mostEarlier = 20;

/** Of policies that differ in what they allow: each session's has an end of its own. Sessions come newest first. */
function earlierStatements(sessions: readonly GrantSession[], now: string): PolicyStatement[] {
  const policies = new Set(sessions.map(({ issuance }) => issuance.policy ?? ''));
  const allowed = [...policies].map((policy) => grantedStatementsOf(policy).statements);
  const different = new Map(allowed.map((statements) => [JSON.stringify(statements), statements]));
  different.delete(now);
  return [...different.values()].slice(0, mostEarlier).flat();
}

/** As the newest grant's catalogue has it; else, for want of anything better, the first catalogue by digest that lists it for that account. */
function entryOf(
  { entitlement, account, grants }: EntitlementPlace,
  catalogues: ReadonlyMap<string, Catalogue>,
): CatalogueEntry | undefined {
  const newest = [...grants].sort((one, other) => (one.requestedAt > other.requestedAt ? -1 : 1));
  const digests = [...newest.map(({ catalogue }) => catalogue), ...[...catalogues.keys()].sort()];
  return digests
    .map((digest) => catalogues.get(digest)?.entries.get(entitlement))
    .find((entry) => entry !== undefined && (account === undefined || entry.account.id === account));
}

const newestFirst = (one: GrantSession, other: GrantSession): number =>
  orderOf(one) > orderOf(other) ? -1 : 1;

const orderOf = ({ issuedAt, accessKeyId = '' }: GrantSession): string => `${issuedAt} ${accessKeyId}`;
