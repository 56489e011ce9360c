import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Store } from '../store.ts';

const dayMilliseconds = 86_400_000;
const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** A role session: what STS knows of one set of temporary credentials. Instants in milliseconds. */
export interface Session {
  accessKeyId: string;
  secretAccessKey: string;
  /** SHA-256 of the session token, hex: the token itself is not kept. */
  tokenHash: string;
  issuedAt: number;
  expiresAt: number;
  roleArn: string;
  /** The role's `AROA…` id. */
  roleId: string;
  account: string;
  sessionName: string;
  sourceIdentity?: string;
  /** The function to whose code Lambda gave the credentials. Sessions that it opens with them do not have it. */
  sourceFunctionArn?: string;
  tags: Record<string, string>;
  transitiveTagKeys: string[];
  /** Inline session policy, JSON text. */
  policy?: string;
  /** Managed session policies. */
  policyArns: string[];
}

export type NewSession = Omit<Session, 'accessKeyId' | 'secretAccessKey' | 'tokenHash'>;

export interface Sessions {
  /** Makes credentials and keeps the session. The token is returned here and nowhere else. */
  create(session: NewSession): { session: Session; sessionToken: string };
  find(accessKeyId: string): Session | undefined;
}

/** Sixteen random characters after a prefix, as AWS makes its unique ids. */
export const uniqueId = (prefix: string): string =>
  prefix + Array.from(randomBytes(16), (byte) => base32[byte % 32]).join('');

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

/** Whether the token belongs to the session, in constant time. */
export const tokenMatches = (session: Session, token: string): boolean =>
  timingSafeEqual(Buffer.from(session.tokenHash, 'hex'), Buffer.from(hashOf(token), 'hex'));

/** Role sessions, kept in the store: credentials outlive a restart as they do on AWS. */
export function createSessions(store: Store, now: () => number): Sessions {
  const table = store.table<Session>('session');
  const known = new Map<string, Session>();
  for (const [key, session] of table.entries()) {
    // Kept for a day after their end, so that a late caller hears ExpiredToken rather than an unknown key.
    if (session.expiresAt + dayMilliseconds < now()) table.delete(key);
    else known.set(key, session);
  }
  return {
    create(details) {
      const sessionToken = `IQoJb3JpZ2luX2Vj${randomBytes(384).toString('base64')}`;
      const session: Session = {
        ...details,
        accessKeyId: uniqueId('ASIA'),
        secretAccessKey: randomBytes(30).toString('base64'),
        tokenHash: hashOf(sessionToken),
      };
      table.set(session.accessKeyId, session);
      known.set(session.accessKeyId, session);
      return { session, sessionToken };
    },
    find: (accessKeyId) => known.get(accessKeyId),
  };
}
