import { EventCollector } from './eventCollector.ts';
import { emptySummary } from './fileSummary.ts';
import type { Trail } from './trail.ts';
import { trailOf } from './trailOf.ts';

/** The trail of records that are in memory already, as if they lay in one file. */
export function trailOfRecords(records: unknown[]): Trail {
  const collector = new EventCollector();
  const file = emptySummary(0, 'records.json');
  collector.addFile(file);
  for (const record of records) collector.addRecord(record, file);
  return trailOf(collector.collected(), { notOpened: [], otherFiles: 0 });
}
