import { marshall } from '@aws-sdk/util-dynamodb';
import type { AccessRequest } from '#domain/accessRequest.ts';
import { toItem } from '#lambdas/adapters/requestItem.ts';

/** What `aws dynamodb scan` prints of the request table. */
export function tableExport(requests: readonly AccessRequest[]): string {
  const items = requests.map((request) => {
    const upkeep = {
      requestSeal: 'not looked at by a review',
      invitations: {},
      announced: 0,
      noticed: 0,
      attempt: 1,
    };
    const item = toItem({ request, upkeep, version: request.history.length }, undefined);
    return marshall(item, { removeUndefinedValues: true });
  });
  return JSON.stringify({ Items: items, Count: items.length, ScannedCount: items.length }, undefined, 2);
}
