import { chmod, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Service, startService } from '../support/service.ts';
import { listening } from './listening.ts';
import { aMachine, approve, type Machine } from './machine.ts';

/** What AWS's sign-in was asked, and what it answers. The real one was never called: it takes no session of a local server. */
interface Asked {
  method: string | undefined;
  url: string | undefined;
  type: string | undefined;
  form: URLSearchParams;
}

let service: Service;
let machine: Machine;
let signIn: Server;
let address: string;
let asked: Asked[];
let answer: { status: number; body: string };
beforeAll(async () => {
  service = await startService();
  machine = await aMachine(service);
  await machine.grant('orders-read', '--for', '4h');
  signIn = createServer(async (request, response) => {
    const { method, url, headers } = request;
    asked.push({
      method,
      url,
      type: headers['content-type'],
      form: new URLSearchParams(await text(request)),
    });
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
  });
  address = await listening(signIn);
});
beforeEach(() => {
  asked = [];
  answer = { status: 200, body: JSON.stringify({ SigninToken: 'signed/in+' }) };
});
afterAll(async () => {
  signIn.close();
  await machine.remove();
  await service.stop();
});

const open = (words: string[], environment: Record<string, string> = {}) =>
  machine.run(['console', ...words], { environment: { AWS_ENDPOINT_URL_SIGNIN: address, ...environment } });

test('exchanges the session for a link, and no key stands in an address', async () => {
  const { stdout, stderr } = await open(['--service', 'dynamodb', '--print']);
  const { SecretAccessKey, ...others } = JSON.parse((await machine.run(['credentials'])).stdout);
  expect(asked).toHaveLength(1);
  const [{ method, url, type, form } = { form: new URLSearchParams() }] = asked;
  expect({ method, url }).toEqual({ method: 'POST', url: '/federation' });
  expect(type).toContain('application/x-www-form-urlencoded');
  expect([...form.keys()]).toEqual(['Action', 'Session']);
  expect(form.get('Action')).toBe('getSigninToken');
  expect(JSON.parse(form.get('Session') ?? '')).toEqual({
    sessionId: others.AccessKeyId,
    sessionKey: SecretAccessKey,
    sessionToken: others.SessionToken,
  });
  const link = new URL(stdout.trim());
  expect(link.origin + link.pathname).toBe(`${address}/federation`);
  expect(Object.fromEntries(link.searchParams)).toEqual({
    Action: 'login',
    Issuer: 'countersign',
    Destination: 'https://console.aws.amazon.com/dynamodb/home',
    SigninToken: 'signed/in+',
  });
  expect(stderr).toMatch(
    /^session ends (\S+ )?\d\d:\d\d, grant ends (\S+ )?\d\d:\d\d: run this again by then\n$/,
  );
});

/** A browser that goes where it is led, and notes both addresses. */
async function aBrowser(): Promise<{ browser: string; seen: () => Promise<string[]> }> {
  const [browser, seen] = [join(machine.home, 'browser'), join(machine.home, 'seen')];
  const lines = ['#!/bin/sh', `/usr/bin/curl -s -o /dev/null -w '%{url}\n%{redirect_url}\n' "$1" >> ${seen}`];
  await writeFile(browser, `${lines.join('\n')}\n`);
  await chmod(browser, 0o700);
  return { browser, seen: async () => (await readFile(seen, 'utf8')).trim().split('\n') };
}

test('opens the browser, and no other user sees the link among the processes', async () => {
  const { browser, seen } = await aBrowser();
  const { code, stdout, stderr } = await open([], { BROWSER: browser });
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
  expect(stderr).toContain('The console is open in your browser.');
  const [shown = '', followed = ''] = await seen();
  expect(shown).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{43}$/);
  expect(new URL(followed).searchParams.get('Destination')).toBe('https://console.aws.amazon.com/');
  await expect(fetch(shown)).rejects.toThrow('fetch failed');
});

test('waits for an undecided request with --wait', async () => {
  const other = await aMachine(service);
  const id = await other.ask('orders-read');
  const environment = { AWS_ENDPOINT_URL_SIGNIN: address };
  expect((await other.run(['console', '--print'], { environment })).stderr).toContain('Add --wait');
  const waiting = other.run(['console', '--print', '--wait'], { environment });
  await approve(service, id);
  const { code, stdout } = await waiting;
  await other.remove();
  expect([code, stdout]).toEqual([0, expect.stringContaining('SigninToken=')]);
});

test('answers in JSON', async () => {
  const { stdout } = await open(['--json']);
  expect(JSON.parse(stdout)).toMatchObject({
    url: expect.stringContaining('SigninToken='),
    grantEndsAt: expect.any(String),
  });
});

test.each([
  ['a refusal', { status: 400, body: '<html>secret</html>' }, 1, 'refused the session (400)'],
  ['something else than a token', { status: 200, body: '{}' }, 1, 'refused the session (200)'],
])('%s is told without what it said', async (_, said, exitCode, complaint) => {
  answer = said;
  const { code, stdout, stderr } = await open(['--print']);
  expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' });
  expect(stderr).toContain(complaint);
  expect(stderr).not.toContain('secret');
});

test('keys go nowhere in the clear, and nowhere that does not answer', async () => {
  const clear = await open(['--print'], { AWS_ENDPOINT_URL_SIGNIN: 'http://signin.example' });
  expect(clear.code).toBe(2);
  expect(clear.stderr).toContain('https://');
  const nobody = await open(['--print'], { AWS_ENDPOINT_URL_SIGNIN: 'http://127.0.0.1:9' });
  expect(nobody.code).toBe(5);
  const odd = await open(['--print', '--service', '../x']);
  expect(odd.stderr).toContain('is no part of the console');
  expect(asked).toEqual([]);
});
