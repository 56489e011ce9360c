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

/** Of two requests for orders-read, without a word and by the entitlement. */
async function guessesNeither(name: string, first: string, second: string): Promise<void> {
  for (const words of [[name], [name, 'orders-read']]) {
    const { code, stdout, stderr } = await alice.run(words);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(new RegExp(`^Several requests could be meant.*\n${second}: .*\n${first}: .*\n$`));
  }
}

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

  test('counts only what waits, and by an entitlement guesses no more than without', async () => {
    const granted = await alice.grant('orders-read');
    const [first, second] = [await alice.ask('orders-read'), await alice.ask('orders-read')];
    await guessesNeither('cancel', first, second);
    await alice.run(['cancel', second]);
    expect((await jsonAnswer(alice, ['cancel', 'orders-read'])).id).toBe(first);
    expect(await statusOf(granted)).toBe('active');
  });

  test('says how to end what is granted', async () => {
    const id = await alice.grant('orders-read');
    const { code, stderr } = await alice.run(['cancel']);
    expect([code, stderr]).toEqual([
      1,
      `This request is active; only a pending one can be cancelled. To end the access: countersign return ${id}\n`,
    ]);
    expect(await keys()).toHaveLength(1);
  });

  test('says why, where there is no access to end either', async () => {
    const id = await alice.ask('orders-read');
    await service.as('bob').post(`/v1/requests/${id}/decision`, { decision: 'deny' });
    const { code, stderr } = await alice.run(['cancel', id]);
    expect([code, stderr]).toEqual([1, 'This request is denied; only a pending one can be cancelled.\n']);
  });

  test('says how to ask where there is nothing to withdraw', async () => {
    const { code, stderr } = await alice.run(['cancel']);
    expect([code, stderr]).toEqual([4, expect.stringContaining('countersign request ENTITLEMENT')]);
  });
});

describe('countersign return', () => {
  test('ends the access, says from when on the service expects it to be over, and erases the key', async () => {
    const id = await alice.grant('orders-read');
    const { code, stdout } = await alice.run(['return', 'orders-read']);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(new RegExp(`^Request ${id} is returned\\. No new session`)),
    ]);
    expect(stdout).toMatch(
      / is denied by about (\d{4}-\d\d-\d\d )?\d\d:\d\d, an estimate: AWS has to spread the change\.\n$/,
    );
    expect(await statusOf(id)).toBe('ended');
    expect(await keys()).toEqual([]);
  });

  test('says how to withdraw what is not granted', async () => {
    const id = await alice.ask('orders-read');
    const { code, stderr } = await alice.run(['return']);
    expect([code, stderr]).toEqual([1, expect.stringContaining(`countersign cancel ${id}`)]);
    expect(await statusOf(id)).toBe('pending');
  });

  test('ends no second grant unasked: of several it takes none, by an entitlement neither', async () => {
    const [first, second] = [await alice.grant('orders-read'), await alice.grant('orders-read')];
    await guessesNeither('return', first, second);
    expect([await statusOf(first), await statusOf(second)]).toEqual(['active', 'active']);
    expect((await jsonAnswer(alice, ['return', first])).id).toBe(first);
  });

  test('says how to withdraw several that are not granted', async () => {
    const [first, second] = [await alice.ask('orders-read'), await alice.ask('orders-admin')];
    const { code, stderr } = await alice.run(['return']);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      new RegExp(
        `^None of these is granted. To withdraw one: countersign cancel ID\n${second}: .*\n${first}: `,
      ),
    );
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

describe('a request of one service', () => {
  const elsewhere = 'http://127.0.0.1:9/';

  test('is looked up there, unless --url says otherwise, and never with the token of another service', async () => {
    const id = await alice.ask('orders-read');
    const strange = await alice.run(['status', id], { environment: { COUNTERSIGN_URL: elsewhere } });
    expect([strange.code, strange.stderr]).toEqual([3, expect.stringContaining('COUNTERSIGN_TOKEN')]);
    const environment = { COUNTERSIGN_URL: '' };
    expect(await alice.run(['status', id, '--url', elsewhere], { environment })).toMatchObject({ code: 5 });
  });

  test('is not meant by a word where another service is named', async () => {
    await alice.ask('orders-read');
    const { code, stderr } = await alice.run(['cancel', 'orders-read', '--url', elsewhere]);
    expect([code, stderr]).toEqual([4, expect.stringContaining('no open request for "orders-read"')]);
  });
});
