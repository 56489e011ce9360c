import { parse } from 'yaml';
import type * as z from 'zod';
import {
  type AccessRequest,
  type Decision,
  evolve,
  evolveFromNothing,
  type GrantWindow,
  type RequestEvent,
  type Session,
} from '#domain/accessRequest.ts';
import type { Catalogue } from '#domain/catalogue.ts';
import { type catalogueSchema, parseCatalogue } from '#domain/catalogueSchema.ts';
import type { Entitlement } from '#domain/entitlement.ts';
import { orThrow } from '#domain/errors.ts';
import { type Identity, sourceIdentityOf } from '#domain/identity.ts';
import type { Instant } from '#domain/instant.ts';
import { type NewRequest, newRequest, type Wish } from '#domain/newRequest.ts';
import type { RecipientKey } from '#domain/recipientKey.ts';
import { approvalTokenHash } from '#domain/seals.ts';
import { sampleCatalogue, textOf } from './sample.ts';

export type Human = Extract<Identity, { kind: 'human' }>;
export type CatalogueSource = z.input<typeof catalogueSchema>;

const person = (name: string): Human => ({
  kind: 'human',
  issuer: 'https://sso.example.com',
  subject: `user-${name}`,
  email: `${name}@example.com`,
  groups: [],
});

// The sample catalogue's people: alice and dave ask, bob and carol lead, erin and frank are security.
export const alice = person('alice');
export const dave = person('dave');
export const bob = person('bob');
export const carol = person('carol');
export const erin = person('erin');
export const frank = person('frank');
export const ada = person('ada');
export const trent = person('trent');
/** In no group at all. */
export const mallory = person('mallory');

/** A name for what signs in without being a person. */
export const aMachine: Identity = {
  kind: 'machine',
  issuer: 'https://deployer.tokens.example.com',
  subject: 'arn:aws:iam::444455556666:role/deployer',
};

/** When a request is made, unless the test says otherwise. */
export const madeAt: Instant = '2026-11-22T10:00:00Z';

/** The repository's own catalogue as it is written, to be edited before it is parsed. */
export const aCatalogueSource = (): CatalogueSource => parse(textOf(sampleCatalogue));

/** The repository's own catalogue, edited if the test needs another rule. */
export function aCatalogue(edit: (source: CatalogueSource) => void = () => {}): Catalogue {
  const source = aCatalogueSource();
  edit(source);
  return parseCatalogue(source);
}

/** The entitlement of a source, to be edited. Throws when there is none of that name. */
export function entitlementIn(source: CatalogueSource, id: string): CatalogueSource['entitlements'][string] {
  const entitlement = source.entitlements[id];
  if (!entitlement) throw new RangeError(`The catalogue has no entitlement ${id}.`);
  return entitlement;
}

/** A parsed entitlement. Throws when there is none of that name. */
export function anEntitlement(id = 'orders-read', edit?: (source: CatalogueSource) => void): Entitlement {
  return entryOf(aCatalogue(edit), id).entitlement;
}

export function entryOf(catalogue: Catalogue, id: string) {
  const entry = catalogue.entries.get(id);
  if (!entry) throw new RangeError(`The catalogue has no entitlement ${id}.`);
  return entry;
}

/** The P-256 key of RFC 7515, appendix A.3, without its private part. */
export const aRecipientKey: RecipientKey = {
  kty: 'EC',
  crv: 'P-256',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
};

/** Another point of the curve: the generator of P-256 (NIST SP 800-186). */
export const anotherRecipientKey: RecipientKey = {
  kty: 'EC',
  crv: 'P-256',
  x: 'axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY',
  y: 'T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU',
};

/** A request id, different for each number. */
export const anId = (number = 1): string => `01KANB1X00${String(number).padStart(16, '0')}`;

export const aWish = (over: Partial<Wish> = {}): Wish => ({
  entitlement: 'orders-read',
  justification: 'Look at the order that INC-1001 is about',
  parameters: {},
  recipientKey: aRecipientKey,
  breakGlass: false,
  ...over,
});

export interface RequestOptions {
  catalogue?: Catalogue;
  who?: Identity;
  wish?: Partial<Wish>;
  id?: string;
  now?: Instant;
  sourceIp?: string;
}

/** What `newRequest` makes of a wish. Throws a RefusalError when it refuses. */
export function aNewRequest({
  catalogue = aCatalogue(),
  who = alice,
  wish,
  id = anId(),
  now = madeAt,
  sourceIp = '203.0.113.7',
}: RequestOptions = {}): NewRequest {
  return orThrow(newRequest(catalogue, aWish(wish), { id, who, sourceIp, now }));
}

/** A request as `requests` writes it, before anybody decided. */
export function aRequest(options: RequestOptions = {}): AccessRequest {
  const { catalogue = aCatalogue(), who = alice } = options;
  const { terms, digest, window } = aNewRequest({ ...options, catalogue, who });
  return evolveFromNothing(
    { terms, digest },
    { by: sourceIdentityOf(who), window, catalogue: catalogue.digest },
  );
}

/** The text of the approval token that stands in an approver's mail. */
export const tokenFor = ({ email }: Pick<Human, 'email'>): string => `token for ${email}`;

/** What an approver sends, with the token of their own mail. */
export const anApprovalBy = (
  approver: Human,
  over: { durationSeconds?: number; comment?: string; token?: string } = {},
) => ({
  approver: approverOf(approver),
  decision: 'approve' as const,
  token: tokenFor(approver),
  invitedTokenHash: approvalTokenHash(tokenFor(approver)),
  ...over,
});

export const approverOf = ({ issuer, subject, email }: Human): Decision['approver'] => ({
  issuer,
  subject,
  email,
});

/** A decision as the record keeps it. */
export const anApproval = (approver: Human, over: Partial<Decision> = {}): Decision => ({
  decision: 'approve',
  approver: approverOf(approver),
  decidedAt: '2026-11-22T10:05:00Z',
  token: tokenFor(approver),
  seal: `seal of ${approver.email}`,
  ...over,
});

export const aSession = (over: Partial<Session> = {}): Session => ({
  sequence: 1,
  accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
  issuedAt: '2026-11-22T10:05:00Z',
  stsExpiresAt: '2026-11-22T10:20:00Z',
  reissueAt: '2026-11-22T10:15:00Z',
  jwe: 'header..iv.ciphertext.tag',
  ...over,
});

export const aWindow: GrantWindow = { startsAt: '2026-11-22T10:05:00Z', endsAt: '2026-11-22T11:05:00Z' };

/** What happened, by `countersign` five minutes after the request was made unless it says otherwise. */
export type Happening = RequestEvent & { at?: Instant; by?: string };

/** The request after several events. */
export const followedBy = (request: AccessRequest, ...happenings: Happening[]): AccessRequest =>
  happenings.reduce<AccessRequest>(
    (current, happening) => evolve(current, { at: '2026-11-22T10:05:00Z', by: 'countersign', ...happening }),
    request,
  );

/** A request whose grant is scheduled, and one whose first session has been issued. */
export const aScheduledRequest = (options?: RequestOptions): AccessRequest =>
  followedBy(aRequest(options), { event: 'approved', decision: anApproval(bob), window: aWindow });
export const anActiveRequest = (options?: RequestOptions): AccessRequest =>
  followedBy(aScheduledRequest(options), { event: 'issued', session: aSession(), window: aWindow });
