import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { statuses } from '#domain/accessRequest.ts';
import { eventually } from '../support/service.ts';
import { expectProblem, expectPromised } from './answers.ts';
import { prepare, type Surroundings, send } from './callApi.ts';
import { catalogueFile } from './caseTables.ts';
import { makers } from './namedRequests.ts';
import { type SignedService, startSignedService } from './signedTokens.ts';

let service: SignedService;
/** Requests by whose they are; closed ones, on which every command that is allowed answers 409 and changes nothing. */
let requests: Map<string, string>;

beforeAll(async () => {
  service = await startSignedService({ catalogueFile });
  requests = new Map([
    ['alice', await makers.cancelled(service)],
    ['dave', await cancelledBy('dave', 'orders-read')],
    ['bob', await cancelledBy('bob', 'orders-admin')],
    ['robert', await cancelledBy('robert', 'orders-read')],
    ['deployer', await cancelledBy('deployer', 'orders-deploy')],
  ]);
}, 60_000);
afterAll(() => service.stop());

async function ask(caller: string, entitlement: string): Promise<string> {
  const body = { entitlement, justification: 'Customer asks where order 1001 is', recipientKey };
  const asked = await callAs(caller, { method: 'POST', path: '/v1/requests', body });
  expect(asked.status).toBe(201);
  return asked.body.id;
}

const recipientKey = {
  kty: 'EC',
  crv: 'P-256',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
};

async function cancelledBy(caller: string, entitlement: string): Promise<string> {
  const id = await ask(caller, entitlement);
  await callAs(caller, { method: 'POST', path: `/v1/requests/${id}/cancel`, body: {} });
  return id;
}

async function callAs(who: string, { method, path, body }: { method: string; path: string; body?: object }) {
  const surroundings: Surroundings = { service, requests };
  return send(
    surroundings,
    await prepare(
      { who, ...(body && { rawBody: JSON.stringify(body) }) },
      { route: `${method} ${path}`, body: undefined },
      surroundings,
    ),
  );
}

type Relation = 'requester' | 'approver' | 'admin' | 'auditor' | 'stranger';

/** What each person is to each request, by whose it is. Who is not named is a stranger to it. */
const relations: Record<string, Record<string, Relation>> = {
  alice: { alice: 'requester', bob: 'approver', carol: 'approver', ada: 'admin', trent: 'auditor' },
  dave: { dave: 'requester', bob: 'approver', carol: 'approver', ada: 'admin', trent: 'auditor' },
  bob: {
    bob: 'requester',
    carol: 'approver',
    erin: 'approver',
    frank: 'approver',
    ada: 'admin',
    trent: 'auditor',
  },
  // robert is bob under another address: bob is no approver of his own wish.
  robert: { robert: 'requester', carol: 'approver', ada: 'admin', trent: 'auditor' },
  deployer: { deployer: 'requester', bob: 'approver', carol: 'approver', ada: 'admin', trent: 'auditor' },
};
const everybody = [
  'alice',
  'dave',
  'bob',
  'robert',
  'carol',
  'erin',
  'frank',
  'ada',
  'trent',
  'mallory',
  'deployer',
];

/** Who may do what: a status for each relation; a stranger gets 404 everywhere. */
const verbs: Record<
  string,
  {
    method: 'GET' | 'POST';
    suffix: string;
    body?: object;
    expected: Record<Exclude<Relation, 'stranger'>, number>;
  }
> = {
  read: { method: 'GET', suffix: '', expected: { requester: 200, approver: 200, admin: 200, auditor: 200 } },
  approve: {
    method: 'POST',
    suffix: '/decision',
    body: { decision: 'approve', token: 'cs1.x' },
    expected: { requester: 403, approver: 409, admin: 403, auditor: 403 },
  },
  deny: {
    method: 'POST',
    suffix: '/decision',
    body: { decision: 'deny' },
    expected: { requester: 403, approver: 409, admin: 403, auditor: 403 },
  },
  cancel: {
    method: 'POST',
    suffix: '/cancel',
    body: {},
    expected: { requester: 409, approver: 403, admin: 403, auditor: 403 },
  },
  return: {
    method: 'POST',
    suffix: '/return',
    body: {},
    expected: { requester: 409, approver: 403, admin: 403, auditor: 403 },
  },
  remind: {
    method: 'POST',
    suffix: '/remind',
    body: {},
    expected: { requester: 409, approver: 409, admin: 403, auditor: 403 },
  },
  revoke: {
    method: 'POST',
    suffix: '/revoke',
    body: { reason: 'Left' },
    expected: { requester: 403, approver: 409, admin: 409, auditor: 403 },
  },
  review: {
    method: 'POST',
    suffix: '/review',
    body: { verdict: 'justified', comment: 'Fine' },
    expected: { requester: 403, approver: 409, admin: 403, auditor: 403 },
  },
  collect: {
    method: 'GET',
    suffix: '/credentials',
    expected: { requester: 409, approver: 403, admin: 403, auditor: 403 },
  },
};

// dave is to his request what alice is to hers.
const matrix = ['alice', 'bob', 'robert', 'deployer'].flatMap((owner) =>
  everybody.flatMap((who) =>
    Object.keys(verbs).map((verb) => ({ who, verb, owner, relation: relations[owner]?.[who] ?? 'stranger' })),
  ),
);

// Closed requests stay as they are, so that these may run side by side.
describe.concurrent.each(everybody)('%s', (person) => {
  test.each(matrix.filter(({ who }) => who === person))(
    'may $verb the request of $owner as its $relation does',
    async ({ who, verb, owner, relation }) => {
      const { method, suffix, body, expected } = verbs[verb] ?? raise(verb);
      const path = `/v1/requests/${requests.get(owner)}${suffix}`;
      const answer = await callAs(who, { method, path, ...(body && { body }) });
      expect(answer.status).toBe(relation === 'stranger' ? 404 : expected[relation]);
      if (answer.status >= 300) expectProblem(answer);
      if (relation !== 'stranger') return;
      // The same as for an id that nobody has: not even that the request exists can be told.
      expect(answer.body).toEqual(await absent(verb));
    },
  );
});

const absences = new Map<string, Promise<unknown>>();

/** What a verb answers for an id that nobody has. */
function absent(verb: string): Promise<unknown> {
  const { method, suffix, body } = verbs[verb] ?? raise(verb);
  const path = `/v1/requests/01KANB1X00000000000000ZZZZ${suffix}`;
  const answer =
    absences.get(verb) ?? callAs('alice', { method, path, ...(body && { body }) }).then(({ body }) => body);
  absences.set(verb, answer);
  return answer;
}

const raise = (name: string): never => {
  throw new RangeError(`There is no ${name}.`);
};

describe('lists', () => {
  const many = 26;
  let asked: string[];

  beforeAll(async () => {
    asked = [];
    for (let count = 0; count < many; count += 1) asked.push(await ask('dave', 'orders-read'));
    await eventually('bob to be invited to the last', async () => {
      const ids = await idsOf('bob', 'role=approver');
      return asked.every((id) => ids.includes(id));
    });
  }, 60_000);

  /** Every page of a list, its items checked. */
  async function pagesOf(who: string, query: string) {
    const pages = [];
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const answer = await callAs(who, {
        method: 'GET',
        path: `/v1/requests?${query}${cursor && `&cursor=${cursor}`}`,
      });
      expectPromised('GET /v1/requests', answer);
      pages.push(answer.body.items);
      cursor = answer.body.cursor;
    }
    return pages;
  }

  const itemsOf = async (who: string, query: string) => (await pagesOf(who, query)).flat();
  const idsOf = async (who: string, query: string): Promise<string[]> =>
    (await itemsOf(who, query)).map(({ id }) => id);

  test('come in pages of 25, newest first, nothing twice and nothing lost', async () => {
    const pages = await pagesOf('dave', 'role=requester');
    expect(pages[0]).toHaveLength(25);
    const ids = pages.flat().map(({ id }: { id: string }) => id);
    expect(ids).toEqual([...asked].reverse().concat(requests.get('dave') ?? ''));
  });

  test('go on where the cursor says, although requests were made meanwhile', async () => {
    const first = (await callAs('dave', { method: 'GET', path: '/v1/requests' })).body;
    const newer = await ask('dave', 'orders-read');
    asked.push(newer);
    const second = (await callAs('dave', { method: 'GET', path: `/v1/requests?cursor=${first.cursor}` }))
      .body;
    expect(second.items[0].id).toBe(asked[many - 26]);
    expect((await idsOf('dave', ''))[0]).toBe(newer);
  });

  test('show a requester what they asked for, and nothing of others', async () => {
    for (const who of ['alice', 'dave', 'bob', 'robert', 'deployer', 'carol', 'mallory'])
      for (const { id } of await itemsOf(who, 'role=requester'))
        expect(who === 'dave' ? [...asked, requests.get('dave')] : [requests.get(who)]).toContain(id);
    expect(await idsOf('alice', 'role=requester')).toEqual([requests.get('alice')]);
    expect(await idsOf('mallory', 'role=requester')).toEqual([]);
  });

  test('show an approver what they may decide on, and nothing else', async () => {
    const ofBob = await itemsOf('bob', 'role=approver');
    expect(new Set(ofBob.map(({ requester }) => requester.email))).toEqual(
      new Set(['alice@example.com', 'dave@example.com', undefined]),
    );
    expect(await idsOf('erin', 'role=approver')).toEqual([requests.get('bob')]);
    for (const who of ['alice', 'dave', 'robert', 'ada', 'trent', 'mallory', 'deployer'])
      expect(await idsOf(who, 'role=approver')).toEqual([]);
  });

  test('show an auditor every request, in pages too', async () => {
    const ids = await idsOf('trent', 'role=auditor');
    expect(ids.sort()).toEqual([...asked, ...requests.values()].sort());
  });

  test.each(statuses)('hold back what is not %s when that is asked for', async (status) => {
    const items = await itemsOf('trent', `role=auditor&status=${status}`);
    expect(items.every((item) => item.status === status)).toBe(true);
    expect(items).toHaveLength({ pending: asked.length, cancelled: requests.size }[status as string] ?? 0);
  });

  test('hold back other statuses from requesters and approvers too', async () => {
    expect(await idsOf('dave', 'status=cancelled')).toEqual([requests.get('dave')]);
    expect((await idsOf('dave', 'role=requester&status=pending')).sort()).toEqual([...asked].sort());
    expect(await idsOf('erin', 'role=approver&status=pending')).toEqual([]);
  });
});
