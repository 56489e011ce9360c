import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folders } from '../../cli/folders.ts';

test('without anything chosen, everything lies where the XDG specification puts it', () => {
  const home = homedir();
  expect(folders({})).toEqual({
    config: join(home, '.config/countersign'),
    state: join(home, '.local/state/countersign'),
    cache: join(home, '.cache/countersign'),
  });
});

test('each folder can be chosen', () => {
  const chosen = { XDG_CONFIG_HOME: '/a', XDG_STATE_HOME: '/b', XDG_CACHE_HOME: '/c' };
  expect(folders(chosen)).toEqual({
    config: '/a/countersign',
    state: '/b/countersign',
    cache: '/c/countersign',
  });
});

test.each(['', 'here', './here'])('a choice that is no absolute path, %j, counts for nothing', (path) => {
  expect(folders({ XDG_STATE_HOME: path }).state).toBe(join(homedir(), '.local/state/countersign'));
});
