import type { FindingRule } from '../finding.ts';
import { quoted } from '../words.ts';

/**
 * Break-glass that its reviewer found unjustified. High: somebody had access that should not have been. CloudTrail shows that it was
 * reviewed, and the table alone what came of it; whether the table can be believed is told by `table-differs`.
 */
export const breakGlassUnjustified: FindingRule = {
  name: 'break-glass-unjustified',
  promise: 'Break-glass was used with good reason.',
  find: ({ table = [] }) =>
    table.flatMap((record) => {
      const review = 'request' in record ? record.request.review : undefined;
      if (review?.verdict !== 'unjustified') return [];
      return {
        severity: 'high',
        at: review.at,
        subject: record.id,
        requestId: record.id,
        message: `${quoted(review.by)} found break-glass request ${record.id} unjustified: see what followed from it.`,
        eventIds: [],
      };
    }),
};
