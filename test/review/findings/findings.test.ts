import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, it, test } from 'vitest';
import { boundaryPolicy } from '#domain/denyList.ts';
import { addSeconds } from '#domain/instant.ts';
import { severities } from '#review/findings/finding.ts';
import { findingRules, findingsIn } from '#review/findings/findings.ts';
import { anId } from '../../support/builders.ts';
import { approvedAt, type StoryName, stories } from '../grants/stories.ts';
import { type CloudTrailRecord, callRecord, deniedCallRecord } from '../records.ts';
import { recordsOfRequest } from '../requestRecords.ts';
import {
  administrator,
  boundaryRecords,
  changeRecord,
  faultsIn,
  findingsOf,
  materialOf,
  sessionIn,
} from './material.ts';

/** Stories whose grant ends early need the boundary that ends it. */
const ended = {
  at: addSeconds(approvedAt, 902),
  requestId: anId(),
  policyDocument: boundaryPolicy({ entries: [{ requestId: anId(), until: '2026-12-01T00:00:00Z' }] }),
};
const boundaryOf: Partial<Record<StoryName, Parameters<typeof boundaryRecords>[0]>> = {
  returned: ended,
  revoked: ended,
};

describe('A request that went as it should', () => {
  test.each(Object.keys(stories) as StoryName[])('has nothing held against it: %s', (name) => {
    const boundary = boundaryOf[name];
    const records = [...recordsOfRequest(stories[name]()), ...(boundary ? boundaryRecords(boundary) : [])];
    expect(faultsIn(records)).toEqual([]);
  });

  it('stays clean when it was used, and when calls were refused in it and after it', () => {
    const records = recordsOfRequest(stories.used());
    const session = sessionIn(records);
    const used = [
      callRecord({ at: addSeconds(approvedAt, 60), session }),
      deniedCallRecord({ at: addSeconds(approvedAt, 70), session }),
      deniedCallRecord({ at: addSeconds(approvedAt, 3_700), session }),
    ];
    expect(faultsIn([...records, ...used])).toEqual([]);
  });
});

describe('The rules', () => {
  it('have names of their own, and each says what is so as long as it finds nothing', () => {
    const names = findingRules.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, promise } of findingRules) {
      expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(promise).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('find nothing in logs of nothing', () => {
    expect(findingsOf([])).toEqual([]);
  });
});

/** A trail with much wrong in it. */
const troubled = () => [
  ...recordsOfRequest(stories.used()).filter((_, index) => index !== 1),
  changeRecord({
    at: '2026-11-22T12:00:00Z',
    by: administrator(),
    source: 'cloudtrail',
    name: 'StopLogging',
    request: { name: 'audit' },
  }),
  changeRecord(
    {
      at: '2026-11-22T11:00:00Z',
      by: administrator(),
      source: 'iam',
      name: 'PutRolePolicy',
      request: { roleName: 'countersign-orders-read' },
    },
    { errorCode: 'AccessDenied' },
  ),
  changeRecord({
    at: '2026-11-22T10:30:00Z',
    by: administrator(),
    source: 'iam',
    name: 'PutRolePolicy',
    request: { roleName: 'countersign-orders-read' },
  }),
];

describe('Findings', () => {
  it('stand in the order of severity, then of time', () => {
    const keys = findingsOf(troubled()).map(
      ({ severity, at = '~' }) => `${severities.indexOf(severity)} ${at}`,
    );
    expect(keys.length).toBeGreaterThan(3);
    expect(keys).toEqual(keys.toSorted());
  });

  property.prop([fc.shuffledSubarray(troubled(), { minLength: troubled().length })])(
    'are the same whatever the order of the records',
    (records) => {
      expect(findingsOf(records)).toEqual(findingsOf(troubled()));
    },
  );

  it('count for the period that they lie in, and no other', () => {
    const within = (from?: string, to?: string) =>
      findingsOf(troubled(), { period: { from, to } })
        .filter(({ rule }) => rule === 'tampering')
        .map(({ at }) => at);
    expect(within()).toEqual(['2026-11-22T10:30:00Z', '2026-11-22T12:00:00Z']);
    expect(within('2026-11-22T11:00:00Z')).toEqual(['2026-11-22T12:00:00Z']);
    expect(within(undefined, '2026-11-22T12:00:00Z')).toEqual(['2026-11-22T10:30:00Z']);
    expect(within('2026-11-22T12:00:00Z', '2026-11-22T12:00:01Z')).toEqual(['2026-11-22T12:00:00Z']);
  });

  it('about a grant count for every period that it reaches into', () => {
    const inDecember = { from: '2026-12-01T00:00:00Z' };
    const duringTheGrant = { from: '2026-11-22T10:40:00Z', to: '2026-11-22T10:41:00Z' };
    expect(findingsOf(troubled(), { period: duringTheGrant }).map(({ rule }) => rule)).toContain(
      'missing-decision',
    );
    expect(findingsOf(troubled(), { period: inDecember })).toEqual([]);
  });

  /** Half a year around a month in which nothing happens. */
  const scattered = () =>
    ['2026-09-10T10:00:00Z', '2026-09-11T10:00:00Z', '2027-01-20T10:00:00Z'].flatMap((at, number) => [
      changeRecord(
        { at, source: 'cloudtrail', name: 'StopLogging', request: { name: 'audit' } },
        { errorCode: 'AccessDenied' },
      ),
      ...['999988887777', '888877776666'].flatMap((account) =>
        recordsOfRequest(stories.cancelled(), { account }).map((record): CloudTrailRecord => {
          const text = JSON.stringify(record).replaceAll(anId(), `${anId().slice(0, -1)}${number + 2}`);
          const eventID = `${record.eventID.slice(0, -2)}${account[0]}${number}`;
          return { ...JSON.parse(text), eventTime: at, eventID };
        }),
      ),
    ]);

  it.each(['refused-tampering', 'several-installations', 'catalogue-unknown', 'table-differs'])(
    'that tell of many things count those of the period: %s',
    (rule) => {
      const eventsIn = (from: string, to: string) =>
        findingsOf(scattered(), { period: { from, to }, catalogues: [], table: [] })
          .filter((finding) => finding.rule === rule)
          .map(({ at, until }) => `${at?.slice(0, 10)} ${until?.slice(0, 10)}`);
      expect(new Set(eventsIn('2026-09-11T00:00:00Z', '2026-10-01T00:00:00Z'))).toEqual(
        new Set(['2026-09-11 2026-09-11']),
      );
      expect(new Set(eventsIn('2026-01-01T00:00:00Z', '2026-10-01T00:00:00Z'))).toEqual(
        new Set(['2026-09-10 2026-09-11']),
      );
      expect(eventsIn('2026-11-01T00:00:00Z', '2026-12-01T00:00:00Z')).toEqual([]);
    },
  );

  it('about an installation reach as far as what it let in', () => {
    const others = recordsOfRequest(stories.cancelled(), { account: '888877776666' });
    const records = [
      ...recordsOfRequest(stories.used()),
      ...JSON.parse(JSON.stringify(others).replaceAll(anId(), anId(2))),
    ];
    const late = callRecord({ at: '2026-11-24T13:00:00Z', session: sessionIn(records) });
    const told = (from: string) =>
      findingsOf([...records, late], { period: { from } })
        .filter(({ rule }) => rule === 'several-installations')
        .map(({ subject }) => subject);
    expect(told('2026-11-24T00:00:00Z')).toEqual(['999988887777']);
    expect(told('2026-11-25T00:00:00Z')).toEqual([]);
  });

  it('about calls of a session count those of the period', () => {
    const records = recordsOfRequest(stories.used());
    const session = sessionIn(records);
    const late = ['2026-11-22T13:00:00Z', '2026-11-24T13:00:00Z'].map((at) => callRecord({ at, session }));
    const told = (from: string, to: string) =>
      findingsOf([...records, ...late], { period: { from, to } })
        .filter(({ rule }) => rule === 'call-after-end')
        .map(({ message }) => message.slice(0, 7));
    expect(told('2026-11-22T12:00:00Z', '2026-11-23T00:00:00Z')).toEqual(['1 call ']);
    expect(told('2026-11-23T00:00:00Z', '2026-11-24T00:00:00Z')).toEqual([]);
  });

  it('about catalogues and accounts that are missing count the requests that reach into the period', () => {
    const ofService = recordsOfRequest(stories.used()).filter(
      ({ recipientAccountId }) => recipientAccountId === '999988887777',
    );
    const told = (from: string, to: string) =>
      findingsOf(ofService, { period: { from, to }, catalogues: [] })
        .map(({ rule }) => rule)
        .filter((rule) => rule === 'catalogue-unknown' || rule === 'gap-in-coverage');
    expect(told('2026-11-22T10:10:00Z', '2026-11-22T10:11:00Z')).toEqual([
      'catalogue-unknown',
      'gap-in-coverage',
    ]);
    expect(told('2026-11-22T00:00:00Z', '2026-11-22T01:00:00Z')).toEqual([]);
  });

  it('say a thing once, also where two records show it', () => {
    const strike = {
      at: '2026-11-22T12:00:00Z',
      by: administrator(),
      source: 'cloudtrail',
      name: 'StopLogging',
      request: { name: 'audit' },
    };
    const twice = ['1', '2'].map((number) =>
      changeRecord(strike, { eventID: `0000000${number}-0000-4000-8000-000000000000` }),
    );
    const [finding, ...more] = findingsOf(twice).filter(({ rule }) => rule === 'tampering');
    expect(more).toEqual([]);
    expect(finding?.eventIds).toHaveLength(2);
  });

  it('name the events that show them', () => {
    const material = materialOf(troubled());
    const ids = new Set(troubled().map(({ eventID }) => eventID));
    for (const { eventIds } of findingsIn(material)) for (const id of eventIds) expect(ids).toContain(id);
  });
});
