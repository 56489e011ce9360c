import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const executablePath = '/usr/bin/chromium';

/** Without a browser these tests are left out and say so; where CI is set, a missing browser is a failure. */
export const withoutBrowser = !existsSync(executablePath) && !process.env.CI;
if (withoutBrowser)
  console.warn(`No browser tests: there is no ${executablePath}. Debian has it as the package chromium.`);

export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });

/** Everything that a page did wrong: errors, refusals by the content security policy, failed loads. */
export interface Watched {
  page: Page;
  faults: string[];
  /** Address and body of each request that left the page. */
  sent: { method: string; url: string; body: string }[];
}

/** A page of a person's own, with nothing in it of anybody before. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Watched> {
  const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/Berlin', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const faults: string[] = [];
  const sent: Watched['sent'] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  // The browser reports every answer from 400 up as an error of its own; those the tests ask for.
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      faults.push(message.text());
  });
  page.on('request', (request) =>
    sent.push({ method: request.method(), url: request.url(), body: request.postData() ?? '' }),
  );
  return { page, faults, sent };
}

/** Keeps a picture for people to look at, where COUNTERSIGN_SCREENSHOTS names a folder. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.COUNTERSIGN_SCREENSHOTS;
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}
