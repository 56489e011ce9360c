import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile } from 'esbuild';
import { functionBuildOptions } from '#infra/bundle.ts';

const repositoryRoot = fileURLToPath(new URL('..', import.meta.url));

/**
 * The source of a module that imports what a function's own sources import from AWS SDK clients, makes the clients, and
 * does nothing else. Clients behind `await import` are left out: they are no part of a cold start. Empty for a function
 * without a client.
 */
export async function bareClientsOf(entry: string): Promise<string> {
  const { metafile } = await build({
    ...functionBuildOptions,
    absWorkingDir: repositoryRoot,
    entryPoints: [entry],
    outdir: 'none',
    write: false,
    metafile: true,
  });
  const names = new Map<string, Set<string>>();
  for (const file of loadedAtOnce(metafile, entry)) {
    if (file.startsWith('node_modules/')) continue;
    for (const [, imported = '', client = ''] of (
      await readFile(join(repositoryRoot, file), 'utf8')
    ).matchAll(importOfClient)) {
      const known = names.get(client) ?? new Set();
      for (const name of imported.split(',').map((word) => word.trim()))
        if (name !== '' && !name.startsWith('type ')) known.add(name);
      names.set(client, known);
    }
  }
  return [...names].flatMap(([client, imported]) => moduleText(client, [...imported])).join('\n');
}

/** Everything is exported, or the bundler would leave it out. */
function moduleText(client: string, names: string[]): string[] {
  if (names.length === 0) return [];
  const made = names.filter((name) => name.endsWith('Client'));
  return [
    `export { ${names.join(', ')} } from '${client}';`,
    ...made.map(
      (name) =>
        `import { ${name} as ${name}ToMake } from '${client}'; export const made${name} = new ${name}ToMake();`,
    ),
  ];
}

const importOfClient = /import \{([^}]*)\} from '(@aws-sdk\/client-[^']+)'/g;

/** The inputs that load with the entry: all but what only an `await import` reaches. */
function loadedAtOnce({ inputs }: Metafile, entry: string): Set<string> {
  const reached = new Set([entry]);
  for (const file of reached)
    for (const { path, kind, external } of inputs[file]?.imports ?? [])
      if (kind !== 'dynamic-import' && !external) reached.add(path);
  return reached;
}
