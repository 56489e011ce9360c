import { hash } from 'node:crypto';
import { canonicalJson } from '#domain/digest.ts';
import type { HistoryEntry } from '#domain/history.ts';
import type { Instant } from '#domain/instant.ts';

/** A history entry, but for when it was written. */
export type Undated = Omit<HistoryEntry, 'at' | 'hash' | 'notary'>;

/**
 * `hashOf` of domain/history.ts for an entry that may have been written at thousands of times: what is the same in all of them is
 * made canonical once.
 */
export function hashesOf(requestId: string, entry: Undated): (at: Instant) => string {
  // RFC 8785 sorts by name, so the time comes first: https://www.rfc-editor.org/rfc/rfc8785#section-3.2.3
  const rest = canonicalJson({ requestId, ...entry }).slice(1);
  return (at) => hash('sha256', `{"at":"${at}",${rest}`, 'base64url');
}
