import { parseDuration } from '#domain/duration.ts';
import { routes } from '#infra/routes.ts';
import type { Answer } from '../support/service.ts';
import type { Call, Table } from './caseTables.ts';
import { makers } from './namedRequests.ts';
import type { SignedService } from './signedTokens.ts';

/** What the tables' texts are filled from. */
export interface Surroundings {
  service: SignedService;
  /** The shared requests by state. */
  requests: ReadonlyMap<string, string>;
}

type Body = Pick<Table, 'body'> & { route: string };

/** The call of a case: what it says of itself, over its table. */
export interface PreparedCall {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string | undefined;
}

/** Fills in everything that a call leaves to be filled in. A request made afresh is made here. */
export async function prepare(
  call: Call,
  { route, body }: Body,
  surroundings: Surroundings,
): Promise<PreparedCall> {
  const id = await requestIdOf(call, surroundings);
  const fill = filler({ ...surroundings, id });
  const [, method = '', template = ''] = /^(\w+) (.*)$/.exec(route) ?? [];
  const path = await fill(template.replace('{id}', call.id ?? id ?? '').replace('{proxy+}', 'config.json'));
  const query = call.query === undefined ? '' : `?${await fill(call.query)}`;
  const headers = Object.fromEntries(
    await Promise.all(
      Object.entries(call.headers ?? {}).map(async ([name, value]) => [name, await fill(value)] as const),
    ),
  );
  const authorization = await authorizationOf(call, surroundings.service);
  return {
    method,
    path: `${path}${query}`,
    headers: { ...(authorization !== undefined && { authorization }), ...headers },
    body: method === 'POST' ? await fill(call.rawBody ?? JSON.stringify(bodyOf(call, body))) : undefined,
  };
}

export async function send(
  { service }: Surroundings,
  { method, path, headers, body }: PreparedCall,
): Promise<Answer> {
  if (method !== 'HEAD') return service.call(method, path, { headers, ...(body !== undefined && { body }) });
  // An answer to HEAD has the headers of a body and none.
  const response = await fetch(new URL(path, service.server.baseUrl), { method, headers });
  return { status: response.status, body: await response.text(), headers: response.headers };
}

/** Calls a route's function past the gateway and its authorizer; answers what the function does. */
export async function invoke(
  { service }: Surroundings,
  route: string,
  { method, path, headers, body }: PreparedCall,
): Promise<unknown> {
  const [, resource = ''] = route.split(' ');
  const name = routes.find(
    (candidate) => candidate.path === resource && candidate.method === method,
  )?.function;
  return service.server.host.invoke(known(name, route), {
    resource,
    httpMethod: method,
    path,
    headers,
    pathParameters: { id: path.split('/')[3] },
    queryStringParameters: null,
    body: body ?? null,
    isBase64Encoded: false,
    requestContext: { identity: { sourceIp: '127.0.0.1' }, authorizer: { principalId: 'signed-in' } },
  });
}

function bodyOf({ with: fields, without = [] }: Call, body: Table['body'] = {}): Record<string, unknown> {
  const merged = Object.entries({ ...body, ...fields });
  // Object.fromEntries defines fields, it does not assign them: `__proto__` arrives as one.
  return Object.fromEntries(merged.filter(([name]) => !without.includes(name)));
}

async function requestIdOf(
  { request }: Call,
  { service, requests }: Surroundings,
): Promise<string | undefined> {
  if (request === undefined) return undefined;
  const fresh = /^new (\w+)$/.exec(request)?.[1];
  if (fresh === undefined) return known(requests.get(request), request);
  const make = Object.entries(makers).find(([name]) => name === fresh)?.[1];
  return known(make, request)(service);
}

async function authorizationOf({ who, token }: Call, service: SignedService): Promise<string | undefined> {
  if (token) return service.authorization(token);
  if (who === undefined || who === 'nobody') return undefined;
  if (who !== 'deployer') return `Bearer ${await service.token(who)}`;
  const answer = await service.call('POST', '/_local/token', { body: { machine: who } });
  return `Bearer ${answer.body.access_token}`;
}

const tokens = new Map<string, Promise<string>>();

/** Approval tokens stay what they are: the inbox, which grows, is read once for each. */
function tokenOf(service: SignedService, approver: string, id: string): Promise<string> {
  const key = `${approver} ${id}`;
  const token = tokens.get(key) ?? service.tokenFor(approver, id);
  tokens.set(key, token);
  return token;
}

const placeholder =
  /\{(?:(long) (\d+)(?: (.))?|(now)(?:([+-])(\w+))?|(token) (\w+)(?: of (\w+))?|(id) of (\w+)|(unique))\}/g;
let uniques = 0;

function filler({ service, requests, id }: Surroundings & { id: string | undefined }) {
  const textFor = async ([
    ,
    long,
    length,
    letter = 'x',
    now,
    sign,
    duration,
    token,
    approver,
    of,
    anId,
    state,
    unique,
  ]: string[]): Promise<string> => {
    if (long) return letter.repeat(Number(length));
    if (now) return instantIn((sign === '-' ? -1 : 1) * (parseDuration(duration ?? 'PT0S') ?? Number.NaN));
    if (token)
      return tokenOf(
        service,
        approver ?? '',
        of === undefined ? known(id, 'request') : known(requests.get(of), of),
      );
    if (anId) return known(requests.get(state ?? ''), state ?? '');
    uniques += unique ? 1 : 0;
    return `key-${uniques}`;
  };
  return async (text: string): Promise<string> => {
    const found = [...text.matchAll(placeholder)];
    const values = await Promise.all(found.map((match) => textFor([...match])));
    return text.replace(placeholder, () => values.shift() ?? '');
  };
}

const instantIn = (seconds: number): string =>
  new Date(Date.now() + seconds * 1_000).toISOString().replace(/\.\d+/, '');

function known<Value>(value: Value | undefined, name: string): Value {
  if (value === undefined) throw new RangeError(`There is no ${name}.`);
  return value;
}
