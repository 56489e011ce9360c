import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lacks } from '../support/needs.ts';
import { type Service, startService } from '../support/service.ts';
import { aMachine, approve, type Machine } from './machine.ts';

let service: Service;
let machine: Machine;
let id: string;
beforeAll(async () => {
  service = await startService();
  machine = await aMachine(service);
  id = await machine.grant('orders-read', '--for', '4h');
});
afterAll(async () => {
  await machine.remove();
  await service.stop();
});

const run = promisify(execFile);

describe.skipIf(lacks('aws'))('prints to the byte what aws configure export-credentials prints', () => {
  beforeAll(async () => {
    const { stdout } = await machine.run(['credentials', id]);
    const file = join(machine.home, 'credentials.json');
    await writeFile(file, stdout, { mode: 0o600 });
    await mkdir(join(machine.home, '.aws'));
    await writeFile(join(machine.home, '.aws/config'), `[profile same]\ncredential_process = cat ${file}\n`);
  });

  // The AWS CLI of Debian is too old for fish, whose lines test/cli/sessions/formats.test.ts has.
  test.each(['env', 'env-no-export', 'powershell', 'windows-cmd', 'process'])('%s', async (format) => {
    const { stdout } = await machine.run(['env', id, '--format', format]);
    const words = ['configure', 'export-credentials', '--profile', 'same', '--format', format];
    const env = { ...process.env, ...(await machine.environment()) };
    expect(stdout).toBe((await run('/usr/bin/aws', words, { env })).stdout);
  });
});

test('a shell takes the lines in', async () => {
  const { stdout } = await machine.run(['env']);
  const script = `${stdout}node -p 'process.env.AWS_ACCESS_KEY_ID + process.env.AWS_CREDENTIAL_EXPIRATION'`;
  expect((await run('sh', ['-c', script])).stdout).toMatch(/^ASIA[A-Z0-9]{16}20\d\d-.*\+00:00$/m);
});

test('somebody at a terminal is told how long the lines are good for', async () => {
  const { stdout } = await machine.run(['env'], { terminal: 100 });
  expect(stdout).toMatch(
    /^session ends (\S+ )?\d\d:\d\d, grant ends (\S+ )?\d\d:\d\d: run this again by then\r\n/,
  );
});

test('an undecided request is waited for with --wait, and stdout has the lines alone', async () => {
  const other = await aMachine(service);
  const asked = await other.ask('orders-read');
  expect((await other.run(['env'])).stderr).toContain('Add --wait to wait for it');
  const waiting = other.run(['env', '--wait']);
  await approve(service, asked);
  const { code, stdout, stderr } = await waiting;
  await other.remove();
  expect([code, stderr]).toEqual([0, expect.stringContaining('bob@example.com approved')]);
  expect(stdout).toMatch(/^export AWS_ACCESS_KEY_ID=/);
});

test('a format that there is not is refused with those there are', async () => {
  const { code, stderr } = await machine.run(['env', '--format', 'csh']);
  expect(code).toBe(2);
  expect(stderr).toContain(
    '--format takes one of env, env-no-export, powershell, windows-cmd, fish, process',
  );
});
