import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { lacks } from '../support/needs.ts';
import { type ServerProcess, startServerProcess } from '../support/process.ts';
import { eventually, untilStatus } from '../support/service.ts';
import { aHome, type Home } from './home.ts';

/** The five seconds are meant for a machine of its own. */
const slowness = 3;
const timeout = 120_000;

let server: ServerProcess;
let startedIn: number;
beforeAll(async () => {
  const began = performance.now();
  server = await startServerProcess();
  startedIn = performance.now() - began;
}, timeout);
afterAll(() => server.remove());

/** The lines for the shell. */
const commands = (): string[] =>
  server
    .stdout()
    .split('\n')
    .filter((line) => /^(export|npx) /.test(line));

/** A shell that lines are pasted into. */
function aShell({ environment: own }: Home) {
  const environment = {
    ...process.env,
    ...own,
    PATH: `/usr/bin:${process.env.PATH}`,
    AWS_CONFIG_FILE: '/nonexistent',
    AWS_PAGER: '',
  };
  const shell = spawn('bash', ['--norc', '--noprofile', '-s'], {
    env: environment,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [shell.stdout, shell.stderr])
    stream.on('data', (chunk) => {
      output += chunk;
    });
  return {
    paste: (...lines: string[]) => shell.stdin.write(`${lines.join('\n')}\n`),
    output: () => output,
    async leave() {
      shell.stdin.end();
      await once(shell, 'exit');
      return output;
    },
  };
}

describe('what `npm start` prints', () => {
  test('is there within five seconds, with three lines for the shell', () => {
    expect(startedIn).toBeLessThan(5_000 * slowness);
    expect(commands()).toHaveLength(3);
  });

  test.skipIf(lacks('aws'))(
    'takes a request from asking to its first use when pasted',
    { timeout },
    async () => {
      const { service } = server;
      const home = aHome();
      onTestFinished(home.remove);
      const shell = aShell(home);
      const [signIn = '', ask = '', use = ''] = commands();
      shell.paste(signIn, ask);
      const id = await eventually(
        'the request',
        async () => /^Request +(\w{26})$/m.exec(shell.output())?.[1],
        60,
      );
      await eventually('the wait', async () => shell.output().includes('bob@example.com was asked'), 60);

      const token = await service.tokenFor('bob', id);
      await service.as('bob').post(`/v1/requests/${id}/decision`, { decision: 'approve', token });
      await untilStatus(service, 'alice', id, 'active');
      await eventually('the access', async () => shell.output().includes('Active until'), 60);
      shell.paste(use);
      expect(await shell.leave()).toContain('Harbour Books');
    },
  );

  test('names addresses that answer, and the folder of the trail', async () => {
    const [first = ''] = server.stdout().split('\n');
    expect(first).toContain(server.awsUrl);
    expect(first).toContain(join(server.dataDirectory, 'trail'));
    for (const url of [server.baseUrl, `${server.baseUrl}/_local/inbox`]) {
      expect(first).toContain(url);
      expect((await fetch(url)).status).toBe(200);
    }
  });

  test('is not added to when Ctrl-C ends it', async () => {
    const before = server.stdout();
    expect(await server.stop()).toBe(0);
    expect(server.stdout()).toBe(before);
    expect(server.stderr()).not.toMatch(/^ {4}at /m);
  });
});
