import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandError } from '../commandError.ts';
import { errorCode } from '../errorCode.ts';
import { folders } from '../folders.ts';
import { clearDrafts, readPrivate, removePrivate, writePrivate } from '../privateFile.ts';
import type { SecretStore } from './secretStore.ts';

/** Secrets as files, one each, that only their owner can open. */
export function fileStore(folder = join(folders().state, 'secrets')): SecretStore {
  const pathOf = (name: string): string => join(folder, fileNameOf(name));
  return {
    kind: 'file',
    get: (name) => readPrivate(pathOf(name)),
    set: (name, text) => writePrivate(pathOf(name), text),
    remove: (name) => removePrivate(pathOf(name)),
    names: async () => (await namesIn(folder)).flatMap(secretNameOf),
    clearDrafts: () => clearDrafts(folder),
  };
}

const secretName = /^([a-z]+)\/([\w-]{1,128})$/;

/** `key/01K…` → `key.01K….secret`. What is no name of a secret must not become a path. */
function fileNameOf(name: string): string {
  const [, kind, id] = secretName.exec(name) ?? [];
  if (kind === undefined || id === undefined) throw new TypeError('A secret has a name such as key/1.');
  return `${kind}.${id}.secret`;
}

function secretNameOf(fileName: string): string[] {
  const [, kind, id] = /^([a-z]+)\.([\w-]+)\.secret$/.exec(fileName) ?? [];
  return kind === undefined || id === undefined ? [] : [`${kind}/${id}`];
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT') return [];
    throw new CommandError(
      `The folder ${folder} cannot be read (${code}). Make it yours: chmod 700 '${folder}'`,
    );
  }
}
