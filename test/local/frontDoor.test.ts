import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createClock } from '../../local/clock.ts';
import { type FrontDoor, type Interior, openFrontDoor } from '../../local/frontDoor.ts';
import { createHooks } from '../../local/hooks.ts';
import type { SentMail } from '../../local/inboxMessage.ts';
import { jsonAnswer, sendPlainAnswer } from '../../local/plainAnswer.ts';

const mails: SentMail[] = [
  {
    messageId: 'first@local',
    from: 'countersign@example.com',
    to: ['bob@example.com'],
    subject: 'Approve <b>orders</b>?',
    text: 'Open http://127.0.0.1:8787/approve#01HZX.cs1.Ab-_9 to decide.',
    html: '<p style="color:red">Open <a href="http://127.0.0.1:8787/approve#01HZX.cs1.Ab-_9">the page</a></p><script>alert(1)</script>',
    headers: { 'X-Countersign-Request': '01HZX' },
    sentAt: '2026-11-22T10:00:00.000Z',
  },
  {
    messageId: 'second@local',
    from: 'countersign@example.com',
    to: ['alice@example.com'],
    subject: 'Approved',
    text: 'Bob approved.',
    headers: { 'x-countersign-request': '01HZX' },
    sentAt: '2026-11-22T10:01:00.000Z',
  },
];

const clock = createClock();
const errors: unknown[] = [];
let door: FrontDoor;
let local: Interior['local'];

beforeAll(async () => {
  door = await openFrontDoor({ port: 0, onError: (error) => errors.push(error) });
  const hooks = createHooks({
    users: [{ email: 'alice@example.com' }, { email: 'bob@example.com' }],
    machines: [{ name: 'deployer', roleArn: 'arn:aws:iam::444455556666:role/deployer' }],
    mintUserToken: async ({ email }) => `token of ${email}`,
    mintMachineToken: async ({ roleArn }) => `token of ${roleArn}`,
    mails: () => mails,
    trail: () => [{ eventName: 'AssumeRole' }],
    events: () => [{ source: 'countersign' }],
    advance: async (milliseconds) => {
      clock.advance(milliseconds);
      return clock.now();
    },
  });
  local = hooks;
  door.open({
    local: (request, path) => local(request, path),
    gateway: async (_request, response) => sendPlainAnswer(response, jsonAnswer('from the gateway')),
    signIn: async (_request, response) => sendPlainAnswer(response, jsonAnswer('from the sign-in')),
  });
});

afterAll(() => door.close());
beforeEach(() => {
  errors.length = 0;
});

const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${door.baseUrl}${path}`, { headers, redirect: 'manual' });
const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${door.baseUrl}${path}`, { method: 'POST', body: JSON.stringify(body), headers });

/** Not fetch, which does not let anybody choose the Host and Origin headers. */
function getAs(
  path: string,
  headers: Record<string, string>,
  method = 'GET',
): Promise<{ status: number; headers: IncomingHttpHeaders }> {
  return new Promise((resolve, reject) => {
    const sending = httpRequest(`${door.baseUrl}${path}`, { method, headers }, (incoming) => {
      incoming.resume();
      resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers });
    });
    sending.on('error', reject);
    sending.end();
  });
}

describe('The front door', () => {
  it('lets requests wait until everything is ready, and answers none before', async () => {
    const slow = await openFrontDoor({ port: 0, onError: () => undefined });
    let answered = false;
    const waiting = fetch(`${slow.baseUrl}/v1/openapi.json`).then((response) => {
      answered = true;
      return response.json();
    });
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(answered).toBe(false);
    slow.open({
      local,
      gateway: async (_request, response) => sendPlainAnswer(response, jsonAnswer('ready')),
      signIn: async () => undefined,
    });
    expect(await waiting).toBe('ready');
    await slow.close();
  });

  it('gives the API to the gateway and the sign-in to its provider', async () => {
    expect(await (await get('/v1/requests')).json()).toBe('from the gateway');
    expect(await (await get('/_local/oidc/jwks')).json()).toBe('from the sign-in');
  });

  it('moves pages opened as localhost to the address that the sign-in knows', async () => {
    const answer = await getAs('/approve?x=1', { host: `localhost:${door.port}` });
    expect([answer.status, answer.headers.location]).toEqual([307, `${door.baseUrl}/approve?x=1`]);
    expect((await getAs('/v1/requests', { host: `localhost:${door.port}` })).status).toBe(200);
  });

  it.each([
    ['under a foreign name (DNS rebinding)', { host: 'evil.example' }],
    ['under a name that only starts like its own', { host: '127.0.0.1.evil.example' }],
    ['from a page of another site', { origin: 'https://evil.example' }],
    ['from a frame without an origin', { origin: 'null' }],
    ['from a form of another site', { 'sec-fetch-site': 'cross-site' }],
  ])('does not answer its own part %s', async (_how, headers) => {
    expect((await getAs('/_local/token', headers, 'POST')).status).toBe(403);
    if (!('sec-fetch-site' in headers)) expect((await getAs('/_local/inbox', headers)).status).toBe(403);
  });

  it('answers 404 and 405 in its own part as problem documents', async () => {
    expect(await (await get('/_local/nothing')).json()).toMatchObject({ status: 404, code: 'not_found' });
    const response = await get('/_local/token');
    expect(response.headers.get('allow')).toBe('POST');
    expect(await response.json()).toMatchObject({ status: 405, code: 'method_not_allowed' });
  });

  it('answers its own failure without a word about it, and reports it', async () => {
    const before = local;
    local = async () => {
      throw new Error('the key is abc');
    };
    const response = await get('/_local/trail');
    local = before;
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('abc');
    expect(errors).toEqual([new Error('the key is abc')]);
  });
});

describe('The test hooks', () => {
  it('mint tokens for sample users and machines', async () => {
    expect(await (await post('/_local/token', { user: 'alice@example.com' })).json()).toEqual({
      access_token: 'token of alice@example.com',
    });
    expect(await (await post('/_local/token', { machine: 'deployer' })).json()).toEqual({
      access_token: 'token of arn:aws:iam::444455556666:role/deployer',
    });
  });

  it('name the users there are when asked for another', async () => {
    const response = await post('/_local/token', { user: 'nobody@example.com' });
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      code: 'unknown_user',
      users: ['alice@example.com', 'bob@example.com'],
    });
  });

  it.each([[{}], [{ user: 7 }], [{ user: 'alice@example.com', more: 1 }], [['alice@example.com']]])(
    'refuse %j as malformed',
    async (body) => {
      expect((await post('/_local/token', body)).status).toBe(400);
    },
  );

  it('move the clock forward and answer the new time', async () => {
    const before = clock.now();
    const answer = await (await post('/_local/clock', { advance: 'PT1H30M' })).json();
    expect(Date.parse(answer.now) - before).toBeGreaterThanOrEqual(5_400_000);
    expect((await post('/_local/clock', { advance: '1 hour' })).status).toBe(400);
  });

  it('show the trail and the events', async () => {
    expect(await (await get('/_local/trail')).json()).toEqual({ Records: [{ eventName: 'AssumeRole' }] });
    expect(await (await get('/_local/events')).json()).toEqual({ events: [{ source: 'countersign' }] });
  });
});

/** As browsers ask. */
const html = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

describe('The index of the hooks', () => {
  it.each(['/_local', '/_local/'])('at %s names each with its address, and each is there', async (path) => {
    const { hooks } = await (await get(path)).json();
    expect(hooks.map(({ url }: { url: string }) => url.replace(door.baseUrl, ''))).toEqual(
      ['inbox', 'token', 'clock', 'trail', 'events'].map((name) => `/_local/${name}`),
    );
    for (const { url, method, example } of hooks) {
      const body = example === undefined ? null : JSON.stringify(example);
      expect((await fetch(url, { method, body })).status).toBe(200);
    }
  });

  it('is a page for browsers, with a link for what a browser can open and a command for the rest', async () => {
    const response = await get('/_local', html);
    const page = await response.text();
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect([...page.matchAll(/<h2><a href="([^"]*)">/g)].map(([, path]) => path)).toEqual(
      ['inbox', 'trail', 'events'].map((name) => `/_local/${name}`),
    );
    expect(page).toContain(
      `curl -s ${door.baseUrl}/_local/token -d '{&quot;user&quot;:&quot;alice@example.com&quot;}'`,
    );
  });

  it('is for this machine only', async () => {
    expect((await getAs('/_local', { host: 'evil.example' })).status).toBe(403);
  });
});

describe('The inbox', () => {
  it.each([
    [{}],
    [{ accept: 'application/json' }],
    [{ accept: '*/*' }],
    [{ accept: 'application/json, text/html' }],
  ])(
    'is JSON for tools that ask with %j, newest last; only an invitation carries a token',
    async (headers) => {
      const { messages } = await (await get('/_local/inbox', headers)).json();
      expect(messages).toEqual([
        {
          to: ['bob@example.com'],
          subject: 'Approve <b>orders</b>?',
          text: mails[0]?.text,
          html: mails[0]?.html,
          requestId: '01HZX',
          approvalToken: 'cs1.Ab-_9',
        },
        {
          to: ['alice@example.com'],
          subject: 'Approved',
          text: 'Bob approved.',
          html: '',
          requestId: '01HZX',
        },
      ]);
    },
  );

  it('is a page for browsers, newest first, with nothing of a mail taken for HTML', async () => {
    const response = await get('/_local/inbox', html);
    const page = await response.text();
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page.indexOf('Approved')).toBeLessThan(page.indexOf('Approve &lt;b&gt;orders'));
    expect(page).not.toContain('<b>orders');
    expect(page).not.toContain('<script');
  });

  it('shows the chosen mail as text, with its approval link, and its HTML in a sandboxed frame', async () => {
    const page = await (await get('/_local/inbox?mail=first%40local', html)).text();
    expect(page).toContain('Open http://127.0.0.1:8787/approve#01HZX.cs1.Ab-_9 to decide.');
    expect(page).toContain('href="/approve#01HZX.cs1.Ab-_9"');
    expect(page).toMatch(
      /<iframe [^>]*src="\/_local\/inbox\/mail\?id=first%40local" sandbox="allow-popups allow-popups-to-escape-sandbox"/,
    );
    expect(page).toContain('aria-current="true"');
  });

  it("serves a mail's HTML so that it can run nothing, load nothing and send nothing", async () => {
    const response = await get('/_local/inbox/mail?id=first%40local');
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(await response.text()).toContain(mails[0]?.html);
    expect(policy).toMatch(/^sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none';/);
    expect(policy).not.toMatch(/allow-scripts|allow-forms|allow-same-origin|script-src/);
    expect((await get('/_local/inbox/mail?id=third%40local')).status).toBe(404);
  });
});
