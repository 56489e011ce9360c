import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { chosenRequest } from '../../../cli/requests/chosenRequest.ts';
import { type RememberedRequest, rememberRequest } from '../../../cli/requests/rememberedRequests.ts';
import { ownFolders } from '../ownFolders.ts';
import { aRememberedRequest, ids, minutesFromNow } from './aRememberedRequest.ts';

const folder = ownFolders();

const [oldest, older, newest] = ids;
const running = { startsAt: minutesFromNow(-5), endsAt: minutesFromNow(55) };
const scheduled = { startsAt: minutesFromNow(60), endsAt: minutesFromNow(120) };
const over = { startsAt: minutesFromNow(-65), endsAt: minutesFromNow(-5) };

async function remember(...requests: Partial<RememberedRequest>[]): Promise<void> {
  for (const request of requests) await rememberRequest(aRememberedRequest(request));
}

describe('the request that is meant', () => {
  test('is that of the id, whether this machine knows it or not, and in small letters too', async () => {
    expect(await chosenRequest(oldest, 'active')).toBe(oldest);
    expect(await chosenRequest(oldest.toLowerCase(), 'open')).toBe(oldest);
  });

  test('without a word is the only one', async () => {
    await remember({ id: oldest });
    expect(await chosenRequest(undefined, 'open')).toBe(oldest);
    expect(await chosenRequest(undefined, 'active')).toBe(oldest);
  });

  test('is none whose grant is over', async () => {
    await remember(
      { id: oldest, ...over },
      { id: older, ...running },
      { id: newest, overBy: minutesFromNow(-1) },
    );
    expect(await chosenRequest(undefined, 'active')).toBe(older);
    expect(await chosenRequest(undefined, 'open')).toBe(older);
  });

  test('without a word is the one that runs, if access is meant', async () => {
    await remember({ id: oldest, ...running }, { id: older }, { id: newest, ...scheduled });
    expect(await chosenRequest(undefined, 'active')).toBe(oldest);
  });

  test('without a word is not guessed: those that fit are listed', async () => {
    await remember({ id: oldest, ...running }, { id: older, ...running, title: 'Change\u001b[2J orders' });
    const choosing = chosenRequest(undefined, 'active');
    await expect(choosing).rejects.toThrow(
      new RegExp(
        `^Several requests could be meant.*\n${older}: Change\\[2J orders in Production, until .*\n${oldest}: `,
      ),
    );
    await expect(choosing).rejects.toMatchObject({ exitCode: 2 });
  });

  test('by an entitlement is the newest grant that runs', async () => {
    await remember(
      { id: oldest, ...running },
      { id: older, ...running },
      { id: newest, entitlement: 'orders-admin', ...running },
    );
    expect(await chosenRequest('orders-read', 'active')).toBe(older);
  });

  test('by an entitlement is a running one before a newer one that is not there yet', async () => {
    await remember({ id: oldest, ...running }, { id: older }, { id: newest, ...scheduled });
    expect(await chosenRequest('orders-read', 'active')).toBe(oldest);
    expect(await chosenRequest('orders-read', 'open')).toBe(newest);
  });

  test('is one of the service that is named, and of any where none is', async () => {
    const other = 'http://127.0.0.1:10/';
    await remember({ id: oldest, ...running }, { id: newest, url: other, ...running });
    expect(await chosenRequest('orders-read', 'active', { url: 'http://127.0.0.1:9' })).toBe(oldest);
    expect(await chosenRequest(undefined, 'active', { url: other })).toBe(newest);
    expect(await chosenRequest('orders-read', 'active')).toBe(newest);
    vi.stubEnv('COUNTERSIGN_URL', 'http://127.0.0.1:9');
    expect(await chosenRequest('orders-read', 'active')).toBe(oldest);
    await expect(chosenRequest('orders-read', 'open', { url: 'http://127.0.0.1:11' })).rejects.toThrow(
      'no open request for',
    );
  });

  test.each(['', ' '])('is none by the empty word %j, which is not the same as none', async (word) => {
    await remember({ id: oldest, ...running });
    await expect(chosenRequest(word, 'active')).rejects.toThrow(
      /^The word for the request is empty\. Name its id/,
    );
    await expect(chosenRequest(word, 'active')).rejects.toMatchObject({ exitCode: 2 });
  });

  test('is listed with its service where they are of several', async () => {
    const other = 'http://127.0.0.1:10/';
    await remember({ id: oldest, ...running }, { id: older, url: other, ...running });
    await expect(chosenRequest(undefined, 'active')).rejects.toThrow(
      new RegExp(
        `${older}: .* in Production, at ${other}, until .*\n${oldest}: .*, at http://127\\.0\\.0\\.1:9/, `,
      ),
    );
  });

  test('is never one by an approval link', async () => {
    await expect(chosenRequest(`https://x.example/approve#${oldest}.cs1.SECRET`, 'open')).rejects.toThrow(
      'That is an approval link. To decide: countersign approve',
    );
  });

  test('says that it may be one whose file cannot be read', async () => {
    await remember({ id: oldest });
    await chmod(join(folder(), 'requests', `${oldest}.json`), 0o644);
    await expect(chosenRequest(undefined, 'open')).rejects.toThrow('What it knows of 1 cannot be read');
  });

  test.each([
    [
      undefined,
      'This machine has no open request. countersign status lists all of yours; to ask for access: countersign request ENTITLEMENT --because "…"',
    ],
    [
      'orders-red',
      'This machine has no open request for "orders-red". countersign status lists all of yours, countersign list what you may ask for; to ask for access: countersign request orders-red --because "…"',
    ],
    [
      'orders-read',
      'This machine has no open request for "orders-read". countersign status lists all of yours; to ask for access: countersign request orders-read --because "…"',
    ],
  ])(
    'by %j is none here: says how to ask, where that entitlement was asked for before',
    async (word, words) => {
      await remember({ id: oldest, ...over });
      const choosing = chosenRequest(word, 'active');
      await expect(choosing).rejects.toThrow(words);
      await expect(choosing).rejects.toMatchObject({ exitCode: 4 });
    },
  );
});
