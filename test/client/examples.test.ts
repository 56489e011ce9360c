import { type ChildProcess, execFile, type PromiseWithChild } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lacks } from '../support/needs.ts';
import { type Service, startService, untilStatus } from '../support/service.ts';
import { errorOf } from './errorOf.ts';
import { startFakeService } from './fakeService.ts';

const run = promisify(execFile);

const document = readFileSync('docs/client.md', 'utf8');
/** What the document says to type with the local server running. */
const [, local = ''] = /<!-- local -->\n```sh\n([\s\S]*?)```/.exec(document) ?? [];

let service: Service;
let folder: string;
beforeAll(async () => {
  [service, folder] = await Promise.all([startService(), mkdtemp(join(tmpdir(), 'countersign-examples-'))]);
}, 60_000);
afterAll(async () => {
  await Promise.all([service.stop(), rm(folder, { recursive: true })]);
});

/** Types what the document says to prepare, then the line that runs an example, with more words and variables. */
function typed(
  file: string,
  { more = '', variables = '' } = {},
): PromiseWithChild<{ stdout: string; stderr: string }> {
  const lines = local
    .replace('http://127.0.0.1:8787', service.server.baseUrl)
    .replace('http://127.0.0.1:4566', service.server.awsUrl)
    .split('\n');
  const setUp = lines.filter((line) => !line.includes(' examples/'));
  const line = lines.find((text) => text.includes(file));
  return run('/usr/bin/bash', ['-c', [...setUp, `${variables} ${line} ${more}`].join('\n')], {
    env: { PATH: '/usr/bin:/bin', HOME: folder, TMPDIR: folder, AWS_PAGER: '' },
  });
}

const failure = (error: unknown) => error as { code: number; stdout: string; stderr: string };

/** alice runs an example; bob decides on what it asks for. */
async function played(file: string, decision: 'approve' | 'deny', more = '') {
  const running = typed(file, { more });
  const ended = running.catch(failure);
  const id = await idSaidBy(running.child);
  const token = await service.tokenFor('bob', id);
  const body = decision === 'approve' ? { decision, token } : { decision };
  await service.as('bob').post(`/v1/requests/${id}/decision`, body);
  return { id, code: 0, ...(await ended) };
}

async function expectReturned(id: string): Promise<void> {
  const { history } = await untilStatus(service, 'alice', id, 'ended');
  expect(history.map(({ event }: { event: string }) => event)).toContain('returned');
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

const inPython = ['Python', 'examples/readOrder.py'] as const;
const inShell = ['a shell', 'examples/readOrder.sh'] as const;

describe.skipIf(lacks('aws')).each([['TypeScript', 'examples/readOrder.ts'], inPython, inShell] as const)(
  'The example in %s',
  { concurrent: true, timeout: 120_000 },
  (_, file) => {
    test('reads the order once somebody has approved, and gives the access back', async () => {
      const { id, code, stdout, stderr } = await played(file, 'approve');
      expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining(id) });
      expect(stdout).toContain('Harbour Books');
      await expectReturned(id);
    });

    test('says so when somebody has denied', async () => {
      const { code, stdout, stderr } = await played(file, 'deny');
      expect(code).toBe(1);
      expect(stderr).toContain('denied');
      expect(stdout).toBe('');
    });
  },
);

describe.skipIf(lacks('aws')).each([inPython, inShell])(
  'The example in %s',
  { concurrent: true, timeout: 120_000 },
  (_, file) => {
    test('gives the access back when the AWS CLI fails, and ends as that did', async () => {
      const { id, code, stderr } = await played(file, 'approve', '--table-name customers');
      expect(stderr).toMatch(/AccessDenied/);
      expect(stderr).not.toMatch(/Traceback/);
      expect(code).toBe(254);
      await expectReturned(id);
    });

    test('says what the service says of a bad token', async () => {
      const error = await errorOf(typed(file, { variables: 'COUNTERSIGN_TOKEN=none' }));
      expect(error).toMatchObject({
        code: expect.any(Number),
        stderr: expect.stringContaining('Sign in, and send a valid access token'),
      });
      expect(String(error)).not.toMatch(/Traceback/);
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
  const script = `const { tokenFromAws } = await import(${JSON.stringify(resolve('examples/tokenFromAws.ts'))});
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
  const shown = [...document.matchAll(/<!-- (examples\/\S+) -->\n+```\w+\n([\s\S]*?)```/g)];
  expect(shown.map(([, file]) => file)).toEqual([
    'examples/readOrder.ts',
    'examples/tokenFromAws.ts',
    'examples/readOrder.py',
    'examples/readOrder.sh',
  ]);
  for (const [, file = '', text = ''] of shown) expect(await readFile(file, 'utf8')).toContain(text);
  // Beside these only what is typed above: no code that nobody runs.
  expect(document.match(/```/g)).toHaveLength(2 * (shown.length + 1));
});
