import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lacks } from '../support/needs.ts';
import { type ServerProcess, startServerProcess } from '../support/process.ts';
import { anActiveGrant, eventually, untilStatus } from '../support/service.ts';

const cli = '/usr/bin/aws';
const run = promisify(execFile);
const timeout = 180_000;

const realMinute = 60_000;
const key = ['--table-name', 'orders', '--key', '{"id":{"S":"1001"}}'];

describe.skipIf(lacks('aws'))('with nothing but HTTP and the AWS CLI', () => {
  let server: ServerProcess;
  let home: string;
  beforeAll(async () => {
    [server, home] = await Promise.all([startServerProcess(), mkdtemp(join(tmpdir(), 'countersign-cli-'))]);
  }, timeout);
  afterAll(async () => {
    await Promise.all([server.remove(), rm(home, { recursive: true })]);
  });

  const bare = () => ({
    PATH: '/usr/bin:/bin',
    HOME: home,
    AWS_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_MAX_ATTEMPTS: '1',
  });
  const aws = async (environment: Record<string, string>, ...words: string[]) => {
    const all = [...words, '--endpoint-url', server.awsUrl, '--output', 'json'];
    const { stdout } = await run(cli, all, { env: { ...bare(), ...environment } });
    return stdout === '' ? undefined : JSON.parse(stdout);
  };
  /** What the CLI says when it fails. */
  const complaint = async (environment: Record<string, string>, ...words: string[]): Promise<string> => {
    const error: unknown = await aws(environment, ...words).catch((reason: unknown) => reason);
    return error instanceof Error ? error.message : '';
  };

  test('a minute of access is asked for, approved, used, kept to what was asked, over by itself, and on record', {
    timeout,
  }, async () => {
    const { service } = server;
    const began = Date.now();
    const { id, request, credentials } = await anActiveGrant(service, { duration: 'PT1M' });
    const invited = (await service.inbox()).filter((mail) => mail.requestId === id && mail.approvalToken);
    expect(invited.flatMap(({ to }) => to).sort()).toEqual(['bob@example.com', 'carol@example.com']);

    const session = {
      AWS_ACCESS_KEY_ID: credentials.AccessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.SecretAccessKey,
      AWS_SESSION_TOKEN: credentials.SessionToken,
    };
    expect(await aws(session, 'dynamodb', 'get-item', ...key)).toMatchObject({ Item: { id: { S: '1001' } } });
    expect(await complaint(session, 'dynamodb', 'delete-item', ...key)).toContain('AccessDenied');
    expect(await aws(session, 'sts', 'get-caller-identity')).toMatchObject({
      Account: '111122223333',
      Arn: `arn:aws:sts::111122223333:assumed-role/countersign-orders-read/${id}`,
    });
    expect(
      await complaint(
        session,
        'sts',
        'assume-role',
        '--role-arn',
        'arn:aws:iam::111122223333:role/countersign-orders-read',
        '--role-session-name',
        'longer',
      ),
    ).toContain('AccessDenied');

    // Nobody does anything, and the clock is the real one.
    await new Promise((resolve) => setTimeout(resolve, Date.parse(request.endsAt) - Date.now() + 500));
    expect(Date.now() - began).toBeGreaterThan(realMinute);
    expect(await complaint(session, 'dynamodb', 'get-item', ...key)).toContain('AccessDenied');
    const ended = await untilStatus(service, 'alice', id, 'ended');
    expect(ended.history.map(({ event }: { event: string }) => event).slice(0, 4)).toEqual([
      'requested',
      'approved',
      'issued',
      'ended',
    ]);
    await eventually('the last link to be on record', async () => {
      const { body } = await service.as('alice').get(`/v1/requests/${id}`);
      const last = body.history.at(-1);
      return last.event === 'closed' && last.notary !== undefined;
    });
    await expectStoryInTrail(server, id, credentials.AccessKeyId);
  });

  test('a profile whose credential_process prints the opened credentials needs nothing else', {
    timeout,
  }, async () => {
    const { credentials } = await anActiveGrant(server.service);
    await writeFile(join(home, 'credentials.json'), JSON.stringify(credentials), { mode: 0o600 });
    await writeFile(
      join(home, 'config'),
      `[profile orders]\ncredential_process = cat ${join(home, 'credentials.json')}\n`,
    );
    const profile = { AWS_CONFIG_FILE: join(home, 'config'), AWS_PROFILE: 'orders' };
    expect(await aws(profile, 'dynamodb', 'get-item', ...key)).toMatchObject({ Item: { id: { S: '1001' } } });
    expect(await complaint(profile, 'dynamodb', 'delete-item', ...key)).toContain('AccessDenied');
  });
});

interface TrailRecord {
  eventName: string;
  errorCode?: string;
  recipientAccountId: string;
  userIdentity: { accessKeyId?: string; sessionContext?: { sourceIdentity?: string } };
  requestParameters: {
    roleArn?: string;
    roleSessionName?: string;
    sourceIdentity?: string;
    tags?: { key: string; value: string }[];
  } | null;
}

/** CloudTrail alone shows who asked, who approved, what was issued, what was done with it, and the end. */
async function expectStoryInTrail(
  { service }: ServerProcess,
  id: string,
  accessKeyId: string,
): Promise<void> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the shape is what this test looks for.
  const records = (await service.trail()) as unknown as TrailRecord[];
  const ours = records.filter(({ requestParameters }) => requestParameters?.roleSessionName === id);
  const said = ours.flatMap(({ requestParameters }) => {
    const event = requestParameters?.tags?.find(({ key: name }) => name === 'cs:event')?.value;
    return event === undefined ? [] : [[event, requestParameters?.sourceIdentity]];
  });
  expect(said).toEqual([
    ['requested', 'alice@example.com'],
    ['approved', 'bob@example.com'],
    ['issued', 'countersign'],
    ['ended', 'countersign'],
    ['closed', 'countersign'],
  ]);
  const target = ours.filter(({ requestParameters }) =>
    requestParameters?.roleArn?.endsWith('role/countersign-orders-read'),
  );
  expect(target.map(({ recipientAccountId }) => recipientAccountId).sort()).toEqual([
    '111122223333',
    '999988887777',
  ]);

  const used = records.filter(({ userIdentity }) => userIdentity.accessKeyId === accessKeyId);
  expect(used.map(({ eventName, errorCode }) => [eventName, errorCode])).toEqual([
    ['GetItem', undefined],
    ['DeleteItem', 'AccessDenied'],
    ['GetCallerIdentity', undefined],
    ['AssumeRole', 'AccessDenied'],
    ['GetItem', 'AccessDenied'],
  ]);
  for (const { userIdentity } of used)
    expect(userIdentity.sessionContext?.sourceIdentity).toBe('alice@example.com');
}
