import { givesAccess, type HistoryEntry, hashOf } from '#domain/history.ts';
import type { TableRecord } from './finding.ts';

/**
 * Entries of the request table that took access away, by their hash, computed again. Whoever writes the table can make up an entry, but
 * none that has the hash of one that was attested.
 */
export const provenEntriesIn = (table: readonly TableRecord[]): Map<string, HistoryEntry> =>
  new Map(
    table.flatMap((record) =>
      'fault' in record
        ? []
        : record.request.history.filter(({ event }) => !givesAccess[event]).map(byOwnHash(record.id)),
    ),
  );

const byOwnHash =
  (requestId: string) =>
  (entry: HistoryEntry): [string, HistoryEntry] => {
    const { hash: _, notary: __, ...hashed } = entry;
    return [hashOf(requestId, hashed), entry];
  };
