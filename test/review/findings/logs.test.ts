import { describe, expect, it, test } from 'vitest';
import { addSeconds } from '#domain/instant.ts';
import { alwaysOn } from '#review/findings/digestGaps.ts';
import type { Period } from '#review/findings/finding.ts';
import { findingsIn } from '#review/findings/findings.ts';
import type { DigestChain, Integrity, IntegrityFault } from '#review/integrity/integrity.ts';
import { type FileReason, fileReasons } from '#review/reader/skipReasons.ts';
import type { LogFile } from '#review/reader/trail.ts';
import { stories } from '../grants/stories.ts';
import {
  assumeRoleRecord,
  type CloudTrailRecord,
  identityOf,
  type RoleSession,
  serviceAccount,
  targetAccount,
  targetRole,
} from '../records.ts';
import { recordsOfRequest } from '../requestRecords.ts';
import {
  administrator,
  changeRecord,
  faultsIn,
  findingsBy,
  type MaterialOptions,
  materialOf,
} from './material.ts';

const clean = () => recordsOfRequest(stories.used());
const file =
  'AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/22/111122223333_CloudTrail_us-east-1_20261122T1005Z_abcdefghijklmnop.json.gz';

const chain = (over: Partial<DigestChain> = {}): DigestChain => ({
  account: targetAccount,
  region: 'us-east-1',
  trail: 'audit',
  bucket: 'org-audit-logs',
  backfill: false,
  digests: 24,
  from: '2026-11-22T00:00:00Z',
  to: '2026-11-23T00:00:00Z',
  verdict: 'verified',
  gaps: [],
  ...over,
});

describe('What digest files hold against log files', () => {
  const fault = (kind: IntegrityFault['kind'], verdict?: IntegrityFault['verdict']): Partial<Integrity> => ({
    verdict: 'failed',
    faults: [{ kind, file, message: 'Something is wrong with it.', ...(verdict && { verdict }) }],
  });

  test.each<[IntegrityFault['kind'], string]>([
    ['logAltered', 'critical log-altered'],
    ['logMissing', 'critical log-missing'],
    ['logHasHiddenMember', 'critical log-has-hidden-member'],
    ['digestAltered', 'critical digest-altered'],
    ['digestMissing', 'critical digest-missing'],
    ['digestMoved', 'critical digest-moved'],
    ['digestForked', 'critical digest-forked'],
    ['digestUnreadable', 'critical digest-unreadable'],
    ['signatureMissing', 'medium signature-missing'],
    ['signatureWrong', 'critical signature-wrong'],
    ['keyUnknown', 'medium key-unknown'],
    ['keyDiffers', 'critical key-differs'],
  ])('%s is a finding: %s', (kind, finding) => {
    expect(faultsIn(clean(), { integrity: fault(kind) })).toEqual([finding]);
  });

  it('is medium where nothing is known to be wrong', () => {
    expect(faultsIn(clean(), { integrity: fault('digestMoved', 'partly') })).toEqual(['medium digest-moved']);
  });

  it('counts for every period, since what was read is evidence for any', () => {
    const late = {
      verdict: 'failed',
      faults: [{ kind: 'logMissing', file, at: '2026-11-23T01:00:00Z', message: 'It is not here.' }],
    } as const satisfies Partial<Integrity>;
    for (const period of [{ to: '2026-11-23T00:00:00Z' }, { from: '2026-11-24T00:00:00Z' }])
      expect(faultsIn(clean(), { period, integrity: { ...late, faults: [...late.faults] } })).toContain(
        'critical log-missing',
      );
  });

  it('names the file', () => {
    expect(findingsBy('log-altered', clean(), { integrity: fault('logAltered') })[0]?.subject).toBe(file);
  });
});

describe('Log files that no digest names', () => {
  it('are told once for each account and region', () => {
    const uncovered = [
      file,
      file.replaceAll('abcdefghijklmnop', 'ponmlkjihgfedcba'),
      file.replaceAll('us-east-1', 'eu-west-1'),
    ];
    const findings = findingsBy('log-not-covered', clean(), { integrity: { verdict: 'partly', uncovered } });
    expect(
      findings.map(({ severity, subject, message }) => `${severity} ${subject} ${message.slice(0, 11)}`),
    ).toEqual(['medium 111122223333 eu-west-1 1 log file ', 'medium 111122223333 us-east-1 2 log files']);
    const [one, several] = findings.map(({ message }) => message);
    expect(one).toContain(`, ${uncovered[2]}, stands in no digest: `);
    expect(several).toContain(`, such as ${file}, stand in no digest: `);
  });

  it('are worth reading where the next digest will name them', () => {
    const given = (first: string) => {
      const material = materialOf(clean());
      const integrity = {
        ...material.integrity,
        chains: [chain({ to: '2026-11-22T12:00:00Z' })],
        pending: [file],
      };
      const late = { path: file, bytes: 1, sha256: '', records: 1, first };
      return findingsIn({ ...material, integrity, trail: { ...material.trail, files: [late] } })
        .filter(({ rule }) => rule === 'log-not-covered')
        .map(({ severity }) => severity);
    };
    expect(given('2026-11-22T12:01:00Z')).toEqual(['info']);
    expect(given('2026-11-22T11:50:00Z')).toEqual(['info']);
    expect(given('2026-11-22T10:00:00Z')).toEqual(['medium']);
  });

  it('are none where no digests were given, which is said instead', () => {
    const options: MaterialOptions = { integrity: { verdict: 'none', uncovered: [file] } };
    expect(faultsIn(clean(), options)).toEqual([]);
    expect(findingsBy('integrity-not-shown', clean(), options)).toHaveLength(1);
    expect(findingsBy('integrity-not-shown', clean())).toEqual([]);
  });
});

describe('A gap in what the logs show', () => {
  const period = { from: '2026-11-22T00:00:00Z', to: '2026-11-23T00:00:00Z' };
  const gaps = (options: MaterialOptions) =>
    findingsBy('gap-in-coverage', clean(), options).map(({ at, until }) => `${at} ${until}`);

  it('is an hour without a digest', () => {
    const gap = { from: '2026-11-22T05:00:00Z', to: '2026-11-22T06:00:00Z' };
    expect(gaps({ integrity: { chains: [chain({ gaps: [gap] })] } })).toEqual([`${gap.from} ${gap.to}`]);
  });

  it('is none that lies outside of the period', () => {
    const gap = { from: '2026-11-22T05:00:00Z', to: '2026-11-22T06:00:00Z' };
    expect(
      gaps({
        integrity: { chains: [chain({ gaps: [gap] })] },
        period: { from: '2026-11-22T06:00:01Z', to: period.to },
      }),
    ).toEqual([]);
  });

  it('is an end of the period that digests do not reach', () => {
    expect(gaps({ period, integrity: { chains: [chain()] } })).toEqual([]);
    const short = chain({ from: '2026-11-22T03:00:00Z', to: '2026-11-22T20:00:00Z' });
    expect(gaps({ period, integrity: { chains: [short] } })).toEqual([
      '2026-11-22T00:00:00Z 2026-11-22T03:00:00Z',
      '2026-11-22T20:00:00Z 2026-11-23T00:00:00Z',
    ]);
  });

  it('is none where backfill has none', () => {
    expect(
      gaps({
        period,
        integrity: {
          chains: [chain({ backfill: true, from: '2026-11-22T03:00:00Z', to: '2026-11-22T04:00:00Z' })],
        },
      }),
    ).toEqual([]);
  });

  it('is the end of an account’s digests where others go on', () => {
    const other = chain({ account: serviceAccount });
    expect(gaps({ integrity: { chains: [other, chain({ to: '2026-11-22T22:45:00Z' })] } })).toEqual([]);
    const cut = { from: '2026-11-22T03:00:00Z', to: '2026-11-22T12:00:00Z' };
    expect(gaps({ integrity: { chains: [other, chain(cut)] } })).toEqual([
      `${period.from} ${cut.from}`,
      `${cut.to} ${period.to}`,
    ]);
  });

  it('is none where another trail has digests of that time', () => {
    const before = chain({ to: '2026-11-22T12:00:00Z' });
    const after = chain({ trail: 'organization', from: '2026-11-22T11:30:00Z' });
    expect(gaps({ period, integrity: { chains: [before, after] } })).toEqual([]);
  });

  it('is a region of which the same trail has digests in other accounts', () => {
    const service = ['us-east-1', 'eu-west-1', 'eu-south-2'].map((region) =>
      chain({ account: serviceAccount, region }),
    );
    const found = (...chains: DigestChain[]) =>
      findingsBy('gap-in-coverage', clean(), { integrity: { chains: [...service, ...chains] } }).map(
        ({ subject }) => subject,
      );
    const [first, second] = [chain(), chain({ region: 'eu-west-1' })];
    // Not every account has switched eu-south-2 on.
    expect(found(first, second)).toEqual([]);
    expect(found(first)).toEqual([`${targetAccount} eu-west-1`]);
    expect(found(chain({ trail: 'another' }))).toEqual([]);
    // IAM's events stand in us-east-1 alone.
    expect(found(chain({ trail: 'another', region: 'eu-west-1' }))).toEqual([`${targetAccount} us-east-1`]);
  });

  /** A day of an account in which somebody works, once an hour. */
  const workedOn = (day: string, account: string, awsRegion = 'us-east-1') =>
    Array.from({ length: 24 }, (_, hour) =>
      changeRecord(
        {
          at: addSeconds(`${day}T00:30:00Z`, hour * 3_600),
          // A session of that day.
          by: { ...administrator(account), accessKeyId: `ASIA${day.replaceAll('-', '')}MALLORY0` },
          source: 'sts',
          name: 'GetSessionToken',
          request: {},
        },
        { awsRegion },
      ),
    );
  const placesLeftOut = (records: CloudTrailRecord[], options: MaterialOptions = {}) =>
    findingsBy('gap-in-coverage', [...clean(), ...records], options).map(({ subject }) => subject);

  it('without digests is a day without a record of an account at an end of the period', () => {
    expect(placesLeftOut([], { period })).toEqual([]);
    const wide = { from: '2026-11-20T00:00:00Z', to: '2026-11-25T00:00:00Z' };
    expect(placesLeftOut([], { period: wide })).toEqual([
      targetAccount,
      serviceAccount,
      targetAccount,
      serviceAccount,
    ]);
    const both = (day: string) => [...workedOn(day, serviceAccount), ...workedOn(day, targetAccount)];
    const [first, second] = ['2026-11-22', '2026-11-23'];
    expect(placesLeftOut([...both(first), ...both(second)])).toEqual([]);
    const cut = [...both(first), ...workedOn(second, serviceAccount)];
    expect(placesLeftOut(cut)).toEqual([]);
    expect(placesLeftOut([...cut, ...workedOn('2026-11-24', serviceAccount)])).toEqual([targetAccount]);
    expect(placesLeftOut(cut, { period: { to: '2026-11-24T00:00:00Z' } })).toEqual([targetAccount]);
  });

  it('is an account that is silent for the whole period, whatever there is of it from before', () => {
    const of = (day: string) => [...workedOn(day, serviceAccount), ...workedOn(day, targetAccount)];
    const records = [...of('2026-11-22'), ...workedOn('2026-11-25', serviceAccount)];
    const later = { from: '2026-11-24T00:00:00Z', to: '2026-11-26T00:00:00Z' };
    expect(placesLeftOut(records, { period: later })).toEqual([targetAccount]);
    const strays = workedOn('2019-11-22', targetAccount);
    expect(placesLeftOut([...records, ...strays], { period: later })).toEqual([targetAccount]);
  });

  it('is told within the period only', () => {
    const early = { from: '2026-11-01T00:00:00Z', to: '2026-11-10T00:00:00Z' };
    expect(gaps({ period: early })).toEqual(Array(2).fill(`${early.from} ${early.to}`));
  });

  it('is more than four days in the middle, without digests, in an account that is never silent for so long', () => {
    const daysOf = (from: number, to: number) =>
      Array.from({ length: to - from + 1 }, (_, at) => `2026-11-${String(from + at).padStart(2, '0')}`);
    const of = (...days: string[]) =>
      placesLeftOut(
        [
          ...daysOf(10, 30).flatMap((day) => workedOn(day, serviceAccount)),
          ...days.flatMap((day) => workedOn(day, targetAccount)),
        ],
        { period: { from: '2026-11-10T00:00:00Z', to: '2026-12-01T00:00:00Z' } },
      );
    expect(of(...daysOf(10, 23), ...daysOf(29, 30))).toEqual([targetAccount]);
    // A long weekend.
    expect(of(...daysOf(10, 23), ...daysOf(27, 30))).toEqual([]);
    // An account in which little happens.
    expect(of(...daysOf(10, 12), ...daysOf(15, 16), ...daysOf(22, 23), ...daysOf(29, 30))).toEqual([]);
    expect(of(...daysOf(10, 12), ...daysOf(29, 30))).toEqual([]);
  });

  it('is none where the account was as quiet before', () => {
    const days = ['2026-11-18', '2026-11-20'].flatMap((day) => workedOn(day, targetAccount));
    const service = ['2026-11-18', '2026-11-22', '2026-11-24'].flatMap((day) =>
      workedOn(day, serviceAccount),
    );
    expect(placesLeftOut([...days, ...service])).toEqual([]);
  });

  it('without digests is a day without the region that IAM’s events stand in', () => {
    const elsewhere = clean().map((record) => ({ ...record, awsRegion: 'eu-west-1' }));
    const subjects = (records: CloudTrailRecord[]) =>
      findingsBy('gap-in-coverage', [...elsewhere, ...records], {
        period: { from: '2026-11-22T00:00:00Z', to: '2026-11-23T12:00:00Z' },
      }).map(({ subject }) => subject);
    const worked = [...workedOn('2026-11-22', serviceAccount), ...workedOn('2026-11-22', targetAccount)];
    expect(subjects(worked)).toEqual([]);
    const abroad = workedOn('2026-11-22', targetAccount, 'eu-west-1');
    expect(subjects([...workedOn('2026-11-22', serviceAccount), ...abroad])).toEqual([
      `${targetAccount} us-east-1`,
    ]);
  });

  it('is a day without a record of anybody, where nothing is of Countersign', () => {
    const wide = { from: '2026-11-20T00:00:00Z', to: '2026-11-25T00:00:00Z' };
    const found = findingsBy('gap-in-coverage', workedOn('2026-11-22', '777766665555'), { period: wide });
    expect(found.map(({ subject }) => subject)).toEqual(['any account', 'any account']);
  });

  it('is an account that grants reach into and whose logs are not there', () => {
    const ofService = clean().filter(({ recipientAccountId }) => recipientAccountId !== targetAccount);
    expect(faultsIn(ofService)).toEqual(['medium gap-in-coverage']);
    expect(findingsBy('gap-in-coverage', ofService)[0]?.subject).toBe(targetAccount);
  });

  describe('is a region of an account, of which there is no log', () => {
    const logOf = (account: string, region: string): LogFile => {
      const path = `AWSLogs/${account}/CloudTrail/${region}/2026/11/22/${account}_CloudTrail_${region}_20261122T1005Z_abcdefghijklmnop.json.gz`;
      return {
        path,
        bytes: 1,
        sha256: '',
        records: 1,
        first: '2026-11-22T10:00:00Z',
        last: '2026-11-22T13:00:00Z',
      };
    };
    const subjects = (records: CloudTrailRecord[], files: LogFile[], period: Period = {}) => {
      const material = materialOf(records, { period });
      const trail = { ...material.trail, files };
      return findingsIn({ ...material, trail })
        .filter(({ rule }) => rule === 'gap-in-coverage')
        .map(({ severity, subject }) => `${severity} ${subject}`);
    };
    const usual = [logOf(serviceAccount, 'us-east-1'), logOf(targetAccount, 'us-east-1')];
    const deployer = (role = `cdk-hnb659fds-cfn-exec-role-${targetAccount}-eu-west-1`) => ({
      ...administrator(),
      roleArn: `arn:aws:iam::${targetAccount}:role/${role}`,
      sessionName: 'AWSCloudFormation',
    });
    const deployment = (roleName: string, by = deployer()) =>
      changeRecord(
        { at: '2026-11-22T09:30:00Z', by, source: 'iam', name: 'CreateRole', request: { roleName } },
        { userIdentity: { ...identityOf(by), invokedBy: 'cloudformation.amazonaws.com' } },
      );

    it('where Countersign was deployed from it', () => {
      const records = [...clean(), deployment('countersign-orders-read')];
      expect(subjects(records, usual)).toEqual([`medium ${targetAccount} eu-west-1`]);
      expect(subjects(records, usual, { from: '2026-11-22T10:00:00Z' })).toEqual([
        `medium ${targetAccount} eu-west-1`,
      ]);
      expect(subjects(records, [...usual, logOf(targetAccount, 'eu-west-1')])).toEqual([]);
    });

    it('and not where something else was, or by another role, or where files do not tell whose they are', () => {
      expect(subjects([...clean(), deployment('reader')], usual)).toEqual([]);
      const here = deployment(
        'countersign-orders-read',
        deployer(`cdk-hnb659fds-cfn-exec-role-${targetAccount}-us-east-1`),
      );
      expect(subjects([...clean(), here], usual)).toEqual([]);
      const ofAnother = deployer(`cdk-hnb659fds-cfn-exec-role-${serviceAccount}-eu-west-1`);
      expect(subjects([...clean(), deployment('countersign-orders-read', ofAnother)], usual)).toEqual([]);
      const [file] = usual;
      const records = [...clean(), deployment('countersign-orders-read')];
      expect(subjects(records, file ? [{ ...file, path: 'all.json' }] : [])).toEqual([]);
    });

    it('where a session was entered from, or into: both accounts record it', () => {
      const elsewhere = clean().map((record) => ({ ...record, awsRegion: 'eu-west-1' }));
      const later = changeRecord({
        at: '2026-11-22T16:00:00Z',
        by: administrator(),
        source: 'sts',
        name: 'GetSessionToken',
        request: {},
      });
      const of = (account: string) => [
        ...elsewhere.filter(({ recipientAccountId }) => recipientAccountId === account),
        later,
      ];
      const found = (account: string) => subjects(of(account), [...usual, logOf(account, 'eu-west-1')]);
      expect(found(serviceAccount)).toContain(`medium ${targetAccount} eu-west-1`);
      expect(subjects([...elsewhere, later], usual)).not.toContain(`medium ${targetAccount} eu-west-1`);
    });
  });

  it('is another region of an account, where digests show that nothing is missing and no call made a session', () => {
    const lookAround = (at: string, session: RoleSession) =>
      changeRecord({ at, by: session, source: 'sts', name: 'GetSessionToken', request: {} });
    const stranger = (createdAt = '2026-11-22T12:00:00Z') => ({
      ...administrator(),
      roleArn: targetRole('orders-read'),
      accessKeyId: 'ASIASTRANGERSTRANGER',
      createdAt,
    });
    const subjects = (session: RoleSession, integrity: Partial<Integrity>) =>
      findingsBy(
        'gap-in-coverage',
        [
          ...clean(),
          lookAround('2026-11-22T08:00:00Z', administrator()),
          lookAround('2026-11-22T12:05:00Z', session),
          lookAround('2026-11-22T20:00:00Z', administrator()),
        ],
        { integrity },
      ).map(({ severity, subject }) => `${severity} ${subject}`);
    const chains = [chain(), chain({ account: serviceAccount })];
    expect(subjects(stranger(), { chains })).toEqual([`medium ${targetAccount}`]);
    expect(subjects(stranger(), { chains, verdict: 'partly' })).toEqual([]);
    // Before it, or when the logs begin, the call may have been made.
    expect(subjects(stranger('2026-11-22T08:30:00Z'), { chains })).toEqual([]);
    const all = alwaysOn.flatMap((region) => chains.map((one) => ({ ...one, region })));
    expect(subjects(stranger(), { chains: all })).toEqual([]);
  });

  it('is that of Countersign itself, where its roles were entered and nothing attests it', () => {
    const ofTarget = clean().filter(({ recipientAccountId }) => recipientAccountId === targetAccount);
    const [gap] = findingsBy('gap-in-coverage', ofTarget);
    expect(gap).toMatchObject({ severity: 'medium', subject: 'evidence' });
    expect(gap?.message).toContain(`account ${serviceAccount}, if it runs there`);
  });
});

describe('Records', () => {
  const reader = assumeRoleRecord({
    at: '2026-11-22T10:20:00Z',
    caller: administrator(),
    roleArn: 'arn:aws:iam::111122223333:role/reader',
    sessionName: 'mallory',
  });

  it('of one id say one thing', () => {
    expect(faultsIn([...clean(), reader, reader])).toEqual([]);
    expect(faultsIn([...clean(), reader, { ...reader, eventName: 'DescribeNothing' }])).toEqual([
      'critical conflicting-records',
    ]);
  });

  it('that cannot be read are told by reason, insights and files of other kinds aside', () => {
    const material = materialOf(clean());
    const skipped = { notJson: 2, insight: 4, otherFile: 1, replaced: 3 };
    const trail = { ...material.trail, completeness: { ...material.trail.completeness, skipped } };
    const findings = findingsIn({ ...material, trail });
    expect(findings.map(({ severity, rule, subject }) => `${severity} ${rule} ${subject}`)).toEqual([
      'medium unreadable-records notJson',
    ]);
  });

  it('of one file that is damaged in several ways are told once', () => {
    const found = (files: [path: string, ...reasons: FileReason[]][], skipped: Record<string, number>) => {
      const material = materialOf(clean());
      const completeness = { ...material.trail.completeness, skipped };
      const faulty = files.map(([path, ...reasons]) => ({
        path,
        bytes: 1,
        sha256: '',
        records: 1,
        fault: reasons.map((reason) => fileReasons[reason]).join('; '),
      }));
      return findingsIn({ ...material, trail: { ...material.trail, completeness, files: faulty } })
        .filter(({ rule }) => rule === 'unreadable-records')
        .map(({ severity, subject, message }) => `${severity} ${subject}: ${message.split(' could ')[0]}`);
    };
    const cut: [string, ...FileReason[]] = ['cut.json.gz', 'cutOff', 'damagedGzip'];
    const skipped = { cutOff: 1, damagedGzip: 1, notJson: 1 };
    expect(found([cut], skipped)).toEqual(['medium cutOff, damagedGzip: 1 file']);
    // More than the ends of files that are cut off.
    expect(found([cut], { ...skipped, notJson: 3 })).toEqual([
      'medium cutOff, damagedGzip: 1 file',
      'medium notJson: 2 records',
    ]);
    expect(found([cut, ['empty.json', 'empty']], { ...skipped, empty: 1 })).toEqual([
      'medium cutOff, damagedGzip: 1 file',
      'medium empty: 1 file',
    ]);
    expect(
      found([['more.json.gz', 'secondGzipMember', 'notUtf8']], { secondGzipMember: 1, notUtf8: 1 }),
    ).toEqual(['critical notUtf8, secondGzipMember: 1 file']);
  });

  it.each([
    [['AWSLogs/locked'], 'What lies behind AWSLogs/locked was not read'],
    [['a', 'b'], 'What lies behind 2 folders or links, such as a, was not read'],
  ])('behind %s, which was not opened, are missing', (notOpened, words) => {
    const material = materialOf(clean());
    const completeness = { ...material.trail.completeness, skipped: { notOpened: notOpened.length } };
    const findings = findingsIn({ ...material, trail: { ...material.trail, completeness, notOpened } });
    expect(findings).toMatchObject([
      { severity: 'medium', rule: 'unreadable-records', subject: 'notOpened' },
    ]);
    expect(findings[0]?.message).toContain(words);
  });

  it('hidden behind the end of a file are critical, once', () => {
    const material = materialOf(clean());
    const trail = {
      ...material.trail,
      completeness: { ...material.trail.completeness, skipped: { secondGzipMember: 1 } },
    };
    const rules = (integrity: Integrity) =>
      findingsIn({ ...material, trail, integrity }).map(({ severity, rule }) => `${severity} ${rule}`);
    expect(rules(material.integrity)).toEqual(['critical unreadable-records']);
    const faults: IntegrityFault[] = [
      { kind: 'logHasHiddenMember', file, message: 'More than it should have.' },
    ];
    expect(rules({ ...material.integrity, faults })).toEqual(['critical log-has-hidden-member']);
  });
});
