import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { lacks } from '../support/needs.ts';
import { anOrdersRequest, type Service, startService, untilStatus } from '../support/service.ts';
import { jsonAnswer } from './jsonAnswer.ts';
import { type Machine, machinesOf } from './machine.ts';

let service: Service;
let bob: Machine;
let carol: Machine;
let id: string;
let link: string;
beforeAll(async () => {
  service = await startService();
  [bob, carol] = await machinesOf(service, 'bob', 'carol');
});
afterAll(() => Promise.all([service.stop(), bob.remove(), carol.remove()]));

/** What carol uses without an approval. Its mail's link has no token. */
beforeEach(async () => {
  const asked = { entitlement: 'orders-admin', breakGlass: true, duration: 'PT10M' };
  ({ id } = await anOrdersRequest(service, asked, 'carol'));
  link = `${service.server.baseUrl}/approve#${id}`;
  await untilStatus(service, 'carol', id, 'active');
  // She could not use it again.
  onTestFinished(async () => {
    await service.as('bob').post(`/v1/requests/${id}/review`, { verdict: 'justified', comment: 'Tidied up' });
  });
});

const requestNow = async () => (await service.as('trent').get(`/v1/requests/${id}`)).body;
const reviewing = (...more: string[]): string[] => ['review-break-glass', ...more];
const found = ['--verdict', 'justified', '--because', 'The outage was real'];

describe('countersign review-break-glass', () => {
  test('shows what was used and why, says what was found, and that it ended the access', async () => {
    const { code, stdout, stderr } = await bob.run(reviewing('-', ...found), { input: `${link}\n` });
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(
        new RegExp(
          `^You found the use of break-glass in request ${id} justified\\. That ended the access\\. No new session is given out\\.`,
        ),
      ),
    ]);
    expect(stderr).toMatch(/^Active\. .* waits for a review\.$/m);
    expect(stderr).toMatch(/^Requester +carol@example\.com$/m);
    expect(stderr).toMatch(/^Justification +Customer asks where order 1001 is$/m);
    expect(await requestNow()).toMatchObject({
      status: 'ended',
      review: { verdict: 'justified', comment: 'The outage was real', by: 'bob@example.com' },
    });
  });

  test('takes an id, and what is over by then', async () => {
    await service.as('carol').post(`/v1/requests/${id}/return`);
    const words = ['--verdict', 'unjustified', '--because', 'There was no outage'];
    const { code, stdout } = await bob.run(reviewing(id.toLowerCase(), ...words));
    expect([code, stdout]).toEqual([0, `You found the use of break-glass in request ${id} unjustified.\n`]);
    expect((await requestNow()).review.verdict).toBe('unjustified');
  });

  test('is JSON for programs', async () => {
    const reviewed = await jsonAnswer(bob, reviewing(id, ...found));
    expect(reviewed).toMatchObject({ id, status: 'ended', review: { verdict: 'justified' } });
  });

  test.each([
    ['a verdict', ['--because', 'x'], '--verdict justified, or --verdict unjustified'],
    ['one of two', ['--verdict', 'fine', '--because', 'x'], 'one of justified, unjustified'],
    ['a reason', ['--verdict', 'justified'], '--because "…"'],
  ])('wants %s, and sends nothing without', async (_, words, says) => {
    const { code, stdout, stderr } = await bob.run(reviewing(id, ...words));
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(says)]);
    expect(await requestNow()).not.toHaveProperty('review');
  });

  test('tells the service’s own sentence to whoever reviews their own use', async () => {
    const { code, stderr } = await carol.run(reviewing(id, ...found));
    expect([code, stderr]).toEqual([1, expect.stringContaining('Nobody reviews their own break-glass')]);
  });

  test('says who was quicker', async () => {
    await bob.run(reviewing(id, ...found));
    const { code, stderr } = await bob.run(reviewing(id, ...found));
    expect([code, stderr]).toEqual([1, `Request ${id} was reviewed by bob@example.com. Nothing was sent.\n`]);
  });

  test('is not for a request that waits for a decision, and says what is', async () => {
    const asked = await anOrdersRequest(service);
    const { code, stderr } = await bob.run(reviewing(asked.id, ...found));
    expect([code, stderr]).toEqual([1, expect.stringContaining('is no use of break-glass.')]);
    expect(stderr).toContain('countersign approve');
  });

  test.skipIf(lacks('script'))('asks on a terminal, once it has shown the request', async () => {
    const { code, stdout } = await bob.run(reviewing(id), {
      terminal: 100,
      typed: [
        ['What did you find, justified or unjustified?', 'Unjustified'],
        ['Why?', 'There was no outage'],
      ],
    });
    const shown = stripVTControlCharacters(stdout);
    expect([code, shown]).toEqual([0, expect.stringContaining(`in request ${id} unjustified.`)]);
    expect(shown.indexOf('carol@example.com')).toBeLessThan(shown.indexOf('What did you find'));
    expect((await requestNow()).review).toMatchObject({ comment: 'There was no outage' });
  });
});

describe('the link of a mail about break-glass', () => {
  test.each([
    ['approve', ['--yes']],
    ['deny', ['--because', 'Not approved']],
  ])('brings countersign %s to say which command it is for', async (name, words) => {
    const { code, stdout, stderr } = await bob.run([name, link, ...words]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(
      new RegExp(`^Request ${id} is active\\. .* waits for a review\\. Nothing was sent\\.$`, 'm'),
    );
    expect(stderr).toContain(`To review it: countersign review-break-glass ${id}\n`);
    expect(stderr).toContain(`To end the access: countersign revoke ${id} --because "…"\n`);
    expect((await requestNow()).status).toBe('active');
  });

  test('is named by countersign status, too, until somebody has reviewed it', async () => {
    const status = async () => (await bob.run(['status', id])).stdout;
    expect(await status()).toContain(`To review it: countersign review-break-glass ${id}\n`);
    await bob.run(reviewing(id, ...found));
    expect(await status()).not.toContain('review-break-glass');
  });
});
