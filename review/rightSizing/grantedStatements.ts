import * as z from 'zod';
import type { PolicyStatement } from '#domain/entitlement.ts';
import { statementSchema } from '#domain/entitlementSchema.ts';
import { maximumPolicySize } from '#domain/sessionPolicy.ts';
import { parsedJson } from '../jsonValues.ts';

const policySchema = z.object({
  Statement: z.union([z.array(z.unknown()), z.unknown().transform((statement) => [statement])]),
});

/** What a session policy allows. */
export interface GrantedStatements {
  statements: PolicyStatement[];
  /** Allow statements of a form that no entitlement has, such as `NotAction`: what they grant is not known here. */
  unknown: number;
}

/** The Allow statements of a policy's text; nothing where it is none, or longer than STS takes. */
export function grantedStatementsOf(policy: string): GrantedStatements {
  if (policy.length > maximumPolicySize) return { statements: [], unknown: 1 };
  const parsed = policySchema.safeParse(parsedJson(policy));
  if (!parsed.success) return { statements: [], unknown: 1 };
  const allowing = parsed.data.Statement.filter((statement) => !isDeny(statement));
  const statements = allowing.flatMap((statement) => {
    const { success, data } = statementSchema.safeParse(statement);
    return success ? [data] : [];
  });
  return { statements, unknown: allowing.length - statements.length };
}

const isDeny = (statement: unknown): boolean =>
  typeof statement === 'object' && statement !== null && 'Effect' in statement && statement.Effect === 'Deny';

export const listOf = (value: string | string[]): string[] => (Array.isArray(value) ? value : [value]);
