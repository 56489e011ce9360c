import type { Status } from '#domain/accessRequest.ts';
import type { Instant } from '#domain/instant.ts';
import type { Issuance } from '../sessions/issuance.ts';
import type { ReviewedSession } from '../sessions/reviewedSession.ts';
import type { Evidence } from './evidence.ts';

/** An access request and what came of it, from CloudTrail alone. Also one that was never granted. */
export interface Grant {
  id: string;
  /** SourceIdentity of who asked; empty where the logs show nothing that names them. */
  requester: string;
  entitlement: string;
  digest: string;
  /** Digest of the catalogue when it was asked for. */
  catalogue: string;
  ticket?: string | undefined;
  breakGlass: boolean;
  /** Where the chain ends; of a chain that is broken, its last sound link. */
  status: Status;
  requestedAt: Instant;
  decisions: GrantDecision[];
  window?: { startsAt: Instant; endsAt: Instant } | undefined;
  sessions: GrantSession[];
  /** How access ended before or at the window's end, and when at the latest: not when that was put on record. */
  end?:
    | { event: 'ended' | 'returned' | 'revoked' | 'failed' | 'reviewed'; at: Instant; by: string }
    | undefined;
  review?: { at: Instant; by: string } | undefined;
  closedAt?: Instant | undefined;
  chain: Chain;
}

export interface GrantDecision {
  decision: 'approve' | 'deny';
  by: string;
  at: Instant;
  eventId: string;
}

export interface GrantSession {
  issuance: Issuance;
  accessKeyId?: string | undefined;
  sessionArn?: string | undefined;
  roleArn: string;
  issuedAt: Instant;
  expiresAt?: Instant | undefined;
  /** The `issued` entry that attests this session. */
  attestedBy?: { evidence: Evidence; how: 'hash' | 'time' } | undefined;
  /** What was done in it: one for each key and ARN that belongs to it. */
  activity: ReviewedSession[];
}

/** The hash chain of a request's evidence. */
export interface Chain {
  /** From `requested` on, each on the hash of the one before. */
  links: ChainEntry[];
  /** Attested, but nothing follows from it: the change lost a race. */
  lost: Evidence[];
  /** Attested, but what it follows is not in the logs: it counts for all of the grant but its status. */
  apart?: Evidence[] | undefined;
  /** Ends with `closed`. */
  closed: boolean;
  faults: ChainFault[];
}

export interface ChainEntry {
  evidence: Evidence;
  /**
   * Whether the hash was computed again from what CloudTrail shows. `unknowable`: the entry may have words, such as a comment,
   * that only the table has; or its catalogue, its session or its beginning is not at hand; or it was put on record late.
   */
  content: 'recomputed' | 'unknowable' | 'differs';
  /** By the service's clock, where the hash was met: it covers the entry's own time. */
  writtenAt?: Instant | undefined;
  /** When it had happened at the latest: as it was attested, or before, where its hash or what follows it shows that. */
  happenedBy: Instant;
}

export interface ChainFault {
  kind: 'noBeginning' | 'missingLink' | 'fork' | 'impossibleOrder' | 'otherTerms' | 'afterClosed';
  eventIds: string[];
  at: Instant;
  /** What is wrong, as a sentence. */
  message: string;
}
