import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Service, startService } from '../support/service.ts';
import { jsonAnswer } from './jsonAnswer.ts';
import { aMachine, type Machine } from './machine.ts';

let service: Service;
let alice: Machine;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());
beforeEach(async () => {
  alice = await aMachine(service);
});
afterEach(() => alice.remove());

const keys = (): Promise<string[]> => readdir(join(alice.state, 'secrets'));
const statusOf = async (id: string): Promise<string> =>
  (await service.as('alice').get(`/v1/requests/${id}`)).body.status;

describe('countersign cancel', () => {
  test('withdraws the only request of this machine, and erases its key', async () => {
    const id = await alice.ask('orders-read');
    expect(await keys()).toHaveLength(1);
    const { code, stdout } = await alice.run(['cancel']);
    expect([code, stdout]).toEqual([0, `Request ${id} is withdrawn. Nobody can approve it any more.\n`]);
    expect(await statusOf(id)).toBe('cancelled');
    expect(await keys()).toEqual([]);
  });

  test('guesses nothing where there are several: it lists them', async () => {
    const [first, second] = [await alice.ask('orders-read'), await alice.ask('orders-admin')];
    const { code, stdout, stderr } = await alice.run(['cancel']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(new RegExp(`${second}: Change and delete orders in Production\n${first}: `));
    expect((await jsonAnswer(alice, ['cancel', 'orders-admin'])).id).toBe(second);
    expect(await statusOf(first)).toBe('pending');
    await alice.run(['cancel', first]);
  });

  test('says how to end what is granted', async () => {
    const id = await alice.grant('orders-read');
    const { code, stderr } = await alice.run(['cancel']);
    expect([code, stderr]).toEqual([1, expect.stringContaining(`countersign return ${id}`)]);
    expect(await keys()).toHaveLength(1);
  });

  test('says how to ask where there is nothing to withdraw', async () => {
    const { code, stderr } = await alice.run(['cancel']);
    expect([code, stderr]).toEqual([4, expect.stringContaining('countersign request ENTITLEMENT')]);
  });
});

describe('countersign return', () => {
  test('ends the access, says no more than is known of when, and erases the key', async () => {
    const id = await alice.grant('orders-read');
    const { code, stdout } = await alice.run(['return', 'orders-read']);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(new RegExp(`^Request ${id} is returned\\. No new session`)),
    ]);
    expect(stdout).toMatch(/an estimate|seconds to minutes/);
    expect(await statusOf(id)).toBe('ended');
    expect(await keys()).toEqual([]);
  });

  test('says how to withdraw what is not granted', async () => {
    const id = await alice.ask('orders-read');
    const { code, stderr } = await alice.run(['return']);
    expect([code, stderr]).toEqual([1, expect.stringContaining(`countersign cancel ${id}`)]);
    expect(await statusOf(id)).toBe('pending');
  });

  test('takes the one that runs, not one that waits', async () => {
    const [granted, pending] = [await alice.grant('orders-read'), await alice.ask('orders-admin')];
    expect((await jsonAnswer(alice, ['return'])).id).toBe(granted);
    expect(await statusOf(pending)).toBe('pending');
  });
});

describe('countersign remind', () => {
  test('sends the mails once more, and tells the service’s own sentence when it was just done', async () => {
    const id = await alice.ask('orders-read');
    const { code, stdout } = await alice.run(['remind']);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(new RegExp(`^The approvers of request ${id} get`)),
    ]);
    const again = await alice.run(['remind', id]);
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('less than 15 minutes ago')]);
  });
});

test('a request goes to the service that it was made at, unless --url says otherwise', async () => {
  const id = await alice.ask('orders-read');
  const environment = { COUNTERSIGN_URL: 'http://127.0.0.1:9/' };
  expect((await alice.run(['status', id], { environment })).stdout).toMatch(/^Pending\./);
  const elsewhere = await alice.run(['status', id, '--url', 'http://127.0.0.1:9/']);
  expect([elsewhere.code, elsewhere.stdout]).toEqual([5, '']);
});
