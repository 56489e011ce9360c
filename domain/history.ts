import * as z from 'zod';
import { digestOf } from './digest.ts';
import { instantSchema } from './instant.ts';
import { digestSchema } from './terms.ts';

/** What happens to a request, in past tense: the evidence table of docs/architecture.md, rule 5. */
export const eventNames = [
  'requested',
  'approved',
  'denied',
  'cancelled',
  'expired',
  'issued',
  'returned',
  'revoked',
  'ended',
  'failed',
  'reviewed',
  'closed',
] as const;

export type EventName = (typeof eventNames)[number];

/** Changes that give access take effect only once they are notarised; what takes access away happens first. */
export const givesAccess: Record<EventName, boolean> = {
  requested: true,
  approved: true,
  issued: true,
  // A review lets the person use break-glass again.
  reviewed: true,
  denied: false,
  cancelled: false,
  expired: false,
  returned: false,
  revoked: false,
  ended: false,
  failed: false,
  closed: false,
};

/** Which function attests which event; the notary's trust policy denies it to all others. */
export const attesters = {
  requests: ['requested', 'cancelled', 'returned'],
  decisions: ['approved', 'denied', 'revoked', 'reviewed'],
  notifyApprovers: ['expired'],
  issueSession: ['issued', 'failed'],
  endGrant: ['ended', 'failed', 'closed'],
  // Catches up on what others took away and could not put on record; never on what gives access.
  reconcile: ['cancelled', 'returned', 'denied', 'revoked', 'expired', 'ended', 'failed', 'closed'],
} as const satisfies Record<string, readonly EventName[]>;

export type Attester = keyof typeof attesters;

export const historyEntrySchema = z.strictObject({
  event: z.enum(eventNames),
  at: instantSchema,
  /** SourceIdentity of who did it; `countersign` for timers and the service itself. */
  by: z.string(),
  /** What the event says beside: reason, comment, duration, start, end … */
  detail: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  /** Hash of the entry before; zeros for the first. */
  previous: digestSchema,
  hash: digestSchema,
  /**
   * Access key id of the notary session that attests this entry, so that table and trail can be joined. Outside the
   * hash; absent until notarised.
   */
  notary: z.string().optional(),
});

export type HistoryEntry = z.infer<typeof historyEntrySchema>;
export type UnchainedEntry = Omit<HistoryEntry, 'previous' | 'hash' | 'notary'>;

/** What the first entry of every chain follows: 32 zero bytes. */
export const beginning = 'A'.repeat(43);

/** The entry as the next link of the chain of `requestId`. */
export function chain(
  requestId: string,
  history: readonly HistoryEntry[],
  entry: UnchainedEntry,
): HistoryEntry {
  const previous = history.at(-1)?.hash ?? beginning;
  return { ...entry, previous, hash: hashOf(requestId, { ...entry, previous }) };
}

/** Whether every entry's hash covers it and the one before. */
export function isUnbroken(requestId: string, history: readonly HistoryEntry[]): boolean {
  return history.every(({ hash, notary: _, ...entry }, index) => {
    const previous = history[index - 1]?.hash ?? beginning;
    return entry.previous === previous && hash === hashOf(requestId, entry);
  });
}

/** The hash of an entry of `requestId`: covers all of it, and by `previous` all before it. */
export const hashOf = (requestId: string, entry: Omit<HistoryEntry, 'hash' | 'notary'>): string =>
  digestOf({ requestId, ...entry });
