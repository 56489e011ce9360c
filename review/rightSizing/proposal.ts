import type { PolicyStatement } from '#domain/entitlement.ts';
import { entitlementFaults } from '#domain/entitlementRules.ts';
import { maximumPolicySize } from '#domain/sessionPolicy.ts';
import type { GrantedPolicy } from './grantedPolicy.ts';
import { listOf } from './grantedStatements.ts';
import { narrowerPolicy, type PolicyUse } from './narrowerPolicy.ts';

/** A narrower policy for an entitlement, or why there is none. */
export type Proposal =
  | { outcome: 'narrower'; policy: PolicyStatement[]; resourcesNarrowed: boolean }
  /** Everything that is granted was used, or could have been used unseen. */
  | { outcome: 'nothing to take away' }
  | { outcome: 'nothing used' }
  /** It would not fit into a session policy. */
  | { outcome: 'too long'; faults: string[] };

/** As an entry of the catalogue takes it: with the entry's own Deny statements, which no session policy has. */
export function proposalOf(granted: GrantedPolicy, use: Omit<PolicyUse, 'statements'>): Proposal {
  const { statements, entry } = granted;
  const narrower = narrowerPolicy({ ...use, statements });
  if (narrower.length === 0) return { outcome: 'nothing used' };
  if (JSON.stringify(narrower) === JSON.stringify(statements)) return { outcome: 'nothing to take away' };
  const denials = entry?.entitlement.policy.filter(({ Effect }) => Effect === 'Deny') ?? [];
  const policy = [...narrower, ...denials];
  const faults = faultsOf(policy, granted);
  if (faults.length > 0) return { outcome: 'too long', faults };
  const before = new Set(statements.map(resourcesText));
  const resourcesNarrowed = narrower.some((statement) => !before.has(resourcesText(statement)));
  return { outcome: 'narrower', policy, resourcesNarrowed };
}

const resourcesText = ({ Resource }: PolicyStatement): string => JSON.stringify(listOf(Resource));

function faultsOf(policy: PolicyStatement[], { entry, besides }: GrantedPolicy): string[] {
  if (entry)
    return entitlementFaults({ ...entry.entitlement, policy })
      .filter(({ path }) => path === 'policy')
      .map(({ message }) => message);
  const size = JSON.stringify(policy).length + besides;
  return size > maximumPolicySize
    ? [`needs a session policy of ${size} characters; STS takes ${maximumPolicySize}`]
    : [];
}
