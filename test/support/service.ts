import { type Credentials, newRecipient, openSession } from '../../client/recipient.ts';
import { type LocalServer, type LocalServerOptions, startLocalServer } from '../../local/serve.ts';
import { sampleCatalogue } from './sample.ts';

/** What the API answered. */
export interface Answer {
  status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of every shape.
  body: any;
  headers: Headers;
}

/** Somebody who is signed in. */
export interface Caller {
  get(path: string): Promise<Answer>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
}

export interface InboxMessage {
  to: string[];
  subject: string;
  text: string;
  html: string;
  requestId: string;
  approvalToken?: string;
}

/** The whole service on ports of its own, as its users see it. */
export interface Service extends RemoteService {
  server: LocalServer;
  stop(): Promise<void>;
}

/** What there is to see over HTTP alone. */
export interface RemoteService {
  /** `alice` stands for alice@example.com. */
  as(user: string): Caller;
  call(
    method: string,
    path: string,
    options?: { token?: string; body?: unknown; headers?: Record<string, string> },
  ): Promise<Answer>;
  token(user: string): Promise<string>;
  inbox(): Promise<InboxMessage[]>;
  /** The approval token that was mailed to somebody for a request; waits for the mail. */
  tokenFor(user: string, requestId: string): Promise<string>;
  trail(): Promise<Record<string, unknown>[]>;
  /** Moves the service's clock by an ISO 8601 duration. */
  advance(duration: string): Promise<void>;
}

export async function startService(options: LocalServerOptions = {}): Promise<Service> {
  const server = await startLocalServer({ port: 0, awsPort: 0, catalogueFile: sampleCatalogue, ...options });
  return { ...serviceAt(server.baseUrl), server, stop: () => server.close() };
}

/** The same over HTTP alone, for a server that runs in a process of its own. */
export function serviceAt(baseUrl: string): RemoteService {
  const tokens = new Map<string, { token: string; at: number }>();

  const call: RemoteService['call'] = async (method, path, { token, body, headers } = {}) => {
    const response = await fetch(new URL(path, baseUrl), {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json');
    return { status: response.status, body: isJson ? JSON.parse(text) : text, headers: response.headers };
  };

  const tokenOf = async (user: string): Promise<string> => {
    const known = tokens.get(user);
    if (known && Date.now() - known.at < 60_000) return known.token;
    const answer = await call('POST', '/_local/token', { body: { user: `${user}@example.com` } });
    tokens.set(user, { token: answer.body.access_token, at: Date.now() });
    return answer.body.access_token;
  };

  const inbox = async (): Promise<InboxMessage[]> => (await call('GET', '/_local/inbox')).body.messages;

  return {
    call,
    token: tokenOf,
    inbox,
    as: (user) => ({
      get: async (path) => call('GET', path, { token: await tokenOf(user) }),
      post: async (path, body = {}, headers = {}) =>
        call('POST', path, { token: await tokenOf(user), body, headers }),
    }),
    tokenFor: (user, requestId) =>
      eventually(`a mail to ${user}`, async () => {
        const query = new URLSearchParams({ to: `${user}@example.com`, request: requestId });
        const { body } = await call('GET', `/_local/inbox?${query}`);
        return body.messages.findLast((mail: InboxMessage) => mail.approvalToken)?.approvalToken;
      }),
    trail: async () => (await call('GET', '/_local/trail')).body.Records,
    async advance(duration) {
      await call('POST', '/_local/clock', { body: { advance: duration } });
      // They age with the service's clock, which need not be this process's.
      tokens.clear();
    },
  };
}

/** A requester's key pair: the public JWK goes into the request, `open` reads what comes back. */
export async function aRecipient() {
  const { recipientKey, privateKey } = await newRecipient();
  return { recipientKey, open: (jwe: string): Promise<Credentials> => openSession(jwe, privateKey) };
}

/** The first value that is neither undefined nor false. Real time, whatever the service's clock says. */
export async function eventually<Value>(
  what: string,
  probe: () => Promise<Value | undefined | false>,
  seconds = 15,
): Promise<Value> {
  const deadline = performance.now() + seconds * 1_000;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > deadline) throw new Error(`Waited ${seconds} seconds in vain for ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The request once it has a status; fails when it never gets there. */
export const untilStatus = (
  service: RemoteService,
  user: string,
  id: string,
  status: string,
): Promise<Answer['body']> =>
  eventually(`request ${id} to be ${status}`, async () => {
    const { body } = await service.as(user).get(`/v1/requests/${id}`);
    return body.status === status && body;
  });

/** alice asks for orders-read; overrides go into the body. */
export async function anOrdersRequest(
  service: RemoteService,
  overrides: Record<string, unknown> = {},
  user = 'alice',
) {
  const recipient = await aRecipient();
  const body = {
    entitlement: 'orders-read',
    duration: 'PT1H',
    justification: 'Customer asks where order 1001 is',
    recipientKey: recipient.recipientKey,
    ...overrides,
  };
  const answer = await service.as(user).post('/v1/requests', body);
  const id: string = answer.body.id;
  return { answer, id, body, recipient };
}

/** alice's request, approved by bob, and its opened credentials. */
export async function anActiveGrant(service: RemoteService, overrides: Record<string, unknown> = {}) {
  const asked = await anOrdersRequest(service, overrides);
  const token = await service.tokenFor('bob', asked.id);
  const decided = await service
    .as('bob')
    .post(`/v1/requests/${asked.id}/decision`, { decision: 'approve', token });
  if (decided.status !== 200) throw new Error(`Not approved: ${JSON.stringify(decided.body)}`);
  const request = await untilStatus(service, 'alice', asked.id, 'active');
  const sealed = (await service.as('alice').get(`/v1/requests/${asked.id}/credentials`)).body;
  return { ...asked, request, sealed, credentials: await asked.recipient.open(sealed.jwe) };
}
