import type { AccessRequest, AccessRequestDetail } from '#client/answers.ts';
import { parseDuration } from '#domain/duration.ts';
import { addSeconds, latest } from '#domain/instant.ts';
import type { RememberedRequest } from './rememberedRequests.ts';

/** What this machine remembers of a request that it has just made, or whose memory was lost. */
export function memoryOf(
  request: AccessRequest,
  { url, account }: { url: string; account: AccessRequestDetail['account'] },
): RememberedRequest {
  const { id, entitlement, title, createdAt, expiresAt, startAt, duration } = request;
  return {
    id,
    url,
    entitlement,
    title,
    account: { id: account.id, title: account.title },
    createdAt,
    overBy: addSeconds(latest(expiresAt, startAt ?? expiresAt), parseDuration(duration) ?? 0),
  };
}
