import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { statuses } from '#domain/accessRequest.ts';
import { errorStatus } from '#domain/errors.ts';
import { routes } from '#infra/routes.ts';
import type { Answer } from '../support/service.ts';
import { expectProblem, expectPromised } from './answers.ts';
import { invoke, prepare, type Surroundings, send } from './callApi.ts';
import {
  type Case,
  catalogueFile,
  everyRoute,
  statusTable,
  type Table,
  tableOf,
  tables,
} from './caseTables.ts';
import { makeRequests } from './namedRequests.ts';
import { startSignedService } from './signedTokens.ts';

let surroundings: Surroundings;
let before: unknown;
const codesMet = new Set<string>();

beforeAll(async () => {
  const service = await startSignedService({ catalogueFile });
  surroundings = { service, requests: await makeRequests(service) };
  before = await sharedRequests();
}, 90_000);
afterAll(() => surroundings.service.stop());

/** What must not have changed, by state: nothing that a case refused may leave a trace on the record. */
async function sharedRequests(): Promise<Record<string, unknown>> {
  const { service, requests } = surroundings;
  const found = Array.from(requests, async ([state, id]) => {
    const { body } = await service.as('trent').get(`/v1/requests/${id}`);
    const { status, decisions, review, invitations, digest, history } = body;
    return [
      state,
      {
        status,
        decisions,
        review,
        invitations,
        digest,
        events: history.map(({ event }: { event: string }) => event),
      },
    ];
  });
  return Object.fromEntries(await Promise.all(found));
}

async function run(theCase: Case, { route, who, request, body }: Omit<Table, 'cases'>): Promise<void> {
  const table = { route: theCase.route ?? route, body };
  const call = {
    ...(theCase.token === undefined && { who }),
    ...(request !== undefined && { request }),
    ...theCase,
  };
  const { after, with: _with, ...same } = call;
  const unchanged = {
    ...same,
    ...(after?.with && { with: after.with }),
    ...(theCase.token === undefined && { who }),
  };
  const first = after && (await prepare(unchanged, table, surroundings));
  if (first) expect((await send(surroundings, first)).status).toBeLessThan(300);
  const second = await prepare(call, table, surroundings);
  // What was filled in for the first call stands for the second: the same request, the same key.
  const answer = await send(
    surroundings,
    first
      ? { ...second, path: first.path, headers: { ...first.headers, ...authorizationIn(second) } }
      : second,
  );
  expectAsTold(theCase, table.route, answer);
}

const authorizationIn = ({ headers }: { headers: Record<string, string> }) => ({
  ...(headers.authorization !== undefined && { authorization: headers.authorization }),
});

function expectAsTold(
  { status, code, answer: expected, answerHeaders = {} }: Omit<Case, 'name'>,
  route: string,
  answer: Answer,
): void {
  expect({
    status: answer.status,
    code: answer.body.code,
    ...(answer.status !== status && { body: answer.body }),
  }).toEqual({ status, code: code ?? (answer.status < 300 ? undefined : answer.body.code) });
  if (answer.status < 300) expectPromised(route, answer);
  else if (!route.startsWith('HEAD')) expectProblem(answer);
  if (expected) expect(answer.body).toMatchObject(expected);
  for (const [name, value] of Object.entries(answerHeaders)) expect(answer.headers.get(name)).toBe(value);
  if (answer.body.code) codesMet.add(answer.body.code);
}

describe.each(tables)('$route', ({ cases, ...table }) => {
  test.each(cases)('$name: $status $code', (theCase) => run(theCase, table));
});

const tablesWhere = (fits: (route: (typeof routes)[number]) => boolean): Table[] =>
  routes.filter(fits).map(({ method, path }) => tableOf(`${method} ${path}`));

describe('without a valid sign-in the gateway turns away', () => {
  test.each(everyRoute.notSignedIn)('$name', (theCase) =>
    run({ ...theCase, status: 401, code: 'not_signed_in' }, { route: 'GET /v1/entitlements', who: 'nobody' }),
  );
});

/** As if the gateway had let everybody in: the function itself has to refuse. */
describe.each(tablesWhere(({ signedIn }) => signedIn))(
  'behind the gateway, the function of $route refuses',
  ({ cases: _, ...table }) => {
    test.each(everyRoute.notSignedIn)('$name', async (theCase) => {
      const { name: _name, ...call } = theCase;
      const prepared = await prepare({ request: table.request, ...call }, table, surroundings);
      expect(await invoke(surroundings, table.route, prepared)).toMatchObject({ statusCode: 401 });
    });
  },
);

describe.each(tablesWhere(({ method }) => method === 'POST'))(
  'in the body, $route refuses',
  ({ cases: _, ...table }) => {
    test.each(everyRoute.bodies)('$name', (theCase) => run(theCase, table));
  },
);

describe.each(tablesWhere(({ path }) => path.includes('{id}')))(
  'in the path, $route finds nothing at',
  ({ cases: _, ...table }) => {
    test.each(everyRoute.ids)('$name', (theCase) =>
      run({ ...theCase, status: 404, code: 'not_found' }, table),
    );
  },
);

describe('beside the routes there is nothing', () => {
  test.each(everyRoute.elsewhere)('$name: $route', (theCase) =>
    run(theCase, { route: theCase.route, who: 'alice' }),
  );
});

describe.each(statusTable)('$command', ({ route, who, body, expected }) => {
  test('is decided for every status', () =>
    expect(Object.keys(expected).sort()).toEqual([...statuses].sort()));

  test.each(Object.entries(expected))('of a request that is %s: %s', async (status, outcome) => {
    const fresh = route.startsWith('GET') ? status : `new ${status}`;
    const theCase =
      outcome === 200
        ? { request: fresh, status: 200 }
        : { request: status, status: outcome === 'grant_over' ? 410 : 409, code: outcome };
    await run({ name: status, ...theCase }, { route, who, body });
  });
});

describe('the tables', () => {
  test('cover every route, and no other', () => {
    expect(tables.map(({ route }) => route).sort()).toEqual(
      routes.map(({ method, path }) => `${method} ${path}`).sort(),
    );
  });

  /** Codes that no single call can bring about. */
  const elsewhere: Record<string, string> = {
    conflict: 'two calls at the same moment: concurrency.test.ts',
    entitlement_changed: 'a deploy between request and decision: peers/peerFailures.test.ts, failure 18',
    no_evidence: 'an outage of STS',
    policy_too_large: 'a catalogue whose longest policy does not fit is refused before it can be deployed',
  };

  test('bring about every refusal there is', () => {
    const missing = Object.keys(errorStatus).filter((code) => !codesMet.has(code));
    expect(missing.sort()).toEqual(Object.keys(elsewhere).sort());
  });

  test('leave no trace on the requests that they share', async () => {
    expect(await sharedRequests()).toEqual(before);
  });
});
