import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A data folder that this server cannot have; the message says what to do. */
export class DataFolderError extends Error {
  override readonly name = 'DataFolderError';
}

/**
 * Takes a data folder for this process: two servers on one folder would pull it from under each other. What a killed
 * server left is taken over. Answers the function that gives it back. Throws DataFolderError.
 */
export async function takeDataFolder(folder: string): Promise<() => Promise<void>> {
  const lock = join(folder, 'server.pid');
  try {
    await mkdir(folder, { recursive: true });
    const holder = Number(await readFile(lock, 'utf8').catch(() => ''));
    if (holder > 0 && holder !== process.pid && isAlive(holder))
      throw new DataFolderError(
        `${folder} is in use by another "npm start" (process ${holder}); stop that one, or choose another folder with --data.`,
      );
    await writeFile(lock, String(process.pid));
  } catch (error) {
    if (error instanceof DataFolderError) throw error;
    throw new DataFolderError(`--data: ${folder} is not a folder that can be written to.`, { cause: error });
  }
  return () => rm(lock, { force: true });
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch {
    return false;
  }
}
