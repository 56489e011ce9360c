import { build } from 'esbuild';
import { expect, test } from 'vitest';

test('The client goes into a page as it is: nothing of it needs Node', async () => {
  const { outputFiles, metafile } = await build({
    entryPoints: ['client/countersign.ts'],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    minify: true,
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  const packages = Object.keys(metafile.inputs).flatMap(
    (file) => /node_modules\/(\w+)\//.exec(file)?.[1] ?? [],
  );
  expect([...new Set(packages)].sort()).toEqual(['jose', 'zod']);
  expect(outputFiles[0]?.contents.length).toBeLessThan(200_000);
});
