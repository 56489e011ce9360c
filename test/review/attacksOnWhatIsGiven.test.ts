import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addSeconds } from '#domain/instant.ts';
import { listInput } from '#review/reader/logInput.ts';
import { readTrail } from '#review/reader/readTrail.ts';
import { writeFiles } from '#review/report/writeFiles.ts';
import { faultsIn, findingsOf, quietHour } from './findings/material.ts';
import { stories } from './grants/stories.ts';
import { recordsOfRequest } from './requestRecords.ts';

const clean = () => recordsOfRequest(stories.used());

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-attack-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

// findings/rules/tableDiffers.ts
describe('An export of the request table', () => {
  it('that has no request in it is not the table that the evidence tells of', () => {
    const records = [...clean(), quietHour('2026-11-22T23:00:00Z')];
    expect(faultsIn(records, { table: [] })).toEqual(['critical table-differs']);
  });
});

// findings/findings.ts
describe('At the edge of a period', () => {
  const to = '2026-11-23T00:00:00Z';

  it('a missing log file of its last minutes is told, which a digest of the next hour names', () => {
    const fault = {
      kind: 'logMissing' as const,
      file: 'AWSLogs/999988887777/CloudTrail/us-east-1/2026/11/23/x.json.gz',
      at: addSeconds(to, 3_600),
      message: 'It is not here.',
      verdict: 'failed' as const,
    };
    const integrity = { verdict: 'failed' as const, faults: [fault] };
    expect(faultsIn(clean(), { period: { to }, integrity })).toContain('critical log-missing');
  });

  it('break-glass that nobody reviewed is told by the period in which its review was due', () => {
    const records = [...recordsOfRequest(stories.breakGlass()), quietHour('2026-11-25T00:00:00Z')].filter(
      ({ requestParameters }) => !/"(reviewed|closed)"/.test(JSON.stringify(requestParameters?.tags ?? '')),
    );
    const whole = findingsOf(records).filter(({ rule }) => rule === 'break-glass-not-reviewed');
    expect(whole).toHaveLength(1);
    const from = addSeconds(whole[0]?.at ?? to, -60);
    const halves = [{ to: from }, { from }].flatMap((period) => findingsOf(records, { period }));
    expect(halves.map(({ rule }) => rule)).toContain('break-glass-not-reviewed');
  });
});

describe('A folder', () => {
  // reader/textStore.ts
  it('is read by several threads as by one', async () => {
    await writeFile(join(folder, 'log.json'), JSON.stringify({ Records: clean() }));
    const input = await listInput(folder);
    const read = (workers: number) => readTrail(input, { workers, hashContents: false });
    expect(await read(2)).toEqual(await read(1));
  });

  // reader/logInput.ts
  it('leaves no file out of its count, whatever it is called', async () => {
    await writeFile(join(folder, 'log.json.gz.signature'), JSON.stringify({ Records: clean() }));
    const { logs, others } = await listInput(folder);
    expect([...logs, ...others].map(({ path }) => path)).toEqual(['log.json.gz.signature']);
  });
});

// report/writeFiles.ts
describe('Reports', () => {
  it('are written into their folder, and not where a link in it leads', async () => {
    const elsewhere = join(folder, 'elsewhere');
    await writeFile(elsewhere, 'as it was');
    const out = await mkdtemp(join(folder, 'out-'));
    await symlink(elsewhere, join(out, '.review.html.part'));
    await writeFiles(out, { 'review.html': ['a page'] }).catch(() => {});
    expect(await readFile(elsewhere, 'utf8')).toBe('as it was');
  });
});
