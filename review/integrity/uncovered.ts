import type { Instant } from '#domain/instant.ts';
import type { ProvenDigest } from './proof.ts';

/** Account, region and minute of delivery in a log file's name: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-files.html */
const logName = /(?:^|\/)(\d{12})_CloudTrail[A-Za-z-]*_([a-z0-9-]+)_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)Z_[^/]*$/;

/**
 * Of log files that no digest names, those that were delivered after the newest digest of their account and region: the next
 * digest, an hour later, will name them if they are CloudTrail's.
 */
export function splitUncovered(
  paths: readonly string[],
  digests: readonly ProvenDigest[],
): { uncovered: string[]; pending: string[] } {
  const newest = newestMinutes(digests);
  const isPending = (path: string): boolean => {
    const [, account, region, year, month, day, hour, minute] = logName.exec(path) ?? [];
    const covered = newest.get(`${account} ${region}`);
    return covered !== undefined && `${year}-${month}-${day}T${hour}:${minute}` >= covered;
  };
  const pending = newest.size === 0 ? [] : paths.filter(isPending);
  const isCovered = new Set(pending);
  return { uncovered: paths.filter((path) => !isCovered.has(path)), pending };
}

/** The minute in which the newest hourly digest ends, by account and region. */
function newestMinutes(digests: readonly ProvenDigest[]): Map<string, Instant> {
  const newest = new Map<string, Instant>();
  for (const { digest, state } of digests) {
    const { account, region, backfill } = digest.place;
    const place = `${account} ${region}`;
    const minute = digest.end.slice(0, 16);
    if (state !== 'fails' && !backfill && minute > (newest.get(place) ?? '')) newest.set(place, minute);
  }
  return newest;
}
