import { setTimeout as delay } from 'node:timers/promises';
import { decodeTime, ulid } from 'ulid';
import * as z from 'zod';
import { type AccessRequest, evolveFromNothing, isClosed } from '#domain/accessRequest.ts';
import { type Catalogue, personKeyOf } from '#domain/catalogue.ts';
import { digestOf } from '#domain/digest.ts';
import { durationSchema } from '#domain/duration.ts';
import { orThrow, RefusalError, refuse } from '#domain/errors.ts';
import { type Identity, sourceIdentityOf } from '#domain/identity.ts';
import { addSeconds, instantSchema } from '#domain/instant.ts';
import { type NewRequest, newRequest, type Wish } from '#domain/newRequest.ts';
import { dueAt } from '#domain/nextStep.ts';
import { recipientKeySchema } from '#domain/recipientKey.ts';
import { requestSealMessage } from '#domain/seals.ts';
import type { Claims } from '../adapters/claims.ts';
import type { GenerateMac } from '../adapters/macKey.ts';
import type { Notarise } from '../adapters/notary.ts';
import type { StoredRequest } from '../adapters/requestItem.ts';
import type { RequestStore } from '../adapters/requestStore.ts';
import type { Workflow } from '../adapters/workflow.ts';
import type { ApiCall } from '../runtime/api.ts';
import { log } from '../runtime/log.ts';
import { summaryOf } from './requestView.ts';

/** What a requester may send. Strict: a field that could decide anything is refused, not ignored. */
export const createRequestBody = z.strictObject({
  entitlement: z
    .string('must be the id of an entitlement, as GET /v1/entitlements lists them')
    .min(1)
    .max(64),
  duration: durationSchema.optional(),
  justification: z
    .string()
    .max(1_000)
    .transform((text) => text.trim())
    .refine((text) => !/[\p{Cc}\p{Cs}]/u.test(text.replaceAll(/[\n\t]/g, '')), 'has control characters'),
  ticket: z.string().min(1).max(256).optional(),
  startAt: instantSchema.optional(),
  parameters: z.record(z.string().max(31), z.string().max(256)).default({}),
  recipientKey: recipientKeySchema,
  breakGlass: z.boolean().default(false),
});

export interface CreateServices {
  catalogue: Catalogue;
  store: RequestStore;
  claims: Claims;
  seal: GenerateMac;
  notarise: Notarise;
  workflow: Workflow;
}

type CreateCall = ApiCall<z.output<typeof createRequestBody>>;

/** `POST /v1/requests`: evidence first, then the record, then the workflow. */
export async function createRequest(call: CreateCall, services: CreateServices) {
  const { catalogue, store } = services;
  const { duration, ...wish } = call.body;
  const { id, claimed } = await idOf(call, services.claims);
  // The same Idempotency-Key again: the first answer, whatever became of the request since.
  const known = claimed ? await awaitRequest(store, id) : undefined;
  if (known) return summaryOf(catalogue, known.request);

  const made = orThrow(
    newRequest(catalogue, { ...wish, durationSeconds: duration } satisfies Wish, { ...call, id }),
  );
  if (made.terms.breakGlass) await claimBreakGlass(made, call, services);
  const stored = await seal(made, call.who, services);
  const due = dueAt(stored.request, stored.upkeep, { entry: made.entry, now: call.now });
  if (!(await store.create(stored, due))) {
    const other = await store.load(id);
    return summaryOf(catalogue, (other ?? stored).request);
  }
  try {
    await services.workflow.start(id, 1);
  } catch (error) {
    // The record stands and is due: `reconcile` starts the workflow.
    log('error', 'startLater', { requestId: id, error });
  }
  log('info', 'requested', { requestId: id, entitlement: made.terms.entitlement });
  return summaryOf(catalogue, stored.request);
}

/** Somebody who holds the same key may be making the request right now: waits two seconds before taking over. */
async function awaitRequest(store: RequestStore, id: string, tries = 10): Promise<StoredRequest | undefined> {
  const known = await store.load(id);
  if (known || tries <= 1) return known;
  await delay(200);
  return awaitRequest(store, id, tries - 1);
}

async function seal(
  { terms, digest, window }: NewRequest,
  who: Identity,
  services: CreateServices,
): Promise<StoredRequest> {
  const by = sourceIdentityOf(who);
  const request = evolveFromNothing({ terms, digest }, { by, window, catalogue: services.catalogue.digest });
  const mac = await services.seal(requestSealMessage({ digest, expiresAt: terms.expiresAt }));
  const [entry] = request.history;
  if (!entry) throw new RangeError('A new request has a first history entry.');
  const notary = await services.notarise(request, entry);
  return {
    request: { ...request, history: [{ ...entry, notary }] },
    upkeep: {
      requestSeal: Buffer.from(mac).toString('base64'),
      invitations: {},
      announced: 0,
      noticed: 0,
      attempt: 1,
    },
    version: 1,
  };
}

/** A fresh id, or the one that this caller's Idempotency-Key stands for. Keys hold for a day. */
async function idOf(
  { who, body, idempotencyKey, now }: CreateCall,
  claims: Claims,
): Promise<{ id: string; claimed: boolean }> {
  // To the millisecond, unlike `now`: ids sort lists, and several requests are made in one second.
  const fresh = ulid();
  if (idempotencyKey === undefined) return { id: fresh, claimed: false };
  if (!/^[\x21-\x7e]{1,128}$/.test(idempotencyKey))
    throw new RefusalError(refuse('malformed', 'Idempotency-Key takes 1 to 128 printable ASCII characters.'));
  const key = `IDEMPOTENCY#${digestOf({ issuer: who.issuer, subject: who.subject, idempotencyKey })}`;
  const bodyHash = digestOf(JSON.parse(JSON.stringify(body)));
  const claim = await claims.make(
    key,
    { requestId: fresh, bodyHash, claimedUntil: addSeconds(now, 86_400) },
    now,
  );
  if (claim.bodyHash !== bodyHash)
    throw new RefusalError(
      refuse('idempotency_key_reused', 'This Idempotency-Key was used with another body. Use a fresh key.'),
    );
  return { id: claim.requestId, claimed: claim.requestId !== fresh };
}

/** "An unreviewed break-glass blocks that person's next." The claim names the request; its record decides. */
async function claimBreakGlass(
  { terms, digest }: NewRequest,
  { now }: CreateCall,
  services: CreateServices,
): Promise<void> {
  const { email, issuer, subject } = terms.requester;
  const person = email === undefined ? digestOf({ issuer, subject }) : personKeyOf(services.catalogue, email);
  const key = `BREAKGLASS#${person}`;
  const ours = { requestId: terms.id, bodyHash: digest, claimedUntil: addSeconds(now, 10 * 365 * 86_400) };
  const claim = await services.claims.make(key, ours, now);
  if (claim.requestId === terms.id) return;
  const previous = (await services.store.load(claim.requestId))?.request;
  if (!previous && !claimIsStale(claim.requestId, terms.id))
    throw new RefusalError(
      refuse('conflict', 'Another break-glass request of yours is being made. Try again in half a minute.'),
    );
  if ((!previous || needsNoReview(previous)) && (await services.claims.replace(key, claim, ours))) return;
  throw new RefusalError(
    refuse(
      'break_glass_unreviewed',
      `Your last break-glass request, ${claim.requestId}, has not been reviewed. Ask an approver to review it.`,
    ),
  );
}

/** Reviewed, or over without ever having had a session. */
const needsNoReview = (request: AccessRequest): boolean =>
  request.review !== undefined || (isClosed(request) && !request.session);

/** A claim without a record is a request that was never made, or one that is being made right now: that takes API Gateway's 29 s at most. */
const claimIsStale = (claimed: string, ours: string): boolean =>
  decodeTime(ours) - decodeTime(claimed) > 30_000;
