import { ulid } from 'ulid';
import { describe, expect, test } from 'vitest';
import type { AccessRequest } from '#client/answers.ts';
import type { Api } from '#client/api.ts';
import { openRequests, requestPages } from '../../../cli/requests/openRequests.ts';
import { anAnswer } from './aRememberedRequest.ts';

const day = 86_400_000;

/** Somebody who made a request on each of the last days, of which those open stand here; pages of ten. */
function aYear(openOnDays: number[]) {
  const requests = Array.from({ length: 365 }, (_, days) =>
    anAnswer({
      id: ulid(Date.now() - days * day),
      status: openOnDays.includes(days) ? 'scheduled' : 'ended',
    }),
  );
  let pages = 0;
  const list = async ({ cursor }: { cursor?: string } = {}) => {
    pages += 1;
    const from = cursor === undefined ? 0 : requests.findIndex(({ id }) => id === cursor) + 1;
    const items: AccessRequest[] = requests.slice(from, from + 10);
    const last = items.at(-1);
    return { items, ...(last && { cursor: last.id }) };
  };
  return { api: { list } as unknown as Api, pages: () => pages, requests };
}

describe('the requests that are open', () => {
  test('are found as far back as one can be open', async () => {
    const { api, requests } = aYear([0, 3, 36]);
    const open = await openRequests(api, {});
    expect(open.map(({ id }) => id)).toEqual([0, 3, 36].map((days) => requests[days]?.id));
  });

  test('are not looked for among all that ever were', async () => {
    const { api, pages } = aYear([]);
    expect(await openRequests(api, {})).toEqual([]);
    expect(pages()).toBeLessThan(6);
  });
});

test('pages go on after an empty one, and to the end', async () => {
  const pages = [{ items: [], cursor: 'a' }, { items: [anAnswer()], cursor: 'b' }, { items: [] }];
  const asked: unknown[] = [];
  const list = async (query: unknown) => {
    asked.push(query);
    return pages[asked.length - 1];
  };
  const seen: number[] = [];
  for await (const { items } of requestPages({ list } as unknown as Api, { role: 'approver' }))
    seen.push(items.length);
  expect(seen).toEqual([0, 1, 0]);
  expect(asked).toEqual([
    { role: 'approver' },
    { role: 'approver', cursor: 'a' },
    { role: 'approver', cursor: 'b' },
  ]);
});
