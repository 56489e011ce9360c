import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { Finding } from '#review/findings/finding.ts';
import type { Review } from '#review/review.ts';
import { summaryOf } from '../../../cli/review/summary.ts';
import { textOfSummary } from '../../../cli/review/summaryText.ts';
import { aReview } from '../../review/report/aReview.ts';

const pipe = new PassThrough() as unknown as NodeJS.WriteStream;
const textOf = (over: Partial<Review> = {}): string =>
  textOfSummary(summaryOf(aReview(over), 'november'), pipe).join('\n');

const [finding] = aReview().findings;
const proven = { ...aReview().integrity, verdict: 'verified' as const };
const unproven = {
  ...aReview().integrity,
  verdict: 'unproven' as const,
  faults: [{ kind: 'keyUnknown' as const, file: 'digest', message: 'Its key is not there.' }],
};
const unknownCatalogue = (subject: string): Finding => ({
  rule: 'catalogue-unknown',
  severity: 'info',
  subject,
  message: 'Give it.',
  eventIds: [],
});

describe('the summary', () => {
  test.each<[string, Partial<Review>, RegExp]>([
    ['faults', {}, /^NOT CLEAN: 2 critical, 1 medium, 1 info\. Not checked: the integrity of all/],
    ['nothing', { findings: [], integrity: proven }, /^CLEAN: nothing was found\.$/m],
    [
      'info alone',
      { findings: aReview().findings.slice(-1), integrity: proven },
      /^CLEAN: nothing worse than info was found \(1 info\)\.$/m,
    ],
    [
      'logs without digests',
      { findings: [], integrity: { ...proven, verdict: 'none' } },
      /^NOT ALL CHECKED: nothing was found\. Not checked: integrity \(no digests were given\)\.$/m,
    ],
    [
      'digests without their public keys',
      { findings: [], integrity: unproven },
      /^NOT ALL CHECKED: nothing was found\. Not checked: the integrity of any log file \(.*--keys\)\.$/m,
    ],
    [
      'requests under catalogues that were not given',
      { findings: ['A-rkwdFYlmno', 'B'].map(unknownCatalogue), integrity: proven },
      /^NOT ALL CHECKED: .* Not checked: approvals \(2 catalogues not given\)\.$/m,
    ],
    [
      'logs of somebody without Countersign',
      { findings: [], integrity: proven, grants: [], period: {} },
      /Not checked: any grant \(these logs hold no request of Countersign\)\.$/m,
    ],
  ])('begins with the verdict on %s', (_, over, words) => {
    expect(textOf(over)).toMatch(words);
  });

  test('calls nothing proven in part where no digest is shown to be CloudTrail’s', () => {
    expect(textOf({ integrity: unproven })).toMatch(/^Integrity +NOT PROVEN: /m);
    expect(textOf({ integrity: unproven })).not.toMatch(/partly|a part/);
  });

  test('tells one finding of a rule and how many more there are', () => {
    if (!finding) throw new RangeError('The sample has no findings.');
    const text = textOf({ findings: Array.from({ length: 26 }, () => finding) });
    expect(text).toContain('… and 25 more in findings.csv');
  });

  test('tells how the table compares, where one was given', () => {
    expect(textOf()).not.toMatch(/^Table/m);
    expect(textOf({ table: { requests: 6, agree: 6 } })).toMatch(/^Table +6 of 6 requests agree with/m);
    expect(textOf({ table: { requests: 2, agree: 1 } })).toMatch(/^Table +1 of 2 requests agrees with/m);
    expect(textOf({ table: { requests: 0, agree: 0 } })).toMatch(/^Table +holds no request/m);
  });

  test('tells entitlements that nobody got from those that were used in part', () => {
    const [used, other] = aReview().rightSizing;
    if (!used || !other) throw new RangeError('The sample has no entitlements.');
    const rightSizing = [used, { ...other, grants: 0 }, { ...other, grants: 0, entitlement: 'x' }];
    expect(textOf({ rightSizing })).toMatch(
      /^Unused +2 of 3 entitlements never granted, 1 with actions that nobody used$/m,
    );
  });

  test('says which numbers are of the period, where there is one', () => {
    expect(textOf()).toMatch(/^Sessions +7 in the period/m);
    expect(textOf({ period: {} })).not.toMatch(/in the period|in all logs/);
  });
});
