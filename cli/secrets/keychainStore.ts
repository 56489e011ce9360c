import { visibleLine } from '#domain/visibleText.ts';
import { CommandError } from '../commandError.ts';
import { errorCode } from '../errorCode.ts';
import { type Keychain, openKeychain } from './keychain.ts';
import type { SecretStore } from './secretStore.ts';

/** What stands in the file of a secret that is in the keychain. No secret looks like that: they are JSON. */
const inKeychain = 'in the keychain\n';

/**
 * Secrets in the keychain, each with a file that says so. The files tell which ones there are, without asking for any; and a secret that
 * the keychain does not take (none runs there, it stays locked, or Windows finds it too long) stands in its file itself.
 */
export function keychainStore(files: SecretStore, open: () => Promise<Keychain> = openKeychain): SecretStore {
  return {
    kind: 'keychain',
    names: files.names,
    async get(name) {
      const text = await files.get(name);
      return text === inKeychain ? asked(open, (keychain) => keychain.get(name)) : text;
    },
    async set(name, text) {
      const isTaken = await taken(open, name, text);
      await files.set(name, isTaken ? inKeychain : text);
    },
    async remove(name) {
      if ((await files.get(name)) === inKeychain) await asked(open, (keychain) => keychain.remove(name));
      await files.remove(name);
    },
  };
}

async function taken(open: () => Promise<Keychain>, name: string, text: string): Promise<boolean> {
  try {
    await (await open()).set(name, text);
    return true;
  } catch {
    return false;
  }
}

async function asked<Answer>(
  open: () => Promise<Keychain>,
  ask: (keychain: Keychain) => Promise<Answer>,
): Promise<Answer> {
  try {
    return await ask(await open());
  } catch (error) {
    throw new CommandError(
      `What is needed is in your keychain, which does not open: ${reasonOf(error)}. Unlock it and try again.`,
    );
  }
}

/** Why a keychain cannot be used, or that its library is missing. */
export const reasonOf = (error: unknown): string =>
  errorCode(error) === 'ERR_MODULE_NOT_FOUND'
    ? '@napi-rs/keyring is not installed'
    : visibleLine(error instanceof Error ? error.message : String(error));
