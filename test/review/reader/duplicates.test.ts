import { describe, expect, it } from 'vitest';
import { addSeconds } from '#domain/instant.ts';
import { trailOfRecords } from '#review/reader/trailOfRecords.ts';
import {
  assumeRoleRecord,
  type CloudTrailRecord,
  callRecord,
  functionSession,
  targetRole,
} from '../records.ts';
import { calls, developer, noon, underGrant } from './calls.ts';
import { logFile, readFiles } from './logFolder.ts';

const [call] = calls(1) as [CloudTrailRecord];
const id = call.eventID;
const later = { eventTime: addSeconds(noon, 60) };

const reversed = ({ ...record }: CloudTrailRecord): CloudTrailRecord =>
  Object.fromEntries(Object.entries(record).reverse()) as CloudTrailRecord;

const assumption = assumeRoleRecord({
  at: noon,
  caller: functionSession('issueSession'),
  roleArn: targetRole('orders-read'),
  sessionName: 'request',
});

describe('An event that was delivered more than once counts once', () => {
  it('in one file', () => {
    const { completeness, sessions, conflicts } = trailOfRecords([call, call, call]);
    expect(completeness).toMatchObject({ records: 3, duplicates: 2, unique: 1 });
    expect(sessions[0]?.calls).toBe(1);
    expect(conflicts).toEqual([]);
  });

  it('in several files, and the first of them is named', async () => {
    const trail = await readFiles({
      'b.json.gz': logFile([assumption]),
      'a.json.gz': logFile([assumption]),
      'c.json.gz': logFile([assumption]),
    });
    expect(trail.completeness).toMatchObject({ records: 3, duplicates: 2, unique: 1 });
    expect(trail.kept.map(({ file }) => file)).toEqual(['a.json.gz']);
    expect(trail.files.map(({ records }) => records)).toEqual([1, 1, 1]);
  });

  it('with its keys in another order', () => {
    const parameters = { ...assumption.requestParameters };
    const other = reversed({
      ...assumption,
      requestParameters: Object.fromEntries(Object.entries(parameters).reverse()),
    });
    expect(JSON.stringify(other)).not.toBe(JSON.stringify(assumption));
    const trail = trailOfRecords([assumption, other]);
    expect(trail).toMatchObject({ completeness: { duplicates: 1, unique: 1 }, conflicts: [] });
    expect(JSON.stringify(trailOfRecords([other, assumption]).kept)).toBe(JSON.stringify(trail.kept));
  });

  it('but not when it has no id: each such record counts', () => {
    const { eventID: _, ...without } = call;
    const { completeness, sessions } = trailOfRecords([without, without, { ...call, eventID: null }]);
    expect(completeness).toMatchObject({ records: 3, duplicates: 0, unique: 3 });
    expect(sessions[0]?.calls).toBe(3);
  });

  it.each([
    'HIDDEN_DUE_TO_SECURITY_REASONS',
    '00000000-0000-0000-0000-000000000000',
    '********',
    '...',
    'xxxx-xxxx',
  ])('nor when its id is masked: %s', (eventID) => {
    const trail = trailOfRecords([
      { ...call, eventID },
      { ...call, eventID, ...later },
    ]);
    expect(trail).toMatchObject({ completeness: { duplicates: 0, unique: 2 }, conflicts: [] });
  });

  it.each(['1', 'not-a-uuid', '4A48A30A-6530-4901-AEDA-F8005AE1C003', `${id}0`, 'y'.repeat(2500)])(
    'also when its id is no UUID: %s',
    (eventID) => {
      const { completeness, sessions } = trailOfRecords([
        callRecord({ at: noon, session: underGrant }, { eventID }),
        callRecord({ at: noon, session: underGrant }, { eventID }),
        callRecord({ at: noon, session: underGrant }),
      ]);
      expect(completeness).toMatchObject({ duplicates: 1, unique: 2 });
      expect(sessions[0]?.each.map((call) => call.id)).toContain(eventID.slice(0, 2048));
    },
  );
});

describe('Records of different content under one id are a conflict, and all are looked at', () => {
  it.each<[string, object]>([
    ['time', later],
    ['action', { eventName: 'PutItem' }],
    ['outcome', { errorCode: 'AccessDenied' }],
    ['session', { userIdentity: { ...call.userIdentity, arn: `${String(call.userIdentity.arn)}x` } }],
  ])('another %s', (_, other) => {
    const trail = trailOfRecords([call, { ...call, ...other }]);
    expect(trail.conflicts).toEqual([{ eventId: id, at: noon, files: ['records.json'] }]);
    expect(trail.completeness).toMatchObject({ records: 2, duplicates: 1, unique: 1 });
    expect(trail.sessions.reduce((sum, session) => sum + session.calls, 0)).toBe(2);
  });

  it.each([
    ['place', { sourceIPAddress: '198.51.100.1' }],
    ['region', { awsRegion: 'eu-west-1' }],
    ['object', { resources: [], requestParameters: { tableName: 'salaries' } }],
  ])('another %s, under a grant', (_, other) => {
    const mine = callRecord({ at: noon, session: underGrant });
    expect(trailOfRecords([mine, { ...mine, ...other }]).conflicts).toHaveLength(1);
  });

  it('another request of an event that is kept', () => {
    const other = { ...assumption, requestParameters: { roleArn: targetRole('orders-write') } };
    const trail = trailOfRecords([assumption, other, assumption]);
    expect(trail.conflicts).toHaveLength(1);
    expect(trail.kept).toHaveLength(2);
    expect(trail.completeness).toMatchObject({ records: 3, duplicates: 2, unique: 1 });
  });

  it('names the files', async () => {
    const trail = await readFiles({
      'b.json.gz': logFile([call]),
      'a.json.gz': logFile([{ ...call, ...later }]),
      'c.json.gz': logFile([call]),
    });
    expect(trail.conflicts).toEqual([{ eventId: id, at: noon, files: ['a.json.gz', 'b.json.gz'] }]);
  });

  it('and a hundred thousand of them under one id take no longer than as many events', () => {
    const many = calls(100_000).map((record) => ({ ...record, eventID: id }));
    const start = performance.now();
    const trail = trailOfRecords(many);
    expect(performance.now() - start).toBeLessThan(15_000);
    expect(trail.completeness).toMatchObject({ records: 100_000, duplicates: 99_999, unique: 1 });
    expect(trail.conflicts).toHaveLength(1);
    expect(trail.sessions[0]?.calls).toBe(100_000);
  });
});

describe('A correction (addendum with UPDATED_DATA)', () => {
  const correction = {
    ...call,
    eventID: 'ffffffff-6530-4901-aeda-f8005ae1c003',
    errorCode: 'AccessDenied',
    addendum: { reason: 'UPDATED_DATA', updatedFields: 'errorCode', originalEventID: id },
  };

  it.each([
    ['before', [correction, call]],
    ['after', [call, correction]],
    ['twice, before and after', [correction, call, correction, call]],
  ])('takes the place of what it corrects when it is delivered %s it', (_, records) => {
    const trail = trailOfRecords(records);
    expect(trail.completeness).toMatchObject({ unique: 1, skipped: { replaced: 1 } });
    expect(trail.sessions[0]).toMatchObject({ calls: 1, denied: 1 });
  });

  it('takes the place of a kept event too', () => {
    const { kept } = trailOfRecords([
      {
        ...assumption,
        eventID: 'eeeeeeee-6530-4901-aeda-f8005ae1c003',
        addendum: { reason: 'UPDATED_DATA', originalEventID: assumption.eventID },
      },
      assumption,
    ]);
    expect(kept.map((event) => event.id)).toEqual(['eeeeeeee-6530-4901-aeda-f8005ae1c003']);
  });

  it.each<[string, object]>([
    ['another call', { eventName: 'ListTables' }],
    ['a call of another session', { userIdentity: { ...call.userIdentity, accessKeyId: 'ASIAOTHER' } }],
    ['a call to another service', { eventSource: 's3.amazonaws.com' }],
  ])('does not take the place of %s', (_, other) => {
    const trail = trailOfRecords([call, { ...correction, ...other }]);
    expect(trail.completeness).toMatchObject({ unique: 2, skipped: {} });
  });

  it.each(['DELIVERY_DELAY', 'SERVICE_OUTAGE', 1, null])('is none when its reason is %s', (reason) => {
    const late = { ...correction, addendum: { ...correction.addendum, reason } };
    expect(trailOfRecords([call, late]).completeness.unique).toBe(2);
  });

  it('of a correction: the last one stands', () => {
    const second = {
      ...correction,
      eventID: 'ffffffff-7530-4901-aeda-f8005ae1c003',
      errorCode: 'ThrottlingException',
      addendum: { reason: 'UPDATED_DATA', originalEventID: correction.eventID },
    };
    const trail = trailOfRecords([second, call, correction]);
    expect(trail.completeness).toMatchObject({ unique: 1, skipped: { replaced: 2 } });
    expect(trail.sessions[0]).toMatchObject({ errors: 1, denied: 0 });
  });

  it('of another time corrects nothing: it is another call', () => {
    expect(trailOfRecords([call, { ...correction, ...later }]).completeness).toMatchObject({
      unique: 2,
      skipped: {},
    });
  });

  it('of itself, or in a circle, hides nothing', () => {
    const itself = { ...call, addendum: { reason: 'UPDATED_DATA', originalEventID: id } };
    expect(trailOfRecords([itself]).completeness.unique).toBe(1);
    const one = { ...correction, addendum: { reason: 'UPDATED_DATA', originalEventID: id } };
    const other = { ...call, addendum: { reason: 'UPDATED_DATA', originalEventID: correction.eventID } };
    expect(trailOfRecords([one, other]).completeness.unique).toBe(1);
    expect(trailOfRecords([other, one]).completeness).toEqual(trailOfRecords([one, other]).completeness);
  });

  it('of what is not in the logs is an event like others', () => {
    expect(trailOfRecords([correction]).completeness).toMatchObject({ unique: 1, skipped: {} });
  });
});

it('The session of an event that does not count is not there', () => {
  const mine = callRecord({ at: noon, session: developer });
  const corrected = {
    ...mine,
    eventID: 'ffffffff-6530-4901-aeda-f8005ae1c003',
    addendum: { reason: 'UPDATED_DATA', originalEventID: mine.eventID },
  };
  expect(trailOfRecords([mine, corrected]).sessions).toHaveLength(1);
});
