import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';

const variables = ['XDG_CONFIG_HOME', 'XDG_STATE_HOME', 'XDG_CACHE_HOME'];

/** Each test of a file has folders of its own for what the command keeps. Answers where they are. */
export function ownFolders(): () => string {
  let home = '';
  const before = new Map(variables.map((name) => [name, process.env[name]]));
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'countersign-home-'));
    for (const name of variables) process.env[name] = home;
  });
  afterEach(async () => {
    for (const [name, value] of before)
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    await rm(home, { recursive: true, force: true });
  });
  return () => join(home, 'countersign');
}
