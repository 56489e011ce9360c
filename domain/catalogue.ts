import * as z from 'zod';
import { catalogueFaults } from './catalogueRules.ts';
import { digestOf } from './digest.ts';
import {
  type CatalogueEntry,
  entitlementDigestOf,
  entitlementIdSchema,
  entitlementSchema,
  type People,
  peopleSchema,
} from './entitlement.ts';
import { emailSchema, type Identity, normaliseEmail, withoutTag } from './identity.ts';

const accountSchema = z.string().regex(/^\d{12}$/, 'must be a 12-digit account id, in quotes');

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
        title: z.string().min(1).max(100),
      }),
    ),
    entitlements: z.record(entitlementIdSchema, entitlementSchema),
  })
  .superRefine((document, context) => {
    for (const { path, message } of catalogueFaults(document))
      context.addIssue({ code: 'custom', path, message });
  });

export type CatalogueDocument = z.infer<typeof catalogueSchema>;

/** All entitlements, and who is who. */
export interface Catalogue extends Omit<CatalogueDocument, 'entitlements'> {
  entries: Map<string, CatalogueEntry>;
  /** Of the whole document: evidence in every request (`cs:catalogue`). */
  digest: string;
}

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

/** The addresses that `people` names, groups resolved. A group that is empty or gone adds nobody: it fails closed. */
export function addressesOf(catalogue: Pick<Catalogue, 'groups'>, people: People): Set<string> {
  return new Set([...people.people, ...people.groups.flatMap((group) => catalogue.groups[group] ?? [])]);
}

/**
 * Which of the names in `people` the caller goes by: group names, the own address, a machine's name. Groups come
 * from the catalogue and from the token's `groups` claim. Empty means: not one of them.
 */
export function membershipOf(
  catalogue: Pick<Catalogue, 'groups' | 'machines'>,
  people: People,
  who: Identity,
): string[] {
  if (who.kind === 'machine')
    return people.machines.filter((name) => {
      const machine = catalogue.machines[name];
      return machine?.issuer === who.issuer && machine.subject === who.subject;
    });
  const groups = people.groups.filter(
    (group) => who.groups.includes(group) || catalogue.groups[group]?.includes(who.email),
  );
  return people.people.includes(who.email) ? [...groups, who.email] : groups;
}

/** Someone as the rules see them: by token subject, by address, or both. */
export interface Person {
  issuer?: string | undefined;
  subject?: string | undefined;
  email?: string | undefined;
}

/**
 * "Nobody decides on their own request under any of their addresses": the same issuer and subject, the same address, an
 * address that `people:` lists for the same person, or one that differs only in a `+tag`.
 */
export function isSamePerson(catalogue: Pick<Catalogue, 'people'>, first: Person, second: Person): boolean {
  if (first.subject !== undefined && first.issuer === second.issuer && first.subject === second.subject)
    return true;
  if (first.email === undefined || second.email === undefined) return false;
  return personKeyOf(catalogue, first.email) === personKeyOf(catalogue, second.email);
}

/** Whether it is somebody's own request: made by them, or by a machine that they run. */
export function isOwnRequest(
  catalogue: Pick<Catalogue, 'people' | 'machines'>,
  requester: Person,
  who: Person,
): boolean {
  const owners = Object.values(catalogue.machines)
    .filter(({ issuer, subject }) => issuer === requester.issuer && subject === requester.subject)
    .flatMap((machine) => machine.owners);
  return (
    isSamePerson(catalogue, requester, who) || owners.some((email) => isSamePerson(catalogue, { email }, who))
  );
}

/** One text for all addresses of one person. */
export function personKeyOf(catalogue: Pick<Catalogue, 'people'>, email: string): string {
  const address = withoutTag(normaliseEmail(email));
  const aliases = catalogue.people.find((addresses) =>
    addresses.some((alias) => withoutTag(alias) === address),
  );
  return aliases?.map(withoutTag).sort()[0] ?? address;
}
