import * as z from 'zod';
import { digestOf } from './digest.ts';
import { entitlementIdSchema } from './entitlementId.ts';
import { emailSchema } from './identity.ts';
import { instantSchema } from './instant.ts';
import { recipientKeySchema, thumbprint } from './recipientKey.ts';
import { requestIdPattern } from './requestIdPattern.ts';

export const requestIdSchema = z
  .string()
  .regex(requestIdPattern, 'must be the id of a request, such as 01KANB1X00000000000000ABCD');

/** One address, never a network: IAM would take `0.0.0.0/0` for everywhere. */
export const sourceIpSchema = z.union([z.ipv4(), z.ipv6()]);

export const digestSchema = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

const requesterSchema = z.strictObject({
  kind: z.enum(['human', 'machine']),
  issuer: z.string(),
  subject: z.string(),
  email: emailSchema.optional(),
  /** The names that made them eligible: groups, the own address, a machine's name. */
  groups: z.array(z.string()).min(1),
  /** Groups among them that only the token's claim shows, so that they cannot be looked up again. */
  claimedGroups: z.array(z.string()),
});

/**
 * What is asked for and then approved: fixed when the request is made, never changed after. Everything that the approval
 * rules, the session policy or the approver's page read.
 */
export const termsSchema = z.strictObject({
  id: requestIdSchema,
  requester: requesterSchema,
  entitlement: entitlementIdSchema,
  entitlementDigest: digestSchema,
  roleArn: z.string(),
  /** The exact session policy, its end still open. */
  sessionPolicy: z.string(),
  policyArns: z.array(z.string()),
  /** The address the session is bound to, where the entitlement says so. */
  sourceIp: sourceIpSchema.optional(),
  parameters: z.record(z.string(), z.string()),
  durationSeconds: z.number().int().positive(),
  startAt: instantSchema.optional(),
  breakGlass: z.boolean(),
  justification: z.string(),
  ticket: z.string().optional(),
  createdAt: instantSchema,
  /** When an undecided request expires; sealed beside the digest. */
  expiresAt: instantSchema,
  recipientKey: recipientKeySchema,
});

export type Terms = z.infer<typeof termsSchema>;
export type Requester = Terms['requester'];

/** The requestDigest of docs/architecture.md, rule 3: what is approved is what is issued. */
export function requestDigest({ recipientKey, expiresAt: _, ...covered }: Terms): string {
  return digestOf({ ...covered, recipientKey: thumbprint(recipientKey) });
}
