import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sampleSettings, textOf } from '../support/sample.ts';

const repositoryRoot = fileURLToPath(new URL('../..', import.meta.url));
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-app-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs the app as the CDK's command line does. */
function synth(context: Record<string, string>): Promise<{ code: number | null; stderr: string }> {
  const env = { CDK_OUTDIR: join(folder, 'out'), CDK_CONTEXT_JSON: JSON.stringify(context) };
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['infra/app.ts'],
      { cwd: repositoryRoot, env },
      (_, __, stderr) => resolve({ code: child.exitCode, stderr }),
    );
  });
}

describe('cdk synth', () => {
  test('fails on a wrong setting with a sentence that names its line, and with nothing else', async () => {
    const config = join(folder, 'wrong.yaml');
    const settings = textOf(sampleSettings);
    await writeFile(config, settings.replace('perSecond: 50', 'perSecond: many'));
    const line = settings.split('\n').findIndex((text) => text.includes('perSecond')) + 1;
    const { code, stderr } = await synth({ config });
    expect(code).toBe(1);
    expect(stderr).toContain(`${config}:${line}: api.throttle.perSecond must be a number.`);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(await readdir(join(folder, 'out'))).not.toContain('manifest.json');
  });

  test('takes another catalogue, and says so when there is none', async () => {
    const catalogue = join(folder, 'none.yaml');
    const { code, stderr } = await synth({ catalogue });
    expect(code).toBe(1);
    expect(stderr).toContain(`${catalogue} does not exist.`);
  });
});
