import { createHash, randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { Wish } from '#client/api.ts';
import { jsonOf } from '#client/json.ts';
import { newRecipient } from '#client/recipient.ts';
import { whereLocksWork } from '../lock.ts';
import { secretStore } from '../secrets/secretStore.ts';

const attemptSchema = z.object({
  idempotencyKey: z.string(),
  madeAt: z.number(),
  recipientKey: z.looseObject({ kty: z.literal('EC') }),
  privateKey: z.looseObject({ kty: z.literal('EC') }),
});

/** What a wish is sent with, for as long as it has no answer. */
export type Attempt = z.infer<typeof attemptSchema>;

/** The service knows an Idempotency-Key for a day. */
const lifetime = 23 * 3_600_000;

/**
 * The attempt at a wish that has no answer yet, or a new one with keys of its own. It is kept before this returns, and of two commands with
 * the same words at once the second one finds that of the first.
 */
export const keptAttempt = (url: string, wish: Wish): Promise<Attempt> =>
  whereLocksWork(nameOf(url, wish).replace('/', '-'), () => foundOrMade(url, wish));

async function foundOrMade(url: string, wish: Wish): Promise<Attempt> {
  const secrets = await secretStore();
  const kept = attemptOf(await secrets.get(nameOf(url, wish)));
  if (kept && isLive(kept)) return kept;
  const pair = await newRecipient();
  const attempt = attemptSchema.parse({ idempotencyKey: randomUUID(), madeAt: Date.now(), ...pair });
  await secrets.set(nameOf(url, wish), JSON.stringify(attempt));
  return attempt;
}

/** Once the wish has its answer. */
export async function dropAttempt(url: string, wish: Wish): Promise<void> {
  await (await secretStore()).remove(nameOf(url, wish));
}

/** Erases the keys of wishes that nobody has repeated in time. */
export async function dropOldAttempts(): Promise<void> {
  const secrets = await secretStore();
  for (const name of await secrets.names()) {
    if (!name.startsWith('asking/')) continue;
    const attempt = attemptOf(await secrets.get(name));
    if (!attempt || !isLive(attempt)) await secrets.remove(name);
  }
}

function nameOf(url: string, wish: Wish): string {
  const hash = createHash('sha256').update(JSON.stringify([url, wish]));
  return `asking/${hash.digest('base64url')}`;
}

function attemptOf(text: string | undefined): Attempt | undefined {
  const read = attemptSchema.safeParse(text === undefined ? undefined : jsonOf(text));
  return read.success ? read.data : undefined;
}

const isLive = ({ madeAt }: Attempt): boolean => Math.abs(Date.now() - madeAt) < lifetime;
