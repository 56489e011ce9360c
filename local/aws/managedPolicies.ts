import type { ManagedPolicyDefinition } from '#infra/definitions.ts';
import type { Store } from '../store.ts';
import { uniqueId } from './sessions.ts';

/** IAM keeps at most five versions of a managed policy. */
export const maxVersions = 5;

export interface PolicyVersion {
  versionId: string;
  /** JSON text, as given. */
  document: string;
  /** Milliseconds since the epoch. */
  createdAt: number;
}

export interface ManagedPolicy {
  arn: string;
  policyId: string;
  /** Newest first. */
  versions: PolicyVersion[];
  defaultVersionId: string;
  /** Versions are numbered upwards for ever: a deleted number does not come back. */
  lastNumber: number;
  createdAt: number;
  updatedAt: number;
  /** The definition last deployed, to notice a new one. */
  deployed: string;
}

export interface ManagedPolicies {
  find(arn: string): ManagedPolicy | undefined;
  save(policy: ManagedPolicy): void;
  /** The default version's document; throws if no such policy was deployed. */
  document(arn: string): object;
}

/** The policy with one more version, which becomes the default if `setAsDefault`. */
export function addVersion(
  policy: ManagedPolicy,
  version: { document: string; createdAt: number; setAsDefault: boolean },
): ManagedPolicy {
  const lastNumber = policy.lastNumber + 1;
  const versionId = `v${lastNumber}`;
  const added = { versionId, document: version.document, createdAt: version.createdAt };
  return {
    ...policy,
    lastNumber,
    versions: [added, ...policy.versions],
    defaultVersionId: version.setAsDefault ? versionId : policy.defaultVersionId,
    updatedAt: version.createdAt,
  };
}

/**
 * Managed policies with their versions, kept in the store, so that a deny list written into a boundary
 * survives a restart. A changed definition becomes a new default version, as a deployment would make it.
 */
export function createManagedPolicies(options: {
  store: Store;
  definitions: ManagedPolicyDefinition[];
  now: () => number;
}): ManagedPolicies {
  const table = options.store.table<ManagedPolicy>('managedPolicy');
  const policies = new Map(table.entries());
  const documents = new Map<string, object>();
  const save = (policy: ManagedPolicy) => {
    table.set(policy.arn, policy);
    policies.set(policy.arn, policy);
    documents.delete(policy.arn);
  };
  for (const { arn, policy } of options.definitions) {
    const text = JSON.stringify(policy);
    const existing = policies.get(arn) ?? newPolicy(arn, options.now());
    if (existing.deployed !== text) save({ ...deploy(existing, text, options.now()), deployed: text });
  }
  return {
    find: (arn) => policies.get(arn),
    save,
    document(arn) {
      const cached = documents.get(arn);
      if (cached !== undefined) return cached;
      const policy = policies.get(arn);
      const current = policy?.versions.find((version) => version.versionId === policy.defaultVersionId);
      if (current === undefined) throw new Error(`No managed policy ${arn} was defined.`);
      const document: object = JSON.parse(current.document);
      documents.set(arn, document);
      return document;
    },
  };
}

const newPolicy = (arn: string, now: number): ManagedPolicy => ({
  arn,
  policyId: uniqueId('ANPA'),
  versions: [],
  defaultVersionId: '',
  lastNumber: 0,
  createdAt: now,
  updatedAt: now,
  deployed: '',
});

function deploy(policy: ManagedPolicy, document: string, now: number): ManagedPolicy {
  const oldest = policy.versions.findLast((version) => version.versionId !== policy.defaultVersionId);
  const room =
    policy.versions.length < maxVersions
      ? policy
      : { ...policy, versions: policy.versions.filter((version) => version !== oldest) };
  return addVersion(room, { document, createdAt: now, setAsDefault: true });
}
