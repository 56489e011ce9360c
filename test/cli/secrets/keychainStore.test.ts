import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileStore } from '../../../cli/secrets/fileStore.ts';
import { type Keychain, mayHaveKeychain } from '../../../cli/secrets/keychain.ts';
import { keychainStore } from '../../../cli/secrets/keychainStore.ts';

const secret = '{"d":"canary"}';
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-keychain-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Everything that the files hold. */
const inFiles = (): string =>
  readdirSync(folder)
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join();

/** A keychain as a desktop may have it: open, locked, or with room for short texts only. */
function aKeychain({ isLocked = false, longest = Infinity } = {}) {
  const texts = new Map<string, string>();
  const state = { isLocked, opened: 0, texts };
  const guarded = <Answer>(act: () => Answer): Promise<Answer> =>
    state.isLocked ? Promise.reject(new Error('unlock prompt was dismissed')) : Promise.resolve(act());
  const keychain: Keychain = {
    get: (name) => guarded(() => texts.get(name)),
    set: (name, text) =>
      text.length > longest
        ? Promise.reject(new Error('too long'))
        : guarded(() => void texts.set(name, text)),
    remove: (name) => guarded(() => void texts.delete(name)),
  };
  const open = (): Promise<Keychain> => {
    state.opened += 1;
    return Promise.resolve(keychain);
  };
  return { state, store: keychainStore(fileStore(folder), open) };
}

describe('A secret', () => {
  it('lies in the keychain, and not in any file', async () => {
    const { state, store } = aKeychain();
    await store.set('key/1', secret);
    expect(state.texts.get('key/1')).toBe(secret);
    expect(inFiles()).not.toContain('canary');
    expect(await store.get('key/1')).toBe(secret);
  });

  it('lies in its file where the keychain is locked, and costs no keychain from then on', async () => {
    const { state, store } = aKeychain({ isLocked: true });
    await store.set('key/1', secret);
    const { opened } = state;
    expect(await store.get('key/1')).toBe(secret);
    expect(await store.names()).toEqual(['key/1']);
    await store.remove('key/1');
    expect(await store.get('key/1')).toBeUndefined();
    expect(state.opened).toBe(opened);
  });

  it('lies in its file where it is too long for the keychain, as tokens are on Windows', async () => {
    const { store } = aKeychain({ longest: 1_280 });
    const long = JSON.stringify({ token: 'x'.repeat(2_000) });
    await store.set('token/1', long);
    expect(await store.get('token/1')).toBe(long);
  });

  it('counts as it was written last, wherever that was', async () => {
    const { state, store } = aKeychain();
    await store.set('token/1', '{"n":1}');
    state.isLocked = true;
    await store.set('token/1', '{"n":2}');
    state.isLocked = false;
    expect(await store.get('token/1')).toBe('{"n":2}');
    await store.set('token/1', '{"n":3}');
    expect(await store.get('token/1')).toBe('{"n":3}');
    expect(inFiles()).not.toContain('"n"');
  });

  it('goes from the keychain when it is removed', async () => {
    const { state, store } = aKeychain();
    await store.set('key/1', secret);
    await store.remove('key/1');
    expect([...state.texts.keys(), ...readdirSync(folder)]).toEqual([]);
  });

  it('goes from the keychain also where a newer one had to stand in a file: it was locked once', async () => {
    const { state, store } = aKeychain();
    await store.set('token/1', '{"n":1}');
    state.isLocked = true;
    await store.set('token/1', '{"n":2}');
    await store.set('token/1', '{"n":3}');
    expect(await store.get('token/1')).toBe('{"n":3}');
    state.isLocked = false;
    await store.remove('token/1');
    expect([...state.texts.keys(), ...readdirSync(folder)]).toEqual([]);
  });

  it('goes from its file although the keychain with the older one stays locked', async () => {
    const { state, store } = aKeychain();
    await store.set('token/1', '{"n":1}');
    state.isLocked = true;
    await store.set('token/1', '{"n":2}');
    await store.remove('token/1');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('that is not there costs no keychain', async () => {
    const { state, store } = aKeychain();
    expect(await store.get('key/1')).toBeUndefined();
    expect(state.opened).toBe(0);
  });
});

describe('A keychain that was locked after it took a secret', () => {
  it('is named as what is in the way, and nothing is forgotten', async () => {
    const { state, store } = aKeychain();
    await store.set('key/1', secret);
    state.isLocked = true;
    const sentence =
      'What is needed is in your keychain, which does not open: unlock prompt was dismissed. Unlock it and try again.';
    await expect(store.get('key/1')).rejects.toThrow(sentence);
    await expect(store.remove('key/1')).rejects.toThrow(sentence);
    expect(await store.names()).toEqual(['key/1']);
    state.isLocked = false;
    expect(await store.get('key/1')).toBe(secret);
  });
});

describe.runIf(process.platform === 'linux')('On Linux a keychain is looked for', () => {
  it.each([
    ['with a session bus', { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/run/user/1000/bus' }, true],
    ['not without one', {}, false],
    ['not where the runtime folder has none', { XDG_RUNTIME_DIR: '/nonexistent' }, false],
    [
      'not where it is switched off',
      { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/run/user/1000/bus', COUNTERSIGN_KEYCHAIN: 'off' },
      false,
    ],
  ])('%s', (_when, environment, expected) => {
    expect(mayHaveKeychain(environment)).toBe(expected);
  });
});
