import { mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Service, startService } from '../support/service.ts';
import { aMachine, type Machine } from './machine.ts';

let service: Service;
let machine: Machine;
let file: string;
const mine = '# mine\r\n[default]\r\nregion = eu-west-1';
beforeAll(async () => {
  service = await startService();
  machine = await aMachine(service);
  file = join(machine.home, '.aws/config');
  await mkdir(join(machine.home, '.aws'));
});
beforeEach(() => writeFile(file, mine));
afterAll(async () => {
  await machine.remove();
  await service.stop();
});

const written = (): Promise<string> => readFile(file, 'utf8');

test('shows what it changes, asks, and keeps the rest', async () => {
  const { code, stdout } = await machine.run(['configure', 'orders-read'], {
    terminal: 200,
    typed: [['Write this? [y/N]', 'y']],
  });
  expect(code).toBe(0);
  expect(stdout).toMatch(/\.aws\/config:\r\n\S* {2}\+ \[profile jit-orders-read\]/);
  expect(stdout).toContain('Wrote jit-orders-read. Use it: aws … --profile jit-orders-read');
  expect(await written()).toMatch(
    /^# mine\r\n\[default\]\r\nregion = eu-west-1\r\n\r\n\[profile jit-orders-read\]\r\ncredential_process = \S+node \S+countersign.ts credentials orders-read$/,
  );
});

test('writes nothing after a no, or where nobody can be asked', async () => {
  const typed: [string, string][] = [['Write this? [y/N]', '']];
  const refused = await machine.run(['configure', 'orders-read'], { terminal: 200, typed });
  expect(refused.code).toBe(1);
  const unasked = await machine.run(['configure', 'orders-read']);
  expect(unasked.code).toBe(2);
  expect(unasked.stderr).toContain('add --yes');
  const { stderr } = await machine.run(['configure', 'orders-read', '--json']);
  expect(JSON.parse(stderr)).toMatchObject({ error: { exitCode: 2 } });
  expect(await written()).toBe(mine);
});

test('takes all that may be asked for, with a region, and removes them again', async () => {
  const { stdout, stderr } = await machine.run(['configure', '--region', 'eu-west-1', '--yes', '--json']);
  expect(stderr).toBe('');
  const profiles = ['jit-orders-read', 'jit-orders-admin', 'jit-orders-item'];
  expect(JSON.parse(stdout)).toEqual({
    file,
    profiles: profiles.map((profile) => ({ profile, isChanged: true })),
  });
  expect((await written()).match(/^region = eu-west-1\r?$/gm)).toHaveLength(4);
  const again = await machine.run(['configure', '--yes']);
  expect(again.stdout).toContain('All is as it should be.');
  const removed = await machine.run(['configure', '--remove', '--yes']);
  expect(removed.stdout).toBe(`Removed ${profiles.join(', ')}.\n`);
  expect(await written()).toBe(mine);
});

test('refuses names that are none, and profiles that it did not write', async () => {
  const unknown = await machine.run(['configure', 'orders-raed', '--yes']);
  expect(unknown.stderr).toContain('Did you mean "orders-read"?');
  await writeFile(file, '[profile jit-orders-read]\nrole_arn = x\n');
  const foreign = await machine.run(['configure', 'orders-read', '--yes']);
  expect(foreign.code).toBe(2);
  expect(foreign.stderr).toContain('did not write');
  expect(await written()).toBe('[profile jit-orders-read]\nrole_arn = x\n');
  const region = await machine.run(['configure', 'orders-read', '--region', 'x\ny']);
  expect(region.stderr).toContain('is no region');
});

test('from npx, what it writes runs without npx: this Node, and the file itself', async () => {
  const bin = join(machine.home, 'node_modules/.bin');
  await mkdir(bin, { recursive: true });
  const script = resolve('cli/countersign.ts');
  await symlink(script, join(bin, 'countersign'));
  const PATH = `${bin}:${dirname(process.execPath)}:/usr/bin:/bin`;
  await machine.run(['configure', 'orders-read', '--yes'], { environment: { PATH } });
  expect(await written()).toContain(
    `credential_process = ${process.execPath} ${script} credentials orders-read`,
  );
});

test('names the service where this machine knows several, or where it is named', async () => {
  await machine.run(['configure', 'orders-read', '--yes', '--url', service.server.baseUrl]);
  const line = ` credentials orders-read --url ${new URL(service.server.baseUrl).href}`;
  expect(await written()).toContain(line);
  expect((await machine.run(['configure', '--remove', '--yes'])).stdout).toBe('Removed jit-orders-read.\n');

  const config = join(machine.home, '.config/countersign/config.json');
  await mkdir(dirname(config), { recursive: true, mode: 0o700 });
  await writeFile(config, '{"url":"https://other.example/"}', { mode: 0o600 });
  await machine.run(['configure', 'orders-read', '--yes']);
  expect(await written()).toContain(line);
  await rm(config);
});

test('refuses a name that the credentials file has, too: its keys would win', async () => {
  const credentials = join(machine.home, '.aws/credentials');
  await writeFile(credentials, '[jit-orders-read]\naws_access_key_id = AKIASTANDING\n');
  const { code, stderr } = await machine.run(['configure', 'orders-read', '--yes']);
  expect(code).toBe(2);
  expect(stderr).toContain(`${credentials} has jit-orders-read, too`);
  expect(await written()).toBe(mine);
  await rm(credentials);
});

test('never touches the credentials file', async () => {
  await machine.run(['configure', '--yes']);
  await expect(stat(join(machine.home, '.aws/credentials'))).rejects.toThrow('ENOENT');
});
