import type { Metafile } from 'esbuild';
import { beforeAll, expect, test } from 'vitest';
import { bundleInto } from '../../packaging/bundles.ts';
import { inTemporaryFolder } from '../support/temporaryFolder.ts';

let outputs: [string, Metafile['outputs'][string]][];
beforeAll(async () => {
  const [command] = await inTemporaryFolder((folder) => bundleInto(folder, { version: '0.0.0' }));
  outputs = Object.entries(command?.outputs ?? {});
}, 60_000);

test('what answers from the cache is one file, without the libraries that it does not need', () => {
  const warm = outputs.filter(([, { inputs }]) => 'cli/sessions/credentialsOf.ts' in inputs);
  expect(warm).toHaveLength(1);
  const [, { inputs, imports } = { inputs: {}, imports: [] }] = warm[0] ?? [];
  const files = Object.keys(inputs);
  expect(files).toEqual(
    expect.arrayContaining([
      'cli/requests/chosenRequest.ts',
      'client/recipient.ts',
      'cli/sessions/formats.ts',
    ]),
  );
  const libraries = new Set(files.flatMap((file) => /^node_modules\/([^/]+)/.exec(file)?.[1] ?? []));
  expect([...libraries]).toEqual(['jose']);
  // Node's own apart, it loads nothing more at its start.
  expect(imports.filter(({ kind, external }) => kind === 'import-statement' && !external)).toEqual([]);
});

test('nothing but lint loads the actions of AWS', () => {
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
