import { secretStore, secretStoreInUse } from '../../../cli/secrets/secretStore.ts';

/** A program for a session of its own: keeps a secret, tells what became of it, and, with `remove`, forgets it. */
const name = 'key/canary';
const store = await secretStore();
await store.set(name, '{"d":"canary"}');
const inUse = await secretStoreInUse();
const told = { inUse, names: await store.names(), text: await store.get(name) };
if (process.argv[2] === 'remove') await store.remove(name);
process.stdout.write(JSON.stringify({ ...told, left: (await store.get(name)) ?? null }));
