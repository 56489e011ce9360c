import { readFile, writeFile } from 'node:fs/promises';
import { commandDocument } from './commandDocument.ts';

// The commands' place in docs/command.md: what stands between is written anew.
const place = /(<!-- commands -->\n)[\s\S]*?(<!-- \/commands -->)/;
const file = new URL('../docs/command.md', import.meta.url);
const page = await readFile(file, 'utf8');
const document = await commandDocument();
await writeFile(
  file,
  page.replace(place, (_, begin, end) => `${begin}\n${document}\n\n${end}`),
);
