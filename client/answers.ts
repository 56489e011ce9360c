import * as z from 'zod';

/**
 * What the API answers, as far as callers read it: as it is on the wire, durations in ISO 8601 and times in UTC. Fields that a later
 * version adds are let through: they are no fault.
 */
export const statuses = [
  'pending',
  'denied',
  'cancelled',
  'expired',
  'scheduled',
  'active',
  'ended',
  'revoked',
  'failed',
] as const;

export const accessRequestSchema = z.looseObject({
  id: z.string(),
  status: z.enum(statuses),
  entitlement: z.string(),
  title: z.string(),
  requester: z.looseObject({
    kind: z.enum(['human', 'machine']),
    issuer: z.string(),
    subject: z.string(),
    email: z.string().optional(),
  }),
  duration: z.string(),
  justification: z.string(),
  ticket: z.string().optional(),
  parameters: z.record(z.string(), z.string()),
  breakGlass: z.boolean(),
  createdAt: z.string(),
  /** When it expires unless it is decided. */
  expiresAt: z.string(),
  /** When the requester wants it to start. */
  startAt: z.string().optional(),
  /** The grant, once approved. */
  startsAt: z.string().optional(),
  endsAt: z.string().optional(),
  closedAt: z.string().optional(),
  /** Why it failed. */
  reason: z.string().optional(),
  decisions: z.array(
    z.looseObject({
      decision: z.enum(['approve', 'deny']),
      approver: z.looseObject({ email: z.string() }),
      decidedAt: z.string(),
      duration: z.string().optional(),
      comment: z.string().optional(),
    }),
  ),
  review: z
    .looseObject({
      verdict: z.enum(['justified', 'unjustified']),
      comment: z.string(),
      by: z.string(),
      at: z.string(),
    })
    .optional(),
  accessEndEstimatedAt: z.string().optional(),
});

export type AccessRequest = z.infer<typeof accessRequestSchema>;

export const accessRequestDetailSchema = accessRequestSchema.extend({
  account: z.looseObject({ id: z.string(), title: z.string() }),
  role: z.string(),
  /** What the caller is to this request. */
  roles: z.array(z.enum(['requester', 'approver', 'auditor', 'admin'])),
  permissions: z.array(z.string()),
  /** Who was asked. */
  invitations: z.array(
    z.looseObject({ email: z.string(), invitedAt: z.string(), failed: z.string().optional() }),
  ),
  history: z.array(
    z.looseObject({
      event: z.string(),
      at: z.string(),
      by: z.string(),
      detail: z.looseObject({ reason: z.coerce.string().optional() }).optional(),
    }),
  ),
});

export type AccessRequestDetail = z.infer<typeof accessRequestDetailSchema>;

export const requestListSchema = z.looseObject({
  items: z.array(accessRequestSchema),
  cursor: z.string().optional(),
});

export const entitlementSchema = z.looseObject({
  id: z.string(),
  title: z.string(),
  account: z.looseObject({ id: z.string(), title: z.string() }),
  permissions: z.array(z.string()),
  maxDuration: z.string(),
  defaultDuration: z.string(),
  expiresAfter: z.string(),
  justification: z.looseObject({ minLength: z.number() }),
  ticket: z.looseObject({ pattern: z.string(), required: z.boolean() }).optional(),
  parameters: z.array(
    z.looseObject({
      name: z.string(),
      title: z.string(),
      pattern: z.string().optional(),
      values: z.array(z.string()).optional(),
      maxLength: z.number(),
      required: z.boolean(),
    }),
  ),
  /** The rules that must all be met: how many of whom, the caller never among them, and how many `more` are not named here. */
  approval: z.array(
    z.looseObject({ count: z.number(), from: z.array(z.string()), more: z.number().optional() }),
  ),
  mayRequest: z.boolean(),
  breakGlass: z.looseObject({ maxDuration: z.string() }).optional(),
});

export type Entitlement = z.infer<typeof entitlementSchema>;

export const entitlementListSchema = z.looseObject({ items: z.array(entitlementSchema) });

export const sealedSessionSchema = z.looseObject({
  /** JWE compact; opens with the private key of the request. */
  jwe: z.string(),
  sessionExpiresAt: z.string(),
  grantEndsAt: z.string(),
  /** 1 for the first session of the grant. */
  sequence: z.number(),
});

export type SealedSession = z.infer<typeof sealedSessionSchema>;

export const problemSchema = z.looseObject({
  code: z.string(),
  detail: z.string(),
  requestStatus: z.string().optional(),
});
