import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lacks } from '../support/needs.ts';
import { type ServerProcess, startServerProcess } from '../support/process.ts';
import { eventually, untilStatus } from '../support/service.ts';

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

/** The lines for the shell, with a key file that does not stay in the repository. */
const commands = (): string[] => {
  const lines = server
    .stdout()
    .split('\n')
    .filter((line) => /^(\w+=|curl |eval )/.test(line));
  return lines.map((line) => line.replaceAll('key.json', join(server.dataDirectory, 'key.json')));
};

/** A shell that lines are pasted into. */
function aShell() {
  const environment = {
    ...process.env,
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
  test('is there within five seconds, with five lines for the shell', () => {
    expect(startedIn).toBeLessThan(5_000 * slowness);
    expect(commands()).toHaveLength(5);
  });

  test.skipIf(lacks('aws'))(
    'takes a request from asking to its first use when pasted',
    { timeout },
    async () => {
      const { service } = server;
      const shell = aShell();
      const [signIn = '', ask = '', look = '', open = '', use = ''] = commands();
      shell.paste(signIn, ask, look);
      const id = await eventually('the request', async () => /"id":"(\w{26})"/.exec(shell.output())?.[1], 60);
      expect(shell.output()).toContain('"status":"pending"');

      const token = await service.tokenFor('bob', id);
      await service.as('bob').post(`/v1/requests/${id}/decision`, { decision: 'approve', token });
      await untilStatus(service, 'alice', id, 'active');
      shell.paste(open, use);
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
