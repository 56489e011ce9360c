import type { Severity } from '../findings/finding.ts';

/** What a severity means and when it wants somebody: on the page and, word for word, in docs/review.md. */
export const severityWords: Record<Severity, string> = {
  critical: 'Access past the rules, or a record that was changed. Look at it today.',
  high: 'Something that the evidence does not carry. Look at it today.',
  medium:
    'The review cannot show something that it should, or a duty was late. Settle it before the review is signed.',
  low: 'An attempt that failed, or something small that is left open. Settle it before the review is signed.',
  info: 'Worth knowing, and no fault.',
};
