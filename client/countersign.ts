import { type Access, askForAccess } from './access.ts';
import type { Api, ServiceAccess, Wish } from './api.ts';
import { apiOf } from './apiOf.ts';

export type { Access } from './access.ts';
export type { AccessRequest, AccessRequestDetail, Entitlement, SealedSession } from './answers.ts';
export type { Api, RecipientKey, RequestCommand, RequestQuery, ServiceAccess, Wish } from './api.ts';
export type { AwsCredentials } from './awsCredentials.ts';
export { NoAccessError, RefusedError, UnreachableError, UnreadableAnswerError } from './errors.ts';
export type { Waiting } from './watch.ts';

/** A Countersign service, as whoever the token is of. */
export interface Countersign {
  /** Begins a request at once, with a key pair of its own. */
  request(wish: Wish): Access;
  /** All else that the service does, call by call. */
  api: Api;
}

/**
 * The door for tools: `await countersign({ url, token }).request({ … }).credentials()` asks, waits for the approval, and answers
 * credentials. Throws a TypeError where the address is none that tokens may be sent to.
 */
export function countersign(access: ServiceAccess): Countersign {
  const api = apiOf(access);
  return { api, request: (wish) => askForAccess(api, wish) };
}
