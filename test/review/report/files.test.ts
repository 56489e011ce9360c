import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inputList, inputsSha256 } from '#review/report/inputList.ts';
import { writeFiles } from '#review/report/writeFiles.ts';
import { writeReport } from '#review/report/writeReport.ts';
import { aReview } from './aReview.ts';
import { aLogFile } from './builders.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-report-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('A report', () => {
  const names = [
    'calls.csv',
    'findings.csv',
    'grants.csv',
    'inputs.sha256',
    'ocsf.ndjson',
    'review.html',
    'review.json',
    'sessions.csv',
  ];

  it('is eight files, in a folder that need not be there before', async () => {
    await writeReport(aReview(), join(folder, 'new', 'report'));
    expect((await readdir(join(folder, 'new', 'report'))).sort()).toEqual(names);
  });

  it('is the same, byte for byte, for the same review', async () => {
    await writeReport(aReview(), join(folder, 'one'));
    await writeReport(aReview(), join(folder, 'other'));
    for (const name of names)
      expect(await readFile(join(folder, 'one', name), 'utf8')).toBe(
        await readFile(join(folder, 'other', name), 'utf8'),
      );
  });

  it('takes the place of the one before', async () => {
    await writeReport(aReview(), folder);
    await writeReport(aReview({ findings: [] }), folder);
    expect(await readFile(join(folder, 'findings.csv'), 'utf8')).toMatch(/^\ufeffseverity,[^\n]*\r\n$/);
    expect((await readdir(folder)).sort()).toEqual(names);
  });
});

/** A program that writes a file without an end, some megabytes a second, and says when it has begun. */
const neverDone = (directory: string): string => `
  import { writeFiles } from ${JSON.stringify(import.meta.resolve('../../../review/report/writeFiles.ts'))};
  function* lines() {
    for (let block = 0; ; block += 1) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
      if (block === 3) console.log('writing');
      yield 'x'.repeat(65_536);
    }
  }
  await writeFiles(${JSON.stringify(directory)}, { 'a.csv': lines(), 'b.csv': [] });
`;

describe('Writing files', () => {
  it('leaves the files of before as they were when one cannot be made', async () => {
    await writeFiles(folder, { 'a.csv': ['old a'], 'b.csv': ['old b'] });
    function* failing(): Generator<string> {
      yield 'new b';
      throw new Error('no more');
    }
    await expect(writeFiles(folder, { 'a.csv': ['new a'], 'b.csv': failing() })).rejects.toThrow('no more');
    expect(await readdir(folder)).toEqual(['a.csv', 'b.csv']);
    expect(await readFile(join(folder, 'a.csv'), 'utf8')).toBe('old a');
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'leaves nothing behind when %s ends the process, and the files of before as they were',
    async (signal) => {
      await writeFiles(folder, { 'a.csv': ['old a'] });
      const child = spawn(process.execPath, ['--input-type=module', '--eval', neverDone(folder)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(child.stdout, 'data');
      expect(await readdir(folder)).toContain('.a.csv.part');
      child.kill(signal);
      expect(await once(child, 'exit')).toEqual([null, signal]);
      expect(await readdir(folder)).toEqual(['a.csv']);
      expect(await readFile(join(folder, 'a.csv'), 'utf8')).toBe('old a');
    },
  );

  it('makes no more of a file than the disk takes', async () => {
    const line = 'x'.repeat(65_536);
    let made = 0;
    let ahead = 0;
    function* lines(): Generator<string> {
      for (; made < 2_000; made += 1) {
        const onDisk = statSync(join(folder, '.large.csv.part'), { throwIfNoEntry: false })?.size ?? 0;
        ahead = Math.max(ahead, made * line.length - onDisk);
        yield line;
      }
    }
    await writeFiles(folder, { 'large.csv': lines() });
    expect(made).toBe(2_000);
    // Of 131 MB in all.
    expect(ahead).toBeLessThan(4_000_000);
  });

  it('keeps letters of other scripts whole at the borders of its blocks', async () => {
    const text = `${'x'.repeat(65_535)}😀${'é'.repeat(70_000)}`;
    await writeFiles(folder, { 'a.txt': [...text] });
    expect(await readFile(join(folder, 'a.txt'), 'utf8')).toBe(text);
  });
});

describe('inputs.sha256', () => {
  it('is what sha256sum checks the logs with, whatever the files are called', async () => {
    const paths = [
      'AWSLogs/a.json.gz',
      'with space.json',
      'line\nbreak.json',
      'back\\slash.json',
      '-dash.json',
      '-',
      'ünï.json',
    ];
    const files = paths.map((path) => ({
      ...aLogFile('111122223333', 'eu-central-1', '2026-11-22T10:00:00Z'),
      path,
      sha256: createHash('sha256').update(path).digest('hex'),
    }));
    for (const { path } of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), path);
    }
    const unread = {
      path: 'closed.json',
      bytes: 0,
      sha256: '',
      records: 0,
      fault: 'it could not be opened or read',
    };
    await writeFile(join(folder, 'inputs.sha256'), [...inputList([...files, unread])].join(''));
    const { stdout } = await promisify(execFile)('sha256sum', ['--check', '--strict', 'inputs.sha256'], {
      cwd: folder,
    });
    expect(stdout.match(/: OK$/gm)).toHaveLength(paths.length);
  });

  it('has one hash for the whole list', () => {
    const { files } = aReview().trail;
    const text = [...inputList(files)].join('');
    expect(inputsSha256(files)).toBe(createHash('sha256').update(text).digest('hex'));
    expect(inputsSha256(files.slice(1))).not.toBe(inputsSha256(files));
  });
});
