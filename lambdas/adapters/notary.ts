import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import type { AccessRequest } from '#domain/accessRequest.ts';
import { RefusalError, refuse } from '#domain/errors.ts';
import type { HistoryEntry } from '#domain/history.ts';
import { log } from '../runtime/log.ts';

/**
 * Puts a history entry on record in CloudTrail: assumes the zero-permission notary role with the request as session
 * name, the actor as SourceIdentity and the entry as tags. Answers the notary session's access key id, which joins
 * record and trail; the credentials themselves are dropped. Throws a `no_evidence` refusal when STS refuses.
 */
export type Notarise = (
  request: Pick<AccessRequest, 'terms' | 'digest' | 'history'>,
  entry: HistoryEntry,
) => Promise<string>;

export const notaryWith =
  (sts: STSClient, notaryRoleArn: string): Notarise =>
  async ({ terms, digest, history }, entry) => {
    const tags = {
      'cs:event': entry.event,
      'cs:entitlement': terms.entitlement,
      'cs:digest': digest,
      'cs:hash': entry.hash,
      'cs:previous': entry.previous,
      'cs:catalogue': String(history[0]?.detail?.catalogue ?? ''),
      'cs:ticket': terms.ticket,
      'cs:start': entry.detail?.start,
      'cs:end': entry.detail?.end,
      'cs:breakGlass': entry.detail?.breakGlass,
    };
    try {
      const { Credentials } = await sts.send(
        new AssumeRoleCommand({
          RoleArn: notaryRoleArn,
          RoleSessionName: terms.id,
          SourceIdentity: entry.by,
          DurationSeconds: 900,
          Tags: Object.entries(tags).flatMap(([Key, value]) =>
            value === undefined ? [] : [{ Key, Value: String(value) }],
          ),
        }),
      );
      if (!Credentials?.AccessKeyId) throw new Error('STS answered without credentials.');
      return Credentials.AccessKeyId;
    } catch (error) {
      log('error', 'noEvidence', { requestId: terms.id, error });
      throw new RefusalError(
        refuse(
          'no_evidence',
          'The change could not be put on record in CloudTrail, so it was not made. Try again.',
        ),
      );
    }
  };
