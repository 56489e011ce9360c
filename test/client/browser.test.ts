import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { apiOf } from '#client/apiOf.ts';
import { errorOf } from './errorOf.ts';

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

describe('Where nothing answers, a page', () => {
  const service = 'https://access.example.com';
  // Not repeated, so the test need not wait.
  const cancel = () =>
    apiOf({ url: service, token: async () => 'token' }).send('0'.repeat(26), { path: 'cancel' });
  const told = async () => String(await errorOf(cancel()));
  beforeEach(() => vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch'))));
  afterEach(() => vi.unstubAllGlobals());

  test('of another origin learns that the service does not answer such pages', async () => {
    vi.stubGlobal('location', new URL('https://tools.example.com/orders'));
    expect(await told()).toMatch(
      /^UnreachableError: Countersign does not answer at https:\/\/access\.example\.com\. /,
    );
    expect(await told()).toContain(
      'pages of its own origin only, and this one is of https://tools.example.com',
    );
  });

  test('of the service’s own origin learns only that, as do programs that are no page', async () => {
    const short = 'UnreachableError: Countersign does not answer at https://access.example.com.';
    expect(await told()).toBe(short);
    vi.stubGlobal('location', new URL('https://access.example.com/orders'));
    expect(await told()).toBe(short);
  });
});
