import { readFileSync } from 'node:fs';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { crossReferences } from '#review/report/crossReferences.ts';
import { reviewHtml } from '#review/report/reviewHtml.ts';
import type { Review } from '#review/review.ts';
import { aReview, requestId } from './aReview.ts';
import { aGrant } from './builders.ts';
import { attacks, withText } from './hostile.ts';
import { readMarkup } from './markup.ts';

const pageOf = (review: Review = aReview()): string => reviewHtml(review, crossReferences(review));
const wordsOf = (review?: Review): string =>
  readMarkup(pageOf(review)).words.join(' ').replace(/\s+/g, ' ').replaceAll(' .', '.');

/** All that a page may be made of; none of it loads, runs or sends anything. */
const elements = new Set(
  `html head meta title body a header h1 h2 h3 h4 p strong br nav ol ul li main section article dl div dt dd details summary pre
  code bdi span time table caption thead tbody tr th td figure figcaption svg line rect path pattern`.split(
    /\s+/,
  ),
);
const attributeNames = new Set(
  `lang charset http-equiv content name class id href title datetime scope tabindex aria-label aria-labelledby aria-hidden role
  data-name x y x1 x2 y1 y2 width height rx d overflow patternUnits`.split(/\s+/),
);

function expectHarmless(page: string): void {
  const { tags } = readMarkup(page);
  expect(tags.map(({ name }) => name).filter((name) => !elements.has(name))).toEqual([]);
  const attributes = tags.flatMap((tag) => Object.entries(tag.attributes));
  expect(attributes.filter(([name]) => !attributeNames.has(name))).toEqual([]);
  const links = attributes.filter(([name]) => name === 'href').map(([, link]) => link);
  expect(links.filter((link) => !/^#[a-z0-9-]+$/.test(link))).toEqual([]);
  const classes = attributes.filter(([name]) => name === 'class').map(([, value]) => value);
  expect(classes.filter((value) => !/^[a-z0-9 -]*$/i.test(value))).toEqual([]);
  expect(page.match(/<style>/g)).toHaveLength(1);
}

describe('review.html, whatever the logs hold,', () => {
  it.for(attacks)('is made of our own elements and attributes: %j', (attack) => {
    expectHarmless(pageOf(withText(attack)));
  });

  test.prop([fc.string({ unit: 'binary', maxLength: 60 })], { numRuns: 40 })('for any text', (text) => {
    expectHarmless(pageOf(withText(text)));
  });

  it('has our style sheet as it is, and asks a browser to load nothing', () => {
    const page = pageOf(withText('</style><style>*{display:none}'));
    const css = readFileSync(new URL('../../../review/report/report.css', import.meta.url), 'utf8');
    expect(page).toContain(`<style>\n${css}</style>`);
    expect(css).not.toMatch(/@import|url\((?!#)/);
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline';`.replaceAll("'", "'"));
  });
});

describe('review.html', () => {
  it('tells findings first, then the rest', () => {
    const headings = [...pageOf().matchAll(/<h2>([^<]*)<\/h2>/g)].map(([, heading]) => heading);
    expect(headings).toEqual([
      'Findings',
      'Summary',
      'Requests and grants',
      'Other sessions',
      'Completeness',
      'Right-sizing',
      'Controls',
      'Words',
    ]);
  });

  it('names the period by its days, the last one included; where it is open, as far as the logs go', () => {
    const title = (review: Review) => /<h1>([^<]*)<\/h1>/.exec(pageOf(review))?.[1];
    const days = 'Access review, 1 November 2026 to 30 November 2026';
    expect(title(aReview())).toBe(days);
    expect(title(aReview({ period: {} }))).toBe(`${days}, as far as the logs go`);
    const day = { from: '2026-11-03T00:00:00Z', to: '2026-11-04T00:00:00Z' };
    expect(title(aReview({ period: day }))).toBe('Access review, 3 November 2026');
  });

  it('counts what is to be looked into, and is clean with nothing but info', () => {
    expect(wordsOf()).toContain('3 findings to look into:');
    const info = aReview().findings.filter(({ severity }) => severity === 'info');
    expect(wordsOf(aReview({ findings: info }))).toContain(
      'Clean: nothing was found that is worse than info.',
    );
    expect(wordsOf(aReview({ findings: [] }))).toContain('Nothing was found: every rule was looked at');
  });

  it('says what a broken rule promises, and leads to the request', () => {
    expect(wordsOf()).toContain('What should hold:');
    expect(pageOf()).toContain('<a href="#grant-2">the request’s story</a>');
  });

  it('tells a grant from asking to its end', () => {
    const page = pageOf();
    const article = page.slice(page.indexOf('id="grant-2"'), page.indexOf('id="grant-3"'));
    const told = readMarkup(
      article.slice(article.indexOf('<ol class="story">'), article.indexOf('</ol>') + 5),
    )
      .words.join(' ')
      .replace(/\s+/g, ' ');
    const order = [
      'dave@example.com asked for orders-admin',
      'carol@example.com approved it 10 minutes after it was asked',
      'erin@example.com approved it 25 minutes after it was asked',
      'Countersign issued a session',
      '1 hour 59 minutes of the window left',
      'dynamodb:UpdateItem',
      'ada@example.com revoked it 1 hour 35 minutes before its end',
      'refused: AccessDenied after the end',
    ];
    const places = order.map((words) => told.indexOf(words));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((one, other) => one - other));
  });

  it('says on what it stands: files, duplicates, skipped records, hash of the inputs, digests, tool and parameters', () => {
    const words = wordsOf();
    for (const fact of [
      '176 (720,896 bytes)',
      '9,214',
      '122, counted once',
      'a CloudTrail Insight: a statistic, not a call',
      '116 of 720',
      'Partly verified',
      '1 in no digest',
      'countersign 0.1.0',
      'keys.json',
    ])
      expect(words).toContain(fact);
    expect(words).toMatch(/SHA-256 of the inputs [0-9a-f]{64}/);
  });

  it('offers evidence for controls and grants no compliance', () => {
    const words = wordsOf();
    for (const framework of ['SOC 2', 'ISO/IEC 27001:2022', 'NIST SP 800-53', 'PCI DSS 4.0.1', 'HIPAA'])
      expect(words).toContain(framework);
    expect(words).toContain('evidence offered, not compliance granted: have your auditor confirm');
  });

  it('tells five hundred requests in full, those with findings among them, and says where the others are', () => {
    const { findings } = aReview();
    const grants = Array.from({ length: 700 }, (_, index) =>
      aGrant({ id: requestId(index + 1), status: 'denied', events: [['denied', 60, 'bob@example.com']] }),
    );
    const review = aReview({ grants, findings });
    const page = pageOf(review);
    expect(page.match(/<article /g)).toHaveLength(500);
    expect(page).toContain(requestId(2));
    expect(page).toContain(requestId(700));
    expect(page).not.toContain(requestId(100));
    expect(wordsOf(review)).toContain('The other 200 are in grants.csv');
  });

  it('stays a page that can be opened with a hundred thousand findings and sessions', () => {
    const { findings, sessions } = aReview();
    const [finding] = findings;
    const session = sessions.at(-1);
    if (!finding || !session) throw new RangeError('The sample is empty.');
    const page = pageOf(
      aReview({
        findings: Array.from({ length: 100_000 }, () => finding),
        sessions: Array.from({ length: 100_000 }, () => session),
      }),
    );
    expect(page.length).toBeLessThan(1_000_000);
    expect(page).toContain('99,950 more findings of this rule');
  });

  it('says so where the logs hold nothing of Countersign', () => {
    const words = wordsOf(aReview({ grants: [], findings: [], rightSizing: [] }));
    expect(words).toContain('The logs hold no evidence of Countersign');
  });
});
