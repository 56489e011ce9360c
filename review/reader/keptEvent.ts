import type { Instant } from '#domain/instant.ts';

/** Who made a call, as the record says; what it does not say is absent. */
export interface CallerIdentity {
  /** `AssumedRole`, `IAMUser`, `Root`, `AWSService`, `AWSAccount`, `SAMLUser`, `WebIdentityUser`, `IdentityCenterUser` … */
  type?: string | undefined;
  arn?: string | undefined;
  account?: string | undefined;
  principalId?: string | undefined;
  accessKeyId?: string | undefined;
  userName?: string | undefined;
  /** An AWS service that called on its own or on somebody's behalf. */
  invokedBy?: string | undefined;
  /** The role behind a session. */
  issuerArn?: string | undefined;
  /** When the session was made. */
  createdAt?: Instant | undefined;
  sourceIdentity?: string | undefined;
  mfa?: boolean | undefined;
  /** IAM Identity Center's user id. */
  onBehalfOf?: string | undefined;
}

/**
 * An event that the review looks into: one that issued credentials or tried to, or one that changed what guards Countersign or
 * its trail. Never holds a secret key or a session token: they are left out when the record is read.
 */
export interface KeptEvent {
  id: string;
  at: Instant;
  /** The account whose trail it stands in (`recipientAccountId`). */
  account: string;
  region: string;
  /** `sts.amazonaws.com` */
  source: string;
  name: string;
  caller: CallerIdentity;
  sourceIp?: string | undefined;
  errorCode?: string | undefined;
  errorMessage?: string | undefined;
  readOnly?: boolean | undefined;
  /** The same for the caller's and the role owner's copy of one call across accounts. */
  sharedEventId?: string | undefined;
  /** As the record has them: any shape. */
  request?: unknown;
  response?: unknown;
  additional?: unknown;
  /** ARNs of `resources`. */
  resources: string[];
  /** Path of the log file, relative to the folder that was read. */
  file: string;
}
