import {
  accessRequestDetailSchema,
  accessRequestSchema,
  entitlementListSchema,
  requestListSchema,
  sealedSessionSchema,
} from './answers.ts';
import type { Api, ServiceAccess } from './api.ts';
import { RefusedError, UnreadableAnswerError } from './errors.ts';
import { exchangeWith } from './exchange.ts';

/** The API of a service, as whoever the token is of. Throws a TypeError where the address is none that tokens may be sent to. */
export function apiOf(access: ServiceAccess): Api {
  const exchange = exchangeWith(access);
  /** What is said of one request must not be taken for news of another. */
  const about = async <Answer extends { id: string }>(
    id: string,
    answer: Promise<Answer>,
  ): Promise<Answer> => {
    if ((await answer).id === id) return answer;
    throw new UnreadableAnswerError(access.url, 'it answers with another request than it was asked for');
  };
  return {
    entitlements: async () =>
      (await exchange({ path: 'v1/entitlements', answer: entitlementListSchema })).items,
    create: (wish, idempotencyKey = crypto.randomUUID()) =>
      exchange({ path: 'v1/requests', post: { body: wish, idempotencyKey }, answer: accessRequestSchema }),
    list: (query = {}) => {
      const words = new URLSearchParams({ ...query }).toString();
      return exchange({ path: `v1/requests${words && `?${words}`}`, answer: requestListSchema });
    },
    load: async (requestId, { signal } = {}) =>
      about(requestId, exchange({ path: pathOf(requestId), answer: accessRequestDetailSchema, signal })),
    send: async (requestId, { path, body }) =>
      about(
        requestId,
        exchange({ path: `${pathOf(requestId)}/${path}`, post: { body }, answer: accessRequestSchema }),
      ),
    sealedSession: async (requestId, { signal } = {}) =>
      exchange({ path: `${pathOf(requestId)}/credentials`, answer: sealedSessionSchema, signal }),
  };
}

/** An id that somebody typed must not become another path. */
function pathOf(requestId: string): string {
  if (/^[0-9A-Z]{26}$/.test(requestId)) return `v1/requests/${requestId}`;
  const detail = `“${requestId}” is not the id of a request: ids have 26 letters and digits. Look it up in your list of requests.`;
  throw new RefusedError(detail, { status: 400, code: 'malformed' });
}
