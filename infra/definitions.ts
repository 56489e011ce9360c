/**
 * What Countersign deploys, as plain data: one source for the CDK stacks and for the local AWS endpoint, so
 * what the endpoint enforces is what is deployed.
 */

export interface Statement {
  Sid?: string;
  Effect: 'Allow' | 'Deny';
  Principal?: '*' | { AWS?: string | string[]; Service?: string | string[] };
  Action: string | string[];
  Resource?: string | string[];
  NotResource?: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

export interface PolicyDocument {
  Version: '2012-10-17';
  Statement: Statement[];
}

export interface RoleDefinition {
  account: string;
  /** Role name without a path; at most 64 characters. */
  name: string;
  trustPolicy: PolicyDocument;
  /** The role's own (inline) permissions policy. */
  policy: PolicyDocument;
  /** ARNs of managed policies attached to the role. */
  managedPolicyArns: string[];
  /** ARN of the permissions boundary, a managed policy of the same account. */
  boundaryArn?: string;
  /** Seconds, 3600–43200. */
  maxSessionDuration: number;
}

export interface ManagedPolicyDefinition {
  arn: string;
  policy: PolicyDocument;
}

/** A KMS HMAC_256 key. */
export interface MacKeyDefinition {
  arn: string;
  /** `alias/…` */
  alias: string;
  policy: PolicyDocument;
}

export interface TableDefinition {
  name: string;
  partitionKey: string;
  sortKey?: string;
  /** Global secondary indexes, keys only: they are hints, and nothing is authorised on them. */
  indexes: { name: string; partitionKey: string; sortKey: string }[];
}
