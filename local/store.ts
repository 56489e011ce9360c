import { chmodSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/**
 * Small durable tables of JSON values for the local server: one SQLite file with `--data DIR`, memory
 * without. Every write is on disk before the call returns, so a SIGKILL between two steps loses nothing.
 */
export interface Store {
  table<Value>(name: string): StoreTable<Value>;
  /** Runs the writes of `work` as one: all of them or none. */
  atomically(work: () => void): void;
  close(): void;
}

export interface StoreTable<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  delete(key: string): void;
  /** All entries in key order. */
  entries(): [key: string, value: Value][];
}

/** Opens the store in `file`, or in memory when no file is given. */
export function openStore(file = ':memory:'): Store {
  const database = new DatabaseSync(file);
  // It holds what AWS would keep to itself: session secrets and MAC keys of the local endpoint.
  if (file !== ':memory:') chmodSync(file, 0o600);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
  database.exec(
    'CREATE TABLE IF NOT EXISTS entry (name TEXT, key TEXT, value TEXT NOT NULL, PRIMARY KEY (name, key)) WITHOUT ROWID',
  );
  const select = database.prepare('SELECT value FROM entry WHERE name = ? AND key = ?');
  const upsert = database.prepare('INSERT OR REPLACE INTO entry (name, key, value) VALUES (?, ?, ?)');
  const remove = database.prepare('DELETE FROM entry WHERE name = ? AND key = ?');
  const list = database.prepare('SELECT key, value FROM entry WHERE name = ? ORDER BY key');
  return {
    table<Value>(name: string): StoreTable<Value> {
      return {
        get(key) {
          const row = select.get(name, key);
          return row ? JSON.parse(String(row.value)) : undefined;
        },
        set: (key, value) => void upsert.run(name, key, JSON.stringify(value)),
        delete: (key) => void remove.run(name, key),
        entries: () => list.all(name).map((row) => [String(row.key), JSON.parse(String(row.value))]),
      };
    },
    atomically(work) {
      database.exec('BEGIN');
      try {
        work();
        database.exec('COMMIT');
      } catch (error) {
        database.exec('ROLLBACK');
        throw error;
      }
    },
    close: () => database.close(),
  };
}
