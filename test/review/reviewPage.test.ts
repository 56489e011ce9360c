import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { writeReport } from '#review/report/writeReport.ts';
import { launchBrowser, openPage, picture, withoutBrowser } from '../web/browser.ts';
import { aReview } from './report/aReview.ts';
import { attacks, withText } from './report/hostile.ts';

describe.skipIf(withoutBrowser)('review.html in a browser', { timeout: 60_000 }, () => {
  let folder: string;
  let browser: Browser;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'countersign-page-'));
    await writeReport(aReview(), join(folder, 'sample'));
    await writeReport(withText(attacks.join(' ')), join(folder, 'hostile'));
    browser = await launchBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** The page, which must ask for nothing but itself and have nothing to complain of. */
  async function open(name: 'sample' | 'hostile', options: BrowserContextOptions = {}): Promise<Page> {
    const { page, faults, sent } = await openPage(browser, options);
    const address = pathToFileURL(join(folder, name, 'review.html')).href;
    await page.goto(address);
    onTestFinished(async () => {
      await page.context().close();
      expect(faults).toEqual([]);
      expect(sent.map(({ url }) => url.replace(/#.*/, ''))).toEqual([address]);
    });
    return page;
  }

  const width = (page: Page): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth);

  it('has one first heading, and no level is left out', async () => {
    const page = await open('sample');
    const levels = await page
      .locator('h1, h2, h3, h4')
      .evaluateAll((all) => all.map(({ tagName }) => Number(tagName[1])));
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    levels.forEach((level, index) => {
      expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1);
    });
  });

  it('has landmarks, a language, and a name for every table, picture and column', async () => {
    const page = await open('sample');
    const count = (selector: string): Promise<number> => page.locator(selector).count();
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    for (const landmark of ['header', 'nav[aria-label]', 'main'])
      expect([landmark, await count(landmark)]).toEqual([landmark, 1]);
    expect(await count('table:not(:has(> caption))')).toBe(0);
    expect(await count('th:not([scope])')).toBe(0);
    expect(await count('svg:not([aria-hidden]):not([role="img"][aria-label]):not(svg svg)')).toBe(0);
    const ids = await page.locator('[id]').evaluateAll((all) => all.map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
    const links = await page
      .locator('a')
      .evaluateAll((all) => all.map((link) => link.getAttribute('href')?.slice(1)));
    expect(links.filter((link) => !ids.includes(link ?? ''))).toEqual([]);
  });

  it('can be worked with the keyboard: details open with Enter', async () => {
    const page = await open('sample');
    const summary = page.locator('#grant-1 summary');
    await summary.focus();
    expect(await page.getByText('Entries of the chain').first().isVisible()).toBe(false);
    await page.keyboard.press('Enter');
    expect(await page.getByText('Entries of the chain').first().isVisible()).toBe(true);
  });

  it('shows on paper what is shut on the screen, in a page’s width', async () => {
    const page = await open('sample', { viewport: { width: 688, height: 1_000 }, colorScheme: 'dark' });
    const shut = page.getByText('Entries of the chain').first();
    expect(await shut.isVisible()).toBe(false);
    await page.emulateMedia({ media: 'print' });
    expect(await shut.isVisible()).toBe(true);
    const hidden = await page
      .locator('details > *')
      .evaluateAll((all) => all.filter((each) => !each.checkVisibility()).length);
    expect(hidden).toBe(0);
    expect(await width(page)).toBeLessThanOrEqual(688);
    // Ink on white, whatever the screen had.
    expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe(
      'rgb(255, 255, 255)',
    );
    await picture(page, 'review-print');
    const pdf = await page.pdf({ preferCSSPageSize: true });
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  });

  it('keeps on one page of paper what is read together, wherever a page ends', async () => {
    const page = await open('sample');
    const pairs = await page.evaluate(markPairs);
    expect(pairs).toBeGreaterThan(20);
    const strays: string[] = [];
    for (let down = 0; down < 1_000; down += 200) {
      await page.evaluate((pixels) => {
        document.body.style.paddingTop = `${pixels}px`;
      }, down);
      const paperOf = papersIn(await page.pdf({ preferCSSPageSize: true }));
      for (let pair = 0; pair < pairs; pair += 1) {
        expect(paperOf.has(`first-${pair}`)).toBe(true);
        if (paperOf.get(`first-${pair}`) !== paperOf.get(`next-${pair}`))
          strays.push(`${await page.locator(`:has(> #first-${pair})`).textContent()}, ${down} pixels down`);
      }
    }
    expect(strays).toEqual([]);
  });

  it('breaks no date in two on paper', async () => {
    const page = await open('sample', { viewport: { width: 688, height: 1_000 } });
    await page.emulateMedia({ media: 'print' });
    const lines = await page.locator('td time, th time').evaluateAll((all) =>
      all
        .filter(({ textContent }) => textContent.includes('-'))
        .map((time) => {
          const day = document.createRange();
          const letters = document.createTreeWalker(time, NodeFilter.SHOW_TEXT).nextNode() as Text;
          day.setStart(letters, 0);
          day.setEnd(letters, 10);
          return new Set([...day.getClientRects()].map(({ top }) => top)).size;
        }),
    );
    expect(new Set(lines)).toEqual(new Set([1]));
  });

  it.for([400, 800, 1_200])('needs no scrolling sideways at %i pixels', async (pixels) => {
    for (const name of ['sample', 'hostile'] as const) {
      const page = await open(name, { viewport: { width: pixels, height: 900 } });
      expect(await width(page)).toBe(pixels);
      await picture(page, `review-${name}-${pixels}`);
    }
  });

  it.for(['light', 'dark'] as const)('has letters that can be read in %s', async (colorScheme) => {
    const page = await open('sample', { colorScheme });
    const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(ground).toBe(colorScheme === 'dark' ? 'rgb(22, 25, 29)' : 'rgb(255, 255, 255)');
    expect(await page.evaluate(leastContrast)).toBeGreaterThanOrEqual(4.5);
    await picture(page, `review-${colorScheme}`);
  });

  it('runs nothing and shows as text what somebody wrote as HTML', async () => {
    const page = await open('hostile');
    expect(await page.locator('script, img, iframe, object, x-evil, form, input, base').count()).toBe(0);
    expect(await page.locator('style').count()).toBe(1);
    const handlers = await page.evaluate(() =>
      [...document.querySelectorAll('*')].flatMap((element) =>
        element.getAttributeNames().filter((name) => name.startsWith('on')),
      ),
    );
    expect(handlers).toEqual([]);
    expect(await page.locator('main').textContent()).toContain('<script>alert(1)</script>');
  });
});

/** Marks each table's caption and first row, and each policy and what it is introduced by; tells how many pairs there are. */
function markPairs(): number {
  const tables = [...document.querySelectorAll('table')].map((table) => [
    table.caption,
    table.tBodies[0]?.rows[0]?.cells[0],
  ]);
  const policies = [...document.querySelectorAll('p + pre')].map((pre) => [
    pre.previousElementSibling,
    pre.querySelector('.line'),
  ]);
  const pairs = [...tables, ...policies];
  pairs.forEach((pair, index) => {
    for (const [place, element] of pair.entries()) {
      const mark = document.createElement('span');
      mark.id = `${place === 0 ? 'first' : 'next'}-${index}`;
      mark.textContent = 'x';
      element?.prepend(mark);
      // A PDF has a place only for what something leads to.
      const link = document.createElement('a');
      link.href = `#${mark.id}`;
      link.textContent = mark.id;
      document.body.append(link, ' ');
    }
  });
  return pairs.length;
}

/** The page of each place that a PDF of Chromium's names: `/grant-1 [12 0 R /XYZ 0 393.4 0]`. */
const papersIn = (pdf: Buffer): Map<string, string> =>
  new Map(
    [...pdf.toString('latin1').matchAll(/\/([\w-]+) \[(\d+) 0 R \/XYZ/g)].map(([, name = '', paper = '']) => [
      name,
      paper,
    ]),
  );

/** The least contrast between letters and what they stand on, by WCAG 2.2: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function leastContrast(): number {
  const parts = (colour: string): number[] => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = (colour: string): number => {
    const [red = 0, green = 0, blue = 0] = parts(colour).map((part) => {
      const value = part / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const groundOf = (element: Element | null): string => {
    if (!element) return 'rgb(255, 255, 255)';
    const { backgroundColor } = getComputedStyle(element);
    return parts(backgroundColor)[3] === 0 ? groundOf(element.parentElement) : backgroundColor;
  };
  const withLetters = [...document.querySelectorAll('body *')].filter((element) =>
    [...element.childNodes].some(({ nodeType, textContent }) => nodeType === 3 && textContent?.trim()),
  );
  const ratios = withLetters.map((element) => {
    const [dark = 0, light = 0] = [
      luminance(getComputedStyle(element).color),
      luminance(groundOf(element)),
    ].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  });
  return Math.min(...ratios);
}
