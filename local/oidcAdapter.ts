import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider';
import type { Store } from './store.ts';

interface Entry {
  payload: AdapterPayload;
  /** Milliseconds since the epoch. */
  expiresAt?: number;
}

/** Keeps what the OpenID provider knows (sessions, codes, grants) in the store; expired entries are gone. */
export function createOidcAdapter(store: Store): AdapterFactory {
  return (model) => adapterOf(store, model);
}

function adapterOf(store: Store, model: string): Adapter {
  const table = store.table<Entry>(`oidc${model}`);
  const alive = ({ expiresAt }: Entry): boolean => expiresAt === undefined || expiresAt > Date.now();
  for (const [id, entry] of table.entries()) if (!alive(entry)) table.delete(id);

  const find = (id: string): AdapterPayload | undefined => {
    const entry = table.get(id);
    return entry && alive(entry) ? entry.payload : undefined;
  };
  // A local server has a handful of entries: looking through them needs no index that could disagree with them.
  const findBy = (matches: (payload: AdapterPayload) => boolean): AdapterPayload | undefined =>
    table.entries().find(([, entry]) => alive(entry) && matches(entry.payload))?.[1].payload;

  return {
    async upsert(id, payload, expiresIn) {
      const expiry = expiresIn === undefined ? {} : { expiresAt: Date.now() + expiresIn * 1000 };
      table.set(id, { payload, ...expiry });
    },
    find: async (id) => find(id),
    findByUserCode: async (userCode) => findBy((payload) => payload.userCode === userCode),
    findByUid: async (uid) => findBy((payload) => payload.uid === uid),
    async consume(id) {
      const entry = table.get(id);
      if (entry) table.set(id, { ...entry, payload: { ...entry.payload, consumed: epochSeconds() } });
    },
    destroy: async (id) => table.delete(id),
    async revokeByGrantId(grantId) {
      for (const [id, entry] of table.entries()) if (entry.payload.grantId === grantId) table.delete(id);
    },
  };
}

const epochSeconds = (): number => Math.floor(Date.now() / 1000);
