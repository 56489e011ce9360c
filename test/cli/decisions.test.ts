import { createServer } from 'node:http';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lacks } from '../support/needs.ts';
import {
  anActiveGrant,
  anOrdersRequest,
  type Service,
  startService,
  untilStatus,
} from '../support/service.ts';
import { jsonAnswer } from './jsonAnswer.ts';
import { listening } from './listening.ts';
import { aMachine, type Machine, machinesOf } from './machine.ts';

let service: Service;
let bob: Machine;
let carol: Machine;
beforeAll(async () => {
  service = await startService();
  [bob, carol] = await machinesOf(service, 'bob', 'carol');
});
afterAll(() => Promise.all([service.stop(), bob.remove(), carol.remove()]));

async function asked(over: Record<string, unknown> = {}) {
  const { id } = await anOrdersRequest(service, over);
  const token = await service.tokenFor('bob', id);
  return { id, token, link: `${service.server.baseUrl}/approve#${id}.${token}` };
}

const requestOf = async (id: string) => (await service.as('trent').get(`/v1/requests/${id}`)).body;

describe('countersign approve', () => {
  test('shows what is asked for, and approves it by the link on stdin', async () => {
    const { id, link } = await asked();
    const { code, stdout, stderr } = await bob.run(['approve', '-', '--yes', '--comment', 'fine by me'], {
      input: `${link}\n`,
    });
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(new RegExp(`^You approved request ${id}\\. The access ends at .*\n$`)),
    ]);
    expect(stderr).toMatch(/^Requester +alice@example\.com$/m);
    expect(stderr).toMatch(/^Account +Production \(111122223333\)$/m);
    expect(stderr).toMatch(/^It allows +GetItem and Query in dynamodb on table\/orders/m);
    expect(stderr).toMatch(/^For +1 hour$/m);
    expect(stderr).toMatch(/^Justification +Customer asks where order 1001 is$/m);
    expect(await untilStatus(service, 'alice', id, 'active')).toMatchObject({
      decisions: [{ decision: 'approve', approver: { email: 'bob@example.com' }, comment: 'fine by me' }],
    });
  });

  test.each([
    ['what stands after its #', ({ id, token }: { id: string; token: string }) => `${id}.${token}`],
    ['the whole link', ({ link }: { link: string }) => link],
  ])('takes %s, and a shorter time', async (_, word) => {
    const request = await asked();
    const answered = await jsonAnswer(bob, ['approve', word(request), '--yes', '--for', '30m']);
    expect(answered.decisions).toMatchObject([{ decision: 'approve', duration: 'PT30M' }]);
    expect(Date.parse(answered.endsAt) - Date.parse(answered.startsAt)).toBe(1_800_000);
  });

  test('says that others have to approve as well', async () => {
    const { link } = await asked({ entitlement: 'orders-admin' });
    const { stdout } = await bob.run(['approve', link, '--yes']);
    expect(stdout).toContain('Others have to approve it as well.');
  });

  test('shows who has approved so far', async () => {
    const { id, link } = await asked({ entitlement: 'orders-admin' });
    const token = await service.tokenFor('erin', id);
    await service.as('erin').post(`/v1/requests/${id}/decision`, { decision: 'approve', token });
    const { stderr } = await bob.run(['approve', link, '--yes']);
    expect(stderr).toMatch(/^Decisions +erin@example\.com approved at \d\d:\d\d$/m);
  });

  test('decides nothing where nobody can be asked', async () => {
    const { id, link } = await asked();
    const { code, stdout, stderr } = await bob.run(['approve', link]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('add --yes');
    expect((await requestOf(id)).decisions).toEqual([]);
  });

  test('never sends the token to where a strange link leads', async () => {
    const { id, token } = await asked();
    const heard: string[] = [];
    const stranger = createServer((request, response) => {
      heard.push(`${request.method} ${request.url}`);
      response.end();
    });
    const strange = await listening(stranger);
    const { code, stdout, stderr } = await bob.run(['approve', '-', '--yes'], {
      input: `${strange}/approve#${id}.${token}`,
    });
    stranger.close();
    expect([code, stdout, heard]).toEqual([2, '', []]);
    expect(stderr).toContain('Nothing was sent.');
    expect(stderr).not.toContain(token);
    expect((await requestOf(id)).decisions).toEqual([]);
  });

  test('tells the service’s own sentence to somebody else’s token', async () => {
    const { id, token } = await asked();
    const { code, stderr } = await carol.run(['approve', `${id}.${token}`, '--yes']);
    expect(code).toBe(1);
    expect(stderr).toContain('Use the link in your own mail.');
    expect(stderr).not.toContain(token);
  });

  test('tells the service’s own sentence to whoever approves their own request', async () => {
    const { id } = await anOrdersRequest(service, { entitlement: 'orders-admin' }, 'bob');
    const token = await service.tokenFor('carol', id);
    const { code, stderr } = await bob.run(['approve', `${id}.${token}`, '--yes']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/own request/);
    expect((await requestOf(id)).decisions).toEqual([]);
  });

  test('sends nothing where there is nothing to decide any more', async () => {
    const { id, link } = await asked();
    await service.as('alice').post(`/v1/requests/${id}/cancel`);
    const { code, stderr } = await bob.run(['approve', link, '--yes']);
    expect(code).toBe(1);
    expect(stderr).toContain(`Request ${id} is cancelled.`);
  });

  test('needs more than an id', async () => {
    const { id } = await asked();
    const { code, stderr } = await bob.run(['approve', id, '--yes']);
    expect(code).toBe(2);
    expect(stderr).toContain('Copy the whole link.');
    expect(await bob.run(['approve', '--yes'])).toMatchObject({ code: 2, stdout: '' });
  });

  describe.skipIf(lacks('script'))('on a terminal', () => {
    test('asks for the link, which it does not show, and once more before it decides', async () => {
      const { id, link, token } = await asked();
      const { code, stdout } = await bob.run(['approve'], {
        terminal: 100,
        typed: [
          ['The link from your mail', link],
          ['for alice@example.com, for 1 hour? [y/N]', 'y'],
        ],
      });
      expect([code, stripVTControlCharacters(stdout)]).toEqual([
        0,
        expect.stringContaining('You approved request'),
      ]);
      expect((await requestOf(id)).decisions).toHaveLength(1);
      expect(stdout).toContain('Approve “Read the orders table” in Production (111122223333)');
      expect(stdout).not.toContain(token);
    });

    test('takes nothing for a yes that was typed before the question stood there', async () => {
      const { id, link } = await asked();
      const early = await bob.run(['approve'], {
        terminal: 100,
        typed: [
          ['The link from your mail', link],
          // What stands there as soon as the link is in: the request is still being loaded.
          ['\n', 'y'],
          ['for alice@example.com, for 1 hour? [y/N]', ''],
        ],
      });
      expect([early.code, (await requestOf(id)).decisions]).toEqual([1, []]);
    });

    test('shows a long justification above what the service knows, never below it', async () => {
      const { link } = await asked({ justification: 'Account        Staging\n'.repeat(40) });
      const { stderr } = await bob.run(['approve', link]);
      expect(stderr.lastIndexOf('Staging')).toBeLessThan(stderr.indexOf('Production (111122223333)'));
    });

    test.each(['', 'n', 'yesterday'])('takes %j for a no', async (answer) => {
      const { id, link } = await asked();
      const { code, stdout } = await bob.run(['approve', link, '--for', '30m'], {
        terminal: 100,
        typed: [['for 30 minutes? [y/N]', answer]],
      });
      expect([code, stdout]).toEqual([1, expect.stringContaining('Nothing was decided.')]);
      expect((await requestOf(id)).decisions).toEqual([]);
    });

    test('takes the end of what is typed for a no, and Ctrl-C for the end', async () => {
      const { id, link } = await asked();
      const typed = (key: string) => ({ terminal: 100, typed: [['? [y/N]', key] as [string, string]] });
      expect(await bob.run(['approve', link], typed('\u0004'))).toMatchObject({ code: 1 });
      expect(await bob.run(['approve', link], typed('\u0003'))).toMatchObject({ code: 130 });
      expect((await requestOf(id)).decisions).toEqual([]);
    });
  });
});

describe('countersign deny', () => {
  test.each([
    ['an id', ({ id }: { id: string }) => id],
    ['an id in small letters', ({ id }: { id: string }) => id.toLowerCase()],
    ['the link', ({ link }: { link: string }) => link],
  ])('denies by %s, with the reason', async (_, word) => {
    const request = await asked();
    const { code, stdout } = await bob.run(['deny', word(request), '--because', 'Use the report instead']);
    expect([code, stdout]).toEqual([0, `You denied request ${request.id}. No access is given.\n`]);
    expect(await requestOf(request.id)).toMatchObject({
      status: 'denied',
      decisions: [{ decision: 'deny', comment: 'Use the report instead' }],
    });
  });

  test('wants a reason', async () => {
    const { id } = await asked();
    const { code, stderr } = await bob.run(['deny', id]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('--because "…"')]);
    expect((await requestOf(id)).status).toBe('pending');
  });

  test('says how to end what is granted already', async () => {
    const { id } = await anActiveGrant(service);
    const { code, stderr } = await carol.run(['deny', id, '--because', 'Too late']);
    expect([code, stderr]).toEqual([
      1,
      `Request ${id} is active. The access is running. It ends by itself. Nothing was sent.\nTo end the access: countersign revoke ${id} --because "…"\n`,
    ]);
  });

  test('says what became of it where somebody else was quicker', async () => {
    const { id } = await asked();
    await bob.run(['deny', id, '--because', 'Use the report instead']);
    const { code, stderr } = await carol.run(['deny', id, '--because', 'Me too']);
    expect([code, stderr]).toEqual([
      1,
      `Request ${id} is denied. An approver denied it. No access was given. Nothing was sent.\n`,
    ]);
    expect((await requestOf(id)).decisions).toHaveLength(1);
  });

  test('tells the service’s own sentence to whoever denies their own request', async () => {
    const { id } = await anOrdersRequest(service, { entitlement: 'orders-admin' }, 'bob');
    const { code, stderr } = await bob.run(['deny', id, '--because', 'Not needed any more']);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/own request/)]);
    expect((await requestOf(id)).status).toBe('pending');
  });
});

describe('countersign revoke', () => {
  test('ends the access, and says when it is likely to be over everywhere', async () => {
    const { id } = await anActiveGrant(service);
    const { code, stdout } = await bob.run(['revoke', id, '--because', 'The laptop was lost']);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      new RegExp(
        `^Request ${id} is revoked\\. No new session is given out\\. .* denied by about .*, an estimate: AWS has to spread the change\\.\n$`,
      ),
    );
    expect((await requestOf(id)).status).toBe('revoked');
  });

  test('wants a reason, and an id', async () => {
    const { id } = await anActiveGrant(service);
    expect((await bob.run(['revoke', id])).stderr).toContain('--because "…"');
    expect((await bob.run(['revoke', 'orders-read', '--because', 'x'])).stderr).toContain(
      'is not the id of a request',
    );
    expect((await requestOf(id)).status).toBe('active');
  });

  test('tells the service’s own sentence to whoever may not', async () => {
    const { id } = await anActiveGrant(service);
    const alice = await aMachine(service);
    const { code, stderr } = await alice.run(['revoke', id, '--because', 'Mine']);
    await alice.remove();
    expect([code, stderr]).toEqual([1, expect.stringContaining('Only the approvers of this request')]);
  });
});
