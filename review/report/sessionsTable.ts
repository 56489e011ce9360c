import type { Review } from '../review.ts';
import type { ReviewedSession } from '../sessions/reviewedSession.ts';
import type { CrossReferences } from './crossReferences.ts';
import { csv } from './csv.ts';

/** sessions.csv: one row for each access key and session ARN in the logs. */
export const sessionsCsv = ({ sessions }: Review, { requestOf }: CrossReferences): Iterable<string> =>
  csv<ReviewedSession>(
    {
      session: ({ arn }) => arn,
      access_key_id: ({ accessKeyId }) => accessKeyId,
      role: ({ identity }) => identity.issuerArn,
      issued_by: ({ issuedBy }) => issuedBy,
      joined_by: ({ joinedBy }) => joinedBy,
      behind: ({ behind }) => behind.map(({ who }) => who).join(' ← '),
      source_identity: ({ identity, issuance }) => identity.sourceIdentity ?? issuance?.sourceIdentity,
      mfa: ({ identity: { mfa } }) => (mfa === undefined ? undefined : mfa ? 'yes' : 'no'),
      request_id: requestOf,
      issued_at: ({ issuance }) => issuance?.event.at,
      issuing_event_id: ({ issuance }) => issuance?.event.id,
      expires_at: ({ issuance }) => issuance?.expiresAt,
      first_call: ({ first }) => first,
      last_call: ({ last }) => last,
      calls: ({ calls }) => calls,
      errors: ({ errors }) => errors,
      denied: ({ denied }) => denied,
    },
    sessions,
  );
