import { readFileSync } from 'node:fs';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { crossReferences } from '#review/report/crossReferences.ts';
import { reviewHtml } from '#review/report/reviewHtml.ts';
import type { Review } from '#review/review.ts';
import { aReview, requestId } from './aReview.ts';
import { aCall, aGrant } from './builders.ts';
import { attacks, withText } from './hostile.ts';
import { readMarkup } from './markup.ts';

const pageOf = (review: Review = aReview()): string => reviewHtml(review, crossReferences(review));
const wordsOf = (review?: Review): string =>
  readMarkup(pageOf(review))
    .words.join(' ')
    .replace(/\s+/g, ' ')
    .replace(/ (?=[.,;)])|(?<=\() /g, '');

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
      'Sign-off',
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

  const info = aReview().findings.filter(({ severity }) => severity === 'info');
  const integrity = { ...aReview().integrity, verdict: 'verified' as const };

  it('counts what is to be looked into, and is clean with nothing but info', () => {
    expect(wordsOf()).toContain('3 findings to look into:');
    const clean = wordsOf(aReview({ findings: info, integrity }));
    expect(clean).toContain('Clean: nothing was found that is worse than info.');
    expect(clean).not.toContain('Not checked');
    expect(wordsOf(aReview({ findings: [] }))).toContain('Nothing was found: no rule was seen broken');
  });

  it('is not clean where not all could be checked, and says what', () => {
    const unproven = aReview({ findings: info, integrity: { ...integrity, verdict: 'none' } });
    expect(wordsOf(unproven)).not.toContain('Clean');
    expect(wordsOf(unproven)).toContain('Not checked: integrity (no digests were given)');
    expect(pageOf(unproven)).toContain('<p class="verdict unchecked">');
  });

  it('says proven only of logs that digests prove', () => {
    expect(wordsOf(aReview({ integrity }))).toContain('Proven from CloudTrail log files alone');
    for (const verdict of ['none', 'partly', 'unproven', 'failed'] as const)
      expect(wordsOf(aReview({ integrity: { ...integrity, verdict } }))).toContain(
        'Rebuilt from CloudTrail log files alone',
      );
  });

  it('says that digests prove nothing without their public keys, and what to do', () => {
    const faults = [{ kind: 'keyUnknown' as const, file: 'digest', message: 'Its key is not there.' }];
    const words = wordsOf(aReview({ integrity: { ...integrity, verdict: 'unproven', faults } }));
    expect(words).toContain('No log file is proven, though digests were given.');
    expect(words).toContain('Why: digests prove nothing without the public keys');
    expect(words).not.toMatch(/a part of the log files|Partly verified/);
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
      'expires at 14:1',
      'dynamodb:UpdateItem',
      'ada@example.com revoked it 1 hour 35 minutes before its end',
      'refused: AccessDenied after the end',
    ];
    const places = order.map((words) => told.indexOf(words));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((one, other) => one - other));
  });

  it('sets what a request needs against what it got', () => {
    const words = wordsOf();
    expect(words).toContain('needs 1 of orders-leads; got bob@example.com (orders-leads)');
    expect(words).toContain(
      'needs 1 of orders-leads and 1 of security or frank@example.com; got carol@example.com (orders-leads), erin@example.com (security)',
    );
    expect(words).toContain('none needed, as break-glass; reviewed by frank@example.com');
    expect(words).toContain(
      'what is needed, the catalogue says, which was not given; got none; denied by carol@example.com',
    );
  });

  it('says of a short grant that its policy ends it, though the session would live on', () => {
    const calls = [aCall()];
    const grant = aGrant({
      id: requestId(1),
      status: 'ended',
      window: { after: 10, seconds: 60 },
      events: [
        ['approved', 10, 'bob@example.com'],
        ['issued', 12, 'countersign'],
        ['ended', 70, 'countersign'],
      ],
      calls,
    });
    expect(wordsOf(aReview({ grants: [grant] }))).toContain(
      'its policy denies everything from 09:01:10 on, the window’s end; without that it would live until 09:15:12',
    );
  });

  it('has ticket, window, end and who decided in the list of requests; break-glass its reviewer', () => {
    const page = pageOf();
    const list = page.slice(page.indexOf('Requests in this report'), page.indexOf('<article'));
    const cells = [...list.matchAll(/data-name="([^"]+)">(.*?)<\/td>/gs)];
    const column = (wanted: string) =>
      cells.filter(([, name]) => name === wanted).map(([, , cell = '']) => readMarkup(cell).words.join(''));
    expect(column('Entitlement and ticket')[1]).toBe('orders-admin CHG-77');
    expect(column('Window')[1]).toBe('13:55:00 to 15:55:00');
    expect(column('Status and end')[1]).toBe('revoked 14:20:00');
    expect(column('Status and end').at(-1)?.trim()).toBe('active');
    expect(column('Decided by')[2]).toBe('reviewed by frank@example.com');
  });

  it('totals what each person asked for and decided, and each entitlement', () => {
    const page = pageOf();
    const people = page.slice(page.indexOf('Totals by person'), page.indexOf('Totals by entitlement'));
    const [, row = ''] =
      /<tr>(<th scope="row"[^>]*><bdi[^>]*>carol@example.com.*?)<\/tr>/s.exec(people) ?? [];
    expect(row).toContain('data-name="Decided or reviewed">2<');
    expect(page).toContain('Totals by entitlement');
  });

  it('says what it is about, and has lines to sign on', () => {
    const words = wordsOf();
    expect(words).toContain('Scope');
    expect(words).toMatch(/Accounts\s*111122223333, 999988887777/);
    expect(words).toMatch(/Regions\s*eu-central-1, us-east-1/);
    expect(words).toMatch(/Entitlements\s*orders-admin, billing-read/);
    expect(words).toContain('Findings accepted as exceptions, and why');
  });

  it('counts accounts and regions where only sessions were at work', () => {
    const review = aReview();
    const issuances = { ...review.issuances, ok: [] };
    const words = wordsOf({ ...review, issuances, trail: { ...review.trail, files: [] } });
    expect(words).toMatch(/Accounts\s*111122223333/);
    expect(words).toMatch(/Regions\s*eu-central-1/);
  });

  it('says which numbers are of the period and which of all logs', () => {
    expect(wordsOf()).toContain('requests in the period');
    expect(wordsOf()).toContain('to anybody in all logs read');
    expect(wordsOf(aReview({ period: {} }))).not.toMatch(/in the period|in all logs read/);
  });

  it('has the table’s word only where one was given', () => {
    const alone = 'Nothing here comes from Countersign’s own table';
    expect(wordsOf()).toContain(alone);
    const { inputs } = aReview();
    const compared = wordsOf(
      aReview({ inputs: { ...inputs, table: { path: 'table.json' } }, table: { requests: 6, agree: 5 } }),
    );
    expect(compared).not.toContain(alone);
    expect(compared).toContain('Request table: 5 of 6 requests agree with CloudTrail.');
    expect(compared).toContain('not taken: it can be read but once');
  });

  it('names what was judged by, and what could not be', () => {
    const words = wordsOf();
    for (const fact of [
      'catalogues/a1/catalogue.yaml',
      'ab'.repeat(32),
      'its groups',
      'cd'.repeat(32),
      'ef'.repeat(32),
    ])
      expect(words).toContain(fact);
    expect(words).toContain('catalogues/old.yaml:3: version must be 1.');
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
    expect(words).toMatch(/SHA-256 of the log files [0-9a-f]{64}/);
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

  it('counts findings by rule first where there are many, and leads to each', () => {
    const { findings } = aReview();
    const [worst, ...others] = findings;
    if (!worst) throw new RangeError('The sample is empty.');
    const review = aReview({ findings: [...Array.from({ length: 1_204 }, () => worst), ...others] });
    const page = pageOf(review);
    const table = page.slice(
      page.indexOf('<caption>Findings by rule'),
      page.indexOf('<section class="severity"'),
    );
    const { tags, words } = readMarkup(table);
    expect(words.join(' ').replace(/\s+/g, ' ')).toContain(` ${worst.rule} ${worst.severity} 1,204 `);
    const places = tags.flatMap(({ attributes: { href } }) => href ?? []);
    expect(places).toHaveLength(new Set(findings.map(({ rule, severity }) => rule + severity)).size);
    for (const place of places) expect(page.split(`id="${place.slice(1)}"`)).toHaveLength(2);
    expect(wordsOf()).not.toContain('Findings by rule');
  });

  it('says of what each verdict of a chain is: log files can be altered where digests hold', () => {
    const { integrity: sample } = aReview();
    const logs = { ...sample.logs, altered: 1 };
    const words = wordsOf(aReview({ integrity: { ...sample, verdict: 'failed', logs } }));
    expect(words).toMatch(/Failed: something was changed.* 1 altered.* Gaps Verdict on the digests /);
  });

  it('says so where the logs hold nothing of Countersign', () => {
    const words = wordsOf(aReview({ grants: [], findings: [], rightSizing: [] }));
    expect(words).toContain('The logs hold no evidence of Countersign');
    expect(words).toContain('any grant (no request of Countersign reaches into the period)');
  });
});
