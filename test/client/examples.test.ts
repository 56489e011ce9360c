import { type ChildProcess, execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lacks } from '../support/needs.ts';
import { type Service, startService, untilStatus } from '../support/service.ts';
import { startFakeService } from './fakeService.ts';

const run = promisify(execFile);
const example = (name: string): string => resolve('examples', name);

let service: Service;
/** Programs by the names that the examples know: the checkout's `countersign`, and an `aws` that talks to the local server. */
let folder: string;
beforeAll(async () => {
  [service, folder] = await Promise.all([startService(), mkdtemp(join(tmpdir(), 'countersign-examples-'))]);
  await symlink(resolve('cli/countersign.ts'), join(folder, 'countersign'));
  // Debian's AWS CLI is older than AWS_ENDPOINT_URL.
  const aws = `#!/bin/sh\nexec /usr/bin/aws --endpoint-url ${service.server.awsUrl} "$@"\n`;
  await writeFile(join(folder, 'aws'), aws, { mode: 0o755 });
}, 60_000);
afterAll(async () => {
  await Promise.all([service.stop(), rm(folder, { recursive: true })]);
});

/** alice runs a program; bob decides on what it asks for. */
async function played(program: string, words: string[], decision: 'approve' | 'deny') {
  const running = run(program, words, {
    env: {
      PATH: `${folder}:${dirname(process.execPath)}:/usr/bin:/bin`,
      HOME: folder,
      COUNTERSIGN_URL: service.server.baseUrl,
      COUNTERSIGN_TOKEN: await service.token('alice'),
      AWS_ENDPOINT_URL: service.server.awsUrl,
      AWS_REGION: 'us-east-1',
      AWS_PAGER: '',
    },
  });
  const ended = running.catch((error: unknown) => error as { code: number; stdout: string; stderr: string });
  const id = await idSaidBy(running.child);
  const token = await service.tokenFor('bob', id);
  const body = decision === 'approve' ? { decision, token } : { decision };
  await service.as('bob').post(`/v1/requests/${id}/decision`, body);
  return { id, code: 0, ...(await ended) };
}

/** The id of the request, as soon as the program says it to whoever watches. */
function idSaidBy({ stderr }: ChildProcess): Promise<string> {
  let said = '';
  return new Promise((found, fail) => {
    stderr?.on('data', (chunk) => {
      said += chunk;
      const [, id] = /Request (\w{26})/.exec(said) ?? [];
      if (id !== undefined) found(id);
    });
    stderr?.on('end', () => fail(new Error(`It did not ask: ${said}`)));
  });
}

const programs = [
  ['TypeScript', process.execPath, [example('readOrder.ts')]],
  ['Python', '/usr/bin/python3', [example('readOrder.py')]],
  ['a shell', '/usr/bin/bash', [example('readOrder.sh')]],
] as const;

describe.skipIf(lacks('aws')).each(programs)(
  'The example in %s',
  { concurrent: true, timeout: 120_000 },
  (_, program, words) => {
    test('reads the order once somebody has approved, and gives the access back', async () => {
      const { id, stdout, stderr } = await played(program, [...words, '1001'], 'approve');
      expect(stderr).toContain(id);
      expect(stdout).toContain('Harbour Books');
      const returned = await untilStatus(service, 'alice', id, 'ended');
      expect(returned.history.map(({ event }: { event: string }) => event)).toContain('returned');
    });

    test('says so when somebody has denied', async () => {
      const { code, stdout, stderr } = await played(program, [...words], 'deny');
      expect(code).toBe(1);
      expect(stderr).toContain('denied');
      expect(stdout).toBe('');
    });
  },
);

test('The example of a token asks AWS for one, and again only when it is about to run out', async () => {
  const until = new Date(Date.now() + 300_000).toISOString();
  const sts = await startFakeService({
    status: 200,
    headers: { 'content-type': 'text/xml' },
    body: `<GetWebIdentityTokenResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetWebIdentityTokenResult><WebIdentityToken>a.b.c</WebIdentityToken><Expiration>${until}</Expiration></GetWebIdentityTokenResult></GetWebIdentityTokenResponse>`,
  });
  const script = `const { tokenFromAws } = await import(${JSON.stringify(example('tokenFromAws.ts'))});
    console.log(await tokenFromAws(), await tokenFromAws());`;
  const env = {
    AWS_ENDPOINT_URL_STS: sts.url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
  };
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { env });
  expect(stdout.trim()).toBe('a.b.c a.b.c');
  expect(sts.arrived.map(({ body }) => Object.fromEntries(new URLSearchParams(body)))).toMatchObject([
    { Action: 'GetWebIdentityToken', 'Audience.member.1': 'countersign', SigningAlgorithm: 'ES384' },
  ]);
  await sts.stop();
});

test('What docs/client.md shows is what the examples do', async () => {
  const document = await readFile('docs/client.md', 'utf8');
  const shown = [...document.matchAll(/<!-- (examples\/\S+) -->\n+```\w+\n([\s\S]*?)```/g)];
  expect(shown.map(([, file]) => file)).toEqual([
    'examples/readOrder.ts',
    'examples/tokenFromAws.ts',
    'examples/readOrder.py',
    'examples/readOrder.sh',
  ]);
  for (const [, file = '', text = ''] of shown) expect(await readFile(file, 'utf8')).toContain(text);
  // Nothing else is code that nobody runs.
  expect(document.match(/```/g)).toHaveLength(2 * shown.length);
});
