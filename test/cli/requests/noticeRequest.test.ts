import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { madeAtOf } from '#domain/lastPossibleAccess.ts';
import { eraseOver } from '../../../cli/requests/eraseOver.ts';
import { noticeRequest } from '../../../cli/requests/noticeRequest.ts';
import { rememberedRequest, rememberRequest } from '../../../cli/requests/rememberedRequests.ts';
import { keepKey, requestKey } from '../../../cli/requests/requestKey.ts';
import { ownFolders } from '../ownFolders.ts';
import { aDetail, anAnswer, aRememberedRequest, ids, minutesFromNow } from './aRememberedRequest.ts';

const folder = ownFolders();

const [id] = ids;
const { url } = aRememberedRequest();
async function remember(over: Parameters<typeof aRememberedRequest>[0] = {}): Promise<void> {
  await rememberRequest(aRememberedRequest(over));
  await keepKey(id, { kty: 'EC' });
}

describe('what the service says of a request', () => {
  test.each(['denied', 'cancelled', 'expired', 'ended', 'revoked', 'failed'] as const)(
    'erases its key once it is %s',
    async (status) => {
      await remember();
      await noticeRequest(anAnswer({ status }), url);
      expect([await requestKey(id), await rememberedRequest(id)]).toEqual([undefined, undefined]);
    },
  );

  test.each(['pending', 'scheduled', 'active'] as const)('leaves the key while it is %s', async (status) => {
    await remember();
    await noticeRequest(anAnswer({ status }), url);
    expect(await requestKey(id)).toEqual({ kty: 'EC' });
  });

  test('is remembered: when the grant begins and ends', async () => {
    await remember();
    const window = { startsAt: minutesFromNow(-1), endsAt: minutesFromNow(59) };
    await noticeRequest(anAnswer({ status: 'active', ...window }), url);
    expect(await rememberedRequest(id)).toMatchObject(window);
  });

  test('erases the key of one that this machine has forgotten', async () => {
    await keepKey(id, { kty: 'EC' });
    await noticeRequest(anAnswer({ status: 'revoked' }), url);
    expect(await requestKey(id)).toBeUndefined();
  });

  test('erases no file that is none of a request’s, whatever the service calls it', async () => {
    const file = join(folder(), 'config.json');
    await mkdir(folder(), { recursive: true, mode: 0o700 });
    await writeFile(file, '{}', { mode: 0o600 });
    await noticeRequest(anAnswer({ id: '../config', status: 'ended' }), url);
    expect(await readFile(file, 'utf8')).toBe('{}');
  });

  test('counts for nothing where the request was made at another service', async () => {
    await remember();
    const before = await rememberedRequest(id);
    const elsewhere = 'https://access.example.org/';
    await noticeRequest(anAnswer({ status: 'ended' }), elsewhere);
    await noticeRequest(anAnswer({ startsAt: minutesFromNow(-60), endsAt: minutesFromNow(-1) }), elsewhere);
    expect([await requestKey(id), await rememberedRequest(id)]).toEqual([{ kty: 'EC' }, before]);
  });

  test('is remembered anew where its file was damaged and its key is here', async () => {
    await remember();
    await writeFile(join(folder(), 'requests', `${id}.json`), '');
    const window = { startsAt: minutesFromNow(-1), endsAt: minutesFromNow(59) };
    await noticeRequest(aDetail({ status: 'active', ...window }), url);
    expect(await rememberedRequest(id)).toMatchObject({ url, entitlement: 'orders-read', ...window });
  });

  test('of a request of another machine leaves nothing here', async () => {
    await noticeRequest(anAnswer({ status: 'active', endsAt: minutesFromNow(59) }), url);
    expect(await rememberedRequest(id)).toBeUndefined();
  });
});

describe('the keys of requests that no command noticed', () => {
  const hours = (count: number): Date => new Date(Date.now() + count * 3_600_000);

  test('are erased once the grant is over, and the clock cannot be that wrong', async () => {
    await remember({ endsAt: minutesFromNow(60) });
    await eraseOver(hours(24.9));
    expect(await requestKey(id)).toEqual({ kty: 'EC' });
    await eraseOver(hours(25.1));
    expect([await requestKey(id), await rememberedRequest(id)]).toEqual([undefined, undefined]);
  });

  test('are erased once any grant would be over, where none is known', async () => {
    await remember({ overBy: minutesFromNow(60) });
    await eraseOver(hours(24.9));
    expect(await requestKey(id)).toEqual({ kty: 'EC' });
    await eraseOver(hours(25.1));
    expect(await requestKey(id)).toBeUndefined();
  });

  test('are erased where the memory of them was lost, once nothing can come of them any more', async () => {
    await keepKey(id, { kty: 'EC' });
    const made = Date.parse(madeAtOf(id));
    await eraseOver(new Date(made + 36 * 86_400_000));
    expect(await requestKey(id)).toEqual({ kty: 'EC' });
    await eraseOver(new Date(made + 38 * 86_400_000));
    expect(await requestKey(id)).toBeUndefined();
  });
});
