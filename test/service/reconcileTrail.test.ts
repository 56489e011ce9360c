import type { SQSBatchResponse } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serviceRules } from '#infra/serviceWatchRules.ts';
import type { WatchRule } from '#infra/watchPattern.ts';
import { accountRules } from '#infra/watchRules.ts';
import { matches } from '../support/eventPattern.ts';
import { anActiveGrant, eventually, type Service, startService } from '../support/service.ts';
import { someSettings } from '../support/stacks.ts';
import { requestTableOf, serviceAccount } from '../support/table.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- records have the shape of the call that they are of.
type TrailRecord = Record<string, any>;

const target = '111122223333';
const settings = someSettings();
const rules: Record<string, WatchRule[]> = {
  [serviceAccount]: [...accountRules(settings), ...serviceRules(settings)],
  [target]: accountRules(settings),
};

/** As EventBridge delivers it. */
const eventOf = (detail: TrailRecord) => ({
  version: '0',
  id: detail.eventID,
  'detail-type': 'AWS API Call via CloudTrail',
  source: `aws.${String(detail.eventSource).split('.')[0]}`,
  account: detail.recipientAccountId,
  time: detail.eventTime,
  region: detail.awsRegion,
  resources: [],
  detail,
});

describe('every record of a grant that was asked for, used, renewed and revoked', () => {
  let service: Service;
  let records: TrailRecord[];
  let borrowed: TrailRecord;
  let id: string;
  const idOf = (record: TrailRecord): string => record.eventID;
  const isWatched = (record: TrailRecord): boolean =>
    (rules[record.recipientAccountId] ?? []).some(({ pattern }) => matches(pattern, eventOf(record)));
  const watched = (): TrailRecord[] => records.filter(isWatched);
  const issuedRecords = (): TrailRecord[] =>
    watched().filter(({ requestParameters }) =>
      requestParameters?.roleArn?.endsWith('/countersign-orders-read'),
    );
  const inTarget = (): TrailRecord =>
    issuedRecords().find(({ recipientAccountId }) => recipientAccountId === target) ?? {};
  const inService = (): TrailRecord =>
    issuedRecords().find(({ recipientAccountId }) => recipientAccountId === serviceAccount) ?? {};

  /** What `reconcileTrail` says of messages, run as it is deployed, under its own role. */
  async function said(bodies: string[]) {
    const before = service.server.logs().length;
    const Records = bodies.map((body, index) => ({ messageId: `message-${index}`, body }));
    const answer = (await service.server.host.invoke('reconcileTrail', { Records })) as SQSBatchResponse;
    // A worker's lines come by another way than its answer.
    await service.server.host.quiet();
    const lines = service.server.logs().slice(before);
    const words = lines.flatMap((line) => {
      const [, text] = /^reconcileTrail: (\{.*\})$/.exec(line) ?? [];
      if (text === undefined) return [];
      const { level, event, code, requestId } = JSON.parse(text);
      return [{ level, event, code, requestId }];
    });
    return { unread: answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier), words };
  }
  const saidOf = (...edited: TrailRecord[]) => said(edited.map((record) => JSON.stringify(eventOf(record))));
  const wordsOn = async (record: TrailRecord) => (await saidOf(record)).words;

  beforeAll(async () => {
    service = await startService();
    const grant = await anActiveGrant(service);
    id = grant.id;
    const table = requestTableOf(service);
    await table.asleep(id);
    await service.advance('PT11M');
    await eventually('the second session', async () => {
      const { history } = (await table.load(id)).request;
      return history.filter(({ event }) => event === 'issued').length === 2;
    });
    await service.as('bob').post(`/v1/requests/${id}/revoke`, { reason: 'The wrong table' });
    await eventually('the last link, on record', async () => {
      const { history } = (await table.load(id)).request;
      return history.at(-1)?.event === 'closed' && history.every(({ notary }) => notary !== undefined);
    });
    const everything: TrailRecord[] = await service.trail();
    // This test reads the table under the role of `requests`, as no function does.
    borrowed =
      everything.find(({ requestParameters }) => requestParameters?.roleSessionName === 'table-reader') ?? {};
    records = everything.filter((record) => record !== borrowed);
  }, 60_000);
  afterAll(() => service.stop());

  test('is in order', async () => {
    expect(await saidOf(...watched())).toEqual({ unread: [], words: [] });
  });

  test('comes from both accounts: of sessions, of the notary and of the revoker', () => {
    const seen = watched().map(
      ({ recipientAccountId, requestParameters }) =>
        `${recipientAccountId} ${requestParameters.roleArn.split('/')[1]}`,
    );
    expect(new Set(seen)).toEqual(
      new Set([
        `${serviceAccount} countersign-notary`,
        `${serviceAccount} countersign-orders-read`,
        `${target} countersign-orders-read`,
        `${serviceAccount} countersign-revoker`,
        `${target} countersign-revoker`,
      ]),
    );
    expect(issuedRecords()).toHaveLength(4);
  });

  test('names no other way in: whatever the watch leaves out is no role of Countersign’s, or a function starting', () => {
    const left = records.filter((record) => record.eventName === 'AssumeRole' && !watched().includes(record));
    expect(left.length).toBeGreaterThan(0);
    for (const { userIdentity } of left) expect(userIdentity.type).toBe('AWSService');
  });

  const outOfBand = (record: TrailRecord, code: string, requestId?: string) => [
    {
      level: 'error',
      event: 'outOfBand',
      code: `${code} ${idOf(record)}`,
      requestId,
    },
  ];

  test.each<[string, (record: TrailRecord) => TrailRecord, string]>([
    [
      'another caller',
      (record) => ({
        ...record,
        userIdentity: {
          ...record.userIdentity,
          arn: `arn:aws:sts::${serviceAccount}:assumed-role/administrator/countersign-issue-session`,
          principalId: 'AROAEXAMPLE:mallory',
        },
      }),
      'wrong_caller',
    ],
    [
      'another key',
      (record) => ({ ...record, responseElements: { credentials: { accessKeyId: 'ASIAFORGED' } } }),
      'not_on_record',
    ],
    [
      'another person',
      (record) => ({
        ...record,
        requestParameters: { ...record.requestParameters, sourceIdentity: 'dave@example.com' },
      }),
      'other_person',
    ],
    [
      'no tags',
      (record) => ({ ...record, requestParameters: { ...record.requestParameters, tags: undefined } }),
      'other_terms',
    ],
    [
      'another role',
      (record) => ({
        ...record,
        requestParameters: {
          ...record.requestParameters,
          roleArn: `arn:aws:iam::${target}:role/countersign-orders-admin`,
        },
      }),
      'other_role',
    ],
  ])('with %s is out of band, in either account’s copy', async (_, edit, code) => {
    for (const record of [inService(), inTarget()])
      expect(await wordsOn(edit(record))).toEqual(outOfBand(record, code, id));
  });

  test('under the name of no request is out of band, and the name is not repeated', async () => {
    const named = (roleSessionName: string) => ({
      ...inTarget(),
      requestParameters: { ...inTarget().requestParameters, roleSessionName },
    });
    expect(await wordsOn(named('mallory@example.com'))).toEqual(outOfBand(inTarget(), 'no_request'));
    const unknown = '01KANB1X000000000000000001';
    expect(await wordsOn(named(unknown))).toEqual(outOfBand(inTarget(), 'no_request', unknown));
  });

  test('of a revoker or a notary that somebody else became is out of band', async () => {
    const of = (name: string) =>
      watched().find(({ requestParameters }) => requestParameters.roleArn.endsWith(name)) ?? {};
    for (const record of [of('countersign-revoker'), of('countersign-notary')]) {
      const userIdentity = { ...record.userIdentity, arn: `arn:aws:iam::${serviceAccount}:user/mallory` };
      expect(await wordsOn({ ...record, userIdentity })).toEqual(outOfBand(record, 'wrong_caller'));
    }
  });

  test('of a function’s role that Lambda runs something else under is out of band', async () => {
    expect(borrowed).toMatchObject({ userIdentity: { invokedBy: 'lambda.amazonaws.com' } });
    expect(isWatched(borrowed)).toBe(true);
    expect(await wordsOn(borrowed)).toEqual(outOfBand(borrowed, 'wrong_caller'));
  });

  test('of an attempt that STS refused is a warning', async () => {
    const refused = {
      ...inService(),
      errorCode: 'AccessDenied',
      errorMessage: `User: x is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::${target}:role/countersign-orders-read`,
      requestParameters: null,
      responseElements: null,
    };
    expect(matches(accountRules(settings)[1]?.pattern ?? {}, eventOf(refused))).toBe(true);
    expect(await wordsOn(refused)).toEqual([
      { level: 'warn', event: 'refusedAssumeRole', code: `AccessDenied ${idOf(refused)}` },
    ]);
  });

  test('of anything else that the watch hands on is tampering', async () => {
    const stopped = {
      eventID: 'an-event',
      eventSource: 'cloudtrail.amazonaws.com',
      eventName: 'StopLogging',
      requestParameters: { name: 'countersign' },
    };
    expect(await wordsOn(stopped)).toEqual([
      { level: 'error', event: 'tampering', code: 'StopLogging an-event' },
    ]);
  });

  test('shows by a heartbeat that it arrives, of which nothing is said', async () => {
    const heartbeat = {
      version: '0',
      id: 'an-event',
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      resources: [`arn:aws:events:us-east-1:${serviceAccount}:rule/countersign-watch-heartbeat`],
      detail: {},
    };
    expect(await said([JSON.stringify(heartbeat)])).toEqual({ unread: [], words: [] });
  });

  test('of a role of the CDK that somebody entered is tampering', async () => {
    const roleArn = `arn:aws:iam::${serviceAccount}:role/cdk-hnb659fds-deploy-role-${serviceAccount}-us-east-1`;
    const entered = { ...inService(), requestParameters: { roleArn, roleSessionName: 'x' } };
    expect(isWatched(entered)).toBe(true);
    expect(await wordsOn(entered)).toEqual([
      { level: 'error', event: 'tampering', code: `AssumeRole ${idOf(entered)}` },
    ]);
  });

  test('is read even beside messages that cannot be: those alone come again', async () => {
    const good = JSON.stringify(eventOf(inTarget()));
    const bad = [
      '',
      'no JSON',
      '{}',
      '{"detail":{"eventName":7}}',
      JSON.stringify(eventOf({ ...inTarget(), requestParameters: {} })),
    ];
    const { unread, words } = await said([
      ...bad,
      good,
      JSON.stringify(eventOf({ ...inTarget(), responseElements: null })),
    ]);
    expect(unread).toEqual(bad.map((_, index) => `message-${index}`));
    expect(words.filter(({ event }) => event === 'trailUnread')).toHaveLength(bad.length);
    expect(words.filter(({ event }) => event === 'outOfBand')).toHaveLength(1);
  });

  test('leaves nothing of what it read in the log: neither tokens nor names', async () => {
    const { words } = await saidOf(
      ...issuedRecords().map((record) => ({ ...record, userIdentity: { type: 'AWSAccount' } })),
    );
    expect(words).toHaveLength(4);
    const text = JSON.stringify(words);
    expect(text).not.toContain(inTarget().responseElements.credentials.sessionToken);
    expect(text).not.toContain('alice@example.com');
  });
});
