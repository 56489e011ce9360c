import type { AccessRequestDetail } from '#client/answers.ts';
import type { Api } from '#client/api.ts';
import { statusWords } from '#client/statusWords.ts';
import { nothingSent } from './nothingSent.ts';

/** A request that can be decided on. Throws a `CommandError` for any other: a link leads to reviews, too, and outlives the decision. */
export async function pendingRequest(api: Api, id: string): Promise<AccessRequestDetail> {
  const request = await api.load(id);
  if (request.status === 'pending') return request;
  throw nothingSent(request, `is ${request.status}. ${statusWords(request)}`);
}
