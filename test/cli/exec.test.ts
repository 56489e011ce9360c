import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lacks } from '../support/needs.ts';
import { eventually, type Service, startService } from '../support/service.ts';
import { aMachine, type Machine } from './machine.ts';
import { type Front, startFront } from './sessions/front.ts';

const readOrders = new URL('exec/readOrders.ts', import.meta.url);

let service: Service;
let front: Front;
let machine: Machine;
let id: string;
beforeAll(async () => {
  service = await startService();
  front = await startFront(service, 'alice');
  machine = await aMachine(service, { url: front.url });
  id = await machine.grant('orders-read', '--for', '4h');
});
afterAll(async () => {
  await machine.remove();
  await front.stop();
  await service.stop();
});

const exec = (command: string[], environment: Record<string, string> = {}, options: string[] = []) =>
  machine.run(['exec', id, ...options, '--', ...command], { environment });

/** The variables of AWS and countersign that a command gets. */
async function variablesOf(environment: Record<string, string>, ...options: string[]) {
  const print = 'JSON.stringify(process.env)';
  const { stdout } = await exec(['node', '-p', print], environment, options);
  return JSON.parse(stdout);
}

const foreign = {
  AWS_PROFILE: 'admin',
  AWS_ACCESS_KEY_ID: 'AKIAFOREIGN',
  AWS_SECRET_ACCESS_KEY: 'foreign',
  AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/admin',
  AWS_ACCESS_KEY: 'AKIAFOREIGN',
  AWS_SECRET_KEY: 'foreign',
  AWS_CREDENTIAL_FILE: '/foreign',
};

describe('the command', () => {
  test('gets an endpoint that renews, and nothing that leads to other access', async () => {
    const variables = await variablesOf(foreign);
    expect(variables.AWS_CONTAINER_CREDENTIALS_FULL_URI).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/credentials$/);
    expect(variables.AWS_CONTAINER_AUTHORIZATION_TOKEN).toMatch(/^[\w-]{43}$/);
    expect(variables.COUNTERSIGN_REQUEST).toBe(id);
    for (const name of Object.keys(foreign)) expect(variables).not.toHaveProperty(name);
    expect(variables.BOTO_CONFIG).toBe('/dev/null');
  });

  test('does not get the token that could ask and decide as the person', async () => {
    expect(await variablesOf({})).not.toHaveProperty('COUNTERSIGN_TOKEN');
    expect(await variablesOf({}, '--keys')).not.toHaveProperty('COUNTERSIGN_TOKEN');
  });

  test('gets the keys instead with --keys', async () => {
    const variables = await variablesOf(foreign, '--keys');
    expect(variables.AWS_ACCESS_KEY_ID).toMatch(/^ASIA/);
    expect(variables.AWS_SESSION_TOKEN).toEqual(expect.any(String));
    expect(variables).not.toHaveProperty('AWS_PROFILE');
    expect(variables).not.toHaveProperty('AWS_CONTAINER_CREDENTIALS_FULL_URI');
  });

  test('may be one with another grant, which then counts', async () => {
    const item = await machine.grant('orders-item', '--for', '1h', '--set', 'order=1001');
    const inner = `COUNTERSIGN_TOKEN=$AGAIN ${process.execPath} cli/countersign.ts exec ${item} --keys -- node -p process.env.COUNTERSIGN_REQUEST`;
    const { stdout } = await exec(['sh', '-c', inner], { AGAIN: await service.token('alice') });
    expect(stdout.trim()).toBe(item);
  });

  test('answers with its own exit code, and reads its own words', async () => {
    const { code, stdout, stderr } = await exec(['sh', '-c', 'echo "$1"; exit 7', 'sh', '--json']);
    expect({ code, stdout, stderr }).toEqual({ code: 7, stdout: '--json\n', stderr: '' });
  });

  test('that there is not answers 127, as in a shell', async () => {
    const { code, stderr } = await exec(['no-such-command']);
    expect(code).toBe(127);
    expect(stderr).toBe('no-such-command: there is no such command. Name a program, then its own words.\n');
  });

  test('is the shell where none is named', async () => {
    const { stdout } = await machine.run(['exec', id], { environment: { SHELL: '/usr/bin/env' } });
    expect(stdout).toContain(`COUNTERSIGN_REQUEST=${id}`);
  });

  test('is /bin/sh where SHELL is empty, and must have a name', async () => {
    const { code } = await machine.run(['exec', id], { environment: { SHELL: '' } });
    expect(code).toBe(0);
    const nameless = await exec(['']);
    expect(nameless.code).toBe(2);
    expect(nameless.stderr).toContain('Name a program');
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'receives %s, tidies up, and its answer counts',
    async (signal) => {
      const script = `trap 'echo tidied; exit 9' TERM INT HUP; echo ready; while :; do sleep 0.05; done`;
      const { child, ended } = await machine.start(['exec', id, '--', 'sh', '-c', script]);
      await new Promise<void>((resolve) => child.stdout?.once('data', () => resolve()));
      child.kill(signal);
      expect(await ended).toMatchObject({ code: 9, stdout: 'ready\ntidied\n' });
    },
  );

  test('gets Ctrl-C once, from its terminal', async () => {
    const script = `n=0; trap 'n=$((n+1))' INT; echo ready; sleep 0.5; sleep 0.5; echo "interrupted $n times"; exit 3`;
    const { code, stdout } = await machine.run(['exec', id, '--', 'sh', '-c', script], {
      terminal: 100,
      typed: [['ready', '\u0003']],
    });
    expect(stdout).toContain('interrupted 1 times');
    expect(code).toBe(3);
  });

  test('that a signal ended answers as shells say it', async () => {
    expect((await exec(['sh', '-c', 'kill -KILL $$'])).code).toBe(137);
  });

  test('shares pipes that block, as programs expect them', async () => {
    const script =
      'read line; read more; printf "%s %s " "$line" "$more"; head -c 300000 /dev/zero; echo "$?" >&2';
    const { child, ended } = await machine.start(['exec', id, '--', 'sh', '-c', script], { typed: [] });
    child.stdin?.write('one\n');
    child.stdout?.pause();
    // The command waits for its second line, and later for somebody who reads.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    child.stdin?.end('two\n');
    await new Promise((resolve) => setTimeout(resolve, 300));
    child.stdout?.resume();
    const { stdout, stderr } = await ended;
    expect(stdout.slice(0, 8)).toBe('one two ');
    expect(stdout).toHaveLength(300_008);
    expect(stderr).toBe('0\n');
  });

  test('shows no secret among the processes', async () => {
    const { stdout } = await machine.run(['credentials', id]);
    const { SecretAccessKey, SessionToken } = JSON.parse(stdout);
    const listed = (await exec(['ps', '-ww', '-eo', 'args'])).stdout;
    expect(listed).toContain('countersign.ts exec');
    expect(listed).not.toContain(SecretAccessKey);
    expect(listed).not.toContain(SessionToken);
  });
});

const standing = 'aws_access_key_id = AKIASTANDING0000001\naws_secret_access_key = standing\n';

test('where standing keys have to be kept from the command, says that it needs a folder for that', async () => {
  await writeFile(join(machine.home, 'standing'), `[default]\n${standing}`);
  const { code, stderr } = await exec(['true'], {
    AWS_SHARED_CREDENTIALS_FILE: '~/standing',
    TMPDIR: '/nonexistent',
  });
  expect(code).toBe(2);
  expect(stderr).toContain('Name another folder with TMPDIR.');
});

describe.skipIf(lacks('aws'))('with the AWS CLI', () => {
  const order = `--table-name orders --key '{"id":{"S":"1001"}}' --region us-east-1`;
  const read = (): string =>
    `/usr/bin/aws dynamodb get-item ${order} --endpoint-url ${service.server.awsUrl}`;

  test('uses the grant even where the default profile has keys of its own', async () => {
    await mkdir(join(machine.home, '.aws'));
    await writeFile(
      join(machine.home, '.aws/credentials'),
      '[default]\naws_access_key_id=AKIAIOSFODNN7EXAMPLE\naws_secret_access_key=standing\n',
    );
    const before = leftovers(await readdir(tmpdir()));
    const { stdout, stderr } = await exec(['sh', '-c', read()]);
    expect(stderr).toBe('');
    expect(stdout).toContain('Harbour Books');
    expect(leftovers(await readdir(tmpdir()))).toEqual(before);
  });

  test.each([
    ['indented', '.aws/credentials', `[default]\n${standing.replace(/^/gm, '  ')}`, {}],
    ['in a config file that begins with ~', 'cfg', `[default]\n${standing}`, { AWS_CONFIG_FILE: '~/cfg' }],
    ['with line ends of old Macs', '.aws/config', `[default]\n${standing}`.replaceAll('\n', '\r'), {}],
    ['in a file of boto', '.boto', `[Credentials]\n${standing}`, {}],
  ])('is under the grant where the default profile has keys %s', async (_, name, text, environment) => {
    const file = join(machine.home, name);
    await writeFile(file, text);
    try {
      const { stdout } = await exec(['/usr/bin/aws', 'configure', 'list'], environment);
      expect(stdout).toContain('container-role');
      expect(stdout).not.toContain('0001');
    } finally {
      await rm(file);
    }
  });

  const leftovers = (names: string[]): string[] =>
    names.filter((name) => name.startsWith('countersign-exec'));

  test('one shell goes on through the one-hour limit, with the AWS CLI and the SDK', {
    timeout: 120_000,
  }, async () => {
    const sdk = `${process.execPath} ${fileURLToPath(readOrders)} ${service.server.awsUrl}`;
    // The SDK runs all the time; the AWS CLI starts anew for each line.
    const script = `while read line; do echo "$line" >&3; ${read()} --output text; done 3>&1 | ${sdk}`;
    const { child, ended } = await machine.start(['exec', id, '--', 'sh', '-c', script], { typed: [] });
    let said = '';
    child.stdout?.on('data', (chunk) => {
      said += chunk;
    });
    child.stdin?.write('first\n');
    await eventually(
      'the first answers',
      async () => said.includes('first: Harbour Books') && said.includes('cli: '),
      60,
    );
    await machine.advance('PT65M');
    await eventually('the next session', async () => {
      const { body } = await service.as('alice').get(`/v1/requests/${id}/credentials`);
      return body.sequence > 1;
    });
    // Long enough for the processes to see that time has gone by.
    await new Promise((resolve) => setTimeout(resolve, 200));
    said = '';
    child.stdin?.write('second\n');
    await eventually(
      'the second answers',
      async () => said.includes('second: Harbour Books') && said.includes('cli: '),
      60,
    );
    child.stdin?.end();
    expect((await ended).code).toBe(0);
  });
});
