import { fileStore } from './fileStore.ts';
import { mayHaveKeychain, openKeychain } from './keychain.ts';
import { keychainStore, reasonOf } from './keychainStore.ts';

/**
 * Where private keys and tokens are kept, each by a name of two parts: `key/<request id>`, `token/<hash of the service's URL>`. Every
 * call throws a `CommandError` where the store cannot be used.
 */
export interface SecretStore {
  readonly kind: 'keychain' | 'file';
  get(name: string): Promise<string | undefined>;
  set(name: string, text: string): Promise<void>;
  /** It is no fault if there is none. */
  remove(name: string): Promise<void>;
  names(): Promise<string[]>;
  /** Removes what a command left that was ended while it wrote: there may be a whole key in it. */
  clearDrafts(): Promise<void>;
}

/** The store of this machine: its keychain where it may have one, else files. docs/adr/0016-where-secrets-are-kept.md says why. */
export async function secretStore(): Promise<SecretStore> {
  // What once went into the keychain is found there, whatever is chosen for what comes now.
  return keychainStore(fileStore(), openKeychain, mayHaveKeychain());
}

/** What new secrets are really kept in, and why not in the keychain. Asks the keychain, so only for whoever wants to know. */
export async function secretStoreInUse(): Promise<{ kind: SecretStore['kind']; why?: string }> {
  if (process.env.COUNTERSIGN_KEYCHAIN === 'off') return { kind: 'file', why: 'COUNTERSIGN_KEYCHAIN is off' };
  if (!mayHaveKeychain()) return { kind: 'file', why: 'there is no keychain in this session' };
  try {
    const keychain = await openKeychain();
    await keychain.set('check/1', 'works');
    await keychain.remove('check/1');
    return { kind: 'keychain' };
  } catch (error) {
    return { kind: 'file', why: reasonOf(error) };
  }
}
