import type { TrailSession } from '../reader/trail.ts';
import type { Issuance, SignIn } from './issuance.ts';

/**
 * How a session was joined to what issued it. `accessKey`: the key that the issuing call returned. `arnAndTime`: session ARN and
 * creation time are those of the issuing call (console switches, Identity Center). `sourceIdentity`: same session ARN and person, within
 * the life of the credentials. `serviceLinked`: a role that only its AWS service assumes, often unseen. `ambiguous`: several calls fit
 * alike. `unresolved`: none was found.
 */
export type Link =
  | 'accessKey'
  | 'arnAndTime'
  | 'sourceIdentity'
  | 'serviceLinked'
  | 'ambiguous'
  | 'unresolved';

/** What a session was joined to. */
export interface Joined {
  joinedBy: Link;
  /** Absent where there is none, or more than one. */
  issuance?: Issuance | undefined;
  /** The switch of roles in the console that opened it, where no issuing call was seen. */
  signIn?: SignIn | undefined;
}

export interface ReviewedSession extends TrailSession, Joined {
  /** ARN, or else the best name, of who made the issuing call. Absent where that is ambiguous or unresolved. */
  issuedBy?: string | undefined;
  /**
   * From the caller of the issuing call back to the person or service at the beginning, as far as the logs show. Of a chain of more
   * than twenty its two ends, and between them a link that says how many are left out.
   */
  behind: ChainLink[];
}

export interface ChainLink {
  /** What the records call them: an ARN, a service, a directory's user. */
  who: string;
  kind:
    | 'user'
    | 'root'
    | 'role'
    | 'service'
    | 'saml'
    | 'webIdentity'
    | 'identityCenter'
    | 'account'
    | 'unknown';
  /**
   * How the session that they opened was joined to them. `unresolved` where no call was found and the session itself tells, as those of
   * IAM Identity Center do; `ambiguous` where all the calls that fit are theirs.
   */
  joinedBy: Link;
  eventId?: string | undefined;
}
