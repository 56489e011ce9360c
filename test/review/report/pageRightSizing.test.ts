import { describe, expect, it } from 'vitest';
import { textOf } from '#review/report/html.ts';
import { rightSizingSection } from '#review/report/pageRightSizing.ts';
import type { GrantedAction } from '#review/rightSizing/entitlementUse.ts';
import { aReview } from './aReview.ts';
import { readMarkup } from './markup.ts';

const used = [{ action: 's3:GetObject', count: 3 }];

describe('The page on right-sizing says of a granted action', () => {
  it.each<[string, Pick<GrantedAction, 'used' | 'visible'>]>([
    ['never used', { used: [], visible: true }],
    ['cannot be seen in these logs', { used: [], visible: false }],
    ['s3:GetObject × 3', { used, visible: true }],
    ['s3:GetObject × 3, and perhaps more that these logs do not show', { used, visible: false }],
  ])('%s', (words, use) => {
    const review = aReview({
      rightSizing: [
        {
          entitlement: 'web-assets',
          grants: 1,
          sessions: 1,
          calls: 3,
          actions: [{ pattern: 's3:Get*', ...use }],
          refused: [],
          caveats: [],
        },
      ],
    });
    const page = textOf(rightSizingSection(review));
    const [, cell = ''] = /data-name="Used">(.*?)<\/td>/s.exec(page) ?? [];
    expect(readMarkup(cell).words.join('')).toBe(words);
  });
});
