import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lacks } from '../support/needs.ts';
import { type Service, startService } from '../support/service.ts';
import { jsonAnswer } from './jsonAnswer.ts';
import { type Machine, machinesOf } from './machine.ts';

let service: Service;
let alice: Machine;
let bob: Machine;
let mallory: Machine;
beforeAll(async () => {
  service = await startService();
  [alice, bob, mallory] = await machinesOf(service, 'alice', 'bob', 'mallory');
});
afterAll(async () => {
  await Promise.all([service.stop(), alice.remove(), bob.remove(), mallory.remove()]);
});

describe('countersign list', () => {
  test('shows what somebody may ask for, for how long, and who would be asked', async () => {
    const { code, stdout, stderr } = await alice.run(['list']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^ENTITLEMENT +WHAT +ACCOUNT +FOR +APPROVED BY +TAKES\n/);
    expect(stdout).toMatch(
      /^orders-read +Read the orders table +Production \(111122223333\) +1h, at most 8h +1 of bob@example\.com, carol@example\.com/m,
    );
    expect(stdout).not.toContain('\u001b');
  });

  test('never names the asker among those who would be asked', async () => {
    const { stdout } = await bob.run(['list']);
    expect(stdout).toContain('1 of carol@example.com; and 1 of erin@example.com, frank@example.com');
    expect(stdout).not.toContain('bob@example.com');
  });

  test('shows one in full', async () => {
    const { code, stdout } = await alice.run(['list', 'orders-item']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^It allows +GetItem and UpdateItem in dynamodb on table\/orders/m);
    expect(stdout).toMatch(/^Parameters +order: The order's number \(required; matches \[0-9\]\{1,10\}/m);
    expect(stdout).toMatch(
      /^Ask for it +countersign request orders-item --for 1h --because "…" --set order=…$/m,
    );
  });

  test('names the one that was probably meant', async () => {
    const { code, stdout, stderr } = await alice.run(['list', 'oders-read']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('Did you mean "orders-read"?');
  });

  test('says so where there is nothing', async () => {
    const { code, stdout, stderr } = await mallory.run(['list']);
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toContain('There is nothing that you may ask for.');
    expect(await jsonAnswer(mallory, ['list'])).toEqual([]);
  });

  test('is JSON for programs: the whole list, or one', async () => {
    const all = await jsonAnswer(alice, ['list']);
    expect(all.map(({ id }: { id: string }) => id)).toContain('orders-read');
    expect(await jsonAnswer(alice, ['list', 'orders-read'])).toEqual(
      all.find(({ id }: { id: string }) => id === 'orders-read'),
    );
  });

  test.skipIf(lacks('script'))('fits a terminal, in bold', async () => {
    const { stdout } = await alice.run(['list'], { terminal: 80 });
    expect(stdout).toContain('\u001b[1mENTITLEMENT\u001b[22m');
    expect(stdout).toMatch(/^orders-read {3}Read the /m);
  });
});
