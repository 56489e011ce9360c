import { describe, expect, test } from 'vitest';
import { madeAtOf } from '#domain/lastPossibleAccess.ts';
import { eraseOver } from '../../../cli/requests/eraseOver.ts';
import { noticeRequest } from '../../../cli/requests/noticeRequest.ts';
import { rememberedRequest, rememberRequest } from '../../../cli/requests/rememberedRequests.ts';
import { keepKey, requestKey } from '../../../cli/requests/requestKey.ts';
import { anAnswer, aRememberedRequest, ids, minutesFromNow } from './aRememberedRequest.ts';
import { ownFolders } from './ownFolders.ts';

ownFolders();

const [id] = ids;
async function remember(over: Parameters<typeof aRememberedRequest>[0] = {}): Promise<void> {
  await rememberRequest(aRememberedRequest(over));
  await keepKey(id, { kty: 'EC' });
}

describe('what the service says of a request', () => {
  test.each(['denied', 'cancelled', 'expired', 'ended', 'revoked', 'failed'] as const)(
    'erases its key once it is %s',
    async (status) => {
      await remember();
      await noticeRequest(anAnswer({ status }));
      expect([await requestKey(id), await rememberedRequest(id)]).toEqual([undefined, undefined]);
    },
  );

  test.each(['pending', 'scheduled', 'active'] as const)('leaves the key while it is %s', async (status) => {
    await remember();
    await noticeRequest(anAnswer({ status }));
    expect(await requestKey(id)).toEqual({ kty: 'EC' });
  });

  test('is remembered: when the grant begins and ends', async () => {
    await remember();
    const window = { startsAt: minutesFromNow(-1), endsAt: minutesFromNow(59) };
    await noticeRequest(anAnswer({ status: 'active', ...window }));
    expect(await rememberedRequest(id)).toMatchObject(window);
  });

  test('of a request of another machine leaves nothing here', async () => {
    await noticeRequest(anAnswer({ status: 'active', endsAt: minutesFromNow(59) }));
    expect(await rememberedRequest(id)).toBeUndefined();
  });
});

describe('the keys of requests that no command noticed', () => {
  const hours = (count: number): Date => new Date(Date.now() + count * 3_600_000);

  test('are erased once the grant is over, and the clock cannot be that wrong', async () => {
    await remember({ endsAt: minutesFromNow(60) });
    await eraseOver(hours(1.9));
    expect(await requestKey(id)).toEqual({ kty: 'EC' });
    await eraseOver(hours(2.1));
    expect([await requestKey(id), await rememberedRequest(id)]).toEqual([undefined, undefined]);
  });

  test('are erased once any grant would be over, where none is known', async () => {
    await remember({ overBy: minutesFromNow(60) });
    await eraseOver(hours(1.9));
    expect(await requestKey(id)).toEqual({ kty: 'EC' });
    await eraseOver(hours(2.1));
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
