import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventCollector } from '#review/reader/eventCollector.ts';
import type { Fields } from '#review/reader/fields.ts';
import { emptySummary } from '#review/reader/fileSummary.ts';
import { RecordReader } from '#review/reader/recordReader.ts';
import type { Trail } from '#review/reader/trail.ts';
import { trailOf } from '#review/reader/trailOf.ts';
import { trailOfRecords } from '#review/reader/trailOfRecords.ts';
import { calls, developer, noon, underGrant } from './calls.ts';

/** Reads content the way files are read. */
function trailOfContent(text: string): Trail {
  const collector = new EventCollector();
  const file = emptySummary(0, 'records.json');
  collector.addFile(file);
  new RecordReader(collector, 1_000_000).read(Buffer.from(text), file);
  return trailOf(collector.collected(), { notOpened: [], otherFiles: 0 });
}

/** A member of an object, as JSON: keys and values may be written in any way that JSON has. */
type Member = [key: string, value: string];

const escaped = (key: string): string =>
  `\\u00${key.charCodeAt(0).toString(16).padStart(2, '0')}${key.slice(1)}`;

const anyKey = (key: string): fc.Arbitrary<string> =>
  fc.oneof({ weight: 30, arbitrary: fc.constant(key) }, { weight: 1, arbitrary: fc.constant(escaped(key)) });

const anyValue = (...usual: unknown[]): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 30, arbitrary: fc.constantFrom(...usual.map((value) => JSON.stringify(value))) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        'null',
        '""',
        '"a\\\\b"',
        '"\\u0063ountersign"',
        '5',
        'true',
        '[]',
        '{}',
        '"a\\"b"',
        '"é€😀"',
        '[{"a":"countersign"}]',
        `{"a":${'['.repeat(70)}${']'.repeat(70)}}`,
        '{"credentials":{"accessKeyId":"A"}}',
      ),
    },
  );

const member = (key: string, ...usual: unknown[]): fc.Arbitrary<Member> =>
  fc.tuple(anyKey(key), anyValue(...usual));

const objectOf = (members: Member[]): string =>
  `{${members.map(([key, value]) => `"${key}":${value}`).join(',')}}`;

const anyCaller: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc
      .tuple(
        member('type', 'AssumedRole', 'FederatedUser', 'IAMUser', 'Root'),
        member(
          'arn',
          'arn:aws:sts::111122223333:assumed-role/developer/bob',
          'arn:aws:sts::1:assumed-role/countersign-x/y',
        ),
        member('accessKeyId', 'ASIA1', 'ASIA2', ''),
        member('principalId', 'AROA:bob'),
        member('sessionContext', { sessionIssuer: { type: 'Role', arn: 'arn:x' } }),
      )
      .chain((members) => fc.shuffledSubarray(members, { minLength: 3 }))
      .map(objectOf),
  },
  { weight: 1, arbitrary: fc.constantFrom('null', '{}', '"alice"', '[]') },
);

const anyRecord: fc.Arbitrary<string> = fc
  .tuple(
    member('eventVersion', '1.11'),
    fc.tuple(anyKey('userIdentity'), anyCaller),
    member(
      'eventTime',
      noon,
      '2026-11-22T12:00:01Z',
      '2026-11-22T13:00:00Z',
      '2026-11-22T12:60:00Z',
      '2026-11-22',
    ),
    member('eventSource', 's3.amazonaws.com', 'sts.amazonaws.com', 'dynamodb.amazonaws.com'),
    member('eventName', 'GetObject', 'AssumeRole', 'PutBucketPolicy', 'é'),
    member('errorCode', null, 'AccessDenied', 'NoSuchKey'),
    member('errorMessage', 'no', 'Countersign'),
    member('readOnly', true, false),
    member('requestParameters', null, { name: 'x' }, { name: 'countersign' }, { omitted: true }),
    member('responseElements', null, { ok: 1 }, { credentials: { accessKeyId: 'ASIA3' } }),
    member('resources', null, [{ ARN: 'arn:aws:s3:::b' }]),
    member(
      'eventID',
      '10000000-0000-4000-8000-000000000001',
      '20000000-0000-4000-8000-000000000002',
      'odd',
      '1000000000000-4000-8000-000000000001',
      'A0000000-0000-4000-8000-000000000001',
      '',
    ),
    member('addendum', null, {
      reason: 'UPDATED_DATA',
      originalEventID: '10000000-0000-4000-8000-000000000001',
    }),
    member('eventCategory', 'Management', 'Insight'),
    member('awsRegion', 'us-east-1'),
    member('constructor', { eventName: 'x' }),
  )
  .chain((members) =>
    fc.oneof(
      { weight: 10, arbitrary: fc.constant(members) },
      { weight: 5, arbitrary: fc.shuffledSubarray(members, { minLength: 8 }) },
      // A key that stands twice.
      { weight: 1, arbitrary: fc.constantFrom(...members).map((again) => [...members, again]) },
      { weight: 1, arbitrary: fc.constantFrom(...members).map((again) => [again, ...members]) },
    ),
  )
  .map(objectOf);

const anyElement = fc.oneof(
  { weight: 20, arbitrary: anyRecord },
  { weight: 1, arbitrary: fc.constantFrom('null', '5', '[]', '{}', '"}"', '{"a":{"eventName":"x"}}') },
  // With blanks, as no file of CloudTrail has them.
  { weight: 1, arbitrary: anyRecord.map((record) => JSON.stringify(JSON.parse(record), null, 1)) },
);

const uuid = (number: number): string => `10000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

describe('What a glance takes in is what parsing takes in', () => {
  it('of any records', () => {
    fc.assert(
      fc.property(fc.array(anyElement, { maxLength: 8 }), (elements) => {
        const text = `{"Records":[${elements.join(',')}]}`;
        expect(trailOfContent(text)).toEqual(trailOfRecords(JSON.parse(text).Records));
      }),
      { numRuns: 3000 },
    );
  });

  it('also cut off anywhere: what is whole before the cut', () => {
    const records = [...calls(2), ...calls(2, underGrant), ...calls(2, { ...developer, sessionName: 'eve' })];
    const whole = JSON.stringify({ Records: records });
    const ends = records.map(
      (_, index) => JSON.stringify({ Records: records.slice(0, index + 1) }).length - 2,
    );
    fc.assert(
      fc.property(fc.nat(whole.length), (length) => {
        const read = records.filter((_, index) => (ends[index] ?? 0) <= length);
        const { sessions, completeness } = trailOfContent(whole.slice(0, length));
        expect(sessions).toEqual(trailOfRecords(read).sessions);
        expect(completeness.unique).toBe(read.length);
      }),
      { numRuns: 300 },
    );
  });

  it('callers in turn who begin alike, earlier calls after later ones', () => {
    const mfa = (record: Fields): Fields => ({
      ...record,
      userIdentity: {
        ...Object(record.userIdentity),
        sessionContext: { attributes: { mfaAuthenticated: 'true' } },
      },
    });
    const long = (record: Fields): Fields => ({
      ...record,
      userIdentity: { ...Object(record.userIdentity), sessionContext: { more: 'x'.repeat(5000) } },
    });
    const later = { ...developer, accessKeyId: 'ASIALATER' };
    const inTurn = Array.from({ length: 12 }, (_, index) => {
      const [call] = calls(1, index % 2 === 0 ? developer : later);
      const record = { ...call, eventID: uuid(index), eventTime: `2026-11-22T12:00:${50 - index}Z` };
      return [record, mfa(record), long(record)][index % 3] as Fields;
    });
    for (const records of [inTurn, inTurn.toReversed()])
      expect(trailOfContent(JSON.stringify({ Records: records }))).toEqual(trailOfRecords(records));
  });

  it('many keys in few places of a table: each call is of its own session', () => {
    const sessions = Array.from({ length: 500 }, (_, index) => ({
      ...developer,
      accessKeyId: `ASIA${String(index).padStart(16, '0')}`,
    }));
    const records = [0, 60, 120].flatMap((later) =>
      sessions.flatMap((session, index) =>
        calls(1, session).map((call) => ({
          ...call,
          eventTime: `2026-11-22T12:0${later / 60}:00Z`,
          eventID: uuid(later * 1000 + index),
        })),
      ),
    );
    expect(trailOfContent(JSON.stringify({ Records: records }))).toEqual(trailOfRecords(records));
  });
});
