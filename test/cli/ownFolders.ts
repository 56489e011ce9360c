import { join } from 'node:path';
import { afterEach, beforeEach, vi } from 'vitest';
import { aHome, type Home } from './home.ts';

/** Each test of a file has folders of its own for what the command keeps. Answers where they are. */
export function ownFolders(): () => string {
  let home: Home;
  beforeEach(() => {
    home = aHome();
    for (const name of ['XDG_CONFIG_HOME', 'XDG_STATE_HOME', 'XDG_CACHE_HOME']) vi.stubEnv(name, home.path);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    home.remove();
  });
  return () => join(home.path, 'countersign');
}
