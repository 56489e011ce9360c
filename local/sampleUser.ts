import { createHash } from 'node:crypto';

/** Somebody who can sign in at the local server. */
export interface SampleUser {
  email: string;
  name?: string;
  /** The token's `groups` claim; left out of the token when absent. */
  groups?: string[];
}

/** The user's subject: opaque and stable, so that nothing can take it for the address. */
export function subjectOf(user: SampleUser): string {
  return createHash('sha256').update(`countersign sample user ${user.email}`).digest('hex').slice(0, 24);
}

/** What a token says of a user, the subject apart. */
export function claimsOf({ email, name, groups }: SampleUser): Record<string, unknown> {
  return { email, email_verified: true, ...(name && { name }), ...(groups && { groups }) };
}
