import { base64Url, canonicalJson, sha256Text } from './digest.ts';
import type { Instant } from './instant.ts';

/**
 * What the three KMS HMAC keys cover (docs/architecture.md, rule 3). Each message names its purpose, so that a code
 * made for one can never serve as another even under the same key.
 */

/** Key 1, made by `requests`: what was asked, and until when it may be decided. */
export const requestSealMessage = ({ digest, expiresAt }: { digest: string; expiresAt: Instant }): string =>
  canonicalJson({ purpose: 'countersign/request/1', digest, expiresAt });

/** Key 2, made by `notifyApprovers`: this approver was invited to approve exactly this. */
export const approvalTokenMessage = ({
  digest,
  approver,
  expiresAt,
}: {
  digest: string;
  approver: string;
  expiresAt: Instant;
}): string => canonicalJson({ purpose: 'countersign/approve/1', digest, approver, expiresAt });

export interface SealedDecision {
  digest: string;
  approver: { issuer: string; subject: string; email: string };
  decision: 'approve' | 'deny';
  decidedAt: Instant;
  /** Seconds, when the approver shortened the grant. */
  durationSeconds?: number | undefined;
  /** SHA-256 of the approval token's text; a denial has none. */
  tokenHash?: string | undefined;
  /** The seal of the decision before, so that none can be dropped (the shortest duration counts). */
  previousSeal?: string | undefined;
}

/** Key 3, made by `decisions`: who decided what, and when. */
export const decisionSealMessage = ({
  digest,
  approver: { issuer, subject, email },
  decision,
  decidedAt,
  durationSeconds,
  tokenHash,
  previousSeal,
}: SealedDecision): string =>
  canonicalJson({
    purpose: 'countersign/decision/1',
    digest,
    approver: { issuer, subject, email },
    decision,
    decidedAt,
    ...(durationSeconds !== undefined && { durationSeconds }),
    ...(tokenHash !== undefined && { tokenHash }),
    ...(previousSeal !== undefined && { previousSeal }),
  });

const tokenPrefix = 'cs1.';

/** The approval token's text: `cs1.` + base64url of its 32-byte HMAC. Not JWT-shaped: mail filters quarantine those. */
export const approvalTokenText = (mac: Uint8Array): string => tokenPrefix + base64Url(mac);

/** The HMAC in an approval token's text, or undefined when the text is not shaped like one. */
export function approvalTokenMac(text: string): Uint8Array | undefined {
  if (!/^cs1\.[A-Za-z0-9_-]{43}$/.test(text)) return undefined;
  const base64 = text.slice(tokenPrefix.length).replaceAll('-', '+').replaceAll('_', '/');
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/** What the record keeps of a token that is still only in a mail. */
export const approvalTokenHash = (text: string): string => sha256Text(text);
