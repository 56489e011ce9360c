import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Run, type RunOptions, startCountersign } from './runCountersign.ts';

/** A home of its own, with nothing of whoever runs the tests. */
export interface Home {
  path: string;
  /** Where keys, tokens and requests are kept there. */
  state: string;
  environment: Record<string, string>;
  start(words: string[], options?: RunOptions): ReturnType<typeof startCountersign>;
  run(words: string[], options?: RunOptions): Promise<Run>;
  remove(): void;
}

export function aHome(): Home {
  const path = mkdtempSync(join(tmpdir(), 'countersign-home-'));
  const environment = {
    HOME: path,
    XDG_CONFIG_HOME: '',
    XDG_STATE_HOME: '',
    XDG_CACHE_HOME: '',
    COUNTERSIGN_URL: '',
    COUNTERSIGN_TOKEN: '',
    COUNTERSIGN_KEYCHAIN: 'off',
    BROWSER: '',
    DISPLAY: '',
    WAYLAND_DISPLAY: '',
  };
  const start = (words: string[], options: RunOptions = {}) =>
    startCountersign(words, { ...options, environment: { ...environment, ...options.environment } });
  return {
    path,
    state: join(path, '.local/state/countersign'),
    environment,
    start,
    run: (words, options) => start(words, options).ended,
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}
