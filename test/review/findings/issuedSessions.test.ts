import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, it, test } from 'vitest';
import { addSeconds, type Instant } from '#domain/instant.ts';
import { aCatalogue, aRequest, entitlementIn, followedBy, madeAt } from '../../support/builders.ts';
import { approvedAt, approvedByBob, catalogue, issue, stories, window } from '../grants/stories.ts';
import { type CloudTrailRecord, callRecord, deniedCallRecord, withTags } from '../records.ts';
import { type RecordOptions, recordsOfRequest } from '../requestRecords.ts';
import { boundaryRecords, faultsIn, findingsBy, quietHour, sessionIn } from './material.ts';

const clean = () => recordsOfRequest(stories.used());

const isTargetSession = ({ requestParameters }: CloudTrailRecord): boolean =>
  /:role\/countersign-orders-/.test(String(requestParameters?.roleArn));

/** The records with the first session of the grant forged, in both copies. */
function forged(
  records: CloudTrailRecord[],
  forge: (record: CloudTrailRecord) => CloudTrailRecord,
): CloudTrailRecord[] {
  const first = records.find(isTargetSession)?.eventTime;
  return records.map((record) =>
    isTargetSession(record) && record.eventTime === first ? forge(record) : record,
  );
}

const asking = (record: CloudTrailRecord, over: Record<string, unknown>): CloudTrailRecord => ({
  ...record,
  requestParameters: { ...record.requestParameters, ...over },
});

describe('A session is for what was approved', () => {
  test.each<[string, (record: CloudTrailRecord) => CloudTrailRecord]>([
    ['another person', (record) => asking(record, { sourceIdentity: 'dave@example.com' })],
    ['other terms', (record) => withTags(record, { 'cs:digest': 'A'.repeat(43) })],
    ['another request', (record) => withTags(record, { 'cs:request': '01KANB1X009999999999999999' })],
    ['another ticket', (record) => withTags(record, { 'cs:ticket': 'INC-9' })],
    ['another approver', (record) => withTags(record, { 'cs:approver1': 'carol@example.com' })],
    ['an approver more', (record) => withTags(record, { 'cs:approver2': 'erin@example.com' })],
    ['no approver', (record) => withTags(record, { 'cs:approver1': undefined })],
  ])('and not for %s', (_, forge) => {
    expect(faultsIn(forged(clean(), forge))).toEqual(['critical session-for-other-terms']);
  });

  it('and in the role of its entitlement', () => {
    const elsewhere = recordsOfRequest({
      ...stories.used(),
      terms: { ...stories.used().terms, roleArn: 'arn:aws:iam::111122223333:role/countersign-orders-admin' },
    });
    expect(new Set(faultsIn(elsewhere))).toEqual(new Set(['critical session-for-other-terms']));
    expect(faultsIn(elsewhere, { catalogues: [] })).toEqual(['medium catalogue-unknown']);
  });
});

interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: string;
  Condition?: Record<string, Record<string, string>>;
}

/** A condition of a statement, to be edited. */
const conditionOf = (statement: Statement | undefined, operator: string): Record<string, string> =>
  statement?.Condition?.[operator] ?? {};

/** The session policy of a record, edited. */
const editing = (edit: (policy: { Statement: Statement[] }) => void) => (record: CloudTrailRecord) => {
  const policy = JSON.parse(String(record.requestParameters?.policy));
  edit(policy);
  return asking(record, { policy: JSON.stringify(policy) });
};
const everywhere = (forge: (record: CloudTrailRecord) => CloudTrailRecord) =>
  clean().map((record) => (isTargetSession(record) ? forge(record) : record));
const withAllow = (allow: Record<string, unknown>) =>
  editing(({ Statement }) => Object.assign(Statement.at(-1) ?? {}, allow));

describe('The session policy of a session', () => {
  test.each<[string, (record: CloudTrailRecord) => CloudTrailRecord]>([
    ['is missing', (record) => asking(record, { policy: undefined })],
    ['is no policy', (record) => asking(record, { policy: '{"Statement":' })],
    [
      'ends a second late',
      editing(({ Statement: [end] }) =>
        Object.assign(conditionOf(end, 'DateGreaterThanEquals'), {
          'aws:CurrentTime': addSeconds(window.endsAt, 1),
        }),
      ),
    ],
    [
      'ends for some actions only',
      editing(({ Statement: [end] }) => Object.assign(end ?? {}, { Action: 's3:*' })),
    ],
    [
      'ends only under a condition more',
      editing(({ Statement: [end] }) =>
        Object.assign(end?.Condition ?? {}, { Bool: { 'aws:ViaAWSService': 'true' } }),
      ),
    ],
    [
      'allows an action more',
      withAllow({ Action: ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem'] }),
    ],
    ['allows another table', withAllow({ Resource: '*' })],
    [
      'allows by another statement',
      editing(({ Statement }) => Statement.push({ Effect: 'Allow', Action: '*', Resource: '*' })),
    ],
    [
      'lets the session chain on',
      editing((policy) =>
        Object.assign(policy, {
          Statement: policy.Statement.filter(({ Action }) => !Action.includes('sts:AssumeRole')),
        }),
      ),
    ],
  ])('differs where it %s', (_, forge) => {
    expect(new Set(faultsIn(everywhere(forge)))).toEqual(new Set(['critical session-policy-differs']));
  });

  it('is the same for all sessions of a grant', () => {
    const other = forged(
      clean(),
      editing(({ Statement }) => Statement.push({ Effect: 'Deny', Action: 's3:*', Resource: '*' })),
    );
    expect(faultsIn(other)).toEqual(['critical session-policy-differs']);
  });

  it('may take away more than it has to', () => {
    const narrower = everywhere(
      editing(({ Statement }) => Statement.push({ Effect: 'Deny', Action: 's3:*', Resource: '*' })),
    );
    expect(faultsIn(narrower)).toEqual([]);
  });

  it('brings no managed policies that the entitlement has not', () => {
    const more = everywhere((record) =>
      asking(record, { policyArns: [{ arn: 'arn:aws:iam::aws:policy/PowerUserAccess' }] }),
    );
    expect(new Set(faultsIn(more))).toEqual(new Set(['critical session-policy-differs']));
  });

  it('and its length are bounded by role chaining', () => {
    const long = everywhere((record) => asking(record, { durationSeconds: 43_200 }));
    expect(findingsBy('session-policy-differs', long)).toHaveLength(2);
  });

  it('of which only bounds are judged without the catalogue', () => {
    const wide = withAllow({ Resource: '*' });
    expect(faultsIn(everywhere(wide), { catalogues: [] })).toEqual(['medium catalogue-unknown']);
    const endless = editing((policy) => policy.Statement.shift());
    expect(new Set(faultsIn(everywhere(endless), { catalogues: [] }))).toEqual(
      new Set(['critical session-policy-differs', 'medium catalogue-unknown']),
    );
  });
});

describe('A session of an entitlement with parameters', () => {
  const item = (order: string) =>
    recordsOfRequest(
      followedBy(
        aRequest({ catalogue, wish: { entitlement: 'orders-item', parameters: { order } } }),
        approvedByBob,
        issue(1, addSeconds(approvedAt, 2)),
      ),
    );
  const editItem = (edit: Parameters<typeof editing>[0]) =>
    item('1001').map((record) => (isTargetSession(record) ? editing(edit)(record) : record));
  const narrowing = ({ Statement }: { Statement: Statement[] }) =>
    Statement.find(({ Condition }) => Condition?.['ForAnyValue:StringNotEquals']);

  it('is narrowed by their values', () => {
    expect(faultsIn(item('1001'))).toEqual([]);
  });

  it('differs where it is not narrowed at all', () => {
    const wide = editItem((policy) =>
      Object.assign(policy, { Statement: policy.Statement.filter((one) => one !== narrowing(policy)) }),
    );
    expect(faultsIn(wide)).toEqual(['critical session-policy-differs']);
  });

  it('differs where it is narrowed by what nobody could ask for', () => {
    const other = editItem((policy) =>
      Object.assign(conditionOf(narrowing(policy), 'ForAnyValue:StringNotEquals'), {
        'dynamodb:LeadingKeys': '*',
      }),
    );
    expect(faultsIn(other)).toEqual(['critical session-policy-differs']);
  });

  it('differs where it is narrowed for fewer actions', () => {
    const fewer = editItem((policy) =>
      Object.assign(narrowing(policy) ?? {}, { Action: ['dynamodb:GetItem'] }),
    );
    expect(faultsIn(fewer)).toEqual(['critical session-policy-differs']);
  });

  property.prop([fc.stringMatching(/^[0-9]{1,10}$/)])('is narrowed by whatever may be asked for', (order) => {
    expect(faultsIn(item(order))).toEqual([]);
  });
});

describe('A session that is bound to an address', () => {
  const bound = aCatalogue((source) => {
    entitlementIn(source, 'orders-read').bindSourceIp = true;
  });
  const records = (sourceIp: string) =>
    recordsOfRequest(
      followedBy(
        aRequest({ catalogue: bound, sourceIp }),
        approvedByBob,
        issue(1, addSeconds(approvedAt, 2)),
      ),
    );
  const faults = (given: CloudTrailRecord[]) => faultsIn(given, { catalogues: [bound] });

  it('is bound to one, whichever it is', () => {
    expect(faults(records('198.51.100.4'))).toEqual([]);
  });

  it('differs where it is bound to none, or to a network', () => {
    const edit = (change: (statement: Statement) => void) =>
      records('198.51.100.4').map((record) =>
        isTargetSession(record)
          ? editing(({ Statement }) =>
              Statement.filter(({ Condition }) => Condition?.NotIpAddress).forEach(change),
            )(record)
          : record,
      );
    const networks = edit((statement) =>
      Object.assign(conditionOf(statement, 'NotIpAddress'), { 'aws:SourceIp': '0.0.0.0/0' }),
    );
    const none = edit((statement) => delete statement.Condition);
    expect(faults(networks)).toEqual(['critical session-policy-differs']);
    expect(faults(none)).toEqual(['critical session-policy-differs']);
  });
});

describe('A scheduled grant', () => {
  const startAt = addSeconds(madeAt, 7_200);
  const scheduled = { startsAt: startAt, endsAt: addSeconds(startAt, 3_600) };
  const issuedAt = (at: Instant) =>
    recordsOfRequest(
      followedBy(
        aRequest({ catalogue, wish: { startAt } }),
        { ...approvedByBob, window: scheduled },
        issue(1, at, scheduled),
      ),
    );

  it('is issued when it starts', () => {
    expect(faultsIn(issuedAt(addSeconds(startAt, 1)))).toEqual([]);
  });

  it('is not issued before, nor used', () => {
    const early = issuedAt(addSeconds(startAt, -600));
    const call = callRecord({ at: addSeconds(startAt, -500), session: sessionIn(early) });
    expect(faultsIn(early)).toEqual(['high session-outside-window']);
    expect(faultsIn([...early, call])).toEqual(['critical call-before-start', 'high session-outside-window']);
  });

  it('has its start in the session policy', () => {
    const open = issuedAt(addSeconds(startAt, 1)).map((record) =>
      isTargetSession(record)
        ? editing((policy) =>
            Object.assign(policy, {
              Statement: policy.Statement.filter(({ Condition }) => !Condition?.DateLessThan),
            }),
          )(record)
        : record,
    );
    expect(faultsIn(open)).toEqual(['critical session-policy-differs']);
  });
});

describe('When a grant is over', () => {
  const used = (...calls: [seconds: number, refused?: 'refused'][]) => {
    const records = clean();
    const session = sessionIn(records);
    return [
      ...records,
      ...calls.map(([seconds, refused]) => {
        const at = addSeconds(window.endsAt, seconds);
        return refused ? deniedCallRecord({ at, session }) : callRecord({ at, session });
      }),
    ];
  };

  it('no call may succeed', () => {
    expect(faultsIn(used([60]))).toEqual(['critical call-after-end']);
  });

  it('refused calls are worth reading', () => {
    const records = used([60, 'refused'], [61, 'refused']);
    expect(faultsIn(records)).toEqual([]);
    expect(findingsBy('call-after-end', records).map(({ message }) => message)).toEqual([
      expect.stringContaining('2 calls (DeleteItem)'),
    ]);
  });

  it('a clock that is off by a second is none', () => {
    expect(findingsBy('call-after-end', used([1]))).toEqual([]);
  });

  it('asking who one is cannot be denied', () => {
    const records = clean();
    const call = callRecord(
      { at: addSeconds(window.endsAt, 60), session: sessionIn(records) },
      { eventSource: 'sts.amazonaws.com', eventName: 'GetCallerIdentity' },
    );
    expect(findingsBy('call-after-end', [...records, call]).map(({ severity }) => severity)).toEqual([
      'info',
    ]);
  });

  it('calls whose records have no id, as in some exports, are judged each by itself', () => {
    const records = clean();
    const session = sessionIn(records);
    const late = ['DeleteItem', 'DeleteTable', 'GetCallerIdentity'].map((eventName, second) => ({
      ...callRecord({ at: addSeconds(window.endsAt, 60 + second), session }, { eventName }),
      ...(eventName === 'GetCallerIdentity' && { eventSource: 'sts.amazonaws.com' }),
      eventID: '',
    }));
    const found = findingsBy('call-after-end', [...records, ...late]);
    expect(found.map(({ severity, message }) => [severity, message.split(' in ')[0]])).toEqual([
      ['critical', '2 calls (DeleteItem, DeleteTable)'],
      ['info', '1 call (GetCallerIdentity)'],
    ]);
  });

  test.each([
    ['a call that fails otherwise may have got past the denial', 'ResourceNotFoundException', 'medium'],
    ['an expired token is turned away', 'ExpiredTokenException', 'info'],
    ['a throttled call is turned away', 'ThrottlingException', 'info'],
  ])('%s', (_, errorCode, severity) => {
    const records = clean();
    const call = callRecord(
      { at: addSeconds(window.endsAt, 60), session: sessionIn(records) },
      { errorCode },
    );
    expect(findingsBy('call-after-end', [...records, call]).map((finding) => finding.severity)).toEqual([
      severity,
    ]);
  });

  it('no session is issued any more', () => {
    const late = recordsOfRequest(
      followedBy(
        aRequest({ catalogue }),
        approvedByBob,
        issue(1, addSeconds(window.endsAt, 600)),
        { event: 'ended', at: addSeconds(window.endsAt, 700) },
        { event: 'closed', at: addSeconds(window.endsAt, 700) },
      ),
    );
    expect(faultsIn(late)).toEqual(['high session-outside-window']);
  });
});

describe('When a grant is revoked', () => {
  const revokedAt = addSeconds(approvedAt, 901);
  const revoked = (how: RecordOptions = {}) => {
    const request = stories.revoked();
    const entries = [{ requestId: request.terms.id, until: '2026-12-01T00:00:00Z' }];
    const policyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: '*', Resource: '*' },
        {
          Effect: 'Deny',
          Action: '*',
          Resource: '*',
          Condition: { StringLike: { 'aws:userid': entries.map(({ requestId }) => `*:${requestId}`) } },
        },
      ],
    });
    return [
      ...recordsOfRequest(request, { each: { revoked: how } }),
      ...boundaryRecords({ at: addSeconds(revokedAt, 1), requestId: request.terms.id, policyDocument }),
    ];
  };
  const calling = (seconds: number, how: RecordOptions = {}) => {
    const records = revoked(how);
    return [...records, callRecord({ at: addSeconds(revokedAt, seconds), session: sessionIn(records) })];
  };

  it('calls may succeed while IAM spreads the word, and are looked at', () => {
    expect(faultsIn(calling(20))).toEqual(['low call-after-end']);
  });

  it('calls after that should not', () => {
    expect(faultsIn(calling(61))).toEqual(['critical call-after-end']);
  });

  it('which was put on record forty minutes later, that is no longer than otherwise', () => {
    const late = { delay: 2_400, attester: 'reconcile' } as const;
    expect(faultsIn(revoked(late))).toEqual([]);
    expect(faultsIn(calling(20, late))).toEqual(['low call-after-end']);
    expect(faultsIn(calling(61, late))).toEqual(['critical call-after-end']);
  });

  it('and the boundary is not written, its sessions go on', () => {
    const onPaper = [...recordsOfRequest(stories.revoked()), quietHour('2026-11-22T12:00:00Z')];
    expect(faultsIn(onPaper)).toEqual([]);
    const alive = followedBy(
      aRequest({ catalogue }),
      approvedByBob,
      { ...issue(1, addSeconds(approvedAt, 600)) },
      { event: 'revoked', at: addSeconds(approvedAt, 700), by: 'ada@example.com', reason: 'Left the team' },
      { event: 'closed', at: addSeconds(approvedAt, 701) },
    );
    const ignored = [...recordsOfRequest(alive), quietHour('2026-11-22T12:00:00Z')];
    expect(faultsIn(ignored)).toEqual(['medium evidence-without-effect']);
  });

  it('no session is issued any more', () => {
    const [first, ...rest] = recordsOfRequest(stories.revoked()).filter(isTargetSession);
    const later = [first, ...rest].flatMap((record) =>
      record
        ? [
            {
              ...record,
              eventTime: addSeconds(revokedAt, 60),
              eventID: `f${record.eventID.slice(1)}`,
              sharedEventID: 'later',
            },
          ]
        : [],
    );
    expect(
      findingsBy('session-outside-window', [...revoked(), ...later]).map(({ severity }) => severity),
    ).toEqual(['high']);
  });
});

describe('Sessions in the name of a request that never came to a grant', () => {
  it('are outside of any window', () => {
    const approved = followedBy(aRequest({ catalogue }), approvedByBob, issue(1, addSeconds(approvedAt, 2)));
    const sessions = recordsOfRequest(approved).filter(isTargetSession);
    const call = callRecord({ at: addSeconds(approvedAt, 20), session: sessionIn(sessions) });
    const faults = (story: 'cancelled' | 'expired' | 'denied') =>
      faultsIn([...recordsOfRequest(stories[story]()), ...sessions, call]);
    expect(faults('cancelled')).toContain('critical session-outside-window');
    expect(faults('denied')).toContain('critical missing-decision');
  });
});
