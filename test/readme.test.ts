import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lacks } from './support/needs.ts';
import { type Service, startService } from './support/service.ts';

const readme = readFileSync('README.md', 'utf8');
const blocks = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text]) => text ?? '');

describe.skipIf(lacks('aws'))('the README’s story, pasted into a shell', () => {
  let service: Service;
  let folder: string;
  beforeAll(async () => {
    service = await startService();
    folder = await mkdtemp(join(tmpdir(), 'countersign-readme-'));
  });
  afterAll(async () => {
    await service.stop();
    await rm(folder, { recursive: true });
  });

  // Each command of the story is a process of its own, on a machine that does other things besides.
  test('goes as it says', { timeout: 120_000 }, async () => {
    const story = blocks.find((block) => block.startsWith('API='));
    const script = story
      ?.replace(/^API=.*$/m, `API=${service.server.baseUrl} AWS=${service.server.awsUrl}`)
      .replaceAll(' evidence', ` ${join(folder, 'evidence')}`);
    const { stdout, stderr } = await promisify(execFile)('bash', ['-c', script ?? 'false'], {
      env: {
        ...process.env,
        HOME: folder,
        XDG_CONFIG_HOME: undefined,
        XDG_STATE_HOME: undefined,
        XDG_CACHE_HOME: undefined,
        AWS_CONFIG_FILE: join(folder, 'none'),
        AWS_PAGER: '',
        PATH: `/usr/bin:${process.env.PATH}`,
      },
    });
    expect(stdout).toContain('orders-read');
    expect(stdout).toContain('Harbour Books');
    expect(stderr.match(/\(AccessDeniedException\)/g)).toHaveLength(2);
    expect(stdout).toMatch(/ ended +Read the orders table/);
    const { grants } = JSON.parse(await readFile(join(folder, 'evidence', 'review.json'), 'utf8'));
    expect(grants).toMatchObject([{ status: 'ended', requester: 'alice@example.com' }]);
  });
});

test('every command block of the README is one that a test or CI runs', () => {
  expect(blocks.map((block) => block.split('\n')[0]?.split('#')[0]?.trim())).toEqual([
    'npm ci && npm start',
    'API=http://127.0.0.1:8787 AWS=http://127.0.0.1:4566',
    'npx cdk synth --quiet',
    'npx countersign review --logs LOGS --keys KEYS.json --from 2026-10-01 --to 2026-12-31 --out evidence',
  ]);
});

test('every link of the README and the docs leads somewhere', () => {
  const documents = [
    'README.md',
    ...readdirSync('docs', { recursive: true }).map((name) => join('docs', String(name))),
  ];
  const broken = documents
    .filter((name) => name.endsWith('.md'))
    .flatMap((name) =>
      [...readFileSync(name, 'utf8').matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
        .map(([, link]) => link ?? '')
        .filter((link) => !link.startsWith('http') && !existsSync(join(dirname(name), link)))
        .map((link) => `${name}: ${link}`),
    );
  expect(broken).toEqual([]);
});
