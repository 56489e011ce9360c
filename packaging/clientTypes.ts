import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { answerTypes } from './answerTypes.ts';

const entry = 'countersign';

/** Writes the types of the client: those files that can be reached from its door, none of which needs another package. */
export async function writeClientTypes(folder: string): Promise<void> {
  const emitted = await mkdtemp(join(tmpdir(), 'countersign-types-'));
  try {
    const options = ['-p', 'packaging/tsconfig.client.json', '--outDir', emitted];
    await promisify(execFile)(process.execPath, ['node_modules/typescript/bin/tsc', ...options]);
    await mkdir(folder, { recursive: true });
    for (const [name, text] of await reachable(join(emitted, 'client')))
      await writeFile(join(folder, `${name}.d.ts`), text.replaceAll(relative, "'./$1.js'"));
  } finally {
    await rm(emitted, { recursive: true });
  }
}

const relative = /'\.\/(\w+)\.ts'/g;

/** Throws where a type comes from another package: nobody who installs this one has it. */
async function reachable(folder: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const wanted = [entry];
  for (const name of wanted) {
    const text = name === 'answers' ? answerTypes() : await readFile(join(folder, `${name}.d.ts`), 'utf8');
    const [foreign] = /from '(?!\.\/\w+\.ts')[^']+'/.exec(text) ?? [];
    if (foreign !== undefined)
      throw new Error(`client/${name}.ts has types ${foreign}: write them out there.`);
    found.set(name, text);
    for (const [, other = ''] of text.matchAll(relative)) if (!wanted.includes(other)) wanted.push(other);
  }
  return found;
}
