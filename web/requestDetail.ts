import * as z from 'zod';
import { durationSchema } from '#domain/duration.ts';
import { instantSchema } from '#domain/instant.ts';

const decisionSchema = z.object({
  decision: z.enum(['approve', 'deny']),
  approver: z.object({ email: z.string() }),
  decidedAt: instantSchema,
  duration: durationSchema.optional(),
  comment: z.string().optional(),
});

/** `GET /v1/requests/{id}` as far as this page reads it. Durations in seconds. */
export const requestDetailSchema = z.object({
  id: z.string(),
  status: z.enum([
    'pending',
    'denied',
    'cancelled',
    'expired',
    'scheduled',
    'active',
    'ended',
    'revoked',
    'failed',
  ]),
  entitlement: z.string(),
  title: z.string(),
  requester: z.object({
    kind: z.enum(['human', 'machine']),
    issuer: z.string(),
    subject: z.string(),
    email: z.string().optional(),
  }),
  duration: durationSchema,
  justification: z.string(),
  ticket: z.string().optional(),
  parameters: z.record(z.string(), z.string()),
  breakGlass: z.boolean(),
  createdAt: instantSchema,
  expiresAt: instantSchema,
  startAt: instantSchema.optional(),
  startsAt: instantSchema.optional(),
  endsAt: instantSchema.optional(),
  closedAt: instantSchema.optional(),
  reason: z.string().optional(),
  decisions: z.array(decisionSchema),
  review: z
    .object({
      verdict: z.enum(['justified', 'unjustified']),
      comment: z.string(),
      by: z.string(),
      at: instantSchema,
    })
    .optional(),
  account: z.object({ id: z.string(), title: z.string() }),
  role: z.string(),
  /** What the person who is signed in is to this request. */
  roles: z.array(z.enum(['requester', 'approver', 'auditor', 'admin'])),
  permissions: z.array(z.string()),
  invitations: z.array(z.object({ email: z.string(), failed: z.string().optional() })).default([]),
  accessEndEstimatedAt: instantSchema.optional(),
  history: z.array(
    z.object({
      event: z.string(),
      at: instantSchema,
      by: z.string(),
      detail: z.object({ reason: z.string().optional() }).optional(),
    }),
  ),
});

export type RequestDetail = z.infer<typeof requestDetailSchema>;

/** The address, or the subject of a machine. */
export const requesterName = ({ requester }: RequestDetail): string => requester.email ?? requester.subject;
