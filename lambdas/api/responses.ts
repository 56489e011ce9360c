import * as z from 'zod';
import { statuses } from '#domain/accessRequest.ts';
import { errorStatus } from '#domain/errors.ts';
import { historyEntrySchema } from '#domain/history.ts';
import { digestSchema, requestIdSchema } from '#domain/terms.ts';

/**
 * What the API answers, for its OpenAPI description and for the tests that hold every answer against it. Strict: a field
 * that is not described here must not leave the service.
 */
const instant = z.string().meta({ format: 'date-time', examples: ['2026-11-22T10:00:00Z'] });
const duration = z.string().meta({ description: 'ISO 8601', examples: ['PT1H'] });

const decision = z.strictObject({
  decision: z.enum(['approve', 'deny']),
  approver: z.strictObject({ email: z.string() }),
  decidedAt: instant,
  duration: duration.optional(),
  comment: z.string().optional(),
});

const review = z.strictObject({
  verdict: z.enum(['justified', 'unjustified']),
  comment: z.string(),
  by: z.string(),
  at: instant,
});

export const requestSummary = z
  .strictObject({
    id: requestIdSchema,
    status: z.enum(statuses),
    entitlement: z.string(),
    title: z.string(),
    requester: z.strictObject({
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
    expiresAt: instant.meta({ description: 'When an undecided request expires.' }),
    startAt: instant.optional(),
    startsAt: instant.optional().meta({ description: 'Start of the grant, once approved.' }),
    endsAt: instant.optional().meta({ description: 'End of the grant, once approved.' }),
    closedAt: instant.optional(),
    reason: z.string().optional().meta({ description: 'Why the request failed.' }),
    decisions: z.array(decision),
    review: review.optional(),
    accessEndEstimatedAt: instant
      .optional()
      .meta({ description: 'When an early end is likely to be in effect everywhere; IAM gives no promise.' }),
  })
  .meta({ id: 'AccessRequest' });

export const requestDetail = requestSummary
  .extend({
    account: z.strictObject({ id: z.string(), title: z.string() }),
    role: z.string(),
    roles: z
      .array(z.enum(['requester', 'approver', 'auditor', 'admin']))
      .meta({ description: 'What the caller is to this request.' }),
    permissions: z.array(z.string()),
    invitations: z.array(
      z.strictObject({ email: z.string(), invitedAt: instant, failed: z.string().optional() }),
    ),
    digest: digestSchema,
    history: z.array(historyEntrySchema),
  })
  .meta({ id: 'AccessRequestDetail' });

export const requestList = z.strictObject({
  items: z.array(requestSummary),
  cursor: requestIdSchema.optional(),
});

export const entitlementList = z.strictObject({
  items: z.array(
    z
      .strictObject({
        id: z.string(),
        title: z.string(),
        account: z.strictObject({ id: z.string(), title: z.string() }),
        permissions: z.array(z.string()),
        maxDuration: duration,
        defaultDuration: duration,
        expiresAfter: duration,
        justification: z.strictObject({ minLength: z.number() }),
        ticket: z.strictObject({ pattern: z.string(), required: z.boolean() }).optional(),
        parameters: z.array(
          z.strictObject({
            name: z.string(),
            title: z.string(),
            pattern: z.string().optional(),
            values: z.array(z.string()).optional(),
            maxLength: z.number(),
            required: z.boolean(),
          }),
        ),
        approval: z
          .array(
            z.strictObject({
              count: z.number().int(),
              from: z.array(z.string()),
              more: z.number().int().optional().meta({ description: 'How many are not named here.' }),
            }),
          )
          .meta({
            description: 'The rules that must all be met: how many of whom, the caller not among them.',
          }),
        mayRequest: z.boolean(),
        breakGlass: z.strictObject({ maxDuration: duration }).optional(),
      })
      .meta({ id: 'Entitlement' }),
  ),
});

export const sealedSession = z
  .strictObject({
    jwe: z
      .string()
      .meta({ description: 'JWE compact, ECDH-ES + A256GCM; the plaintext is the credential_process JSON.' }),
    sessionExpiresAt: instant,
    grantEndsAt: instant,
    sequence: z.number().int(),
  })
  .meta({ id: 'SealedSession' });

const ownCodes = Object.keys(errorStatus);
/** Codes of the gateway and of outages, beside those of the rules. */
const otherCodes = [
  'internal',
  'method_not_allowed',
  'body_too_large',
  'headers_too_large',
  'authorizer_failed',
  'timed_out',
  'bad_gateway',
];

export const problemDocument = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.string().meta({ examples: [...ownCodes, ...otherCodes] }),
    detail: z.string(),
    requestStatus: z.enum(statuses).optional(),
  })
  .meta({ id: 'Problem' });
