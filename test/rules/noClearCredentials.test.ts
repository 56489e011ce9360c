import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gunzipSync } from 'node:zlib';
import { GetExecutionHistoryCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requestTable } from '#infra/requestTable.ts';
import { startTableHost } from '../../local/aws/tableHost.ts';
import {
  anActiveGrant,
  anOrdersRequest,
  eventually,
  type Service,
  startService,
  untilStatus,
} from '../support/service.ts';
import { requestTableOf, serviceAccount } from '../support/table.ts';
import { disguisesOf, holds } from './disguises.ts';
import { clientsOf, roleArn, without, withRole } from './roleClients.ts';
import { approve, mailedToken, stateMachineArn, untilClosed } from './steps.ts';

/** One place that received bytes, by a name that a failure can be found by. */
interface Sink {
  name: string;
  content: string | Uint8Array;
}

interface StoredSession {
  accessKeyId: string;
  secretAccessKey: string;
  roleArn: string;
}

/** Everything that a service run received, collected after it stopped. */
interface Remains {
  sinks: Sink[];
  /** What the local server keeps to play AWS: STS knows its sessions' secrets, or it could not verify a signature. */
  stsSessions: StoredSession[];
  issued: { id: string; secretAccessKey: string; sessionToken: string; accessKeyId: string; jwe: string }[];
  approvalTokens: { used: string; unused: string };
  bearerTokens: string[];
}

let folder: string;
let remains: Remains;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-canary-'));
  remains = await runAndCollect(folder);
}, 90_000);
afterAll(() => rm(folder, { recursive: true }));

const namesOf = (sinks: readonly Sink[], secret: string): string[] => {
  const disguises = disguisesOf(secret);
  return sinks.filter(({ content }) => holds(content, disguises)).map(({ name }) => name);
};

describe('Credentials never exist in the clear outside issueSession and the requester’s machine: the search', () => {
  const secret = 'q7/R+x0kLm9Zt4VbNc2YwEaUiOpSdFgHjKl1+/Qz';
  test.each([
    ['as it is', `key=${secret};`],
    ['as JSON in JSON', JSON.stringify(JSON.stringify({ secret })).replaceAll('/', '\\/')],
    [
      'as JSON with every sign escaped',
      secret.replace(/[/+]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`),
    ],
    ['in a URL', `https://example.com/?secret=${encodeURIComponent(secret)}`],
    ['in base64', Buffer.from(secret).toString('base64')],
    ['in base64, one byte further', Buffer.from(`:${secret}`).toString('base64')],
    ['in base64url, two bytes further', Buffer.from(`::${secret}`).toString('base64url')],
    ['in hexadecimal', Buffer.from(secret).toString('hex')],
    ['wrapped as mail is', `${secret.slice(0, 8)}=\r\n${secret.slice(8)}`],
    ['without its beginning', secret.slice(12)],
    ['among bytes', `\u0000\u00ff${secret}\u0000`],
  ])('finds a secret %s', (_, text) => {
    expect(holds(text, disguisesOf(secret))).toBe(true);
    expect(holds(Buffer.from(text, 'latin1'), disguisesOf(secret))).toBe(true);
    expect(holds(text, disguisesOf(secret.toLowerCase()))).toBe(false);
  });

  test('looks into every kind of sink: what belongs there is found there', () => {
    const [first] = remains.issued;
    if (!first) throw new Error('Nothing was issued.');
    const kindsOf = (text: string): string[] => [
      ...new Set(namesOf(remains.sinks, text).map((name) => name.split(':')[0] ?? name)),
    ];
    expect(kindsOf(first.jwe)).toEqual(expect.arrayContaining(['file', 'answer']));
    expect(kindsOf(first.id)).toEqual(
      expect.arrayContaining([
        'file',
        'store',
        'table',
        'log',
        'history',
        'mail',
        'trail',
        'answer',
        'event',
      ]),
    );
    expect(
      remains.sinks.filter(({ name }) => name.startsWith('file:') && name.includes('tables-')),
    ).not.toEqual([]);
    expect(remains.stsSessions.length).toBeGreaterThan(10);
  });
});

describe('Credentials never exist in the clear outside issueSession and the requester’s machine: a secret key', () => {
  test('that was issued stands nowhere that any byte was received', () => {
    expect(remains.issued.length).toBeGreaterThanOrEqual(4);
    for (const { secretAccessKey } of remains.issued)
      expect(namesOf(remains.sinks, secretAccessKey)).toEqual([]);
  });

  test('that STS ever made, for a target, a function or the notary, lost ones included, stands nowhere either', () => {
    const targets = remains.stsSessions.filter(({ roleArn: arn }) => arn.includes(':111122223333:'));
    // More than were ever claimed: one was made and then could not be written down.
    expect(targets.length).toBeGreaterThan(remains.issued.length);
    const disguises = remains.stsSessions.flatMap(({ secretAccessKey }) => disguisesOf(secretAccessKey));
    expect(remains.sinks.filter(({ content }) => holds(content, disguises)).map(({ name }) => name)).toEqual(
      [],
    );
  }, 60_000);
});

describe('Credentials never exist in the clear outside issueSession and the requester’s machine: a session token', () => {
  /** Every session token begins alike. */
  const commonBeginning = 'IQoJb3JpZ2luX2Vj'.length;

  test('stands in CloudTrail’s own record of its AssumeRole, as on AWS, and nowhere else', () => {
    for (const { sessionToken, accessKeyId } of remains.issued) {
      const secret = sessionToken.slice(commonBeginning);
      const places = namesOf(remains.sinks, secret);
      expect(places.filter((name) => !/^(trail|store:trail$|file:trail\/)/.test(name))).toEqual([]);
      const records = remains.sinks.filter(
        ({ name }) => name === 'trail: AssumeRole' && places.includes(name),
      );
      expect(records).not.toEqual([]);
      for (const { content } of remains.sinks.filter(({ name }) => name.startsWith('trail:')))
        if (holds(content, disguisesOf(secret))) expect(content).toContain(accessKeyId);
    }
  });
});

describe('What opens a door by itself stays where it belongs:', () => {
  test('an approval token in its mail; once used, on the record, whose seals it proves', () => {
    const { used, unused } = remains.approvalTokens;
    const places = (token: string): string[] => [
      ...new Set(namesOf(remains.sinks, token).map((name) => name.split(':')[0] ?? name)),
    ];
    expect(places(unused).filter((place) => place !== 'mail' && place !== 'store')).toEqual([]);
    expect(namesOf(remains.sinks, unused).filter((name) => name.startsWith('store'))).toEqual(['store:mail']);
    expect(
      namesOf(remains.sinks, used).filter((name) => !/^(mail|store:mail|table|file:tables-)/.test(name)),
    ).toEqual([]);
  });

  test('a bearer token in nobody’s log, store, history, mail or trail', () => {
    expect(remains.bearerTokens.length).toBeGreaterThan(1);
    for (const token of remains.bearerTokens) {
      // Its signature: the rest is no secret, and the subject is meant to be seen.
      const signature = token.split('.').at(-1) ?? '';
      expect(namesOf(remains.sinks, signature)).toEqual([]);
    }
  });
});

/** Grants that end in every way, and one whose credentials get lost between STS and the record. */
async function runAndCollect(root: string): Promise<Remains> {
  const data = join(root, 'data');
  const service = await startService({ dataDirectory: data });
  const answers: Sink[] = [];
  const bearerTokens = new Set<string>();
  const call = service.call;
  // What callers of the API receive; the local server's own hooks show mails and trail, which are searched as such.
  const recorded: Service = {
    ...service,
    as: (user) => ({
      get: (path) => recordedCall('GET', path, user),
      post: (path, body = {}, headers = {}) => recordedCall('POST', path, user, body, headers),
    }),
  };
  const recordedCall = async (method: string, path: string, user: string, body?: unknown, headers = {}) => {
    const token = await service.token(user);
    bearerTokens.add(token);
    const answer = await call(method, path, { token, body, headers });
    const content = JSON.stringify([answer.body, [...answer.headers]]);
    answers.push({ name: `answer: ${method} ${path}`, content });
    return answer;
  };

  const { issued, approvalTokens } = await liveThrough(recorded);
  const histories = await executionHistories(
    service,
    issued.map(({ id }) => id),
  );
  const { aws } = service.server;
  await service.stop();

  const trail = aws
    .trail()
    .map((record) => ({ name: `trail: ${record.eventName}`, content: JSON.stringify(record) }));
  const mails = aws.inbox().map((mail) => ({ name: `mail: ${mail.subject}`, content: JSON.stringify(mail) }));
  const events = aws
    .events()
    .map((event) => ({ name: `event: ${event.DetailType}`, content: JSON.stringify(event) }));
  const logs = service.server.logs().map((line) => ({ name: `log: ${line.slice(0, 60)}`, content: line }));
  const { sinks: stores, stsSessions } = storeSinks(join(data, 'countersign.sqlite'));
  const sinks = [
    ...answers,
    ...histories,
    ...trail,
    ...mails,
    ...events,
    ...logs,
    ...stores,
    ...(await tableSinks(data)),
    ...(await fileSinks(data)),
  ];
  return { sinks, stsSessions, issued, approvalTokens, bearerTokens: [...bearerTokens] };
}

async function liveThrough(service: Service): Promise<Pick<Remains, 'issued' | 'approvalTokens'>> {
  const table = requestTableOf(service);
  const issued: Remains['issued'] = [];
  const keep = (
    id: string,
    jwe: string,
    keys: { AccessKeyId: string; SecretAccessKey: string; SessionToken: string },
  ) =>
    issued.push({
      id,
      jwe,
      accessKeyId: keys.AccessKeyId,
      secretAccessKey: keys.SecretAccessKey,
      sessionToken: keys.SessionToken,
    });
  const [returned, revoked, timed] = [
    await anActiveGrant(service),
    await anActiveGrant(service),
    await anActiveGrant(service),
  ];
  for (const { id, sealed, credentials } of [returned, revoked, timed]) keep(id, sealed.jwe, credentials);
  const used = await mailedToken(service, 'bob', returned.id);
  const unused = await mailedToken(service, 'carol', returned.id);
  // A token that is not right, and credentials asked for by somebody else: refusals are written by other paths.
  const other = await anOrdersRequest(service);
  await service.as('bob').post(`/v1/requests/${other.id}/decision`, { decision: 'approve', token: used });
  await service.as('dave').get(`/v1/requests/${timed.id}/credentials`);

  // Made by STS, and then the record could not be written.
  await table.asleep(other.id);
  const restore = without(service, 'issueSession', 'dynamodb:UpdateItem');
  await approve(service, 'bob', other.id);
  await eventually('the write to be refused', async () =>
    service.server.aws
      .recordedCalls()
      .some(
        ({ principal, operation, errorCode }) =>
          principal === 'countersign-issue-session' && operation === 'UpdateItem' && errorCode,
      ),
  );
  restore();
  await service.advance('PT1M');
  await untilStatus(service, 'alice', other.id, 'active');

  await service.as('alice').post(`/v1/requests/${returned.id}/return`);
  await service.as('ada').post(`/v1/requests/${revoked.id}/revoke`, { reason: 'Left the team' });
  await table.asleep(timed.id);
  await service.advance('PT11M');
  const again = await eventually('the second session', async () => {
    const { body } = await service.as('alice').get(`/v1/requests/${timed.id}/credentials`);
    return body.sequence === 2 && body;
  });
  keep(timed.id, again.jwe, await timed.recipient.open(again.jwe));
  await table.asleep(timed.id);
  await service.advance('PT1H');
  for (const { id } of [returned, revoked, timed]) await untilClosed(service, id);
  return { issued, approvalTokens: { used, unused } };
}

/** What Step Functions shows of every execution, its inputs, outputs and parameters included. */
async function executionHistories(service: Service, ids: readonly string[]): Promise<Sink[]> {
  const restore = withRole(service, roleArn('reconcile'), (definition) => ({
    ...definition,
    policy: {
      ...definition.policy,
      Statement: [{ Effect: 'Allow', Action: 'states:GetExecutionHistory', Resource: '*' }],
    },
  }));
  const { sfn } = await clientsOf(service, 'reconcile');
  const histories = await Promise.all(
    [...new Set(ids)].map(async (id) => {
      const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${id}-1`;
      const { events } = await sfn.send(
        new GetExecutionHistoryCommand({ executionArn, includeExecutionData: true, maxResults: 1_000 }),
      );
      return { name: `history: ${id}`, content: JSON.stringify(events) };
    }),
  );
  restore();
  return histories;
}

/** The local server's own store, row by row. STS's sessions are kept apart: they play AWS. */
function storeSinks(file: string): { sinks: Sink[]; stsSessions: StoredSession[] } {
  const database = new DatabaseSync(file);
  try {
    const rows = database.prepare('SELECT name, key, value FROM entry').all();
    const sinks: Sink[] = [];
    const stsSessions: StoredSession[] = [];
    for (const row of rows) {
      const [name, key, value] = [String(row.name), String(row.key), String(row.value)];
      if (name === 'session') stsSessions.push(JSON.parse(value));
      else sinks.push({ name: `store:${name}`, content: `${key} ${value}` });
    }
    return { sinks, stsSessions };
  } finally {
    database.close();
  }
}

/** Every item of the service's table: the files are compressed, so their bytes alone would not show all. */
async function tableSinks(data: string): Promise<Sink[]> {
  const host = await startTableHost({
    tables: [requestTable],
    directory: join(data, `tables-${serviceAccount}`),
  });
  try {
    const { body } = await host.send('Scan', JSON.stringify({ TableName: requestTable.name }));
    const { Items, LastEvaluatedKey } = JSON.parse(body);
    if (LastEvaluatedKey) throw new Error('The table is too large for one page.');
    return Items.map((item: { pk: { S: string } }) => ({
      name: `table: ${item.pk.S}`,
      content: JSON.stringify(item),
    }));
  } finally {
    await host.close();
  }
}

/** Every file of the data folder but the store, which is read row by row; compressed ones as they are and unpacked. */
async function fileSinks(data: string): Promise<Sink[]> {
  const entries = await readdir(data, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const sinks = await Promise.all(
    files
      .filter((file) => !file.includes('countersign.sqlite'))
      .map(async (file) => {
        const content = await readFile(file);
        const name = `file:${file.slice(data.length + 1)}`;
        return [{ name, content }, ...(file.endsWith('.gz') ? [{ name, content: gunzipSync(content) }] : [])];
      }),
  );
  return sinks.flat();
}
