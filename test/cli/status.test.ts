import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anActiveGrant, anOrdersRequest, type Service, startService } from '../support/service.ts';
import { jsonAnswer } from './jsonAnswer.ts';
import { aMachine, type Machine, machinesOf } from './machine.ts';

let service: Service;
let alice: Machine;
let bob: Machine;
let trent: Machine;
/** One that is active, and one that is pending. */
let active: string;
let pending: string;
beforeAll(async () => {
  service = await startService();
  [alice, bob, trent] = await machinesOf(service, 'alice', 'bob', 'trent');
  active = await alice.grant('orders-read');
  pending = await alice.ask('orders-admin', '--ticket', 'INC-17');
});
afterAll(() => Promise.all([service.stop(), alice.remove(), bob.remove(), trent.remove()]));

describe('countersign status', () => {
  test('shows what is open', async () => {
    const { code, stdout, stderr } = await alice.run(['status']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^REQUEST +STATUS +ACCESS +FOR +ASKED +UNTIL\n/);
    expect(stdout).toMatch(
      new RegExp(`^${pending} +pending +Change and delete orders +1h .* to decide$`, 'm'),
    );
    expect(stdout).toMatch(new RegExp(`^${active} +active +Read the orders table`, 'm'));
  });

  test('shows an approver what waits for their decision, and whose it is', async () => {
    const { stdout } = await bob.run(['status']);
    expect(stdout).toMatch(/^You have no open requests\.\n\nThese wait for your decision:\nREQUEST +STATUS/);
    expect(stdout).toMatch(
      new RegExp(`^${pending} +pending +Change and delete orders +alice@example\\.com`, 'm'),
    );
    expect(stdout).not.toContain(active);
  });

  test('tells one as a short story, with what to do next', async () => {
    const { stdout } = await alice.run(['status', pending.toLowerCase()]);
    expect(stdout).toMatch(/^Pending\. It waits for a decision\. No access has been given\.\n/);
    expect(stdout).toMatch(/^Account +Production \(111122223333\)$/m);
    expect(stdout).toMatch(/^Ticket +INC-17$/m);
    expect(stdout).toMatch(/^Justification +Customer asks where order 1001 is$/m);
    expect(stdout).toMatch(/^Asked +bob@example\.com at \d\d:\d\d$/m);
    expect(stdout).toContain(`countersign remind ${pending}`);
    expect(stdout).toContain(`countersign cancel ${pending}`);
  });

  test('tells who decided, and how to use the access', async () => {
    const { stdout } = await alice.run(['status', 'orders-read']);
    expect(stdout).toMatch(/^Active\. The access is running/);
    expect(stdout).toMatch(/^When +\d\d:\d\d to .*\d\d:\d\d \((59 minutes|1 hour) left\)$/m);
    expect(stdout).toMatch(/^Decisions +bob@example\.com approved at \d\d:\d\d$/m);
    expect(stdout).toContain(`countersign exec ${active} -- `);
  });

  test('tells an approver how to decide, and how to end what is granted', async () => {
    expect((await bob.run(['status', pending])).stdout).toContain(`countersign deny ${pending} --because`);
    expect((await bob.run(['status', active])).stdout).toContain(`countersign revoke ${active} --because`);
  });

  test('is JSON for programs', async () => {
    const { mine, toDecide } = await jsonAnswer(alice, ['status']);
    expect(mine.map(({ id }: { id: string }) => id)).toEqual([pending, active]);
    expect(toDecide).toEqual([]);
    expect(await jsonAnswer(alice, ['status', active])).toMatchObject({
      id: active,
      account: { id: '111122223333' },
    });
  });

  test('knows nothing of what is not there, or not for these eyes', async () => {
    const { code, stdout, stderr } = await trent.run(['status', '01KAQ3M8X0S7V5R2E9D4T6W1ZB']);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('There is no such request.');
    expect(await alice.run(['status', 'orders-red'])).toMatchObject({ code: 4, stdout: '' });
  });

  test('shows texts of others without what could steer a terminal', async () => {
    const justification = 'Order \u202e1001\u2028and\t\u200bmore';
    const { id } = await anOrdersRequest(service, { justification }, 'dave');
    const { stdout } = await bob.run(['status', id]);
    expect(stdout).toMatch(/^Justification +Order 1001\n +and more$/m);
    expect(stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u200b\u202e\u2028]/u);
  });

  test('erases the key of what is over as soon as it hears of it', async () => {
    const id = await alice.grant('orders-item', '--set', 'order=1001');
    const keys = (): Promise<string[]> => readdir(join(alice.state, 'secrets'));
    expect(await keys()).toContain(`key.${id}.secret`);
    await service.as('bob').post(`/v1/requests/${id}/revoke`, { reason: 'No longer needed' });
    const { stdout } = await alice.run(['status', id]);
    expect(stdout).toMatch(/^Revoked\. /);
    expect(stdout).toMatch(
      /^Decisions +bob@example\.com approved at .*\n +bob@example\.com revoked at .*: “No longer needed”$/m,
    );
    expect(await keys()).not.toContain(`key.${id}.secret`);
  });

  test('erases the key of what is over by now, in the list too', async () => {
    const id = await alice.grant('orders-item', '--set', 'order=1002');
    await service.as('bob').post(`/v1/requests/${id}/revoke`, { reason: 'No longer needed' });
    const { stdout } = await alice.run(['status']);
    expect(stdout).not.toContain(id);
    expect(await readdir(join(alice.state, 'secrets'))).not.toContain(`key.${id}.secret`);
  });

  test('remembers anew what is open and whose file was damaged', async () => {
    const id = await alice.ask('orders-item', '--set', 'order=1003');
    await writeFile(join(alice.state, 'requests', `${id}.json`), '');
    await alice.run(['status']);
    expect((await alice.run(['cancel', 'orders-item'])).stdout).toContain(`Request ${id} is withdrawn.`);
  });

  test('does its work in a home that cannot be written to', async () => {
    const environment = { XDG_STATE_HOME: '/sys/nowhere', XDG_CACHE_HOME: '/sys/nowhere' };
    const { code, stdout } = await alice.run(['status', active], { environment });
    expect([code, stdout.startsWith('Active.')]).toEqual([0, true]);
  });
});

describe('countersign history', () => {
  test('lists past requests, newest first', async () => {
    const { code, stdout } = await alice.run(['history']);
    expect(code).toBe(0);
    const listed = [...stdout.matchAll(/^\w{26}/gm)].map(([id]) => id);
    expect(listed).toEqual([...listed].sort().reverse());
    expect(listed).toContain(active);
  });

  test('lists those of others for approvers and auditors', async () => {
    const { stdout } = await bob.run(['history', '--role', 'approver', '--status', 'active']);
    expect(stdout).toMatch(new RegExp(`^${active} +active +Read the orders table +alice@example\\.com`, 'm'));
    expect(stdout).not.toContain(pending);
    expect((await trent.run(['history', '--role', 'auditor'])).stdout).toContain(active);
    expect(await alice.run(['history', '--role', 'auditor'])).toMatchObject({ code: 1, stdout: '' });
  });

  test('tells what happened to one, when, and who did it', async () => {
    const { stdout } = await alice.run(['history', active]);
    expect(stdout).toMatch(/^WHEN +WHAT +WHO +DETAILS\n/);
    expect(stdout).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +requested +alice@example\.com\n.* approved +bob@example\.com +grant until .*\n.* issued +countersign +session 1, grant until .*$/m,
    );
  });

  test('comes in pages, or as a whole', async () => {
    for (let count = 0; count < 26; count += 1) await anOrdersRequest(service, {}, 'dave');
    const dave = await aMachine(service, { user: 'dave' });
    const first = await dave.run(['history']);
    const ids = (text: string): string[] => [...text.matchAll(/^\w{26}/gm)].map(([id]) => id);
    expect(ids(first.stdout)).toHaveLength(25);
    const [, before = ''] = /--before (\w{26})/.exec(first.stderr) ?? [];
    const second = await dave.run(['history', '--before', before]);
    expect(second.stderr).toBe('');
    const all = await dave.run(['history', '--all']);
    expect(ids(all.stdout)).toEqual([...ids(first.stdout), ...ids(second.stdout)]);
    expect((await jsonAnswer(dave, ['history'])).before).toBe(before);
    await dave.remove();
  });

  test.each([
    [['--role', 'boss'], '--role takes one of requester, approver, auditor'],
    [['--before', 'yesterday'], 'is not the id of a request'],
    [['orders-read'], 'is not the id of a request'],
  ])('does not take %j', async (words, sentence) => {
    const { code, stdout, stderr } = await alice.run(['history', ...words]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(sentence);
  });

  test('says so where there are none', async () => {
    expect((await trent.run(['history'])).stdout).toBe('There are no such requests.\n');
  });
});

test('a grant that was made without this machine is seen, too', async () => {
  const { id } = await anActiveGrant(service);
  expect((await alice.run(['status'])).stdout).toContain(id);
});
