import { command } from '../command.ts';
import { reviewOptionsOf, reviewOptionUsages } from '../review/options.ts';

export const review = command({
  name: 'review',
  says: 'Proves from CloudTrail log files alone what was granted, and finds what is wrong: answers 1 when something is worse than info. docs/review.md says how to fetch all this, and what each finding means. One use of break-glass is reviewed by countersign review-break-glass.',
  options: reviewOptionUsages,
  examples: [
    ['countersign review --logs logs --out november', 'everything that is in the log files'],
    [
      'countersign review --logs logs --keys keys.json --from 2026-11-01 --to 2026-11-30 --out november',
      'a month, the files’ own integrity too',
    ],
  ],
  async run({ values }) {
    const options = reviewOptionsOf(values);
    // Loaded now: a typing error needs none of it.
    const { makeReview } = await import('../review/makeReview.ts');
    return makeReview(options);
  },
});
