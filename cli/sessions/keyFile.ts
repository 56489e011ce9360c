import { open } from 'node:fs/promises';
import type { JWK } from 'jose';
import { jsonOf } from '#client/json.ts';
import { newRecipient } from '#client/recipient.ts';
import { visibleLine } from '#domain/visibleText.ts';
import { CommandError } from '../commandError.ts';
import { errorCode } from '../errorCode.ts';
import { readPrivate } from '../privateFile.ts';

/**
 * The public key of the pair in a file. Made where there is none: a request that waits for its answer needs the one that is there.
 * Throws a `CommandError` where the file holds something else, or cannot be made.
 */
export async function madeKey(file: string): Promise<JWK> {
  if ((await readPrivate(file)) === undefined) await makeKey(file);
  const { kty, crv, x, y } = await keyIn(file);
  return { kty, crv, x, y } as JWK;
}

/** The private key in a file. Throws a `CommandError` where there is none. */
export async function keyIn(file: string): Promise<JWK> {
  const text = await readPrivate(file);
  if (text === undefined)
    throw new CommandError(`There is no ${visibleLine(file)}. countersign key makes one, for the request.`);
  const key = jsonOf(text);
  if (isPrivateKey(key)) return key;
  throw new CommandError(
    `${visibleLine(file)} holds no private key of countersign. Name the file that countersign key made, or another one for a new key.`,
  );
}

/** Never over a file that has come there meanwhile. */
async function makeKey(path: string): Promise<void> {
  const { privateKey } = await newRecipient();
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(`${JSON.stringify(privateKey)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EEXIST') return;
    throw new CommandError(
      `${visibleLine(path)} cannot be written (${code ?? 'unknown error'}). Name a file in a folder that is there and that you can write to.`,
    );
  }
}

const isPrivateKey = (value: unknown): value is JWK =>
  typeof value === 'object' &&
  value !== null &&
  'crv' in value &&
  value.crv === 'P-256' &&
  ['x', 'y', 'd'].every((part) => typeof (value as Record<string, unknown>)[part] === 'string');
