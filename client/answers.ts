import * as z from 'zod';
import { parseDuration } from '#domain/duration.ts';
import { entitlementIdSchema } from '#domain/entitlementId.ts';
import { requestIdPattern } from '#domain/requestIdPattern.ts';

/**
 * What the API answers, as far as callers read it: as it is on the wire, durations in ISO 8601 and times in UTC. Fields that a later
 * version adds are let through: they are no fault. Ids, durations and times are what they should be, and so hold nothing that could
 * steer a terminal or a shell; all other texts may be anybody's.
 */
const requestId = z.string().regex(requestIdPattern);
const accountId = z.string().regex(/^\d{12}$/);
const duration = z.string().refine((text) => parseDuration(text) !== undefined, 'is no duration');
const instant = z.iso.datetime();

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
  id: requestId,
  status: z.enum(statuses),
  entitlement: entitlementIdSchema,
  title: z.string(),
  requester: z.looseObject({
    kind: z.enum(['human', 'machine']),
    issuer: z.string(),
    subject: z.string(),
    email: z.string().optional(),
  }),
  duration,
  justification: z.string(),
  ticket: z.string().optional(),
  parameters: z.record(z.string(), z.string()),
  breakGlass: z.boolean(),
  createdAt: instant,
  /** When it expires unless it is decided. */
  expiresAt: instant,
  /** When the requester wants it to start. */
  startAt: instant.optional(),
  /** The grant, once approved. */
  startsAt: instant.optional(),
  endsAt: instant.optional(),
  closedAt: instant.optional(),
  /** Why it failed. */
  reason: z.string().optional(),
  decisions: z.array(
    z.looseObject({
      decision: z.enum(['approve', 'deny']),
      approver: z.looseObject({ email: z.string() }),
      decidedAt: instant,
      duration: duration.optional(),
      comment: z.string().optional(),
    }),
  ),
  review: z
    .looseObject({
      verdict: z.enum(['justified', 'unjustified']),
      comment: z.string(),
      by: z.string(),
      at: instant,
    })
    .optional(),
  accessEndEstimatedAt: instant.optional(),
});

export type AccessRequest = z.infer<typeof accessRequestSchema>;

export const accessRequestDetailSchema = accessRequestSchema.extend({
  account: z.looseObject({ id: accountId, title: z.string() }),
  role: z.string(),
  /** What the caller is to this request. */
  roles: z.array(z.enum(['requester', 'approver', 'auditor', 'admin'])),
  permissions: z.array(z.string()),
  /** Who was asked. */
  invitations: z.array(
    z.looseObject({ email: z.string(), invitedAt: instant, failed: z.string().optional() }),
  ),
  history: z.array(
    z.looseObject({
      event: z.string(),
      at: instant,
      by: z.string(),
      detail: z.looseObject({ reason: z.coerce.string().optional() }).optional(),
    }),
  ),
});

export type AccessRequestDetail = z.infer<typeof accessRequestDetailSchema>;

export const requestListSchema = z.looseObject({
  items: z.array(accessRequestSchema),
  cursor: requestId.optional(),
});

export const entitlementSchema = z.looseObject({
  id: entitlementIdSchema,
  title: z.string(),
  account: z.looseObject({ id: accountId, title: z.string() }),
  permissions: z.array(z.string()),
  maxDuration: duration,
  defaultDuration: duration,
  expiresAfter: duration,
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
  breakGlass: z.looseObject({ maxDuration: duration }).optional(),
});

export type Entitlement = z.infer<typeof entitlementSchema>;

export const entitlementListSchema = z.looseObject({ items: z.array(entitlementSchema) });

export const sealedSessionSchema = z.looseObject({
  /** JWE compact; opens with the private key of the request. */
  jwe: z.string(),
  sessionExpiresAt: instant,
  grantEndsAt: instant,
  /** 1 for the first session of the grant. */
  sequence: z.number(),
});

export type SealedSession = z.infer<typeof sealedSessionSchema>;

export const problemSchema = z.looseObject({
  code: z.string(),
  detail: z.string(),
  requestStatus: z.string().optional(),
});
