import type { Instant } from '#domain/instant.ts';
import type { KeptEvent } from '../reader/keptEvent.ts';

/** A call by which somebody got credentials: AssumeRole and its kin, GetFederationToken, GetSessionToken … */
export interface Issuance {
  event: KeptEvent;
  /** The role owner's copy of the same call, or the caller's: joined by `sharedEventID`. */
  copies: KeptEvent[];
  roleArn?: string | undefined;
  sessionName?: string | undefined;
  /** As the answer says, or as AWS makes it of role and session name: services do not log it. */
  sessionArn?: string | undefined;
  accessKeyId?: string | undefined;
  expiresAt?: Instant | undefined;
  durationSeconds?: number | undefined;
  /** As it was asked for, or as the caller's own session had it: it stays along a chain of roles. */
  sourceIdentity?: string | undefined;
  tags: Record<string, string>;
  /** Session policy, as a text. */
  policy?: string | undefined;
  policyArns: string[];
}

/** One that was refused. Its record mostly names the role in the error message only. */
export interface RefusedIssuance {
  event: KeptEvent;
  copies: KeptEvent[];
  /** `role/NAME` where the message has no more of it. */
  roleArn?: string | undefined;
}

/**
 * A step of signing in to the console or to IAM Identity Center. It issues no credentials that the log would show, but says who is
 * behind a session that has none of the keys that STS gave out.
 */
export interface SignIn {
  event: KeptEvent;
  succeeded: boolean;
  /** The session that a switch of roles in the console opened. */
  sessionArn?: string | undefined;
  /** ARN of who switched to that role. */
  switchedFrom?: string | undefined;
}

export interface Issuances {
  /** By time and event id; a call across accounts once, the caller's copy first. */
  ok: Issuance[];
  /** Likewise. */
  failed: RefusedIssuance[];
  /** By time and event id. */
  signIns: SignIn[];
}
