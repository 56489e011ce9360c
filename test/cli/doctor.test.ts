import { spawnSync } from 'node:child_process';
import { chmod, mkdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { lacks } from '../support/needs.ts';
import { type Service, startService } from '../support/service.ts';
import { listening } from './listening.ts';
import { aMachine, type Machine } from './machine.ts';
import { asNobody, type RunOptions } from './runCountersign.ts';

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

let alice: Machine;
beforeEach(async () => {
  alice = await aMachine(service);
});
afterEach(() => alice.remove());

interface Found {
  isFine: boolean;
  findings: { about: string; state: string; says: string }[];
}

/** What is said of one thing, each with its state before it. No AWS CLI is found but one in the home: a real one takes its time. */
async function saidOf(about: string, options?: RunOptions): Promise<string[]> {
  const PATH = `${join(alice.home, 'bin')}:${dirname(process.execPath)}`;
  const environment = { PATH, ...options?.environment };
  const { stdout } = await alice.run(['doctor', '--json'], { ...options, environment });
  const { findings }: Found = JSON.parse(stdout);
  return findings.filter((finding) => finding.about === about).map(({ state, says }) => `${state}: ${says}`);
}

const config = (): string => join(alice.home, '.config/countersign');
const state = (...below: string[]): string => join(alice.state, ...below);
const giveAway = (): void => void spawnSync('chown', ['-R', '65534:65534', alice.home]);

describe('countersign doctor', () => {
  test('finds nothing wrong where somebody is signed in, and answers 0', async () => {
    const { code, stdout, stderr } = await alice.run(['doctor']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^✓ Node +\d+\./m);
    expect(stdout).toMatch(/^✓ Service +http:\/\/127\.0\.0\.1:\d+\/ answers within \d+ ms$/m);
    expect(stdout).toMatch(/^✓ Service +the clocks agree$/m);
    expect(stdout).toMatch(/^✓ Sign-in +by COUNTERSIGN_TOKEN; may ask for \d+ entitlements$/m);
    expect(stdout).not.toContain(await service.token('alice'));
  });

  test('answers 1 where something is wrong, and says what to do', async () => {
    const { code, stdout } = await alice.run(['doctor'], { environment: { COUNTERSIGN_TOKEN: '' } });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^✗ Sign-in +You are not signed in\. Sign in: countersign login/m);
  });

  test('says where a service is named when none is known', async () => {
    const environment = { COUNTERSIGN_URL: '' };
    expect(await saidOf('Service', { environment })).toEqual([
      expect.stringMatching(/^wrong: No service is known here yet\..*countersign login https:/),
    ]);
  });

  test.skipIf(lacks('script'))('has colours on a terminal, and keeps to its width', async () => {
    const { stdout } = await alice.run(['doctor'], { terminal: 60 });
    expect(stdout).toContain('\u001b[32m✓');
    const texts = stdout.split('\r\n').filter((line) => line.trim().includes(' '));
    for (const line of texts) expect(stripVTControlCharacters(line).length).toBeLessThanOrEqual(60);
  });
});

describe('of files', () => {
  beforeEach(async () => {
    await mkdir(state('requests'), { recursive: true, mode: 0o700 });
    await mkdir(config(), { recursive: true, mode: 0o700 });
  });

  test('it is fine that only their owner can open them', async () => {
    await writeFile(join(config(), 'config.json'), '{"url":"https://access.example.com"}', { mode: 0o600 });
    expect(await saidOf('Files')).toEqual([
      `fine: only you can open what is kept in ${config()}, ${state()}`,
    ]);
  });

  test('it is wrong that others can open one, or a folder', async () => {
    await writeFile(state('requests/x.json'), '{}', { mode: 0o600 });
    await chmod(state('requests/x.json'), 0o644);
    await chmod(config(), 0o755);
    expect(await saidOf('Files')).toEqual([
      `wrong: ${config()} can be opened by others. Close it: chmod 700 '${config()}'`,
      `wrong: ${state('requests/x.json')} can be opened by others. Close it: chmod 600 '${state('requests/x.json')}'`,
    ]);
  });

  test('it is wrong that one is a link, or left over of a command that was killed', async () => {
    await symlink('/etc/passwd', state('requests/link.json'));
    const draft = state('requests/.a.json.0123');
    await writeFile(draft, 'half', { mode: 0o600 });
    await utimes(draft, 1, 1);
    expect(await saidOf('Files')).toEqual([
      `wrong: ${draft} is left over of a command that was ended while it wrote. Remove it: rm '${draft}'`,
      `wrong: ${state('requests/link.json')} is a link, and links are not followed there. Remove it.`,
    ]);
  });

  test('it is wrong that a folder, or anything else, stands in the place of a file', async () => {
    await mkdir(state('requests/x.json'), { mode: 0o700 });
    spawnSync('mkfifo', ['-m', '600', state('requests/y.json')]);
    expect(await saidOf('Files')).toEqual(
      ['x', 'y'].map(
        (name) =>
          `wrong: ${state(`requests/${name}.json`)} is no file, and a file belongs there. Move it away.`,
      ),
    );
  });

  test('it is wrong that their owner cannot see what is in a folder', async () => {
    await chmod(state('requests'), 0o000);
    giveAway();
    expect(await saidOf('Files', asNobody)).toEqual([
      `wrong: The folder ${state('requests')} cannot be read (EACCES). Make it readable for you: chmod 700 '${state('requests')}'`,
    ]);
    await chmod(state('requests'), 0o700);
  });

  test('many at once are told with one thing to do', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) {
      await writeFile(state(`requests/${name}.json`), '{}');
      await chmod(state(`requests/${name}.json`), 0o666);
    }
    const said = await saidOf('Files');
    expect(said).toHaveLength(5);
    expect(said[4]).toBe(
      `wrong: So it is with 2 more. All at once: chmod -R go-rwx '${config()}' '${state()}'`,
    );
  });
});

describe('of folders', () => {
  test('it is fine that what is kept can be written, or made where it is not there yet', async () => {
    giveAway();
    expect(await saidOf('Folders', asNobody)).toEqual(['fine: what is kept here can be written']);
  });

  test('it is wrong that they cannot be made in the home, and told once for all of them', async () => {
    giveAway();
    await chmod(alice.home, 0o555);
    const said = await saidOf('Folders', asNobody);
    await chmod(alice.home, 0o700);
    expect(said).toEqual([
      `wrong: ${alice.home} cannot be written (EACCES), so ${config()} and ${state()} cannot be made. No sign-in or key can be kept here. Make it writable for you: chmod u+wx '${alice.home}', or where it is not yours to change, name other folders in XDG_CONFIG_HOME, XDG_STATE_HOME and XDG_CACHE_HOME.`,
    ]);
  });

  test('it is wrong of the one where keys are, and no fault of the cache’s', async () => {
    const cache = join(alice.home, '.cache/countersign');
    for (const folder of [state(), cache]) await mkdir(folder, { recursive: true, mode: 0o700 });
    giveAway();
    for (const folder of [state(), cache]) await chmod(folder, 0o500);
    const said = await saidOf('Folders', asNobody);
    for (const folder of [state(), cache]) await chmod(folder, 0o700);
    expect(said).toEqual([
      expect.stringContaining(`wrong: ${state()} cannot be written (EACCES). No sign-in or key`),
      expect.stringContaining(`note: ${cache} cannot be written (EACCES). So the service is asked`),
    ]);
  });
});

describe('of the service', () => {
  let strange: Server;
  let url: string;
  let answer: { status: number; headers: Record<string, string>; body: string };
  beforeEach(async () => {
    answer = { status: 200, headers: {}, body: '{}' };
    strange = createServer((_, response) => {
      response.sendDate = false;
      response.writeHead(answer.status, answer.headers).end(answer.body);
    });
    url = await listening(strange);
  });
  afterEach(() => strange.close());

  const asked = (): Promise<string[]> => saidOf('Service', { environment: { COUNTERSIGN_URL: url } });

  test.each([
    [600_000, 'behind'],
    [-600_000, 'ahead of'],
  ])('a clock that is %s ms off is wrong', async (off, way) => {
    answer.headers = { date: new Date(Date.now() + off).toUTCString() };
    expect((await asked())[1]).toMatch(
      new RegExp(`^wrong: this machine’s clock is (59\\d|60\\d) s ${way} the service’s:`),
    );
  });

  test('a clock that is some seconds off is told', async () => {
    answer.headers = { date: new Date(Date.now() + 30_000).toUTCString() };
    expect((await asked())[1]).toMatch(/^fine: the clocks agree to (29|30|31) s$/);
  });

  test('no time is no fault', async () => {
    expect((await asked())[1]).toBe('note: the service does not say what time it is');
  });

  test.each<[string, Partial<typeof answer>, number]>([
    ['answers with a fault', { status: 404, body: '{}' }, 404],
    ['is a page', { status: 200, body: '<html>' }, 200],
    ['answers without an end', { status: 200, body: ' '.repeat(200_000) }, 200],
    ['sends elsewhere', { status: 302, headers: { location: 'https://example.com' } }, 302],
  ])('what %s is no Countersign', async (_, over, status) => {
    Object.assign(answer, over);
    expect((await asked())[0]).toMatch(
      new RegExp(`answers ${status}, and is no Countersign\\. Check the address`),
    );
  });

  test('an address where nothing listens is told with what is in the way', async () => {
    const environment = { COUNTERSIGN_URL: 'http://127.0.0.1:1' };
    expect(await saidOf('Service', { environment })).toEqual([
      expect.stringMatching(/^wrong: .*does not answer \((ECONNREFUSED|failed)\)\. Check the network/),
    ]);
  });
});

describe('of the AWS CLI and its profiles', () => {
  /** A program that stands first on the PATH. */
  async function program(name: string, text: string): Promise<string> {
    const file = join(alice.home, 'bin', name);
    await mkdir(join(alice.home, 'bin'), { recursive: true });
    await writeFile(file, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    return file;
  }

  test.each([
    ['aws-cli/2.31.35 Python/3.13.9 Linux/6.1', 'fine: 2.31.35'],
    ['aws-cli/1.45.11 Python/3.11', 'note: 1.45.11: profiles and countersign exec work'],
    ['aws-cli/1.15.1 Python/2.7', 'wrong: 1.15.1 cannot take credentials from a command. Install version 2'],
    ['something else', 'note: is not installed.'],
  ])('%s: %s', async (version, says) => {
    await program('aws', `echo '${version}'`);
    expect((await saidOf('AWS CLI'))[0]).toContain(says);
  });

  /** A profile as `configure` writes it. */
  async function profile(command: string): Promise<string> {
    const file = join(alice.home, '.aws/config');
    await mkdir(join(alice.home, '.aws'), { mode: 0o700 });
    const lines = ['[profile jit-orders-read]', `credential_process = ${command} credentials orders-read`];
    await writeFile(file, `${lines.join('\n')}\n`, { mode: 0o600 });
    return file;
  }

  test('profiles whose command runs are fine', async () => {
    const file = await profile(`"${await program('countersign', 'true')}"`);
    expect(await saidOf('Profiles')).toEqual(['fine: jit-orders-read']);
    expect(await readFile(file, 'utf8')).toContain('credential_process');
  });

  test('a command that is gone is told', async () => {
    await profile('/opt/gone/bin/countersign');
    expect(await saidOf('Profiles')).toEqual([
      'wrong: /opt/gone/bin/countersign, which the profile jit-orders-read runs, is not there any more. Write the profile again: countersign configure',
    ]);
  });

  test('a command that does not run is told: of a checkout, under the Node that AWS’s tools find', async () => {
    const old = await program('countersign', 'exit 1');
    await profile(old);
    const said = await saidOf('Profiles');
    expect(said).toEqual([
      expect.stringMatching(/^wrong: .*\/countersign, which the profile jit-orders-read runs, does not run/),
    ]);
    expect(said[0]).toContain('Write the profile again: countersign configure');
  });

  test('a command that runs only with what npx adds to the PATH does not count as running', async () => {
    const bin = join(alice.home, 'node_modules/.bin');
    await mkdir(bin, { recursive: true });
    await writeFile(join(bin, 'newer-node'), '#!/bin/sh\n', { mode: 0o755 });
    await profile(await program('countersign', 'exec newer-node'));
    const path = { PATH: `${bin}:${dirname(process.execPath)}:/usr/bin:/bin` };
    expect((await saidOf('Profiles', { environment: path }))[0]).toContain('does not run');
  });

  test('keys under the same name in the credentials file are told: they would win', async () => {
    await profile(await program('countersign', 'true'));
    const file = join(alice.home, '.aws/credentials');
    await writeFile(file, '[jit-orders-read]\naws_access_key_id = AKIASTANDING\n', { mode: 0o600 });
    expect(await saidOf('Profiles')).toEqual([
      `wrong: ${file} has jit-orders-read, too, and AWS’s tools use the keys there. Rename or remove it there.`,
    ]);
  });

  test('what others can write is told: the file with the profiles, and the command', async () => {
    const command = await program('countersign', 'true');
    const file = await profile(command);
    await chmod(file, 0o666);
    await chmod(command, 0o777);
    expect(await saidOf('Profiles')).toEqual([
      `wrong: Others can write ${file}, and so decide what AWS’s tools run in your name: chmod go-w '${file}'`,
      `wrong: Others can write ${command}, and so decide what AWS’s tools run in your name: chmod go-w '${command}'`,
    ]);
  });

  test('a folder in the place of the file with the profiles is told', async () => {
    const file = join(alice.home, '.aws/config');
    await mkdir(file, { recursive: true });
    expect(await saidOf('Profiles')).toEqual([
      `wrong: ${file} cannot be read (EISDIR). Make it a file that you can read.`,
    ]);
  });

  test('none is a hint', async () => {
    expect((await saidOf('Profiles'))[0]).toMatch(
      /^note: there is none of countersign’s in .*countersign configure/,
    );
  });
});

describe('of keys', () => {
  /** This machine takes a request for over. */
  async function end(id: string): Promise<void> {
    const file = state('requests', `${id}.json`);
    const remembered = JSON.parse(await readFile(file, 'utf8'));
    await writeFile(file, JSON.stringify({ ...remembered, endsAt: '2026-01-01T00:00:00Z' }));
  }

  test('those of open requests are counted; those of requests that are over are erased', async () => {
    const id = await alice.ask('orders-read');
    expect(await saidOf('Keys')).toEqual(['fine: of 1 request that this machine remembers']);

    await end(id);
    expect(await saidOf('Keys')).toEqual([
      'fine: none of a request that this machine remembers; erased now: of 1 request over by now',
    ]);
    expect(await saidOf('Keys')).toEqual(['fine: none of a request that this machine remembers']);
  });

  test('one that cannot be erased is told, and not counted among those that were', async () => {
    const id = await alice.ask('orders-read');
    await end(id);
    await rm(state('secrets', `key.${id}.secret`));
    await mkdir(state('secrets', `key.${id}.secret`), { mode: 0o700 });
    expect(await saidOf('Keys')).toEqual([
      'fine: of 1 request that this machine remembers',
      expect.stringContaining(`wrong: The key of ${id}, which is over, cannot be erased: `),
    ]);
  });

  test('one that belongs to nothing is told', async () => {
    await mkdir(state('secrets'), { recursive: true, mode: 0o700 });
    const id = '01KANB1X000000000000000001';
    await writeFile(state('secrets', `key.${id}.secret`), '{}', { mode: 0o600 });
    expect(await saidOf('Keys')).toEqual([
      'fine: none of a request that this machine remembers',
      `note: of ${id}, which is not known here otherwise: countersign status ${id} tells what it is`,
    ]);
  });
});
