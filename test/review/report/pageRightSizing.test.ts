import { describe, expect, it } from 'vitest';
import { textOf } from '#review/report/html.ts';
import { rightSizingSection } from '#review/report/pageRightSizing.ts';
import type { EntitlementUse, GrantedAction } from '#review/rightSizing/entitlementUse.ts';
import { aReview } from './aReview.ts';
import { readMarkup } from './markup.ts';

const used = [{ action: 's3:GetObject', count: 3 }];

const anEntitlement = (over: Partial<EntitlementUse> = {}): EntitlementUse => ({
  entitlement: 'web-assets',
  grants: 1,
  sessions: 1,
  calls: 3,
  actions: [],
  refused: [],
  caveats: [],
  ...over,
});

describe('The page on right-sizing', () => {
  it.each<[string, Pick<GrantedAction, 'used' | 'visible'>]>([
    ['never used', { used: [], visible: true }],
    ['cannot be seen in these logs', { used: [], visible: false }],
    ['s3:GetObject × 3', { used, visible: true }],
    ['s3:GetObject × 3, and perhaps more that these logs do not show', { used, visible: false }],
  ])('says of a granted action: %s', (words, use) => {
    const rightSizing = [anEntitlement({ actions: [{ pattern: 's3:Get*', ...use }] })];
    const page = textOf(rightSizingSection(aReview({ rightSizing })));
    const [, cell = ''] = /data-name="Used">(.*?)<\/td>/s.exec(page) ?? [];
    expect(readMarkup(cell).words.join('')).toBe(words);
  });

  const wordsOf = (...rightSizing: EntitlementUse[]) =>
    readMarkup(textOf(rightSizingSection(aReview({ rightSizing })))).words.join('');

  it('tells entitlements of one id apart by account, and by installation where there are several', () => {
    const [here, there] = [
      anEntitlement({ account: '111122223333', installation: '999988887777' }),
      anEntitlement({ account: '222233334444', installation: '888877776666' }),
    ];
    expect(wordsOf(here, there)).toMatch(
      /web-assets in account 111122223333\s+Granted by Countersign in account 999988887777\. 1 grant/,
    );
    expect(wordsOf(here)).toMatch(/web-assets in account 111122223333\s+1 grant/);
  });

  it('tells of five hundred entitlements, however many the logs name', () => {
    const rightSizing = Array.from({ length: 700 }, (_, number) =>
      anEntitlement({ entitlement: `entitlement-${number}` }),
    );
    const page = textOf(rightSizingSection(aReview({ rightSizing })));
    expect(page.match(/<h3>/g)).toHaveLength(500);
    expect(page).toContain('The other 200 are in');
  });
});
