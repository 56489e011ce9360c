import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CompactEncrypt, importJWK } from 'jose';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { runCountersign } from './runCountersign.ts';

const credentials = {
  Version: 1,
  AccessKeyId: 'ASIAEXAMPLE',
  SecretAccessKey: 'canary/secret',
  SessionToken: 'token==',
  Expiration: '2026-11-22T16:00:00Z',
};

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-open-'));
  file = join(folder, 'key.json');
  onTestFinished(() => rm(folder, { recursive: true }));
});

const key = () => runCountersign(['key', 'key.json'], { cwd: folder });
const open = (input: string, ...words: string[]) =>
  runCountersign(['open', 'key.json', ...words], { cwd: folder, input });

/** What the service answers for a public key. */
async function answerFor(publicKey: string): Promise<string> {
  const jwe = await new CompactEncrypt(new TextEncoder().encode(JSON.stringify(credentials)))
    .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM' })
    .encrypt(await importJWK(JSON.parse(publicKey), 'ECDH-ES'));
  return JSON.stringify({
    jwe,
    sessionExpiresAt: credentials.Expiration,
    grantEndsAt: credentials.Expiration,
  });
}

test('opens what was sealed to it, as lines for a shell or in another format', async () => {
  const answer = await answerFor((await key()).stdout);
  expect((await open(answer)).stdout).toContain('export AWS_SECRET_ACCESS_KEY=canary/secret\n');
  expect(JSON.parse((await open(answer, '--json')).stdout).SecretAccessKey).toBe('canary/secret');
  expect((await open(answer, '--format', 'fish')).stdout).toContain(
    'set -gx AWS_ACCESS_KEY_ID "ASIAEXAMPLE"',
  );
});

test('passes on why the service refused', async () => {
  await key();
  const pending = await open('{"status":409,"code":"not_active","detail":"This request is pending."}');
  expect(pending).toMatchObject({ code: 4, stdout: '', stderr: 'This request is pending.\n' });
  expect((await open('{"status":401,"detail":"Sign in first."}')).code).toBe(3);
});

test.each([
  ['nothing', '', 'no answer on stdin'],
  ['something else', '<html>', 'is no answer of GET'],
  ['a damaged answer', '{"jwe":"a.b.c.d.e"}', 'This key does not open the answer'],
])('says what is wrong with %s', async (_, input, complaint) => {
  await key();
  const { code, stdout, stderr } = await open(input);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(complaint);
});

test('another key does not open it, and nothing of it is shown', async () => {
  const answer = await answerFor((await key()).stdout);
  await rm(file);
  await key();
  const { stdout, stderr } = await open(answer);
  expect(stdout).toBe('');
  expect(stderr).toContain('sealed to another one');
});

test('a key file that others could read, that holds something else, or that is not there is refused', async () => {
  expect((await open('{}')).stderr).toContain('countersign key makes one');
  await writeFile(file, '{"kty":"RSA"}', { mode: 0o600 });
  expect((await key()).stderr).toContain('holds no private key of countersign');
  await chmod(file, 0o644);
  expect((await key()).stderr).toContain('chmod 600');
});
