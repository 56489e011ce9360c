import { createHash } from 'node:crypto';
import {
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { chmod, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addSeconds } from '#domain/instant.ts';
import { assumeRoleRecord, callRecord, functionSession, targetRole } from '../review/records.ts';
import { lacks } from '../support/needs.ts';
import { sampleCatalogue } from '../support/sample.ts';
import { anActiveGrant, startService, untilStatus } from '../support/service.ts';
import { asNobody, type Run, type RunOptions, runCountersign, startCountersign } from './runCountersign.ts';

let root: string;
/** What a local server wrote: alice's grant of orders-read, which she gave back. */
let clean: string;
/** The same, and somebody in a managed role whom no request answers for. */
let faulty: string;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'countersign-review-'));
  // Others than root read it, too.
  await chmod(root, 0o755);
  const service = await startService();
  const { id } = await anActiveGrant(service);
  await service.as('alice').post(`/v1/requests/${id}/return`);
  await untilStatus(service, 'alice', id, 'ended');
  await setTimeout(500);
  await service.stop();
  clean = copyOf(service.server.trailDirectory, 'clean');
  faulty = copyOf(clean, 'faulty');
  writeLog(faulty, 'stranger.json.gz', [anIntrusion('mallory')]);
}, 60_000);
afterAll(() => rm(root, { recursive: true }));

function copyOf(folder: string, name: string): string {
  cpSync(folder, join(root, name), { recursive: true });
  return join(root, name);
}

function writeLog(folder: string, name: string, Records: unknown[]): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), gzipSync(JSON.stringify({ Records })));
}

/** The server's grant is of now: a record of long before would leave a gap between them. */
const shortlyBefore = `${new Date(Date.now() - 3_600_000).toISOString().slice(0, 19)}Z`;

/** Somebody's own role, of which nothing here is told. */
const developer = { ...functionSession('requests'), roleArn: 'arn:aws:iam::111122223333:role/developer' };

/** What a scan with `--no-paginate` prints first. */
function aPartOfATable(): string {
  const file = join(root, 'part.json');
  const LastEvaluatedKey = { pk: { S: 'REQUEST#1' }, sk: { S: 'REQUEST' } };
  writeFileSync(file, JSON.stringify({ Items: [], Count: 0, LastEvaluatedKey }));
  return file;
}

/** It goes straight into a target role. */
const anIntrusion = (sessionName: string) =>
  assumeRoleRecord({
    at: shortlyBefore,
    caller: { ...developer, sessionName },
    roleArn: targetRole('orders-read'),
    sessionName,
  });

/** Somebody's own way of deploying the target. */
const aDeployment = callRecord(
  {
    at: shortlyBefore,
    session: {
      ...functionSession('requests'),
      roleArn: 'arn:aws:iam::111122223333:role/platform/deploy-countersign',
      sessionName: 'pipeline',
    },
  },
  {
    eventSource: 'iam.amazonaws.com',
    eventName: 'PutRolePolicy',
    readOnly: false,
    requestParameters: { roleName: 'countersign-orders-read', policyName: 'own' },
  },
);

let runs = 0;
const anOut = (): string => join(root, `out-${++runs}`, 'reports');

interface Reviewed extends Run {
  out: string;
}

/** Reviews a folder with the sample catalogue. */
async function review(logs: string, words: string[] = [], options: RunOptions = {}): Promise<Reviewed> {
  const out = anOut();
  const all = ['review', '--logs', logs, '--out', out, '--catalogue', sampleCatalogue, ...words];
  return { out, ...(await runCountersign(all, options)) };
}

const reports = [
  'calls.csv',
  'findings.csv',
  'grants.csv',
  'inputs.sha256',
  'ocsf.ndjson',
  'review.html',
  'review.json',
  'sessions.csv',
];

const documentIn = (out: string) => JSON.parse(readFileSync(join(out, 'review.json'), 'utf8'));

describe('a clean trail', () => {
  test('is answered with 0, a summary and every report', async () => {
    const { code, stdout, stderr, out } = await review(clean);
    expect([stderr, code]).toEqual(['', 0]);
    expect(stdout).toMatch(/^Requests +1 ended$/m);
    expect(stdout).toMatch(
      /^NOT ALL CHECKED: nothing worse than info was found \(1 info\)\. Not checked: integrity \(no digests were given\)\.$/m,
    );
    expect(stdout).toContain(join(out, 'review.html'));
    expect(readdirSync(out).sort()).toEqual(reports);
  });

  test('is reviewed alike by one worker and by two, byte for byte', async () => {
    const environment = { SOURCE_DATE_EPOCH: '1795000000' };
    const [one, two] = [
      await review(faulty, ['--workers', '1'], { environment }),
      await review(faulty, ['--workers', '2'], { environment }),
    ];
    expect(documentIn(one.out).madeAt).toBe('2026-11-18T11:06:40Z');
    for (const name of reports)
      expect([name, readFileSync(join(two.out, name), 'utf8')]).toEqual([
        name,
        readFileSync(join(one.out, name), 'utf8'),
      ]);
  });

  test('has no requests before there were any', async () => {
    const longer = copyOf(clean, 'longer');
    writeLog(longer, 'before.json.gz', [callRecord({ at: '2020-01-31T12:00:00Z', session: developer })]);
    const { code, stdout, out } = await review(longer, ['--to', '2020-01-31']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Requests +none in the period$/m);
    expect(stdout).toContain('any grant (no request of Countersign reaches into the period)');
    expect(stdout).toMatch(/^Issued .* in all logs read$/m);
    // A date's whole day is in the period.
    expect(documentIn(out).period).toEqual({ from: null, to: '2020-02-01T00:00:00Z' });
  });
});

describe('a trail with a fault in it', () => {
  test('is answered with 1, and the worst comes first with what to do', async () => {
    const { code, stdout } = await review(faulty);
    expect(code).toBe(1);
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(/^NOT CLEAN: 1 critical/);
    expect(lines[2]).toMatch(/^ {2}critical {2}session-without-grant$/);
  });

  test('is clean where the roles that deploy are named, and the report says which', async () => {
    const deployed = copyOf(clean, 'deployed');
    writeLog(deployed, 'deployment.json.gz', [aDeployment]);
    const named = ['arn:aws:iam::*:role/other', 'arn:aws:iam::*:role/platform/deploy-*'];
    const words = named.flatMap((role) => ['--deploy-role', role]);
    expect((await review(deployed)).stdout).toMatch(/^ +critical +tampering/m);
    const { code, out } = await review(deployed, words);
    expect(code).toBe(0);
    expect(documentIn(out).parameters['deploy-role']).toBe(named.join(' '));
  });

  test('is one whose logs lie in a folder that cannot be opened, or behind a link, and each is named', async () => {
    const logs = copyOf(clean, 'closed');
    const locked = join(logs, 'locked');
    writeLog(locked, 'stranger.json.gz', [anIntrusion('mallory')]);
    await chmod(locked, 0o000);
    symlinkSync(faulty, join(logs, 'elsewhere'));
    const out = mkdtempSync(join(root, 'out-'));
    await chmod(out, 0o777);
    const words = ['review', '--logs', logs, '--out', join(out, 'reports'), '--catalogue', sampleCatalogue];
    const { code, stdout } = await runCountersign(words, asNobody);
    await chmod(locked, 0o755);
    expect(code).toBe(1);
    expect(stdout).toContain('2 skipped (notOpened 2)');
    expect(stdout).toMatch(/^ +medium +unreadable-records$/m);
    const { completeness } = documentIn(join(out, 'reports'));
    expect(completeness.faults.map(({ path }: { path: string }) => path)).toEqual(['elsewhere', 'locked']);
    const page = readFileSync(join(out, 'reports', 'review.html'), 'utf8');
    for (const path of ['elsewhere', 'locked']) expect(page).toMatch(new RegExp(`<code[^>]*>${path}</code>`));
  });

  test('is one JSON document with --json', async () => {
    const { code, stdout, out } = await review(faulty, ['--json']);
    expect(code).toBe(1);
    const summary = JSON.parse(stdout);
    expect(summary).toMatchObject({
      verdict: 'faults',
      grants: { total: 1, status: { ended: 1 } },
      reports: { folder: out },
    });
    expect(summary.findings.severity.critical).toBe(1);
    expect(summary.completeness).toEqual(expect.objectContaining({ duplicates: 0 }));
  });

  test('writes nothing into a terminal that logs brought', async () => {
    const hostile = copyOf(clean, 'hostile');
    writeLog(hostile, 'stranger.json.gz', [anIntrusion('\u001b[2J\u009b2J\u202e\r\nFindings: none')]);
    for (const words of [[], ['--json']]) {
      const { code, stdout, stderr } = await review(hostile, words);
      expect(code).toBe(1);
      expect(
        [...`${stdout}${stderr}`].filter(
          (letter) => letter !== '\n' && /[\p{Cc}\p{Bidi_Control}]/u.test(letter),
        ),
      ).toEqual([]);
      expect(stdout).not.toMatch(/^Findings: none/m);
    }
  });
});

describe('the catalogue', () => {
  const folderWith = (name: string, text: string): string => {
    const folder = mkdtempSync(join(root, 'catalogue-'));
    writeFileSync(join(folder, name), text);
    return folder;
  };
  const withoutCatalogue = (cwd: string, ...words: string[]) => {
    const out = anOut();
    return runCountersign(['review', '--logs', clean, '--out', out, ...words], { cwd });
  };

  test('is the one of this folder, where none is named', async () => {
    const cwd = folderWith('catalogue.yaml', readFileSync(sampleCatalogue, 'utf8'));
    expect(await withoutCatalogue(cwd)).toMatchObject({ code: 0, stderr: '' });
  });

  test('of this folder is left out when it cannot be read, and that is said', async () => {
    const run = await withoutCatalogue(folderWith('catalogue.yaml', 'version: 1\nentitlements: []\n'));
    expect(run.code).toBe(1);
    expect(run.stderr).toContain('The catalogue catalogue.yaml is left out');
  });

  test('that was named has to be readable, if it is the only one', async () => {
    const run = await withoutCatalogue(folderWith('other.yaml', 'version: 1\n'), '--catalogue', 'other.yaml');
    expect([run.code, run.stdout]).toEqual([2, '']);
    expect(run.stderr).toContain('other.yaml');
  });

  test('of long ago that cannot be read is left out beside others, with a warning and a line in the report', async () => {
    const cwd = folderWith('old.yaml', 'version: 1\n');
    const { code, stderr, out } = await review(clean, ['--catalogue', 'old.yaml'], { cwd });
    expect(code).toBe(0);
    expect(stderr).toContain('The catalogue old.yaml is left out');
    const { leftOut, catalogues } = documentIn(out).inputs;
    expect(leftOut).toEqual([{ path: 'old.yaml', reason: expect.stringContaining('old.yaml') }]);
    expect(catalogues).toMatchObject([{ path: sampleCatalogue }]);
  });

  test('is on record with its hash, also the one of this folder, and as evidence names it', async () => {
    const text = readFileSync(sampleCatalogue);
    const cwd = folderWith('catalogue.yaml', String(text));
    const out = anOut();
    await runCountersign(['review', '--logs', clean, '--out', out], { cwd });
    const { inputs, grants } = documentIn(out);
    expect(inputs.catalogues).toEqual([
      {
        path: 'catalogue.yaml',
        sha256: createHash('sha256').update(text).digest('hex'),
        digest: grants[0].catalogue,
        groups: null,
      },
    ]);
  });

  test('that was not given leaves the approvals unchecked, and no review clean', async () => {
    const { code, stdout } = await withoutCatalogue(mkdtempSync(join(root, 'none-')));
    expect(code).toBe(1);
    expect(stdout).toContain('catalogue-unknown');
    expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(/approvals \(catalogue [\w-]{8}… not given\)/);
  });
});

describe('what no review can be made of is answered with 2 and what to do next', () => {
  const emptyFolder = (): string => mkdtempSync(join(root, 'empty-'));
  const folderOf = (name: string, content: string | Buffer): string => {
    const folder = emptyFolder();
    writeFileSync(join(folder, name), content);
    return folder;
  };

  test.each<[string, () => string[], string]>([
    ['no --logs', () => ['--out', anOut()], '--logs is missing'],
    ['no --out', () => ['--logs', clean], '--out is missing'],
    ['an option that there is not', () => ['--form', '2026-11-01'], 'no option --form. Did you mean --from?'],
    ['an option with no value', () => ['--logs', clean, '--out'], '--out needs a value'],
    [
      'two folders of logs',
      () => ['--logs', clean, '--logs', faulty, '--out', anOut()],
      '--logs is given twice',
    ],
    ['a word too much', () => ['logs'], 'logs'],
    ['a folder that is not there', () => ['--logs', join(root, 'nowhere'), '--out', anOut()], 'fetched into'],
    ['a file for a folder', () => ['--logs', sampleCatalogue, '--out', anOut()], 'is a file'],
    ['an empty folder', () => ['--logs', emptyFolder(), '--out', anOut()], 'aws s3 sync'],
    [
      'a folder without logs',
      () => ['--logs', folderOf('notes.txt', 'none'), '--out', anOut()],
      'aws s3 sync',
    ],
    [
      'garbage',
      () => ['--logs', folderOf('x.json.gz', Buffer.alloc(999, 7)), '--out', anOut()],
      'No CloudTrail record',
    ],
    [
      'JSON of others',
      () => ['--logs', folderOf('x.json', '{"a":1}'), '--out', anOut()],
      'No CloudTrail record',
    ],
    [
      'a bucket',
      () => ['--logs', 's3://logs/AWSLogs', '--out', anOut()],
      'aws s3 sync s3://logs/AWSLogs DIR',
    ],
    [
      'reports into a bucket',
      () => ['--logs', clean, '--out', 's3://reports/x'],
      'aws s3 sync DIR s3://reports/x',
    ],
    [
      'reports into no real folder',
      () => ['--logs', clean, '--out', '/proc/x'],
      'Nothing can be written to /proc',
    ],
    ['reports among the logs', () => ['--logs', clean, '--out', join(clean, 'a', 'b')], 'outside of it'],
    ['reports in the folder of the logs', () => ['--logs', clean, '--out', clean], 'outside of it'],
    ['reports into a file', () => ['--logs', clean, '--out', join(sampleCatalogue, 'x')], 'is a file'],
    ['no time', () => ['--logs', clean, '--out', anOut(), '--from', 'yesterday'], 'not "yesterday"'],
    [
      'a blank before the date',
      () => ['--logs', clean, '--out', anOut(), '--from', ' 2026-11-01'],
      '--from has a blank in it, or something that does not show: give 2026-11-01 without.',
    ],
    ['no such date', () => ['--logs', clean, '--out', anOut(), '--to', '2026-02-30'], '--to takes a date'],
    ...['2031-11-25', '2019-11-25'].map((day, at): [string, () => string[], string] => [
      `a period that ${at ? 'was over before' : 'begins after'} all logs`,
      () => ['--logs', clean, '--out', anOut(), at ? '--to' : '--from', day],
      'Nothing in the log files is of the period: they go from ',
    ]),
    [
      'an end before the begin',
      () => ['--logs', clean, '--out', anOut(), '--from', '2026-12-01', '--to', '2026-11-30'],
      '--from 2026-12-01 is not before --to 2026-11-30',
    ],
    [
      'a time without seconds',
      () => ['--logs', clean, '--out', anOut(), '--from', '2026-11-22T10:00Z'],
      'a UTC time with its seconds and a Z',
    ],
    [
      'a time of another zone',
      () => ['--logs', clean, '--out', anOut(), '--to', '2026-11-22T10:00:00+01:00'],
      'not "2026-11-22T10:00:00+01:00"',
    ],
    [
      'a deploy role that is none',
      () => ['--logs', clean, '--out', anOut(), '--deploy-role', 'deploy-countersign'],
      'arn:aws:iam::*:role/deploy-countersign, not "deploy-countersign"',
    ],
    [
      'a deploy role that is everybody',
      () => ['--logs', clean, '--out', anOut(), '--deploy-role', 'arn:aws:iam::*:role/*'],
      '--deploy-role takes the ARN of a role',
    ],
    ['no worker', () => ['--logs', clean, '--out', anOut(), '--workers', '0'], '--workers takes a number'],
    [
      'keys that are none',
      () => ['--logs', clean, '--out', anOut(), '--keys', sampleCatalogue],
      'list-public-keys',
    ],
    [
      'keys that are not there',
      () => ['--logs', clean, '--out', anOut(), '--keys', join(root, 'none')],
      'list-public-keys',
    ],
    [
      'a table that is not there',
      () => ['--logs', clean, '--out', anOut(), '--table', join(root, 'none')],
      'cannot be read',
    ],
    [
      'a table that is a folder',
      () => ['--logs', clean, '--out', anOut(), '--table', clean],
      'data/*.json.gz',
    ],
    [
      'a table that is cut off',
      () => ['--logs', clean, '--out', anOut(), '--table', aPartOfATable()],
      'without --max-items',
    ],
    ['a table that is none', () => ['--logs', clean, '--out', anOut(), '--table', sampleCatalogue], 'scan'],
  ])('%s', async (_, words, sentence) => {
    const before = readdirSync(clean);
    const { code, stdout, stderr } = await runCountersign(['review', ...words()]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(sentence);
    expect(stderr).not.toMatch(/^ {4}at /m);
    expect(readdirSync(clean)).toEqual(before);
  });

  test('a folder that may not be written to', async () => {
    const locked = emptyFolder();
    await chmod(locked, 0o555);
    const words = ['review', '--logs', clean, '--out', join(locked, 'reports')];
    const { code, stderr } = await runCountersign(words, asNobody);
    expect(code).toBe(2);
    expect(stderr).toContain('Nothing can be written to');
  });

  test('a folder whose logs lie behind a link', async () => {
    const folder = emptyFolder();
    symlinkSync(clean, join(folder, 'AWSLogs'));
    const { code, stderr } = await review(folder);
    expect(code).toBe(2);
    expect(stderr).toContain('AWSLogs is a link, which is not followed');
    expect(stderr).toContain('Name the folder that the logs lie in themselves');
  });

  test('a folder that may not be read', async () => {
    const locked = emptyFolder();
    await chmod(locked, 0o000);
    const words = ['review', '--logs', locked, '--out', anOut()];
    const { code, stderr } = await runCountersign(words, asNobody);
    expect(code).toBe(2);
    expect(stderr).toContain('cannot be read');
  });
});

describe('long work', () => {
  /** A log file of plain calls, delivered so many times. */
  const manyFiles = (count: number): string => {
    const folder = mkdtempSync(join(root, 'many-'));
    const Records = Array.from({ length: 2_000 }, (_, n) =>
      callRecord({ at: addSeconds(shortlyBefore, n), session: developer }),
    );
    writeLog(folder, '0.json.gz', Records);
    for (let n = 1; n < count; n += 1) linkSync(join(folder, '0.json.gz'), join(folder, `${n}.json.gz`));
    return folder;
  };

  test.skipIf(lacks('script'))(
    'shows on a terminal how far it is, in one line that is gone at the end',
    async () => {
      const { stdout } = await review(manyFiles(400), ['--workers', '1'], { terminal: 100 });
      const lines = stdout
        .split('\r')
        .filter((line) => line.startsWith('Reading █') || line.startsWith('Reading ░'));
      expect(lines.length).toBeGreaterThan(2);
      for (const line of lines) expect(line.replace('\u001b[K', '').length).toBeLessThan(100);
      expect(lines.join()).toMatch(/\d+ of 400 files {2}[\d,]+ events\/s/);
      expect(stdout).toContain('\r\u001b[K\u001b[1m\u001b[33mNOT ALL CHECKED');
    },
  );

  test('says nothing of it in a pipe', async () => {
    expect((await review(manyFiles(150))).stderr).toBe('');
  });

  test('that is interrupted leaves no half reports', async () => {
    const out = anOut();
    const words = ['review', '--logs', manyFiles(600), '--out', out, '--workers', '1'];
    const { child, ended } = startCountersign(words);
    await setTimeout(1_000);
    child.kill('SIGINT');
    expect((await ended).signal).toBe('SIGINT');
    expect(() => readdirSync(out)).toThrow('ENOENT');
  });
});

describe.skipIf(lacks('script'))('on a terminal', () => {
  test('the summary has colours and keeps to the width', async () => {
    const { stdout } = await review(faulty, [], { terminal: 72 });
    expect(stdout).toContain('\u001b[31m');
    const text = stripVTControlCharacters(stdout);
    const messages = text.split('\r\n').filter((line) => line.startsWith('            '));
    expect(messages.length).toBeGreaterThan(1);
    for (const line of text.split('\r\n').filter((words) => words.trim().includes(' ')))
      expect(line.length).toBeLessThanOrEqual(72);
  });

  test('the summary has none with NO_COLOR', async () => {
    const { stdout } = await review(faulty, [], { terminal: 72, environment: { NO_COLOR: '1' } });
    expect(stdout).not.toContain('\u001b[3');
  });
});
