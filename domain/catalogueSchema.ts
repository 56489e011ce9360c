import * as z from 'zod';
import type { Catalogue } from './catalogue.ts';
import { catalogueFaults } from './catalogueRules.ts';
import { digestOf } from './digest.ts';
import { type CatalogueEntry, entitlementDigestOf } from './entitlement.ts';
import { entitlementIdSchema } from './entitlementId.ts';
import { entitlementSchema, peopleSchema } from './entitlementSchema.ts';
import { emailSchema } from './identity.ts';
import { titleSchema } from './literalText.ts';

const accountId = 'must be a 12-digit account id, in quotes';
const accountSchema = z.string(accountId).regex(/^\d{12}$/, accountId);

/** An internal tool, by the token that AWS or another issuer gives it. It may ask, never approve. */
const machineSchema = z
  .strictObject({
    issuer: z.url(),
    subject: z.string().min(1),
    account: accountSchema,
    /** Who runs it: they do not decide on what it asks for. */
    owners: z.array(emailSchema).default([]),
  })
  .refine(
    ({ subject, account }) => !subject.startsWith('arn:') || subject.split(':')[4] === account,
    'has a subject of another account',
  );

/** `catalogue.yaml` as it is written; unknown keys are refused. */
export const catalogueSchema = z
  .strictObject({
    version: z.literal(1),
    auditors: peopleSchema,
    admins: peopleSchema,
    groups: z.record(z.string().min(1), z.array(emailSchema)),
    people: z.array(z.array(emailSchema).min(2)).default([]),
    machines: z.record(z.string().min(1), machineSchema).default({}),
    targets: z.record(
      z.string().min(1),
      z.strictObject({
        account: accountSchema,
        title: titleSchema,
      }),
    ),
    entitlements: z.record(entitlementIdSchema, entitlementSchema),
  })
  .superRefine((document, context) => {
    for (const { path, message } of catalogueFaults(document))
      context.addIssue({ code: 'custom', path, message });
  });

export type CatalogueDocument = z.infer<typeof catalogueSchema>;

/** The catalogue from its parsed YAML or JSON. Throws a ZodError that names each fault by its path. */
export function parseCatalogue(source: unknown): Catalogue {
  const document = catalogueSchema.parse(source);
  const entries = Object.entries(document.entitlements).map(([id, entitlement]): [string, CatalogueEntry] => {
    const target = document.targets[entitlement.target];
    if (!target) throw new TypeError(`The schema let entitlement ${id} through without a target.`);
    const account = { id: target.account, title: target.title };
    return [
      id,
      { id, entitlement, account, entitlementDigest: entitlementDigestOf(id, entitlement, account) },
    ];
  });
  return { ...document, entries: new Map(entries), digest: digestOf(document) };
}
