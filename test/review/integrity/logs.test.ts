import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { digestChain, writeChain } from '../../support/trail/digests.ts';
import {
  account,
  begin,
  deliveredFolder,
  emptyFolder,
  end,
  faultsOf,
  logContent,
  logKey,
  region,
} from './deliveredFolder.ts';

const log = logKey('11:30');

describe('Log files as CloudTrail delivered them', () => {
  test('are verified by digests whose signatures hold', async () => {
    const folder = await deliveredFolder();
    expect(await folder.validate()).toMatchObject({
      verdict: 'verified',
      logs: { verified: 5, altered: 0, missing: 0, uncovered: 0, pending: 0, unproven: 0 },
      faults: [],
      uncovered: [],
    });
  });

  test('stay verified when they are compressed again, since the hash is of the content', async () => {
    const folder = await deliveredFolder();
    await folder.write(log, gzipSync(logContent('11:30'), { level: 1 }));
    expect(await folder.validate()).toMatchObject({ verdict: 'verified', logs: { verified: 5 } });
  });

  test('stay verified when they are kept uncompressed', async () => {
    const folder = await deliveredFolder();
    await folder.write(log.replace('.gz', ''), logContent('11:30'));
    await folder.remove(log);
    expect(await folder.validate()).toMatchObject({ verdict: 'verified', logs: { verified: 5 }, moved: [] });
  });

  test('count each when there are two copies', async () => {
    const folder = await deliveredFolder();
    await folder.write(`copy/${log}`, await folder.bytes(log));
    expect(await folder.validate()).toMatchObject({ verdict: 'verified', logs: { verified: 6 } });
  });

  test('are verified under another name too, and that is said', async () => {
    const folder = await deliveredFolder();
    await folder.move(log, 'exhibit-7.json.gz');
    expect(await folder.validate()).toMatchObject({
      verdict: 'verified',
      logs: { verified: 5, missing: 0 },
      moved: [{ file: 'exhibit-7.json.gz', key: log }],
    });
  });
});

describe('The folder may be a copy of', () => {
  test.for([
    ['a bucket with a prefix', { prefix: 'audit/2026/AWSLogs/' }, '.'],
    ['an organization’s bucket', { prefix: 'AWSLogs/o-a1b2c3d4e5/' }, '.'],
    ['an organization’s bucket with a prefix', { prefix: 'org trail/AWSLogs/o-a1b2c3d4e5/' }, '.'],
    ['the bucket’s prefix', { prefix: 'audit/AWSLogs/' }, 'audit'],
    ['AWSLogs itself', {}, 'AWSLogs'],
    ['one account', {}, 'AWSLogs/111122223333'],
  ] as const)('%s', async ([, options, part]) => {
    const folder = await deliveredFolder(options);
    const directory = join(folder.directory, part);
    expect(await folder.validate({ directory })).toMatchObject({ verdict: 'verified', faults: [] });
  });

  test('the files alone, without their folders', async () => {
    const folder = await deliveredFolder();
    const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
    const files = folder.digests.map(({ key }) => key);
    files.push(`${files.at(-1)}.signature`);
    for (const minute of ['10:05', '10:55', '11:30', '13:10', '13:55']) files.push(logKey(minute));
    for (const file of files) await folder.move(file, nameOf(file));
    await folder.remove('AWSLogs');
    expect(await folder.validate()).toMatchObject({ verdict: 'verified', logs: { verified: 5 }, faults: [] });
  });

  test('the bucket in a folder of its own', async () => {
    const folder = await deliveredFolder();
    const fetched = join(folder.directory, '../fetched');
    await rename(folder.directory, fetched);
    expect(await folder.validate({ directory: join(fetched, '..') })).toMatchObject({ verdict: 'verified' });
  });
});

describe('A log file that somebody touched', () => {
  test('fails when a word in it is another', async () => {
    const folder = await deliveredFolder();
    await folder.edit(log, (text) => text.replace('alice', 'mallory'));
    const integrity = await folder.validate();
    expect(integrity).toMatchObject({ verdict: 'failed', logs: { verified: 4, altered: 1 } });
    expect(faultsOf(integrity)).toEqual([`logAltered ${log}`]);
    expect(integrity.faults[0]?.message).toContain('Fetch it again');
  });

  test('fails when it was deleted', async () => {
    const folder = await deliveredFolder();
    await folder.remove(log);
    const integrity = await folder.validate();
    expect(integrity).toMatchObject({ verdict: 'failed', logs: { verified: 4, missing: 1 } });
    expect(faultsOf(integrity)).toEqual([`logMissing ${log}`]);
  });

  test('fails when another log lies in its place', async () => {
    const folder = await deliveredFolder();
    await folder.write(log, await folder.bytes(logKey('13:10')));
    const integrity = await folder.validate();
    expect(integrity).toMatchObject({ verdict: 'failed', logs: { verified: 4, altered: 1, missing: 0 } });
  });

  test('fails when only a second copy was changed', async () => {
    const folder = await deliveredFolder();
    await folder.write(`copy/${log}`, gzipSync(logContent('11:30').replace('alice', 'mallory')));
    const integrity = await folder.validate();
    expect(integrity).toMatchObject({ verdict: 'failed', logs: { verified: 5, altered: 1 } });
    expect(faultsOf(integrity)).toEqual([`logAltered copy/${log}`]);
  });

  test('fails when records hide behind its gzip content', async () => {
    const folder = await deliveredFolder();
    const hidden = gzipSync(logContent('13:10'));
    await folder.write(log, Buffer.concat([await folder.bytes(log), hidden]));
    expect(gunzipSync(await folder.bytes(log)).toString()).toContain('1310');
    const integrity = await folder.validate();
    expect(integrity).toMatchObject({ verdict: 'failed', logs: { verified: 4, altered: 1 } });
    expect(faultsOf(integrity)).toEqual([`logHasHiddenMember ${log}`]);
  });

  test('fails when it is cut off', async () => {
    const folder = await deliveredFolder();
    await folder.write(log, (await folder.bytes(log)).subarray(0, -20));
    const integrity = await folder.validate();
    expect(integrity).toMatchObject({ verdict: 'failed', logs: { altered: 1 } });
    expect(integrity.faults[0]?.message).toContain('cut off');
  });
});

describe('A log file that no digest names', () => {
  test('is uncovered, and the rest is no more than partly proven', async () => {
    const folder = await deliveredFolder();
    await folder.write(logKey('12:30'), gzipSync(logContent('12:30')));
    expect(await folder.validate()).toMatchObject({
      verdict: 'partly',
      logs: { verified: 5, uncovered: 1, pending: 0 },
      uncovered: [logKey('12:30')],
      faults: [],
    });
  });

  test('is pending when it was delivered after the newest digest', async () => {
    const folder = await deliveredFolder();
    await folder.write(logKey('14:20'), gzipSync(logContent('14:20')));
    expect(await folder.validate()).toMatchObject({
      verdict: 'partly',
      logs: { verified: 5, uncovered: 0, pending: 1 },
      pending: [logKey('14:20')],
    });
  });

  test.for([
    ['another account', '444455556666', 'us-east-1'],
    ['another region', '111122223333', 'eu-west-1'],
  ])('is uncovered however new it is, in %s, which has no digests', async ([, account, region]) => {
    const folder = await deliveredFolder();
    const path = logKey('14:20')
      .replaceAll('111122223333', `${account}`)
      .replaceAll('us-east-1', `${region}`);
    await folder.write(path, gzipSync(logContent('14:20')));
    expect(await folder.validate()).toMatchObject({ verdict: 'partly', uncovered: [path], pending: [] });
  });

  test('without a record in it is of no interest: the public keys may lie beside the logs', async () => {
    const folder = await deliveredFolder();
    await folder.write('keys.json', await readFile(folder.keysFile));
    expect(await folder.validate()).toMatchObject({ verdict: 'verified', uncovered: [], pending: [] });
  });

  test('is all there is, where there are no digests at all', async () => {
    const folder = await deliveredFolder();
    await folder.remove('AWSLogs/111122223333/CloudTrail-Digest');
    expect(await folder.validate()).toMatchObject({
      verdict: 'none',
      chains: [],
      logs: { verified: 0, uncovered: 5 },
      faults: [],
    });
  });
});

describe('Log files outside the period', () => {
  test('need not be there, as long as their digests tell of another time', async () => {
    const folder = await deliveredFolder();
    await folder.remove(logKey('10:05'));
    const period = { from: '2026-11-22T11:01:31Z', to: end };
    expect(await folder.validate({ period })).toMatchObject({ verdict: 'verified', logs: { missing: 0 } });
    expect(await folder.validate()).toMatchObject({ verdict: 'failed', logs: { missing: 1 } });
  });

  test('must be there up to an hour after it, because calls of the period may have been delivered then', async () => {
    const folder = await deliveredFolder();
    await folder.remove(logKey('13:10'));
    const until = (to: string) => folder.validate({ period: { to } });
    expect(await until('2026-11-22T13:00:00Z')).toMatchObject({ logs: { missing: 1 } });
    expect(await until('2026-11-22T11:00:00Z')).toMatchObject({ logs: { missing: 0 } });
  });

  test('fail all the same when they were changed: the review reads them too', async () => {
    const folder = await deliveredFolder();
    await folder.edit(logKey('10:05'), (text) => text.replace('alice', 'mallory'));
    const period = { from: '2026-11-22T13:00:00Z', to: end };
    expect(await folder.validate({ period })).toMatchObject({ verdict: 'failed', logs: { altered: 1 } });
  });
});

test('Thousands of missing logs are counted and not all listed', async () => {
  const folder = await emptyFolder();
  const content = Buffer.from(logContent('11:30'));
  const logs = Array.from({ length: 1200 }, (_, index) => ({
    key: `${logKey('11:30')}.${index}`,
    content,
  }));
  const place = { bucket: 'trail-bucket', account, region, trail: 'all', homeRegion: region };
  const hour = { start: begin, end, logs };
  await writeChain(folder.directory, digestChain({ ...place, prefix: 'AWSLogs/' }, [hour]));
  const { logs: counts, faults } = await folder.validate();
  expect(counts.missing).toBe(1200);
  expect(faults).toHaveLength(1001);
  expect(faults.at(-1)?.message).toContain('200 more');
});
