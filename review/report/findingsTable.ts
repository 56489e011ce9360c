import type { Finding } from '../findings/finding.ts';
import type { Review } from '../review.ts';
import { csv } from './csv.ts';

/** findings.csv: one row for each finding, the gravest first. */
export const findingsCsv = ({ findings }: Review): Iterable<string> =>
  csv<Finding>(
    {
      severity: ({ severity }) => severity,
      rule: ({ rule }) => rule,
      at: ({ at }) => at,
      until: ({ until }) => until,
      subject: ({ subject }) => subject,
      request_id: ({ requestId }) => requestId,
      account: ({ account }) => account,
      message: ({ message }) => message,
      event_ids: ({ eventIds }) => eventIds.join('; '),
    },
    findings,
  );
