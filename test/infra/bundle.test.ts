import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleFunctions, bundleWeb } from '../../infra/bundle.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-bundle-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe("A function's bundle", () => {
  it('is one folder that runs anywhere, with the given files beside it and its size measured', async () => {
    const outdir = join(folder, 'functions');
    const entries = {
      one: 'test/local/functions/sample.ts',
      two: 'test/local/functions/withDependencies.ts',
    };
    const bundles = await bundleFunctions({ outdir, entries, files: { 'catalogue.json': '{"version":1}' } });
    for (const name of ['one', 'two']) {
      expect((await readdir(join(outdir, name))).sort()).toEqual([
        'catalogue.json',
        'index.mjs',
        'index.mjs.map',
      ]);
      expect(bundles.sizes[name]).toBe((await stat(bundles.fileOf(name))).size);
    }
    const script = `import(${JSON.stringify(bundles.fileOf('two'))}).then(async ({ handler }) => console.log(JSON.stringify(await handler())))`;
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], {
      cwd: tmpdir(),
      env: {},
    });
    expect(JSON.parse(stdout)).toEqual({ yaml: [1, 2], createdWith: 'require' });
  });

  it('is refused with the fault when an entry cannot be built', async () => {
    const entries = { gone: 'test/local/functions/gone.ts' };
    await expect(bundleFunctions({ outdir: join(folder, 'gone'), entries })).rejects.toThrow(/gone\.ts/);
  });
});

describe('The web root', () => {
  it('has the built script and the static files, and no source', async () => {
    const [source, outdir] = [join(folder, 'web'), join(folder, 'root')];
    await mkdir(source);
    const files = {
      'approve.ts':
        "import { text } from './words.ts';\nconst shown: string = text;\ndocument.title = shown;",
      'words.ts': "export const text = 'Approve';",
      'approve.html': '<!doctype html>',
      'style.css': 'body{}',
      'mark.svg': '<svg/>',
      'notes.md': 'not for visitors',
    };
    for (const [name, text] of Object.entries(files)) await writeFile(join(source, name), text);
    await bundleWeb({ source, outdir });
    expect((await readdir(outdir)).sort()).toEqual(['approve.html', 'approve.js', 'mark.svg', 'style.css']);
    const script = await readFile(join(outdir, 'approve.js'), 'utf8');
    expect(script).toContain('Approve');
    expect(script).not.toMatch(/import|: string/);
  });
});
