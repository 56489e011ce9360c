import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { launchBrowser, openPage, picture, type Watched, withoutBrowser } from './browser.ts';
import { startService } from './localService.ts';

describe.skipIf(withoutBrowser)('The approval page', { timeout: 60_000 }, () => {
  let service: Awaited<ReturnType<typeof startService>>;
  let browser: Browser;
  let watched: Watched;
  let page: Page;

  beforeAll(async () => {
    [service, browser] = await Promise.all([startService(), launchBrowser()]);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await service?.close();
  });
  beforeEach(async () => {
    watched = await openPage(browser);
    page = watched.page;
    onTestFinished(async () => {
      await page.context().close();
      expect(watched.faults).toEqual([]);
    });
  });

  const press = (name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();
  const heading = () => page.getByRole('heading', { level: 1 });
  const words = async (): Promise<string> => (await page.getByRole('main').textContent()) ?? '';

  async function chooseAccount(user: string): Promise<void> {
    await page.locator(`button[value="${user}@example.com"]`).click();
    await page.locator('#account', { hasText: `${user}@example.com` }).waitFor();
  }

  async function openAs(user: string, link: string): Promise<void> {
    await page.goto(link);
    await press('Sign in');
    await chooseAccount(user);
    await heading().waitFor();
  }

  it('lets the approver see exactly what is asked for, and approve it', async () => {
    const id = await service.ask('alice', { ticket: 'INC-1001', duration: 'PT2H' });
    const { link, token } = await service.linkFor('bob', id);
    await page.goto(link);
    await heading().waitFor();
    expect(page.url()).toBe(`${service.baseUrl}/approve`);
    expect(await heading().textContent()).toBe('Sign in to see the request');
    await picture(page, 'sign-in');
    await press('Sign in');
    await picture(page, 'provider');
    await chooseAccount('bob');
    await page.getByRole('heading', { name: 'Access request of alice@example.com' }).waitFor();
    const shown = await words();
    for (const fact of [
      'alice@example.com',
      'verified at sign-in',
      'Read the orders table',
      'Production',
      '111122223333',
      'countersign-orders-read',
      'GetItem and Query in dynamodb on table/orders of account 111122223333 in any region',
      '2 hours',
      'INC-1001',
      'Look at the order that INC-1001 is about',
      'the moment of the last needed approval',
      id,
    ])
      expect(shown).toContain(fact);
    expect(shown).toMatch(
      /Decide until\d+ \w+ \d{4}, \d\d:\d\d (CET|CEST) \((\d+ \w+ \d{4}, )?\d\d:\d\d UTC\)/,
    );
    await picture(page, 'pending');

    await press('Approve access for alice@example.com');
    await page.getByText('You approved this request.').waitFor();
    await service.reaches(id, 'active');
    await press('Load again');
    await page.getByText('Active. The access is running.').waitFor();
    await picture(page, 'approved');

    const carrying = watched.sent.filter(({ url, body }) => (url + body).includes(token));
    expect(carrying.map(({ method, url }) => `${method} ${url}`)).toEqual([
      `POST ${service.baseUrl}/v1/requests/${id}/decision`,
    ]);
    expect(await page.evaluate(() => JSON.stringify(sessionStorage))).not.toContain('cs1.');
    expect(await page.evaluate(() => localStorage.length + document.cookie.length)).toBe(0);
  });

  it('lets the approver shorten the grant', async () => {
    const id = await service.ask('alice', { duration: 'PT2H' });
    await openAs('bob', (await service.linkFor('bob', id)).link);
    await page.getByLabel('For how long, if you approve').selectOption({ label: '30 minutes only' });
    await page.getByLabel('Comment').fill('Half an hour is enough');
    await press('Approve access for alice@example.com');
    await page.getByText('You approved this request.').waitFor();
    const [decision] = (await service.read('alice', id)).decisions;
    expect(decision).toMatchObject({
      decision: 'approve',
      duration: 'PT30M',
      comment: 'Half an hour is enough',
    });
    expect(await words()).toContain('bob@example.com approved, for 30 minutes only');
  });

  it('lets the approver deny with a comment', async () => {
    const id = await service.ask('alice');
    await openAs('bob', (await service.linkFor('bob', id)).link);
    await page.getByLabel('Comment').fill('Use the read replica');
    await press('Deny access for alice@example.com');
    await page.getByText('You denied this request.').waitFor();
    expect(await words()).toContain('Denied. An approver denied it.');
    await picture(page, 'denied');
    const { status, decisions } = await service.read('alice', id);
    expect([status, decisions[0]?.comment]).toEqual(['denied', 'Use the read replica']);
  });

  it('decides nothing when Enter is pressed in the comment', async () => {
    const id = await service.ask('alice');
    await openAs('bob', (await service.linkFor('bob', id)).link);
    await page.getByLabel('Comment').press('Enter');
    await page.getByLabel('For how long').press('Enter');
    await page.waitForTimeout(300);
    expect((await service.read('alice', id)).status).toBe('pending');
    expect(watched.sent.filter(({ method, url }) => method === 'POST' && url.includes('/v1/'))).toEqual([]);
  });

  it('changes nothing when it is opened and looked at, a hundred times', async () => {
    const id = await service.ask('alice');
    const { link } = await service.linkFor('bob', id);
    const before = await service.read('bob', id);
    const headers = { authorization: `Bearer ${await service.tokenOf('bob')}` };
    for (const path of ['/approve', `/v1/requests/${id}`])
      for (const method of ['GET', 'HEAD'])
        await Promise.all(
          Array.from({ length: 25 }, () =>
            fetch(`${service.baseUrl}${path}`, { method, headers }).then((r) => r.text()),
          ),
        );
    // What a link scanner with a whole browser does.
    await page.goto(link);
    await heading().waitFor();
    await page.reload();
    await heading().waitFor();
    expect(await service.read('bob', id)).toEqual(before);
  });

  it('tells a stranger that it is not their request, and lets somebody else sign in', async () => {
    const id = await service.ask('alice');
    await openAs('mallory', (await service.linkFor('bob', id)).link);
    await page.getByRole('heading', { name: 'This is not your request' }).waitFor();
    expect(await words()).not.toMatch(/alice|orders/);
    await picture(page, 'stranger');
    await press('Sign in as somebody else');
    await chooseAccount('bob');
    await page.getByRole('button', { name: 'Approve access for alice@example.com' }).waitFor();
  });

  it("refuses another approver's link, and says why where the eye and the screen reader are", async () => {
    const id = await service.ask('alice');
    await openAs('carol', (await service.linkFor('bob', id)).link);
    await press('Approve access for alice@example.com');
    const alert = page.getByRole('alert').filter({ hasText: 'Use the link in your own mail' });
    await alert.waitFor();
    expect(await alert.evaluate((node) => node === document.activeElement)).toBe(true);
    await picture(page, 'refused');
    expect((await service.read('alice', id)).decisions).toEqual([]);
    await press('Deny access for alice@example.com');
    await page.getByText('You denied this request.').waitFor();
  });

  it('shows the requester their own request without a way to decide on it', async () => {
    const id = await service.ask('alice');
    await openAs('alice', (await service.linkFor('bob', id)).link);
    await page.getByText('This is your own request').waitFor();
    expect(await page.getByRole('button').allTextContents()).toEqual(['Load again']);
  });

  it('asks nobody twice: after the first of two approvals it waits for the other', async () => {
    const id = await service.ask('alice', { entitlement: 'orders-admin' });
    await openAs('bob', (await service.linkFor('bob', id)).link);
    await press('Approve access for alice@example.com');
    await page.getByText('You have decided. Others have to decide as well.').waitFor();
    expect(await words()).toContain('Pending.');
    expect(await page.getByRole('button', { name: /^(Approve|Deny)/ }).count()).toBe(0);
    await service.approve('erin', id);
    await service.reaches(id, 'active');
  });

  it('shows a decided request with who decided', async () => {
    const id = await service.ask('alice');
    const { link } = await service.linkFor('carol', id);
    await service.approve('bob', id);
    await service.reaches(id, 'active');
    await openAs('carol', link);
    expect(await words()).toContain('bob@example.com approved');
    expect(await page.getByRole('button', { name: /^Approve/ }).count()).toBe(0);
  });

  it('lets an approver take the access back, but not without a reason', async () => {
    const id = await service.ask('alice');
    const { link } = await service.linkFor('bob', id);
    await service.approve('bob', id);
    await service.reaches(id, 'active');
    await openAs('bob', link);
    await press('Revoke access of alice@example.com');
    expect((await service.read('alice', id)).status).toBe('active');
    await page.getByLabel('Reason').fill('The incident is over');
    await press('Revoke access of alice@example.com');
    await page.getByText('You revoked this access.').waitFor();
    await picture(page, 'revoked');
    expect(await words()).toContain('bob@example.com revoked it');
    expect(await words()).toContain('The incident is over');
    expect((await service.read('alice', id)).status).toBe('revoked');
  });

  it('lets somebody else review break-glass', async () => {
    const id = await service.ask('bob', { entitlement: 'orders-admin', breakGlass: true });
    await openAs('erin', `${service.baseUrl}/approve#${id}`);
    await page.getByText('waits for a review').waitFor();
    await picture(page, 'break-glass');
    await page.getByLabel('What you found').fill('The incident was real');
    await press('It was justified');
    await page.getByText('You found this use of break-glass justified.').waitFor();
    expect((await service.read('erin', id)).review?.verdict).toBe('justified');
  });

  it("shows the requester's words as they are, and lets them do nothing", async () => {
    const justification =
      'Fix </bdi><script>alert(1)</script><b>1001</b> \u202etxt.exe\nDecide until: never תקן';
    const id = await service.ask('alice', { justification });
    await openAs('bob', (await service.linkFor('bob', id)).link);
    const quote = page.locator('blockquote');
    expect(await quote.locator('bdi').allTextContents()).toEqual([
      'Fix </bdi><script>alert(1)</script><b>1001</b> txt.exe',
      'Decide until: never תקן',
    ]);
    expect(await quote.locator('*:not(bdi):not(br)').count()).toBe(0);
    await picture(page, 'hostile');
  });

  it('says that the sign-in was cancelled, and lets the person try again', async () => {
    const id = await service.ask('alice');
    await page.goto((await service.linkFor('bob', id)).link);
    await press('Sign in');
    await press('Cancel');
    await page.getByText('The sign-in did not work: The sign-in was cancelled.').waitFor();
    await press('Sign in');
    await chooseAccount('bob');
    await page.getByRole('button', { name: 'Approve access for alice@example.com' }).waitFor();
  });

  it('accepts no sign-in that this tab did not begin', async () => {
    await page.goto(`${service.baseUrl}/approve?code=stolen&state=guessed`);
    await page.getByText('This sign-in was not begun in this tab').waitFor();
    expect(page.url()).toBe(`${service.baseUrl}/approve`);
    await press('Sign in');
    await page.locator('button[value="bob@example.com"]').waitFor();
    await page.goto(
      `${service.baseUrl}/approve?code=stolen&state=guessed&iss=${encodeURIComponent(`${service.baseUrl}/_local/oidc`)}`,
    );
    await page.getByText('The sign-in did not work').waitFor();
    expect(watched.sent.filter(({ url }) => url.endsWith('/token'))).toEqual([]);
  });

  it('takes a pasted link where a mail program cut it', async () => {
    const id = await service.ask('alice');
    const { link } = await service.linkFor('bob', id);
    await page.goto(`${service.baseUrl}/approve#${id}.cs1.`);
    await page.getByText('The link is damaged').waitFor();
    await page.getByLabel('Link from the mail').fill(` ${link} `);
    await press('Open the request');
    await press('Sign in');
    await chooseAccount('bob');
    await page.getByRole('button', { name: 'Approve access for alice@example.com' }).waitFor();
  });

  it('follows a second link that is opened in the same tab', async () => {
    const [first, second] = [await service.ask('alice'), await service.ask('dave')];
    await openAs('bob', (await service.linkFor('bob', first)).link);
    await page.goto((await service.linkFor('bob', second)).link);
    await page.getByRole('button', { name: 'Approve access for dave@example.com' }).waitFor();
    expect(page.url()).toBe(`${service.baseUrl}/approve`);
  });

  it('starts screen readers at its heading, and every button and field has a name', async () => {
    const id = await service.ask('alice');
    await openAs('bob', (await service.linkFor('bob', id)).link);
    await page.getByRole('button', { name: /^Approve/ }).waitFor();
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1');
    expect(await page.getAttribute('html', 'lang')).toBe('en');
    const names = await page.getByRole('button').allTextContents();
    expect(new Set(names).size).toBe(names.length);
    for (const control of await page.locator('input, select').all())
      expect(
        await control.evaluate((node: HTMLInputElement) => node.labels?.[0]?.textContent ?? ''),
      ).not.toBe('');
    expect(await page.getByRole('status').count()).toBeGreaterThan(0);
  });

  it.each(['light', 'dark'] as const)('fits a screen of 320 pixels, in %s', async (colorScheme) => {
    await page.setViewportSize({ width: 320, height: 640 });
    await page.emulateMedia({ colorScheme });
    const id = await service.ask('alice', { justification: `Look at ${'x'.repeat(300)}` });
    await openAs('bob', (await service.linkFor('bob', id)).link);
    await page.getByRole('button', { name: /^Approve/ }).waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
    await picture(page, `narrow-${colorScheme}`);
    await page.goto(`${service.baseUrl}/`);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
    await picture(page, `index-${colorScheme}`);
  });
});
