import { visibleLine } from '#domain/visibleText.ts';
import { CommandError } from '../commandError.ts';
import { errorCode } from '../errorCode.ts';
import { type Keychain, openKeychain } from './keychain.ts';
import type { SecretStore } from './secretStore.ts';

/** What stands in the file of a secret that is in the keychain. No secret looks like that: they are JSON. */
const inKeychain = 'in the keychain\n';
/** What stands before a secret of which the keychain has an older one that could not be removed. */
const olderInKeychain = 'older in the keychain\n';

/**
 * Secrets in the keychain, each with a file that says so. The files tell which ones there are, without asking for any; and a secret that
 * the keychain does not take (none runs there, it stays locked, or Windows finds it too long) stands in its file itself.
 */
export function keychainStore(
  files: SecretStore,
  open: () => Promise<Keychain> = openKeychain,
  takesNew = true,
): SecretStore {
  return {
    kind: takesNew ? 'keychain' : files.kind,
    names: files.names,
    clearDrafts: files.clearDrafts,
    async get(name) {
      const text = await files.get(name);
      if (text === inKeychain) return asked(open, (keychain) => keychain.get(name));
      return text?.startsWith(olderInKeychain) ? text.slice(olderInKeychain.length) : text;
    },
    async set(name, text) {
      if (takesNew && (await works(open, (keychain) => keychain.set(name, text))))
        return files.set(name, inKeychain);
      const before = await files.get(name).catch(() => undefined);
      const hasOlder = before === inKeychain || before?.startsWith(olderInKeychain);
      await files.set(name, hasOlder ? olderInKeychain + text : text);
    },
    async remove(name) {
      const text = await files.get(name);
      const removed = (keychain: Keychain): Promise<void> => keychain.remove(name);
      if (text === inKeychain) await asked(open, removed);
      // No reason to keep the newer one.
      else if (text?.startsWith(olderInKeychain)) await works(open, removed);
      await files.remove(name);
    },
  };
}

async function works(
  open: () => Promise<Keychain>,
  act: (keychain: Keychain) => Promise<void>,
): Promise<boolean> {
  try {
    await act(await open());
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
