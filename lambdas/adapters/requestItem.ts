import * as z from 'zod';
import { type AccessRequest, accessRequestSchema } from '#domain/accessRequest.ts';
import { digestOf } from '#domain/digest.ts';
import { type Instant, instantSchema } from '#domain/instant.ts';
import { digestSchema, type Requester, requestDigest, termsSchema } from '#domain/terms.ts';

export type Item = Record<string, unknown>;

const invitationSchema = z.strictObject({
  /** Hash of the approval token that this approver's mail carries. */
  tokenHash: digestSchema.optional(),
  invitedAt: instantSchema,
  /** The reminder that this mail answered, if one was asked for. */
  reminded: instantSchema.optional(),
  /** How often the mail went out. */
  sent: z.number().int().min(0),
  /** Why the mail did not arrive, in words for the requester. */
  failed: z.string().optional(),
});

/** What the functions need to keep a request moving. Nothing here decides anything. */
const upkeepSchema = z.strictObject({
  /** HMAC of digest and deadline under key 1, base64. */
  requestSeal: z.string(),
  /** Callback token of the workflow's current wait. */
  taskToken: z.string().optional(),
  /** By the approver's address. */
  invitations: z.record(z.string(), invitationSchema).default({}),
  /** History entries whose event has gone out. */
  announced: z.number().int().min(0).default(0),
  /** History entries whose notice to the requester has gone out, where they have one. */
  noticed: z.number().int().min(0).default(0),
  /** How many executions were started for it. */
  attempt: z.number().int().min(1).default(1),
  remindedAt: instantSchema.optional(),
  /** Until when the role's boundary policy has to deny the grant's sessions. */
  deniedUntil: instantSchema.optional(),
});

export type Invitation = z.infer<typeof invitationSchema>;
export type Upkeep = z.infer<typeof upkeepSchema>;

export interface StoredRequest {
  request: AccessRequest;
  upkeep: Upkeep;
  version: number;
  dueAt?: Instant | undefined;
}

const storageSchema = z.strictObject({
  pk: z.string(),
  sk: z.literal('REQUEST'),
  id: z.string(),
  requesterKey: z.string(),
  version: z.number().int().min(1),
  dueAt: instantSchema.optional(),
  dueShard: z.string().optional(),
});

const storageKeys = new Set(Object.keys(storageSchema.shape));
const upkeepKeys = new Set(Object.keys(upkeepSchema.shape));

/** Parses what comes from our own table like any other input: a writer of the table is not trusted. */
export function fromItem(item: Item): StoredRequest {
  const pick = (wanted: (key: string) => boolean): Item =>
    Object.fromEntries(Object.entries(item).filter(([key]) => wanted(key)));
  const { version, dueAt, id } = storageSchema.parse(pick((key) => storageKeys.has(key)));
  const upkeep = upkeepSchema.parse(pick((key) => upkeepKeys.has(key)));
  const rest = pick((key) => !storageKeys.has(key) && !upkeepKeys.has(key));
  // Never read, always computed: what is mailed, shown and sealed must be the digest of these very terms.
  const digest = requestDigest(termsSchema.parse(rest.terms));
  const request = accessRequestSchema.parse({ ...rest, digest });
  if (request.terms.id !== id || item.pk !== `REQUEST#${id}`)
    throw new Error('The record is not at the place its id names.');
  return { request, upkeep, version, dueAt };
}

/**
 * Top-level attributes are the unit of `dynamodb:Attributes`: each function's role may write only its own. What still has
 * its default is left out, so that `requests`, which creates items, needs no right on attributes of others.
 */
export function toItem({ request, upkeep, version }: StoredRequest, dueAt: Instant | undefined): Item {
  const { id, requester } = request.terms;
  const { decisions, digest: _, ...rest } = request;
  const { invitations, announced, noticed, attempt, ...others } = upkeep;
  return {
    pk: `REQUEST#${id}`,
    sk: 'REQUEST',
    id,
    requesterKey: requesterKeyOf(requester),
    version,
    ...(dueAt && { dueAt, dueShard: String(id.charCodeAt(25) % 4) }),
    ...rest,
    ...others,
    ...(decisions.length > 0 && { decisions }),
    ...(Object.keys(invitations).length > 0 && { invitations }),
    ...(announced > 0 && { announced }),
    ...(noticed > 0 && { noticed }),
    ...(attempt > 1 && { attempt }),
  };
}

/** One text for (issuer, subject), so that neither can be read from an index or run into the other. */
export const requesterKeyOf = ({ issuer, subject }: Pick<Requester, 'issuer' | 'subject'>): string =>
  digestOf({ issuer, subject });
