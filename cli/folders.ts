import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Where the command keeps what it keeps. */
export interface Folders {
  /** What somebody chose: the service. */
  config: string;
  /** What cannot be had again: keys, tokens, the requests that were made here. */
  state: string;
  /** What can: it may be emptied at any time. */
  cache: string;
}

/** The folders of whoever runs this: as the XDG Base Directory Specification says, or under `AppData` on Windows. */
export const folders = (environment = process.env): Folders =>
  process.platform === 'win32' ? windowsFolders(environment) : xdgFolders(environment);

function xdgFolders(environment: NodeJS.ProcessEnv): Folders {
  const home = homedir();
  // The specification wants a path that is not absolute to be ignored.
  const folder = (variable: string, otherwise: string): string => {
    const chosen = environment[variable];
    return join(chosen && isAbsolute(chosen) ? chosen : join(home, otherwise), 'countersign');
  };
  return {
    config: folder('XDG_CONFIG_HOME', '.config'),
    state: folder('XDG_STATE_HOME', '.local/state'),
    cache: folder('XDG_CACHE_HOME', '.cache'),
  };
}

/** Keys and caches stay on this machine: `APPDATA` is copied to others, where profiles roam. */
function windowsFolders(environment: NodeJS.ProcessEnv): Folders {
  const roaming = environment.APPDATA ?? join(homedir(), 'AppData', 'Roaming');
  const local = environment.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local');
  return {
    config: join(roaming, 'countersign'),
    state: join(local, 'countersign', 'state'),
    cache: join(local, 'countersign', 'cache'),
  };
}
