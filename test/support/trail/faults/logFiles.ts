import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { secondInstallation } from '../catalogues.ts';
import type { Delivered } from '../deliverWorld.ts';
import type { LogFile } from '../delivery.ts';
import type { TrailRecord } from '../trailRecord.ts';
import { type Expected, type Fault, may, must } from './fault.ts';
import { rewrite } from './rewrite.ts';

/** The fullest log file of the background that no other fault has touched: what happens to it happens to nothing else. */
export function aLogFile({ files, touched }: Delivered): LogFile {
  const [fullest] = files
    .filter(({ path, records }) => records.every(isOfNoInterest) && !touched.has(path))
    .sort((a, b) => b.records.length - a.records.length || (a.path < b.path ? -1 : 1));
  if (!fullest) throw new RangeError('The background is too small.');
  touched.add(fullest.path);
  return fullest;
}

/** `AWSLogs/<account>/…` */
export const accountOf = (path: string): string => path.split('/')[1] ?? '';

/** It issues no credentials, by which others would be joined, and has nothing to do with Countersign. */
const isOfNoInterest = (record: TrailRecord): boolean =>
  !/^(?:sts|signin)\./.test(String(record.eventSource)) && !JSON.stringify(record).includes('countersign');

/** Done to one log file of those that digests cover. */
const toLogFile = (
  name: string,
  rule: string,
  change: (path: string, delivered: Delivered) => Promise<void>,
  ...besides: string[]
): Fault => ({
  name,
  digests: true,
  async alter(delivered) {
    const { path } = aLogFile(delivered);
    await change(join(delivered.logs, path), delivered);
    return [must(rule, path), ...besides.map((other) => may(other, path, 'secondGzipMember'))];
  },
});

/** Done to log files. */
export const logFileFaults: readonly Fault[] = [
  toLogFile('A line of a log file was changed.', 'log-altered', (file) =>
    rewrite(file, (content) => content.replace('"eventVersion":"1.11"', '"eventVersion":"1.08"')),
  ),
  toLogFile('Records were cut out of a log file.', 'log-altered', (file) =>
    rewrite(file, (content) => {
      const { Records } = JSON.parse(content);
      return JSON.stringify({ Records: Records.slice(1) });
    }),
  ),
  toLogFile('A log file was deleted.', 'log-missing', (file) => rm(file)),
  toLogFile(
    'Records were hidden behind the end of a log file.',
    'log-has-hidden-member',
    async (file) => {
      const hidden = gzipSync(JSON.stringify({ Records: [{ eventID: 'hidden' }] }));
      await writeFile(file, Buffer.concat([await readFile(file), hidden]));
    },
    'unreadable-records',
    'log-altered',
  ),
  {
    name: 'A log file was put beside the others that no digest covers.',
    digests: true,
    async alter(delivered) {
      const { path, records } = aLogFile(delivered);
      const added = path.replace(/_[A-Za-z0-9]{16}\.json\.gz$/, '_0000000000000000.json.gz');
      const Records = [{ ...records[0], eventID: delivered.world.random.fork('added').uuid() }];
      await writeFile(join(delivered.logs, added), gzipSync(JSON.stringify({ Records })));
      return [must('log-not-covered', accountOf(added))];
    },
  },
  {
    name: 'One event id stands for two different records.',
    async alter(delivered): Promise<Expected[]> {
      const { path, records } = aLogFile(delivered);
      const [record] = records;
      if (!record) throw new RangeError('The file is empty.');
      const other = { ...record, eventName: 'DescribeNothing' };
      const added = path.replace(/_[A-Za-z0-9]{16}\.json\.gz$/, '_1111111111111111.json.gz');
      await writeFile(join(delivered.logs, added), gzipSync(JSON.stringify({ Records: [other] })));
      return [must('conflicting-records', record.eventID), may('log-not-covered', accountOf(path))];
    },
  },
  {
    name: 'A log file is cut off in its middle.',
    async alter(delivered): Promise<Expected[]> {
      const { path } = aLogFile(delivered);
      const file = join(delivered.logs, path);
      const content = gunzipSync(await readFile(file));
      await writeFile(file, gzipSync(content.subarray(0, content.length - 200)));
      return [must('unreadable-records', path, 'cutOff', 'notJson'), may('log-altered', path)];
    },
  },
  {
    name: 'A compressed log file is cut in half.',
    async alter(delivered): Promise<Expected[]> {
      const { path } = aLogFile(delivered);
      const file = join(delivered.logs, path);
      const content = await readFile(file);
      await writeFile(file, content.subarray(0, content.length / 2));
      return [must('unreadable-records', path, 'damagedGzip'), may('log-altered', path)];
    },
  },
  {
    name: 'No log files are there of a region that grants reached into.',
    alone: true,
    async alter(delivered): Promise<Expected[]> {
      const { target, region } = secondInstallation;
      const paths = new Set(
        delivered.files
          .map(({ path }) => path)
          .filter((path) => path.includes(`/${target}/CloudTrail/${region}/`)),
      );
      for (const path of paths) await rm(join(delivered.logs, path), { force: true });
      return [must('gap-in-coverage', `${target} ${region}`)];
    },
  },
  {
    name: 'No log files of an account are there that grants reached into.',
    alone: true,
    async alter(delivered): Promise<Expected[]> {
      const { target } = secondInstallation;
      const paths = new Set(
        delivered.files.map(({ path }) => path).filter((path) => path.includes(`/${target}/`)),
      );
      for (const path of paths) await rm(join(delivered.logs, path), { force: true });
      return [must('gap-in-coverage', target)];
    },
  },
];
