import { readFile, writeFile } from 'node:fs/promises';
import { eventsJsonSchema, eventsTable } from './accessEvent.ts';

/** The table's place in docs/events.md: what stands between is written anew. */
const place = /(<!-- events -->\n)[\s\S]*?(<!-- \/events -->)/;

const docs = new URL('../docs/', import.meta.url);

await writeFile(new URL('events.schema.json', docs), `${JSON.stringify(eventsJsonSchema(), null, 2)}\n`);
const page = await readFile(new URL('events.md', docs), 'utf8');
await writeFile(new URL('events.md', docs), page.replace(place, `$1${eventsTable()}\n$2`));
