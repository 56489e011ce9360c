import { canonicalJson } from './digest.ts';
import { type CatalogueEntry, roleArnOf } from './entitlement.ts';
import { addSeconds } from './instant.ts';
import { maximumLeadSeconds } from './lastPossibleAccess.ts';
import { parameterFault, sessionPolicy } from './sessionPolicy.ts';
import { sourceIpSchema, type Terms } from './terms.ts';

/**
 * Whether all that `newRequest` derives follows from today's entry. The seal only proves that `requests` wrote the terms;
 * without this, whoever owns `requests` could have any role and policy issued for what needs no approval.
 */
export function termsFollowFrom(entry: CatalogueEntry, terms: Terms): boolean {
  const { entitlement } = entry;
  const { parameters, startAt, sourceIp, durationSeconds, createdAt, breakGlass } = terms;
  const longest = breakGlass ? (entitlement.breakGlass?.duration ?? 0) : entitlement.maxDuration;
  return (
    terms.roleArn === roleArnOf(entry) &&
    canonicalJson(terms.policyArns) === canonicalJson(entitlement.managedPolicies) &&
    (sourceIp !== undefined) === entitlement.bindSourceIp &&
    sourceIpSchema.optional().safeParse(sourceIp).success &&
    Object.entries(parameters).every(
      ([name, value]) => parameterFault(entitlement, name, value) === undefined,
    ) &&
    Object.entries(entitlement.parameters).every(
      ([name, { required }]) => !required || Object.hasOwn(parameters, name),
    ) &&
    durationSeconds >= 60 &&
    durationSeconds <= longest &&
    terms.expiresAt === addSeconds(createdAt, entitlement.expiresAfter) &&
    (startAt === undefined ||
      (startAt > createdAt && startAt <= addSeconds(createdAt, maximumLeadSeconds) && !breakGlass))
  );
}

/** Whether today's release and entry render the session policy that was approved. */
export const policyFollowsFrom = (
  { entitlement }: CatalogueEntry,
  { parameters, startAt, sourceIp, sessionPolicy: text }: Terms,
): boolean => text === sessionPolicy({ entitlement, parameters, startAt, sourceIp });
