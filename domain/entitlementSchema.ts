import * as z from 'zod';
import { durationSchema } from './duration.ts';
import { entitlementFaults } from './entitlementRules.ts';
import { emailSchema } from './identity.ts';
import { titleSchema } from './literalText.ts';
import { actionsSchema, conditionSchema, resourcesSchema, sidSchema } from './policyGrammar.ts';

export const statementSchema = z.strictObject({
  Sid: sidSchema,
  Effect: z.enum(['Allow', 'Deny']),
  Action: actionsSchema,
  Resource: resourcesSchema,
  Condition: conditionSchema.optional(),
});

/** Whom a rule names: groups of the catalogue or directory, single addresses, machines. */
export const peopleSchema = z
  .strictObject({
    groups: z.array(z.string().min(1)).default([]),
    people: z.array(emailSchema).default([]),
    machines: z.array(z.string().min(1)).default([]),
  })
  .refine(
    ({ groups, people, machines }) => groups.length + people.length + machines.length > 0,
    'names nobody',
  );

/** Machines may ask; they neither approve nor break glass. */
const humansSchema = peopleSchema.refine(
  ({ machines }) => machines.length === 0,
  'names a machine: only people may',
);

/**
 * What a parameter narrows: an explicit Deny on these actions outside what the value names. `{name}` stands for
 * a parameter's value, in `NotResource`, `Resource` or `Condition`.
 */
const narrowingSchema = z
  .strictObject({
    Action: actionsSchema,
    NotResource: resourcesSchema.optional(),
    Resource: resourcesSchema.optional(),
    Condition: conditionSchema.optional(),
  })
  .refine(
    ({ NotResource, Resource }) => (NotResource === undefined) !== (Resource === undefined),
    'needs exactly one of NotResource and Resource',
  );

export const parameterSchema = z.strictObject({
  title: titleSchema,
  pattern: z.string().refine(isRegularExpression, 'is not a regular expression').optional(),
  values: z.array(z.string().min(1)).min(1).optional(),
  maxLength: z.number().int().min(1).max(256).default(64),
  required: z.boolean().default(true),
  narrow: z.array(narrowingSchema).min(1),
});

export const entitlementSchema = z
  .strictObject({
    title: titleSchema,
    target: z.string().min(1),
    /** The role in the target account is `countersign-<role>`. */
    role: z
      .string()
      .regex(/^[\w+=,.@-]{1,40}$/, 'must fit an IAM role name of at most 40 characters')
      .refine((role) => role.toLowerCase() !== 'revoker', 'is the name of the role that ends access')
      .refine((role) => role.toLowerCase() !== 'watch', 'is the name of the role that hands on events'),
    policy: z.array(statementSchema).min(1),
    managedPolicies: z
      .array(
        z
          .string()
          .regex(
            /^arn:aws:iam::aws:policy\/[\w+=,.@/-]+$/,
            'must be a policy that AWS manages (arn:aws:iam::aws:policy/…): an account’s own can be widened after it was approved',
          ),
      )
      .max(10)
      .default([]),
    requesters: peopleSchema,
    approval: z.array(z.strictObject({ count: z.number().int().min(1).max(10), from: humansSchema })),
    escalation: z.strictObject({ after: durationSchema, to: humansSchema }).optional(),
    expiresAfter: durationSchema.default(4 * 3_600),
    maxDuration: durationSchema,
    defaultDuration: durationSchema.optional(),
    sessionDuration: durationSchema.optional(),
    justification: z
      .strictObject({ minLength: z.number().int().min(0).max(500).default(10) })
      .default({ minLength: 10 }),
    ticket: z
      .strictObject({
        pattern: z.string().refine(isRegularExpression, 'is not a regular expression'),
        required: z.boolean().default(false),
      })
      .optional(),
    parameters: z.record(z.string().regex(/^[a-z][A-Za-z0-9]{0,30}$/), parameterSchema).default({}),
    bindSourceIp: z.boolean().default(false),
    /** Lets the session assume further roles, which outlive the grant. */
    allowChaining: z.boolean().default(false),
    breakGlass: z
      .strictObject({ requesters: humansSchema, duration: durationSchema, reviewWithin: durationSchema })
      .optional(),
  })
  .superRefine((entry, context) => {
    for (const { path, message } of entitlementFaults(entry))
      context.addIssue({ code: 'custom', path: [path], message });
  });

function isRegularExpression(text: string): boolean {
  try {
    return new RegExp(text, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}
