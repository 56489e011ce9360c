import type { AccessRequest, AccessRequestDetail, Entitlement, SealedSession } from './answers.ts';

/** How the service is reached, and as whom. */
export interface ServiceAccess {
  /** Where the service is, such as `https://access.example.com/`. */
  url: string;
  /** A bearer token of an issuer that the service trusts; asked for at each call. */
  token(): Promise<string>;
}

/** What a requester wants. Durations are ISO 8601, times UTC. */
export interface Wish {
  entitlement: string;
  duration?: string;
  justification: string;
  ticket?: string;
  startAt?: string;
  parameters?: Record<string, string>;
  breakGlass?: boolean;
}

/** The public P-256 key that credentials are sealed to, as a JWK. */
export interface RecipientKey {
  kty?: string | undefined;
  crv?: string | undefined;
  x?: string | undefined;
  y?: string | undefined;
}

/** What can be done to a request, each with its body. */
export type RequestCommand =
  | {
      path: 'decision';
      body: { decision: 'approve' | 'deny'; token?: string; comment?: string; duration?: string };
    }
  | { path: 'revoke'; body: { reason: string } }
  | { path: 'review'; body: { verdict: 'justified' | 'unjustified'; comment: string } }
  | { path: 'cancel' | 'return' | 'remind'; body?: undefined };

export interface RequestQuery {
  role?: 'requester' | 'approver' | 'auditor';
  status?: AccessRequest['status'];
  cursor?: string;
}

/** Gives a call up, however long it still would take. */
interface Abortable {
  signal?: AbortSignal | undefined;
}

/** The API, call by call. Each rejects with an error of `errors.ts`, and with what `token` rejects with. */
export interface Api {
  entitlements(): Promise<Entitlement[]>;
  /** The same `idempotencyKey` again makes no second request. */
  create(wish: Wish & { recipientKey: RecipientKey }, idempotencyKey?: string): Promise<AccessRequest>;
  /** One page, newest first. */
  list(query?: RequestQuery): Promise<{ items: AccessRequest[]; cursor?: string | undefined }>;
  load(requestId: string, options?: Abortable): Promise<AccessRequestDetail>;
  send(requestId: string, command: RequestCommand): Promise<AccessRequest>;
  sealedSession(requestId: string, options?: Abortable): Promise<SealedSession>;
}
