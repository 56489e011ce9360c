import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The keychain of the desktop: Keychain on macOS, Credential Manager on Windows, the Secret Service elsewhere. Rejects where it says no. */
export interface Keychain {
  get(name: string): Promise<string | undefined>;
  set(name: string, text: string): Promise<void>;
  remove(name: string): Promise<void>;
}

/** What is used of the library. */
interface Library {
  AsyncEntry: new (service: string, name: string, options: typeof onLinux) => Entry;
}

interface Entry {
  getPassword(): Promise<string | null>;
  setPassword(text: string): Promise<void>;
  deletePassword(): Promise<boolean>;
}

/** Not the kernel's keyring, which the library takes otherwise: it is empty after the next start. */
const onLinux = { linux: { store: 'secret-service' } } as const;

/** Native, and optional: by a variable, so that no bundler takes it in. */
const library = '@napi-rs/keyring';

/** Whether this may be a desktop. Asking it costs 20 ms and more; this costs nothing. */
export function mayHaveKeychain(environment = process.env): boolean {
  if (environment.COUNTERSIGN_KEYCHAIN === 'off') return false;
  if (process.platform === 'darwin' || process.platform === 'win32') return true;
  const { DBUS_SESSION_BUS_ADDRESS: bus, XDG_RUNTIME_DIR: runtime } = environment;
  return Boolean(bus) || (Boolean(runtime) && existsSync(join(runtime ?? '', 'bus')));
}

/** Rejects where the library is not installed. */
export async function openKeychain(): Promise<Keychain> {
  const { AsyncEntry } = (await import(library)) as Library;
  const entry = (name: string): Entry => new AsyncEntry('countersign', name, onLinux);
  return {
    get: async (name) => (await entry(name).getPassword()) ?? undefined,
    set: async (name, text) => entry(name).setPassword(text),
    remove: async (name) => void (await entry(name).deletePassword()),
  };
}
