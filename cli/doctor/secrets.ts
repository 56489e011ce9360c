import { secretStoreInUse } from '../secrets/secretStore.ts';
import { type Check, fine, note } from './check.ts';

/** Where new keys and tokens go. */
export const secrets: Check = {
  about: 'Secrets',
  async find() {
    const { kind, why } = await secretStoreInUse();
    return kind === 'keychain'
      ? [fine('kept in the keychain')]
      : [note(`kept in files that only you can open: ${why ?? 'there is no keychain'}`)];
  },
};
