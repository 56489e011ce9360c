import type * as z from 'zod';
import { digestOf } from './digest.ts';
import type {
  entitlementSchema,
  parameterSchema,
  peopleSchema,
  statementSchema,
} from './entitlementSchema.ts';

/** One thing that can be asked for, durations in seconds. */
export type Entitlement = z.infer<typeof entitlementSchema>;
export type People = z.infer<typeof peopleSchema>;
export type Parameter = z.infer<typeof parameterSchema>;
export type PolicyStatement = z.infer<typeof statementSchema>;

/** An entry of the catalogue with its target resolved: all that decides about a request for it. */
export interface CatalogueEntry {
  id: string;
  entitlement: Entitlement;
  account: { id: string; title: string };
  /** Covers the entry's target, role, policy, limits and approval rules (docs/architecture.md, rule 3). */
  entitlementDigest: string;
}

export const entitlementDigestOf = (
  id: string,
  entitlement: Entitlement,
  account: CatalogueEntry['account'],
): string => digestOf({ id, account, entitlement });

/** The role in the target account. */
export const roleNameOf = (entitlement: Pick<Entitlement, 'role'>): string =>
  `countersign-${entitlement.role}`;

export const roleArnOf = ({
  account,
  entitlement,
}: Pick<CatalogueEntry, 'account' | 'entitlement'>): string =>
  `arn:aws:iam::${account.id}:role/${roleNameOf(entitlement)}`;

/** Seconds: what a request gets that names no duration. */
export const defaultDurationOf = (entitlement: Entitlement): number =>
  entitlement.defaultDuration ?? Math.min(3_600, entitlement.maxDuration);

/** Characters of a ticket, whatever its pattern says: it becomes a session tag, and those share little room. */
export const longestTicket = 64;
