import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GrantWindow } from '#domain/accessRequest.ts';
import { termsSchema } from '#domain/terms.ts';
import { fromItem, type Item, type StoredRequest, toItem } from '../../lambdas/adapters/requestItem.ts';
import {
  aCatalogueSource,
  anotherRecipientKey,
  aRecipientKey,
  type CatalogueSource,
  entitlementIn,
} from '../support/builders.ts';
import { eventually, type Service, startService } from '../support/service.ts';
import { type RequestTable, requestTableOf } from '../support/table.ts';
import { targetSessionsOf } from './evidence.ts';
import {
  aPendingRequest,
  approve,
  aScheduledGrant,
  loseExecution,
  secondsFromNow,
  untilAudited,
} from './steps.ts';

/** Words that a requester can act on; anything else means that a step crashed rather than judged. */
const refusals =
  /^(record_altered|entitlement_changed|requester_not_eligible|approval_rules_not_met|decided_too_late)$/;

/** A request that uses every field there is: parameters, ticket, start, a shortened duration and a comment. */
const aRichGrant = (service: Service, table: RequestTable, startsIn = 3_600) =>
  aScheduledGrant(service, table, {
    startAt: secondsFromNow(startsIn),
    entitlement: 'orders-item',
    parameters: { order: '1001' },
    ticket: 'CHG-7',
    decision: { duration: 'PT30M', comment: 'As discussed' },
  });

/** What nothing is decided by, with the reason. Every other leaf of the record has to be answered for. */
const harmless: Record<string, string> = {
  requesterKey: 'a hint: where the request stands in its requester’s list',
  version: 'orders the writes; a wrong one only makes them collide',
  dueAt: 'when reconcile looks',
  dueShard: 'where reconcile looks',
  taskToken: 'whom to wake',
  invitations:
    'who was mailed, and the hash that a pending decision’s token has to have; the token is verified',
  announced: 'how many history entries have been published',
  noticed: 'how many history entries the requester has been mailed about',
  attempt: 'how many executions were started',
  'history.0.notary': 'joins record and trail for the reader; the trail needs no join',
  'history.1.notary': 'the same',
  'decisions.0.comment': 'words to the requester; the history entry’s hash in the trail covers them',
};

const isHarmless = (path: string): boolean =>
  Object.keys(harmless).some((prefix) => path === prefix || path.startsWith(`${prefix}.`));

type Path = (string | number)[];

/** Every leaf of a stored value; an empty list or map is one, for something could be added to it. */
function leavesOf(value: unknown, path: Path = []): { path: Path; value: unknown }[] {
  if (typeof value !== 'object' || value === null) return [{ path, value }];
  const children: [string | number, unknown][] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value);
  if (children.length === 0) return [{ path, value }];
  return children.flatMap(([key, child]) => leavesOf(child, [...path, key]));
}

/** Another value of the same kind: as close to a valid one as can be told from the value itself. */
function another(value: unknown): unknown {
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return value + 60;
  if (Array.isArray(value)) return ['security'];
  if (typeof value !== 'string') return { order: '1002' };
  if (/^\d{4}-\d\d-\d\dT[\d:]+Z$/.test(value))
    return new Date(Date.parse(value) + 60_000).toISOString().replace('.000', '');
  if (value.startsWith('cs1.')) return `cs1.${value[4] === 'A' ? 'B' : 'A'}${value.slice(5)}`;
  // Digests and codes: 32 bytes in base64url or base64.
  if (/^[A-Za-z0-9+/_-]{43}=?$/.test(value)) return (value.startsWith('A') ? 'B' : 'A') + value.slice(1);
  const { [value]: other } = siblings;
  return other ?? (value.includes('@') ? 'mallory@example.com' : `${value}x`);
}

/** Of values that only take certain others. */
const siblings: Record<string, string> = {
  human: 'machine',
  approve: 'deny',
  'orders-item': 'orders-admin',
  'arn:aws:iam::111122223333:role/countersign-orders-item':
    'arn:aws:iam::111122223333:role/countersign-orders-admin',
};

/** The item with one leaf replaced, or removed when there is no replacement. */
function replaced(
  value: unknown,
  [key, ...rest]: Path,
  replacement: { value: unknown } | undefined,
): unknown {
  if (key === undefined) return replacement?.value;
  if (Array.isArray(value)) {
    const list = value.map((child, index) => (index === key ? replaced(child, rest, replacement) : child));
    return list.filter((child) => child !== undefined);
  }
  if (typeof value !== 'object' || value === null) throw new TypeError('There is no such leaf.');
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, child]) => [name, name === key ? replaced(child, rest, replacement) : child] as const)
      .filter(([, child]) => child !== undefined),
  );
}

const itemOf = (value: unknown): Item => {
  if (typeof value !== 'object' || value === null) throw new TypeError('Not an item.');
  return { ...value };
};

const isReadable = (item: Item): boolean => {
  try {
    fromItem(item);
    return true;
  } catch {
    return false;
  }
};

interface Edit {
  name: string;
  item: Item;
}

/** Every leaf of the item changed, and every leaf removed. */
function editsOf(item: Item): Edit[] {
  return leavesOf(item).flatMap(({ path, value }) => [
    { name: path.join('.'), item: itemOf(replaced(item, path, { value: another(value) })) },
    { name: `${path.join('.')} (removed)`, item: itemOf(replaced(item, path, undefined)) },
  ]);
}

const unchangedName = (name: string): string => name.replace(/ \(removed\)$/, '');

let service: Service;
let table: RequestTable;
let folder: string;

const catalogueFile = async (name: string, edit: (source: CatalogueSource) => void): Promise<string> => {
  const source = aCatalogueSource();
  entitlementIn(source, 'orders-item').bindSourceIp = true;
  edit(source);
  const file = join(folder, name);
  await writeFile(file, JSON.stringify(source));
  return file;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-approved-'));
  service = await startService({ catalogueFile: await catalogueFile('catalogue.yaml', () => {}) });
  table = requestTableOf(service);
});
afterAll(async () => {
  await service.stop();
  await rm(folder, { recursive: true });
});

/** Several at a time: what is asked for at once is prepared at once. */
async function inBatches<Value, Result>(
  values: readonly Value[],
  work: (value: Value) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < values.length; start += 8)
    results.push(...(await Promise.all(values.slice(start, start + 8).map(work))));
  return results;
}

/** Nobody got anything for the request, ever: no session of any target role in the trail, nothing sealed on the record. */
async function expectNothingIssued(id: string, name: string): Promise<void> {
  expect(targetSessionsOf(service, id), name).toEqual([]);
  expect(JSON.stringify(await table.item(id)), name).not.toContain('"jwe"');
}

const namesOf = (edits: readonly Edit[] = []): string[] => edits.map(({ name }) => name);

/** A grant that nothing moves any more, neither its workflow nor reconcile: only the test does. */
async function leftAlone(grant: StoredRequest & { id: string }): Promise<{ id: string; approved: Item }> {
  await loseExecution(service, grant);
  const { dueAt: _, dueShard: __, ...approved } = await table.item(grant.id);
  await table.put(approved);
  return { id: grant.id, approved };
}

/** The request fails with words that its requester can read, and nobody got anything. */
async function expectRefused(id: string, { name, item }: Edit): Promise<void> {
  const { host } = service.server;
  await table.put(item);
  await host.invoke('issueSession', { requestId: id });
  // What shows at a glance, issueSession leaves to the last step.
  if ((await table.load(id)).request.status === 'scheduled') await host.invoke('endGrant', { requestId: id });
  const { status, reason } = (await service.as('trent').get(`/v1/requests/${id}`)).body;
  expect([status, reason], name).toEqual(['failed', expect.stringMatching(refusals)]);
  await expectNothingIssued(id, name);
  const own = await service.as('alice').get(`/v1/requests/${id}`);
  // Whom the record no longer names as its requester, it does not concern.
  if (/^terms\.requester\.(issuer|subject)$/.test(name)) expect(own.status, name).toBe(404);
  else expect(own.body.reason, name).toBe(reason);
}

/** Dozens of whole requests, on a machine that may have other things to do. */
const dozens = 90_000;

describe('What is approved is what is issued: between approval and issue', () => {
  test(
    'every leaf of the record that is not harmless, changed or taken away, leads to nothing',
    async () => {
      // One request that is due, and that nothing but this test moves: each edit is made to it as it was approved.
      const { id, approved } = await leftAlone(await aRichGrant(service, table, 60));
      await service.advance('PT3M');
      expect(Object.keys(itemOf(approved.terms)).sort()).toEqual(Object.keys(termsSchema.shape).sort());

      const edits = editsOf(approved).filter(({ name }) => !isHarmless(unchangedName(name)));
      const [readable, unreadable] = [true, false].map((wanted) =>
        edits.filter(({ item }) => isReadable(item) === wanted),
      );
      // What cannot be parsed cannot be issued: there is no other way to a record. One such goes all the way below.
      expect(namesOf(unreadable)).toContain('terms.recipientKey.x');
      expect(namesOf(readable).map((name) => name.split('.')[0])).toEqual(
        expect.arrayContaining(['terms', 'requestSeal', 'decisions', 'history', 'window']),
      );
      for (const edit of readable ?? []) await expectRefused(id, edit);
      // The control: as it was approved, it is issued.
      await table.put(approved);
      await service.server.host.invoke('issueSession', { requestId: id });
      expect((await table.load(id)).request.status).toBe('active');
      expect(targetSessionsOf(service, id)).toHaveLength(1);
    },
    dozens,
  );

  test(
    'what is harmless changes nothing of what is issued',
    async () => {
      const names = Object.keys(harmless);
      const altered = await inBatches(names, async (name) => {
        const { id } = await aRichGrant(service, table);
        const item = await table.item(id);
        const leaves = leavesOf(item).filter(
          ({ path }) => path.join('.') === name || path.join('.').startsWith(`${name}.`),
        );
        const changed = leaves.reduce<unknown>(
          (edited, { path, value }) => {
            const other = itemOf(replaced(edited, path, { value: another(value) }));
            return isReadable(other) ? other : edited;
          },
          // Nobody has counted executions of a request that had one.
          name === 'attempt' ? { ...item, attempt: 7 } : item,
        );
        expect(changed, name).not.toEqual(item);
        await table.put(itemOf(changed));
        return { id, name };
      });
      await service.advance('PT1H3M');
      for (const { id, name } of altered) {
        const { endsAt } = await untilAudited(service, id, 'active');
        const sessions = targetSessionsOf(service, id);
        expect(new Set(sessions.map(({ roleArn }) => roleArn)), name).toEqual(
          new Set(['arn:aws:iam::111122223333:role/countersign-orders-item']),
        );
        expect(sessions[0]?.policy, name).toContain(`"aws:CurrentTime":"${endsAt}"`);
      }
    },
    dozens,
  );
});

type Edited = (stored: StoredRequest) => StoredRequest;
type Change = (stored: StoredRequest) => StoredRequest | Promise<StoredRequest>;

const withTerms =
  (change: Partial<StoredRequest['request']['terms']>): Edited =>
  (stored) => ({
    ...stored,
    request: { ...stored.request, terms: { ...stored.request.terms, ...change } },
  });

const withRequest =
  (change: (request: StoredRequest['request']) => object): Edited =>
  (stored) => ({
    ...stored,
    request: { ...stored.request, ...change(stored.request) },
  });

const withWindow = (change: (window: GrantWindow) => GrantWindow): Edited =>
  withRequest((request) => {
    if (request.status !== 'scheduled') throw new Error('Not scheduled.');
    return { window: change(request.window) };
  });

describe('What is approved is what is issued: somebody who writes the table', () => {
  const orders = 'one approver';
  const admin = 'two approvers';
  type Forgery = [name: string, of: typeof orders | typeof admin, change: Change];
  const forgeries: Forgery[] = [
    [
      'makes a window longer',
      orders,
      withWindow(({ startsAt }) => ({ startsAt, endsAt: secondsFromNow(86_400) })),
    ],
    [
      'moves a window forward',
      orders,
      withWindow(({ endsAt }) => ({ startsAt: secondsFromNow(-600), endsAt })),
    ],
    [
      'puts the attacker’s key in the place of the requester’s',
      orders,
      withTerms({ recipientKey: aRecipientKey }),
    ],
    [
      'puts another good reason in the place of the requester’s',
      orders,
      withTerms({ justification: 'Approved by the board' }),
    ],
    [
      'widens the session policy and leaves its end open',
      orders,
      (stored) =>
        withTerms({
          sessionPolicy: stored.request.terms.sessionPolicy.replace('dynamodb:GetItem', 'dynamodb:*'),
        })(stored),
    ],
    [
      'attaches a managed policy',
      orders,
      withTerms({ policyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] }),
    ],
    [
      'drops the first of two decisions',
      admin,
      withRequest(({ decisions }) => ({ decisions: decisions.slice(1) })),
    ],
    [
      'drops the last of two decisions',
      admin,
      withRequest(({ decisions }) => ({ decisions: decisions.slice(0, 1) })),
    ],
    [
      'puts one decision in the place of two',
      admin,
      withRequest(({ decisions: [first] }) => ({ decisions: [first, first] })),
    ],
    [
      'turns two decisions round',
      admin,
      withRequest(({ decisions }) => ({ decisions: decisions.toReversed() })),
    ],
    [
      'adds a decision a second time',
      orders,
      withRequest(({ decisions }) => ({ decisions: [...decisions, ...decisions] })),
    ],
    [
      'signs one approver’s decision with another’s name',
      admin,
      withRequest(({ decisions: [first, second] }) => ({
        decisions: [first, { ...second, approver: { ...second?.approver, email: 'frank@example.com' } }],
      })),
    ],
    [
      'gives one approver’s token to another’s decision',
      admin,
      withRequest(({ decisions: [first, second] }) => ({
        decisions: [first, { ...second, token: first?.token }],
      })),
    ],
    [
      'brings a decision and its token from another request',
      orders,
      async (stored) => {
        const other = await aScheduledGrant(service, table);
        return withRequest(() => ({ decisions: other.request.decisions }))(stored);
      },
    ],
    [
      'brings terms and their seal from another request',
      orders,
      async (stored) => {
        const other = await aScheduledGrant(service, table, { justification: 'Something quite different' });
        const { id } = stored.request.terms;
        const terms = { ...other.request.terms, id };
        return {
          ...withRequest(() => ({ terms }))(stored),
          upkeep: { ...stored.upkeep, requestSeal: other.upkeep.requestSeal },
        };
      },
    ],
    ['makes break-glass of it', orders, withTerms({ breakGlass: true })],
  ];

  const pendingForgeries: [string, Change][] = [
    [
      'scheduled',
      withRequest(() => ({
        status: 'scheduled',
        window: { startsAt: secondsFromNow(3_600), endsAt: secondsFromNow(7_200) },
      })),
    ],
    [
      'active, with a session that is about to run out',
      withRequest(() => ({
        status: 'active',
        window: { startsAt: secondsFromNow(-60), endsAt: secondsFromNow(86_400) },
        session: {
          sequence: 1,
          accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
          issuedAt: secondsFromNow(-60),
          stsExpiresAt: secondsFromNow(900),
          reissueAt: secondsFromNow(60),
        },
      })),
    ],
    [
      'scheduled, with a decision of its own making',
      withRequest(({ digest }) => ({
        status: 'scheduled',
        window: { startsAt: secondsFromNow(0), endsAt: secondsFromNow(7_200) },
        decisions: [
          {
            decision: 'approve',
            approver: { issuer: 'https://sso.example.com', subject: 'bob', email: 'bob@example.com' },
            decidedAt: secondsFromNow(0),
            token: `cs1.${'A'.repeat(43)}`,
            seal: Buffer.from(digest.slice(0, 32)).toString('base64'),
          },
        ],
      })),
    ],
  ];

  test(
    'gets nothing of a grant, whatever they write',
    async () => {
      const startAt = secondsFromNow(60);
      const bases = {
        [orders]: await leftAlone(await aScheduledGrant(service, table, { startAt })),
        [admin]: await leftAlone(
          await aScheduledGrant(service, table, {
            startAt,
            entitlement: 'orders-admin',
            approvers: ['bob', 'erin'],
          }),
        ),
      };
      await service.advance('PT3M');
      for (const [name, of, change] of forgeries) {
        const { id, approved } = bases[of];
        const forged = await change(fromItem(approved));
        await expectRefused(id, { name, item: toItem(forged, undefined) });
        await table.put(approved);
      }
      for (const { id } of Object.values(bases)) {
        await service.server.host.invoke('issueSession', { requestId: id });
        expect((await table.load(id)).request.status).toBe('active');
      }
    },
    dozens,
  );

  test(
    'gets nothing of a request that nobody approved, whatever they write',
    async () => {
      const pending = await inBatches(pendingForgeries, async ([name, change]) => {
        const { id } = await aPendingRequest(service, table);
        const stored = await change(await table.load(id));
        await table.edit(id, () => stored);
        return { id, name: `writes a pending request to be ${name}` };
      });
      await service.advance('PT1H3M');
      for (const { id, name } of pending) {
        const { reason } = await untilAudited(service, id, 'failed', name);
        expect(reason, name).toMatch(refusals);
        await expectNothingIssued(id, name);
      }
    },
    dozens,
  );

  test('who takes a denial back, or a withdrawal, gets nothing either', async () => {
    const [denied, cancelled] = [
      await aPendingRequest(service, table),
      await aPendingRequest(service, table),
    ];
    await service.as('bob').post(`/v1/requests/${denied.id}/decision`, { decision: 'deny' });
    await service.as('alice').post(`/v1/requests/${cancelled.id}/cancel`);
    // Whatever two functions contended for is done after a minute at the latest.
    await service.advance('PT1M');
    const window = { startsAt: secondsFromNow(60), endsAt: secondsFromNow(3_600) };
    for (const { id } of [denied, cancelled]) {
      await eventually(
        'the last link, on record and told',
        async () => (await table.load(id)).dueAt === undefined,
      );
      const { closedAt: _, ...item } = await table.item(id);
      await table.put({ ...item, status: 'scheduled', window, dueAt: secondsFromNow(0), dueShard: '0' });
    }
    await service.advance('PT2M');
    for (const { id } of [denied, cancelled]) {
      expect((await untilAudited(service, id, 'failed')).reason).toMatch(refusals);
      await expectNothingIssued(id, 'taken back');
    }
  });

  test('and changes the record of a living grant, ends it: the next session is refused, the last one denied', async () => {
    const { id } = await aPendingRequest(service, table);
    await approve(service, 'bob', id);
    await untilAudited(service, id, 'active');
    await table.asleep(id);
    await table.edit(id, (stored) => {
      const { request } = stored;
      if (request.status !== 'active') throw new Error('Not active.');
      return {
        ...stored,
        request: { ...request, window: { ...request.window, endsAt: secondsFromNow(86_400) } },
      };
    });
    await service.advance('PT11M');
    expect((await untilAudited(service, id, 'failed')).reason).toBe('record_altered');
    await eventually('the session to be denied', async () => (await table.load(id)).upkeep.deniedUntil);
    expect(targetSessionsOf(service, id)).toHaveLength(1);
  });

  test('and leaves what is no record at all, gets nothing, and takes nothing from others', async () => {
    const [broken, other] = [await aScheduledGrant(service, table), await aScheduledGrant(service, table)];
    const item = await table.item(broken.id);
    await table.put({
      ...item,
      terms: { ...itemOf(item.terms), recipientKey: { ...anotherRecipientKey, d: 'x' } },
    });
    await service.advance('PT1H3M');
    await untilAudited(service, other.id, 'active');
    expect(targetSessionsOf(service, broken.id)).toEqual([]);
    expect((await service.as('alice').get(`/v1/requests/${broken.id}/credentials`)).status).toBe(500);
  });

  test('or breaks one record, does not keep its requester from the list of the others', async () => {
    const [broken, other] = [await aScheduledGrant(service, table), await aScheduledGrant(service, table)];
    await table.put({ ...(await table.item(broken.id)), history: [] });
    const { status, body } = await service.as('alice').get('/v1/requests');
    expect(status).toBe(200);
    expect(body.items.map(({ id }: { id: string }) => id)).toContain(other.id);
  });
});

describe('What is approved is what is issued: a catalogue that was changed meanwhile', () => {
  test(
    'ends the grants of what was changed, and no other',
    async () => {
      const dataDirectory = join(folder, 'data');
      const first = await startService({
        dataDirectory,
        catalogueFile: await catalogueFile('before.yaml', () => {}),
      });
      const asked = requestTableOf(first);
      const item = { entitlement: 'orders-item', parameters: { order: '1001' } };
      const changed = await aScheduledGrant(first, asked);
      const gone = await aScheduledGrant(first, asked, {
        entitlement: 'orders-admin',
        approvers: ['carol', 'erin'],
      });
      const ofWhoLeft = await aScheduledGrant(first, asked, { ...item, approvers: ['bob'] });
      const whoLeft = await aScheduledGrant(first, asked, { ...item, approvers: ['carol'], user: 'dave' });
      const undisturbed = await aScheduledGrant(first, asked, { ...item, approvers: ['carol'] });
      await first.stop();

      const edited = await catalogueFile('after.yaml', (source) => {
        entitlementIn(source, 'orders-read').maxDuration = 'PT9H';
        delete source.entitlements['orders-admin'];
        source.groups['orders-leads'] = ['carol@example.com'];
        source.groups['orders-team'] = ['alice@example.com'];
      });
      // On the same port: the address is part of who signs in.
      const port = Number(new URL(first.server.baseUrl).port);
      const second = await startService({ dataDirectory, catalogueFile: edited, port });
      try {
        await second.advance('PT1H3M');
        const reasonOf = async ({ id }: { id: string }) => (await untilAudited(second, id, 'failed')).reason;
        expect(await reasonOf(changed)).toBe('entitlement_changed');
        expect(await reasonOf(gone)).toBe('entitlement_changed');
        expect(await reasonOf(ofWhoLeft)).toBe('approval_rules_not_met');
        expect(await reasonOf(whoLeft)).toBe('requester_not_eligible');
        await untilAudited(second, undisturbed.id, 'active');
        for (const { id } of [changed, gone, ofWhoLeft, whoLeft])
          expect(targetSessionsOf(second, id)).toEqual([]);
        expect(targetSessionsOf(second, undisturbed.id)).not.toEqual([]);
      } finally {
        await second.stop();
      }
    },
    dozens,
  );
});
