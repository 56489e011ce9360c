import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DataFolderError, takeDataFolder } from '../../local/dataFolder.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-data-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('a data folder', () => {
  test('is not shared with another server that runs', async () => {
    const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
    try {
      await writeFile(join(folder, 'server.pid'), String(other.pid));
      await expect(takeDataFolder(folder)).rejects.toThrow(
        `in use by another "npm start" (process ${other.pid})`,
      );
    } finally {
      other.kill('SIGKILL');
    }
  });

  test('is taken over from one that was killed, and given back at the end', async () => {
    await writeFile(join(folder, 'server.pid'), '4194305');
    const giveBack = await takeDataFolder(folder);
    await giveBack();
    await expect(takeDataFolder(folder)).resolves.toBeTypeOf('function');
  });

  test('that is a file is refused with a sentence', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    await expect(takeDataFolder(file)).rejects.toThrow(DataFolderError);
    await expect(takeDataFolder(file)).rejects.toThrow('is not a folder that can be written to');
  });
});
