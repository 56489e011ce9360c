import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addSeconds } from '#domain/instant.ts';
import type { Bounds } from '#review/reader/logFileReader.ts';
import { listInput } from '#review/reader/logInput.ts';
import type { Progress } from '#review/reader/readTrail.ts';
import type { Trail } from '#review/reader/trail.ts';
import { trailOfRecords } from '#review/reader/trailOfRecords.ts';
import {
  assumeRoleRecord,
  type CloudTrailRecord,
  callRecord,
  functionSession,
  targetRole,
} from '../records.ts';
import { calls, developer, noon, underGrant } from './calls.ts';
import { type Files, logFile, logFolder, readFiles, readFolder } from './logFolder.ts';

/** Records with all that de-duplication has to sort out: few ids, times, sessions and contents, so that they meet. */
const anyRecord: fc.Arbitrary<CloudTrailRecord> = fc
  .record({
    kind: fc.constantFrom('call', 'under grant', 'assumption', 'correction'),
    id: fc.constantFrom(
      ...[1, 2, 3, 4, 5, 6].map((digit) => `${digit}0000000-0000-4000-8000-00000000000${digit}`),
      'odd',
      '',
    ),
    seconds: fc.nat(3),
    name: fc.constantFrom('GetItem', 'PutItem'),
    key: fc.constantFrom('ASIA1', 'ASIA2', undefined),
    invokedBy: fc.constantFrom(undefined, 'a', 'b'),
    errorCode: fc.constantFrom(undefined, 'AccessDenied'),
    original: fc.constantFrom(1, 2, 3),
  })
  .map(({ kind, id, seconds, name, key, invokedBy, errorCode, original }) => {
    const at = addSeconds(noon, seconds);
    if (kind === 'assumption')
      return assumeRoleRecord(
        { at, caller: functionSession('issueSession'), roleArn: targetRole(name), sessionName: 'x' },
        { eventID: id },
      );
    const record = callRecord(
      { at, session: kind === 'under grant' ? underGrant : developer },
      { eventID: id, eventName: name, errorCode },
    );
    Object.assign(record.userIdentity, { accessKeyId: key, invokedBy });
    const originalEventID = `${original}0000000-0000-4000-8000-00000000000${original}`;
    return kind === 'correction'
      ? { ...record, addendum: { reason: 'UPDATED_DATA', originalEventID } }
      : record;
  });

/** The same records cut into files in any way; each file has a name by its place, of no order. */
const anyFiles = (records: CloudTrailRecord[]): fc.Arbitrary<CloudTrailRecord[][]> =>
  fc
    .tuple(
      fc.shuffledSubarray(records, { minLength: records.length, maxLength: records.length }),
      fc.array(fc.nat(3), { minLength: records.length, maxLength: records.length }),
    )
    .map(([shuffled, places]) =>
      [0, 1, 2, 3].map((file) => shuffled.filter((_, index) => places[index] === file)),
    );

/** What must not depend on how records lie in files: all but the files themselves. */
const withoutFiles = ({ completeness, sessions, kept, conflicts }: Trail) => ({
  completeness: { ...completeness, files: 0 },
  sessions,
  kept: kept.map((event) => ({ ...event, file: '' })),
  conflicts: conflicts.map((conflict) => ({ ...conflict, files: [] })),
});

const filesOf = (parts: CloudTrailRecord[][]): Files =>
  Object.fromEntries(parts.map((part, index) => [`${(index * 7) % 5}.json.gz`, logFile(part)]));

describe('The same records give the same trail', () => {
  it('in any order', () => {
    fc.assert(
      fc.property(
        fc
          .array(anyRecord, { maxLength: 12 })
          .chain((records) => fc.tuple(fc.constant(records), anyFiles(records))),
        ([records, parts]) => {
          const trail = trailOfRecords(records);
          expect(trailOfRecords(parts.flat())).toEqual(trail);
          const { records: all, unique, duplicates, skipped } = trail.completeness;
          expect(unique + duplicates + (skipped.replaced ?? 0)).toBe(all);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('cut into files in any way, with copies of files beside, and read by any number of threads', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc
          .array(anyRecord, { maxLength: 12 })
          .chain((records) => fc.tuple(fc.constant(records), anyFiles(records))),
        fc.integer({ min: 1, max: 3 }),
        async ([records, parts], workers) => {
          const files = filesOf(parts);
          const folder = await logFolder(files);
          const trail = await readFolder(folder);
          expect(withoutFiles(trail)).toEqual(withoutFiles(trailOfRecords(parts.flat())));
          expect(withoutFiles(trail)).toEqual(withoutFiles(trailOfRecords(records)));
          const input = await listInput(folder);
          const backwards = { ...input, logs: input.logs.toReversed() };
          expect(withoutFiles(await readFolder(folder, {}, backwards))).toEqual(withoutFiles(trail));
          expect(await readFolder(folder, { workers })).toEqual(trail);
        },
      ),
      { numRuns: 25 },
    );
  }, 60_000);

  it('with copies of its files in another folder: only the number of duplicates is another', async () => {
    const files = filesOf([calls(3), calls(2, underGrant), []]);
    const copies = Object.fromEntries(
      Object.entries(files).map(([path, content]) => [`copy/${path}`, content]),
    );
    const once = await readFiles(files);
    const twice = await readFiles({ ...files, ...copies });
    expect(twice.sessions).toEqual(once.sessions);
    expect(twice.kept).toEqual(once.kept);
    expect(twice.completeness).toMatchObject({ unique: 5, duplicates: 5 });
  });
});

describe('Long files are read record by record, with the same result', () => {
  const usual: Files = {
    'a.json.gz': logFile(calls(50)),
    'b.json': JSON.stringify({ Records: calls(20, underGrant) }, null, 2),
    'c.json': calls(5)
      .map((call) => JSON.stringify(call))
      .join('\n'),
    'd.json.gz': gzipSync(JSON.stringify(calls(3))),
    'e.json.gz': Buffer.concat([logFile(calls(4)), logFile(calls(1))]),
    'f.json': `{"Records":[${JSON.stringify(calls(1)[0])},{"eventName"`,
    'g.json': '',
    'h.json.gz': logFile(calls(9)).subarray(0, 300),
  };

  it.each<[string, Bounds]>([
    ['all', { whole: 0, record: 100_000 }],
    ['all but the shortest', { whole: 1000, record: 100_000 }],
  ])('%s', async (_, bounds) => {
    const folder = await logFolder(usual);
    const options = { hashContents: true };
    expect(await readFolder(folder, { ...options, bounds })).toEqual(await readFolder(folder, options));
  });

  it('and a record that is too long is skipped, not held in memory', async () => {
    const [first, second, third] = calls(3);
    const long = { ...second, requestParameters: { text: 'x'.repeat(5000) } };
    for (const content of [logFile([first, long, third]), JSON.stringify([first, long, third])]) {
      const { completeness } = await readFiles({ 'a.json': content }, { bounds: { whole: 0, record: 4000 } });
      expect(completeness).toMatchObject({ records: 3, unique: 2, skipped: { tooLong: 1 } });
    }
  });
});

describe('While it reads', () => {
  const files = Object.fromEntries(
    Array.from({ length: 400 }, (_, index) => [`${index}.json.gz`, logFile(calls(2))] as const),
  );

  it.each([1, 2])('progress is told, and the last word is all there is: %i threads', async (workers) => {
    const folder = await logFolder(files);
    const told: Progress[] = [];
    await readFolder(folder, { workers, onProgress: (progress) => told.push(progress) });
    const { logs } = await listInput(folder);
    const bytes = logs.reduce((sum, file) => sum + (file.bytes ?? 0), 0);
    expect(told.at(-1)).toMatchObject({
      files: 400,
      filesTotal: 400,
      bytes,
      bytesTotal: bytes,
      records: 800,
    });
    for (const [index, { milliseconds, files, records }] of told.slice(0, -1).entries()) {
      const next = told[index + 1];
      expect(files < (next?.files ?? 0) && records <= (next?.records ?? 0)).toBe(true);
      if (index < told.length - 2)
        expect((next?.milliseconds ?? 0) - milliseconds).toBeGreaterThanOrEqual(100);
    }
  });

  it('timers and signals have their turn', async () => {
    const folder = await logFolder(files);
    let ticks = 0;
    const ticking = setInterval(() => ticks++, 1);
    await readFolder(folder);
    clearInterval(ticking);
    expect(ticks).toBeGreaterThan(0);
    await setTimeout(0);
  });

  it('a thread that stops stops the review', async () => {
    const folder = await logFolder(files);
    const input = await listInput(folder);
    const noText = Object.create(null) as string;
    const broken = { ...input, logs: input.logs.with(1, { path: noText }) };
    await expect(readFolder(folder, { workers: 2 }, broken)).rejects.toThrow(
      /^A thread that reads log files stopped at 0.json.gz or soon after: /,
    );
  });
});
