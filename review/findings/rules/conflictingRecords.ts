import type { FindingRule } from '../finding.ts';

/**
 * Two records of one event id that say different things. Critical: CloudTrail gives each event an id of its own, so one of them was
 * changed. Both are counted, and none is trusted over the other.
 */
export const conflictingRecords: FindingRule = {
  name: 'conflicting-records',
  promise: 'There is one record of each event.',
  find: ({ trail }) =>
    trail.conflicts.map(({ eventId, at, files }) => ({
      severity: 'critical',
      at,
      subject: eventId,
      message: `Event ${eventId} stands in ${[...files].sort().join(' and in ')} with different content: compare the two, and fetch the files again.`,
      eventIds: [eventId],
    })),
};
