import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { JWK } from 'jose';
import * as z from 'zod';
import { newRecipient, openSession } from '../client/recipient.ts';

const usage = `Usage: npm run -s recipient new KEYFILE        make a key pair, or take the one there is; print the public key for the request
       npm run -s recipient open KEYFILE       open the answer of …/credentials on stdin, print it as credential_process does
       npm run -s recipient export KEYFILE     the same as lines for the shell`;

/** The requester's side of the README's scenario: a key pair, and what was sealed to it. */
async function main([command, keyFile]: string[]): Promise<string> {
  if (command === 'new' && keyFile) {
    return JSON.stringify(await publicKeyOf(keyFile));
  }
  if ((command === 'open' || command === 'export') && keyFile) {
    const credentials = await openAnswer(keyFile);
    return command === 'open' ? JSON.stringify(credentials) : exportLines(credentials);
  }
  throw new Error(usage);
}

/** The public half of the key in the file, made when there is none: requests that wait for an answer need the one there is. */
async function publicKeyOf(keyFile: string): Promise<JWK> {
  if (existsSync(keyFile)) {
    const { d: _, ...known } = JSON.parse(await readFile(keyFile, 'utf8'));
    return known;
  }
  const { recipientKey, privateKey } = await newRecipient();
  await writeFile(keyFile, JSON.stringify(privateKey), { mode: 0o600, flag: 'wx' });
  return recipientKey;
}

async function openAnswer(keyFile: string) {
  const said = await text(process.stdin);
  if (said.trim() === '') throw new Error('There was no answer on stdin. Is the server running?');
  const answer = z
    .union([z.object({ jwe: z.string() }), z.object({ detail: z.string() })])
    .parse(JSON.parse(said));
  if ('detail' in answer) throw new Error(answer.detail);
  return openSession(answer.jwe, JSON.parse(await readFile(keyFile, 'utf8')));
}

const exportLines = (credentials: Awaited<ReturnType<typeof openAnswer>>): string =>
  [
    `export AWS_ACCESS_KEY_ID=${credentials.AccessKeyId}`,
    `export AWS_SECRET_ACCESS_KEY=${credentials.SecretAccessKey}`,
    `export AWS_SESSION_TOKEN=${credentials.SessionToken}`,
    `export AWS_CREDENTIAL_EXPIRATION=${credentials.Expiration}`,
  ].join('\n');

try {
  process.stdout.write(`${await main(process.argv.slice(2))}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
