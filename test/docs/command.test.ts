import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { commandDocument } from '../../cli/commandDocument.ts';
import { exitCodes } from '../../cli/exitCodes.ts';

const document = readFileSync('docs/command.md', 'utf8');

test('the document has every command as its help says it: npm run command-document', async () => {
  const [, written] = /<!-- commands -->\n\n([\s\S]*)\n\n<!-- \/commands -->/.exec(document) ?? [];
  expect(written).toBe(await commandDocument());
});

test('the document lists every exit code', () => {
  const [, table = ''] = /\| exit code \|.*\n.*\n((?:\|.*\n)+)/.exec(document) ?? [];
  const listed = table.match(/^\| \d/gm)?.map((row) => Number(row.slice(2)));
  expect(listed).toEqual(Object.values(exitCodes));
});

test('the document names every variable of its own that the command reads', () => {
  const sources = readdirSync('cli', { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  const names = sources.flatMap(
    (file) => readFileSync(`cli/${file}`, 'utf8').match(/COUNTERSIGN_[A-Z]+/g) ?? [],
  );
  expect(new Set(names).size).toBeGreaterThan(3);
  for (const name of new Set(names)) expect(document).toContain(`| \`${name}\` |`);
});
