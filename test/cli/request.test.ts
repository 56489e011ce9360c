import { chmod, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { lacks } from '../support/needs.ts';
import { eventually, type Service, startService } from '../support/service.ts';
import { jsonAnswer } from './jsonAnswer.ts';
import { listening } from './listening.ts';
import { aMachine, type Machine } from './machine.ts';
import type { RunOptions } from './runCountersign.ts';

const because = 'Customer asks where order 1001 is';
const asking = (...more: string[]): string[] => ['request', 'orders-read', '--because', because, ...more];

let service: Service;
let alice: Machine;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());
beforeEach(async () => {
  alice = await aMachine(service);
  return () => alice.remove();
});

const secrets = (): Promise<string[]> => readdir(join(alice.state, 'secrets')).catch(() => []);

async function decide(decision: 'approve' | 'deny', id: string, over: object = {}): Promise<void> {
  const token = await service.tokenFor('bob', id);
  const body = { decision, ...(decision === 'approve' && { token }), ...over };
  const { status } = await service.as('bob').post(`/v1/requests/${id}/decision`, body);
  expect(status).toBe(200);
}

/** The newest of alice's pending requests. */
const newest = async (): Promise<string | undefined> =>
  (await service.as('alice').get('/v1/requests?status=pending')).body.items[0]?.id;

/** Starts to ask and wait; answers once the request is made. */
async function waiting(words: string[], options: RunOptions = {}) {
  const before = await newest();
  const { child, ended } = await alice.start([...words, '--wait'], options);
  const id = await eventually('the request', async () => {
    const now = await newest();
    return now !== before && now;
  });
  return { child, ended, id };
}

describe('countersign request', () => {
  test('asks, and says who was asked, until when, and what comes next', async () => {
    const { code, stdout, stderr } = await alice.run(asking('--for', '90m', '--ticket', 'INC-17'));
    expect([code, stderr]).toEqual([0, '']);
    const [, id] = /^Request +(\w{26})$/m.exec(stdout) ?? [];
    expect(stdout).toMatch(/^Access +Read the orders table in Production \(111122223333\)$/m);
    expect(stdout).toMatch(/^For +1 hour 30 minutes$/m);
    expect(stdout).toMatch(/^Asked +1 of bob@example\.com, carol@example\.com$/m);
    expect(stdout).toMatch(/^Expires +at .*\(in 4 hours\), unless it is decided$/m);
    expect(stdout).toContain(`countersign status ${id} --wait`);
    const { body } = await service.as('alice').get(`/v1/requests/${id}`);
    expect(body).toMatchObject({
      duration: 'PT1H30M',
      justification: because,
      ticket: 'INC-17',
      status: 'pending',
    });
  });

  test('keeps a private key of its own for each, which nobody else can read and which never leaves', async () => {
    const first = await jsonAnswer(alice, asking());
    const second = await jsonAnswer(alice, asking());
    expect(second.id).not.toBe(first.id);
    const files = [first, second].map(({ id }) => join(alice.state, `secrets/key.${id}.secret`));
    const keys = await Promise.all(files.map(async (file) => JSON.parse(await readFile(file, 'utf8'))));
    expect(keys[0].d).not.toBe(keys[1].d);
    for (const file of files) expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await secrets()).toHaveLength(2);
  });

  test('sends parameters and a start', async () => {
    const start = new Date(Date.now() + 86_400_000).toISOString().slice(0, 16);
    const asked = await jsonAnswer(alice, [
      'request',
      'orders-item',
      '--because',
      because,
      '--set',
      'order=1001',
      '--start',
      start,
    ]);
    expect(asked).toMatchObject({ parameters: { order: '1001' }, startAt: `${start}:00Z` });
  });

  test.each<[string, string[], string]>([
    ['an unknown entitlement', ['oders-read'], 'Did you mean "orders-read"?'],
    ['no justification', ['orders-read'], '--because "…"'],
    [
      'what is beyond a limit',
      ['orders-read', '--for', '9h', '--because', because],
      'Ask for --for 8h or less.',
    ],
  ])('does not ask for %s, and says what to do', async (_, words, sentence) => {
    const before = await newest();
    const { code, stdout, stderr } = await alice.run(['request', ...words]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(sentence);
    expect(await newest()).toBe(before);
    expect(await secrets()).toEqual([]);
  });

  test('tells the service’s own sentence where that refuses, with the option to change, and keeps no key', async () => {
    const { code, stdout, stderr } = await alice.run([
      'request',
      'orders-read',
      '--because',
      'x'.repeat(9_000),
    ]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toBe('--because must have at most 1000 characters.\n');
    expect(await secrets()).toEqual([]);
  });

  test('asks for nothing where its key cannot be kept', async () => {
    const before = await newest();
    const environment = { XDG_STATE_HOME: '/sys/nowhere' };
    const { code, stdout, stderr } = await alice.run(asking(), { environment });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('XDG_STATE_HOME');
    expect(await newest()).toBe(before);
  });

  test('says that the request was made where this machine cannot take it in, and finds it then', async () => {
    const requests = join(alice.state, 'requests');
    await mkdir(requests, { recursive: true });
    await chmod(requests, 0o777);
    const { code, stdout, stderr } = await alice.run(asking('--for', '3h'));
    await chmod(requests, 0o700);
    expect([code, stdout]).toEqual([2, '']);
    const [, id] = /^Request (\w{26}) was made, but .*chmod 700/.exec(stderr) ?? [];
    expect(await jsonAnswer(alice, asking('--for', '3h'))).toMatchObject({ id });
  });

  test('asks anew where the one that the same words find is closed by now', async () => {
    const lossy = await losingAnswers(service.server.baseUrl);
    const environment = { COUNTERSIGN_URL: lossy.url };
    await alice.run(asking('--for', '4h'), { environment });
    const [lost] = lossy.made();
    await service.as('alice').post(`/v1/requests/${lost}/cancel`);
    lossy.heal();
    const asked = await jsonAnswer(alice, asking('--for', '4h'), { environment });
    lossy.close();
    expect([asked.status, asked.id === lost]).toEqual(['pending', false]);
    expect(await secrets()).toEqual([`key.${asked.id}.secret`]);
  });

  test.each([
    ['429', 429, {}],
    ['403 of a firewall', 403, {}],
    ['401', 401, { code: 'not_signed_in', detail: 'Sign in.' }],
  ])('loses nothing where a lost answer is followed by a %s', async (_, status, problem) => {
    const lossy = await losingAnswers(service.server.baseUrl, { status, problem });
    const environment = { COUNTERSIGN_URL: lossy.url };
    expect((await alice.run(asking('--for', '5h'), { environment })).code).not.toBe(0);
    expect(await secrets()).toEqual([expect.stringMatching(/^asking\./)]);
    lossy.heal();
    const found = await jsonAnswer(alice, asking('--for', '5h'), { environment });
    lossy.close();
    expect(lossy.made()).toEqual([found.id]);
  });

  test('loses no answer: the same words again find the request, and open it', async () => {
    const lossy = await losingAnswers(service.server.baseUrl);
    const lost = await alice.run(asking('--for', '2h'), { environment: { COUNTERSIGN_URL: lossy.url } });
    expect([lost.code, lost.stdout]).toEqual([5, '']);
    expect(lost.stderr).toContain('same words');
    lossy.heal();
    const found = await jsonAnswer(alice, asking('--for', '2h'), {
      environment: { COUNTERSIGN_URL: lossy.url },
    });
    lossy.close();
    expect(lossy.made()).toEqual([found.id]);
    expect(await secrets()).toEqual([`key.${found.id}.secret`]);
  });
});

/** The service behind something that lets every request through and drops the answers of POSTs; `then` it turns away what follows the first. */
async function losingAnswers(target: string, then?: { status: number; problem: object }) {
  const made = new Set<string>();
  let broken = true;
  const server = createServer(async (request, response) => {
    if (broken && then && request.method === 'POST' && made.size > 0) {
      response.writeHead(then.status).end(JSON.stringify(then.problem));
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const headers = new Headers(request.headers as Record<string, string>);
    for (const name of ['host', 'connection', 'content-length', 'transfer-encoding']) headers.delete(name);
    const body = request.method === 'POST' ? Buffer.concat(chunks) : null;
    const answer = await fetch(new URL(request.url ?? '/', target), {
      method: request.method ?? 'GET',
      headers,
      body,
    });
    const text = await answer.text();
    if (request.method === 'POST') made.add(JSON.parse(text).id);
    if (broken && request.method === 'POST') request.socket.destroy();
    else response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text);
  });
  return {
    url: await listening(server),
    made: () => [...made],
    heal: () => {
      broken = false;
    },
    close: () => server.close(),
  };
}

describe('countersign request --wait', () => {
  test('tells each change in a line of its own where it is piped, and at the end how to use the access', async () => {
    const { ended, id } = await waiting(asking());
    await decide('approve', id, { comment: 'fine by me', duration: 'PT30M' });
    const { code, stdout, stderr } = await ended;
    expect(code).toBe(0);
    expect(stderr).toMatch(/^bob@example\.com was asked at \d\d:\d\d$/m);
    expect(stderr).toMatch(/^bob@example\.com approved for 30 minutes only at \d\d:\d\d: “fine by me”$/m);
    expect(stderr).not.toContain('\u001b');
    expect(stdout).toMatch(/^Active until (\S+ )?\d\d:\d\d \((29|30) minutes left\)\.$/m);
    expect(stdout).toContain(`countersign exec ${id} -- `);
    expect(stdout).toContain(`eval "$(countersign env ${id})"`);
    expect(stdout).toContain('countersign configure orders-read');
  });

  test('answers 1 where it is denied, says by whom and why, and erases the key', async () => {
    const { ended, id } = await waiting(asking());
    await decide('deny', id, { comment: 'Use the report instead' });
    const { code, stdout } = await ended;
    expect(code).toBe(1);
    expect(stdout).toMatch(/^Denied\. /);
    expect(stdout).toMatch(/^Decisions +bob@example\.com denied at .*: “Use the report instead”$/m);
    expect(await secrets()).toEqual([]);
  });

  test('does not wait for a start that lies ahead', async () => {
    const start = new Date(Date.now() + 86_400_000).toISOString().slice(0, 16);
    const { ended, id } = await waiting(asking('--start', start));
    await decide('approve', id);
    const { code, stdout } = await ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Approved: it begins at /);
  });

  test('is JSON for programs, and nothing else', async () => {
    const { ended, id } = await waiting(asking('--json'));
    await decide('approve', id);
    const { code, stdout, stderr } = await ended;
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'active' });
  });

  test.skipIf(lacks('script')).each([
    ['a terminal', 80],
    ['one that does not know its size', 0],
  ])('is drawn in place on %s, which keeps who decided and has its cursor back', async (_, terminal) => {
    const { child, ended, id } = await waiting(asking(), { terminal });
    let shown = '';
    child.stdout?.on('data', (chunk) => {
      shown += chunk;
    });
    await eventually('the first look', async () => shown.includes('Waiting for a decision'));
    await decide('approve', id, { comment: 'fine by me' });
    const { code, stdout } = await ended;
    expect(code).toBe(0);
    expect(stripVTControlCharacters(stdout)).toMatch(/Waiting for a decision, 4 hours left/);
    expect(stdout.indexOf('\u001b[?25l')).toBeGreaterThan(-1);
    expect(stdout.lastIndexOf('\u001b[?25h')).toBeGreaterThan(stdout.lastIndexOf('\u001b[?25l'));
    expect(stripVTControlCharacters(stdout.slice(stdout.lastIndexOf('\u001b[?25h')))).toMatch(
      /^\s*bob@example\.com approved at \S+: “fine by me”\s+Active until/,
    );
  });

  test.skipIf(lacks('script'))('gives the cursor back at Ctrl-C, too', async () => {
    const { stdout } = await alice.run(asking('--wait'), {
      terminal: 80,
      typed: [['Waiting for a decision', '\u0003']],
    });
    expect(stdout.lastIndexOf('\u001b[?25h')).toBeGreaterThan(stdout.lastIndexOf('\u001b[?25l'));
    expect(stdout).toContain('The request stays open.');
  });

  test('leaves the request open at Ctrl-C, and says how to go on', async () => {
    const { child, ended, id } = await waiting(asking());
    await eventually('the first look', async () => (await secrets()).includes(`key.${id}.secret`));
    await new Promise((resolve) => setTimeout(resolve, 500));
    child.kill('SIGINT');
    const { signal, stdout, stderr } = await ended;
    expect([signal, stdout]).toEqual(['SIGINT', '']);
    expect(stderr).toContain(`countersign status ${id} --wait`);
    expect((await service.as('alice').get(`/v1/requests/${id}`)).body.status).toBe('pending');
    await decide('approve', id);
    expect((await alice.run(['status', '--wait'])).stdout).toMatch(/^Active until/);
  });
});

describe.skipIf(lacks('script'))('on a terminal', () => {
  test('what is missing is asked for', async () => {
    const { code, stdout } = await alice.run(['request', 'orders-item'], {
      terminal: 100,
      typed: [
        ["The order's number (order):", '1001'],
        ['Why do you need it?', because],
      ],
    });
    expect(code).toBe(0);
    const id = (await newest()) ?? '';
    expect(stripVTControlCharacters(stdout)).toContain(id);
    const { body } = await service.as('alice').get(`/v1/requests/${id}`);
    expect(body).toMatchObject({ parameters: { order: '1001' }, justification: because });
  });

  test('a justification that is too short is asked for again, and nothing is sent until it is long enough', async () => {
    const before = await newest();
    const { code, stdout } = await alice.run(['request', 'orders-read'], {
      terminal: 100,
      typed: [
        ['Why do you need it?', 'Order 1001'],
        ['In at least 15 characters, please (that was 10):', 'It is late'],
        ['In at least 15 characters, please (that was 10):', because],
      ],
    });
    expect(code).toBe(0);
    const [, id] = /Request +(\w{26})/.exec(stripVTControlCharacters(stdout)) ?? [];
    const { items } = (await service.as('alice').get('/v1/requests?status=pending')).body;
    expect(items[0]).toMatchObject({ id, justification: because });
    expect(items[1]?.id).toBe(before);
  });
});
