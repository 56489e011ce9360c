import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bundleInto } from '../../packaging/bundles.ts';

test('what answers from the cache is one file, without the libraries that it does not need', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-bundle-'));
  const [command] = await bundleInto(folder, { version: '0.0.0' });
  await rm(folder, { recursive: true });
  const outputs = Object.values(command?.outputs ?? {});
  const warm = outputs.filter(({ inputs }) => 'cli/sessions/credentialsOf.ts' in inputs);
  expect(warm).toHaveLength(1);
  const files = Object.keys(warm[0]?.inputs ?? {});
  expect(files).toEqual(
    expect.arrayContaining([
      'cli/requests/chosenRequest.ts',
      'client/recipient.ts',
      'cli/sessions/formats.ts',
    ]),
  );
  const libraries = new Set(files.flatMap((file) => /^node_modules\/([^/]+)/.exec(file)?.[1] ?? []));
  expect([...libraries]).toEqual(['jose']);
  // Node's own apart, it loads nothing but what esbuild shares among all files.
  const linked = (warm[0]?.imports ?? []).filter(
    ({ kind, external }) => kind === 'import-statement' && !external,
  );
  expect(linked).toEqual([]);
});

test('nothing but lint loads the actions of AWS', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-bundle-'));
  const [command] = await bundleInto(folder, { version: '0.0.0' });
  await rm(folder, { recursive: true });
  const outputs = Object.entries(command?.outputs ?? {});
  const having = outputs.filter(([, { inputs }]) =>
    Object.keys(inputs).some((input) => /@cloud-copilot|redos-detector/.test(input)),
  );
  expect(having.map(([, { entryPoint }]) => entryPoint)).toEqual(['cli/lint/checkedFiles.ts']);
  const [lints = ''] = having.map(([name]) => name);
  const loading = outputs.filter(([, { imports }]) => imports.some(({ path }) => path === lints));
  expect(loading.flatMap(([, { inputs }]) => Object.keys(inputs))).toContain('cli/commands/lint.ts');
  for (const [, { imports }] of loading)
    expect(imports.find(({ path }) => path === lints)?.kind).toBe('dynamic-import');
});
