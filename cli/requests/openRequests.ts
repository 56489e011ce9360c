import type { AccessRequest } from '#client/answers.ts';
import type { Api, RequestQuery } from '#client/api.ts';
import { instantOf } from '#domain/instant.ts';
import { lastPossibleAccess, madeAtOf } from '#domain/lastPossibleAccess.ts';
import { isClosed } from './noticeRequest.ts';

/** Page by page, newest first. A page can be empty and still have one after it. */
export async function* requestPages(
  api: Api,
  query: RequestQuery,
): AsyncGenerator<{ items: AccessRequest[]; cursor: string | undefined }> {
  let cursor = query.cursor;
  do {
    const page = await api.list({ ...query, ...(cursor !== undefined && { cursor }) });
    cursor = page.cursor;
    yield { items: page.items, cursor };
  } while (cursor !== undefined);
}

/** Those that are not closed. It ends where older ones cannot be open any more, however many there are. */
export async function openRequests(
  api: Api,
  query: Pick<RequestQuery, 'role' | 'status'>,
  now = new Date(),
): Promise<AccessRequest[]> {
  const open: AccessRequest[] = [];
  for await (const { items, cursor } of requestPages(api, query)) {
    open.push(...items.filter((request) => !isClosed(request)));
    if (cursor !== undefined && lastPossibleAccess(madeAtOf(cursor)) < instantOf(now)) break;
  }
  return open;
}
