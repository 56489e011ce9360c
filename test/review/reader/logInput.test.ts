import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listInput } from '#review/reader/logInput.ts';
import { calls, underGrant } from './calls.ts';
import { logFile, logFolder, readFiles, readFolder } from './logFolder.ts';

const paths = (files: readonly { path: string }[]): string[] => files.map(({ path }) => path);

const inS3 =
  'AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/22/111122223333_CloudTrail_us-east-1_x.json.gz';
const digest =
  'AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2026/11/22/111122223333_CloudTrail-Digest_us-east-1_trail_us-east-1_20261122T120000Z.json.gz';

it('finds logs, digests and their signatures in the layout of the bucket, each by path', async () => {
  const folder = await logFolder({
    [inS3]: '',
    [digest]: '',
    [`${digest}.signature`]: '',
    [`${digest.replace('12000', '13000')}.metadata.json`]: '',
    'b.json': '',
    'a.ndjson': '',
    'Z.json': '',
  });
  const input = await listInput(folder);
  expect(paths(input.logs)).toEqual([inS3, 'Z.json', 'a.ndjson', 'b.json']);
  expect(paths(input.digests)).toEqual([digest]);
  expect(paths(input.signatures)).toHaveLength(2);
  expect(input.others).toEqual([]);
});

it('takes files without a telling name for logs if they begin as such, and counts the others', async () => {
  const folder = await logFolder({
    gzip: logFile(calls(2)),
    json: '\n {"Records":[]}',
    list: '[]',
    'notes.txt': 'Fetched on Monday.',
    empty: '',
  });
  const { logs, others } = await listInput(folder);
  expect(paths(logs)).toEqual(['gzip', 'json', 'list']);
  expect(paths(others)).toEqual(['empty', 'notes.txt']);
  expect((await readFolder(folder)).completeness).toMatchObject({ unique: 2, skipped: { otherFile: 2 } });
});

it('gives sizes, so that progress can be told', async () => {
  const { logs } = await listInput(await logFolder({ 'a.json': '[]', 'b.json': '' }));
  expect(logs).toEqual([
    { path: 'a.json', bytes: 2 },
    { path: 'b.json', bytes: 0 },
  ]);
});

describe('a link is not followed', () => {
  const linked = async (to: string, as: string) => {
    const folder = await logFolder({ 'a/log.json.gz': logFile(calls(1)) });
    symlinkSync(to, join(folder, as));
    const input = await listInput(folder);
    expect(paths(input.logs)).toEqual(['a/log.json.gz']);
    return { trail: await readFolder(folder), input };
  };
  const elsewhere = () =>
    logFolder({
      'log.json.gz': logFile(calls(1)),
      log: logFile(calls(1)),
      'notes.txt': 'Fetched on Monday.',
    });

  it.each([
    ['to a folder', '.', 'outside'],
    ['to a log', 'log.json.gz', 'out'],
    ['to what bears the name of a log here', 'log', 'out.json'],
    ['to nothing', 'gone', 'lost'],
  ])('and named where it leads %s', async (_, to, as) => {
    const { trail } = await linked(join(await elsewhere(), to), as);
    expect(trail.completeness).toMatchObject({ unique: 1, skipped: { notOpened: 1 } });
    expect(trail.notOpened).toEqual([as]);
  });

  it.each([
    ['around', '..', 'a/circle'],
    ['to itself', 'circle', 'a/circle'],
  ])('and named where it leads %s', async (_, to, as) => {
    expect((await linked(to, as)).trail.notOpened).toEqual([as]);
  });

  it('and counted only where it leads to another kind of file', async () => {
    const { trail, input } = await linked(join(await elsewhere(), 'notes.txt'), 'notes');
    expect(paths(input.others)).toEqual(['notes']);
    expect(trail).toMatchObject({ notOpened: [], completeness: { skipped: { otherFile: 1 } } });
  });
});

describe('a folder', () => {
  /** What somebody else than root finds. */
  const listedByNobody = (folder: string) => {
    const program = `import { listInput } from '#review/reader/logInput.ts';
      process.stdout.write(JSON.stringify(await listInput(process.argv[1])));`;
    const nobody = process.getuid?.() === 0 ? { uid: 65_534 } : {};
    const words = ['--input-type=module', '--eval', program, folder];
    return JSON.parse(execFileSync(process.execPath, words, { ...nobody, encoding: 'utf8' }));
  };

  it.each([
    ['that may not be opened', 0o000, ['b'], ['a.json']],
    // Its names can be had, and nothing else.
    ['that may not be entered', 0o744, ['b/c', 'b/link'], ['a.json', 'b/log.json']],
  ])('%s is named, and the rest is read', async (_, mode, notOpened, logs) => {
    const folder = await logFolder({ 'a.json': '[]', 'b/log.json': '[]', 'b/c/log.json': '[]' });
    symlinkSync('c/log.json', join(folder, 'b/link'));
    chmodSync(folder, 0o755);
    chmodSync(join(folder, 'b'), mode);
    onTestFinished(() => chmodSync(join(folder, 'b'), 0o755));
    const input = listedByNobody(folder);
    expect({ notOpened: paths(input.notOpened), logs: paths(input.logs) }).toEqual({ notOpened, logs });
  });
});

it('reads a folder that is itself reached by a link', async () => {
  const folder = await logFolder({ 'log.json.gz': logFile(calls(1)) });
  const link = join(await logFolder({}), 'link');
  symlinkSync(folder, link);
  expect((await readFolder(link)).completeness.unique).toBe(1);
});

it('finds nothing in an empty folder, and rejects one that is not there', async () => {
  const folder = await logFolder({});
  expect(await readFolder(folder)).toMatchObject({ completeness: { files: 0, records: 0, skipped: {} } });
  await expect(listInput(join(folder, 'missing'))).rejects.toThrow('ENOENT');
});

it('counts a file that is gone, or a folder in its place, when it is to be read', async () => {
  const folder = await logFolder({ 'a.json.gz': logFile(calls(1)) });
  const input = await listInput(folder);
  mkdirSync(join(folder, 'folder.json'));
  const gone = { path: 'gone.json', bytes: 10 };
  const inPlace = { path: 'folder.json', bytes: 10 };
  const trail = await readFolder(folder, {}, { ...input, logs: [...input.logs, gone, inPlace] });
  expect(trail.completeness).toMatchObject({ files: 3, unique: 1, skipped: { unreadable: 2 } });
  expect(trail.files.map(({ fault }) => fault !== undefined)).toEqual([false, true, true]);
});

it('reads a file as it is when its turn comes, whatever its length was when it was listed', async () => {
  const files = {
    'a.json.gz': logFile(calls(2)),
    'b.json': JSON.stringify(calls(1, underGrant)),
    'c.json': '',
  };
  const folder = await logFolder(files);
  const input = await listInput(folder);
  const trail = await readFolder(folder, {}, input);
  for (const more of [-1, 1, 2_000_000, undefined]) {
    const logs = input.logs.map(({ path, bytes = 0 }) => ({ path, bytes: more && bytes + more }));
    expect(await readFolder(folder, {}, { ...input, logs })).toEqual(trail);
  }
});

it('reads CloudTrail Insights files, whose records are statistics and no calls', async () => {
  const insight = {
    eventType: 'AwsCloudTrailInsight',
    eventTime: '2026-11-22T12:00:00Z',
    insightDetails: {},
  };
  const trail = await readFiles({ 'AWSLogs/1/CloudTrail-Insight/us-east-1/x.json.gz': logFile([insight]) });
  expect(trail.completeness).toMatchObject({ records: 1, unique: 0, skipped: { insight: 1 } });
});

it('asks very many files for no sizes, and reads them all the same', async () => {
  const files = Array.from({ length: 10_001 }, (_, number) => [`${number}.json.gz`, '']);
  const folder = await logFolder({
    ...Object.fromEntries(files),
    'calls.json.gz': logFile(calls(2)),
    'plain.json': JSON.stringify(calls(1, underGrant)),
  });
  const { logs } = await listInput(folder);
  expect(logs.every(({ bytes }) => bytes === undefined)).toBe(true);
  const { completeness } = await readFolder(folder);
  expect(completeness).toMatchObject({ files: 10_003, records: 3, skipped: { empty: 10_001 } });
});
