import { readFile, writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import * as z from 'zod';
import { newRecipient, openSession } from '../client/recipient.ts';

const usage = `Usage: npm run -s recipient new KEYFILE        make a key pair, print the public key for the request
       npm run -s recipient open KEYFILE       open the answer of …/credentials on stdin, print it as credential_process does
       npm run -s recipient export KEYFILE     the same as lines for the shell`;

/** The requester's side of the README's scenario: a key pair, and what was sealed to it. */
async function main([command, keyFile]: string[]): Promise<string> {
  if (command === 'new' && keyFile) {
    const { recipientKey, privateKey } = await newRecipient();
    await writeFile(keyFile, JSON.stringify(privateKey), { mode: 0o600 });
    return JSON.stringify(recipientKey);
  }
  if ((command === 'open' || command === 'export') && keyFile) {
    const credentials = await openAnswer(keyFile);
    return command === 'open' ? JSON.stringify(credentials) : exportLines(credentials);
  }
  throw new Error(usage);
}

async function openAnswer(keyFile: string) {
  const answer = z
    .union([z.object({ jwe: z.string() }), z.object({ detail: z.string() })])
    .parse(JSON.parse(await text(process.stdin)));
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
