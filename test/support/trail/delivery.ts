import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { addSeconds, type Instant, instantOf, millisecondsOf } from '#domain/instant.ts';
import { alphanumeric, type Random } from './random.ts';
import type { TrailRecord } from './trailRecord.ts';

/** A log file as CloudTrail puts it into the bucket. */
export interface LogFile {
  /** From `AWSLogs/` on. */
  path: string;
  records: TrailRecord[];
}

/** CloudTrail delivers about every five minutes. */
const everySeconds = 300;

/**
 * Deals the records out to files by account, region and five minutes of delivery: mostly within some minutes, now and then ten
 * minutes late, not in the order of time, and one in forty a second time in a later file.
 */
export function deliver(random: Random, records: readonly TrailRecord[]): LogFile[] {
  const slots = new Map<string, { slot: Instant; account: string; region: string; records: TrailRecord[] }>();
  const put = (record: TrailRecord, at: Instant): void => {
    const slot = slotOf(at);
    const { recipientAccountId: account } = record;
    const region = String(record.awsRegion);
    const place = `${account} ${region} ${slot}`;
    const file = slots.get(place) ?? { slot, account, region, records: [] };
    if (!slots.has(place)) slots.set(place, file);
    file.records.splice(random.whole(0, file.records.length), 0, record);
  };
  for (const record of records) {
    const delivered = addSeconds(record.eventTime, random.chance(0.05) ? 600 : random.whole(60, 290));
    put(record, delivered);
    if (random.chance(1 / 40)) put(record, addSeconds(delivered, random.whole(300, 900)));
  }
  return [...slots.values()].map((file) => ({ path: logPath(random, file), records: file.records }));
}

/** Writes files below a folder, compressed as AWS does. */
export async function writeLogFiles(directory: string, files: readonly LogFile[]): Promise<void> {
  const folders = new Set(files.map(({ path }) => dirname(join(directory, path))));
  for (const folder of folders) await mkdir(folder, { recursive: true });
  for (const { path, records: Records } of files)
    await writeFile(join(directory, path), gzipSync(JSON.stringify({ Records }), { level: 6 }));
}

/** An Insights file, as it lies beside the logs where Insights are switched on. */
export async function writeInsightFile(
  directory: string,
  { random, account, region, at }: { random: Random; account: string; region: string; at: Instant },
): Promise<void> {
  const path = logPath(random, { slot: slotOf(at), account, region }).replaceAll(
    'CloudTrail',
    'CloudTrail-Insight',
  );
  const insight = {
    eventVersion: '1.09',
    eventTime: at,
    awsRegion: region,
    eventID: random.uuid(),
    eventType: 'AwsCloudTrailInsight',
    recipientAccountId: account,
    sharedEventID: random.uuid(),
    insightDetails: {
      state: 'Start',
      eventSource: 'ec2.amazonaws.com',
      eventName: 'RunInstances',
      insightType: 'ApiCallRateInsight',
    },
    eventCategory: 'Insight',
  };
  await mkdir(dirname(join(directory, path)), { recursive: true });
  await writeFile(join(directory, path), gzipSync(JSON.stringify({ Records: [insight] })));
}

/** The end of the five minutes in which it is delivered. */
function slotOf(at: Instant): Instant {
  const length = everySeconds * 1_000;
  return instantOf(new Date(Math.ceil(millisecondsOf(at) / length) * length));
}

/** `AWSLogs/<account>/CloudTrail/<region>/Y/M/D/<account>_CloudTrail_<region>_<minute>_<16 characters>.json.gz` */
export function logPath(
  random: Random,
  { slot, account, region }: { slot: Instant; account: string; region: string },
): string {
  const minute = `${slot.slice(0, 16).replaceAll(/[-:]/g, '')}Z`;
  const day = slot.slice(0, 10).replaceAll('-', '/');
  const name = `${account}_CloudTrail_${region}_${minute}_${random.text(16, alphanumeric)}.json.gz`;
  return `AWSLogs/${account}/CloudTrail/${region}/${day}/${name}`;
}
