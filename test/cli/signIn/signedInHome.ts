import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Run, type RunOptions, runCountersign, startCountersign } from '../runCountersign.ts';

const browseAs = fileURLToPath(new URL('./browseAs.ts', import.meta.url));

/** A home of its own, with nothing of whoever runs the tests. */
export function aHome() {
  const path = mkdtempSync(join(tmpdir(), 'countersign-home-'));
  const secrets = join(path, '.local/state/countersign/secrets');
  let file: string | undefined;
  const keptFile = (): string => {
    file ??= readdirSync(secrets).find((name) => name.startsWith('token.'));
    if (file === undefined) throw new Error('Nobody has signed in there.');
    return join(secrets, file);
  };
  const environment = {
    HOME: path,
    XDG_CONFIG_HOME: '',
    XDG_STATE_HOME: '',
    XDG_CACHE_HOME: '',
    COUNTERSIGN_URL: '',
    COUNTERSIGN_TOKEN: '',
    COUNTERSIGN_KEYCHAIN: 'off',
    DISPLAY: '',
    WAYLAND_DISPLAY: '',
  };
  const withEnvironment = (options: RunOptions): RunOptions => ({
    ...options,
    environment: { ...environment, ...options.environment },
  });
  return {
    path,
    secrets,
    /** A program for BROWSER that signs in. */
    browser: (user: string): string => `${process.execPath} ${browseAs} ${user}@example.com`,
    run: (words: string[], options: RunOptions = {}): Promise<Run> =>
      runCountersign(words, withEnvironment(options)),
    start: (words: string[], options: RunOptions = {}) => startCountersign(words, withEnvironment(options)),
    /** What is kept of the one sign-in, and how to change it. */
    kept: () => JSON.parse(readFileSync(keptFile(), 'utf8')),
    keep: (signIn: unknown): void =>
      writeFileSync(keptFile(), typeof signIn === 'string' ? signIn : JSON.stringify(signIn), {
        mode: 0o600,
      }),
    /** Makes it somebody's who has no rights beyond it, root's or not. Answers how to run as them. */
    giveAway: (): RunOptions => {
      if (process.getuid?.() !== 0) return {};
      execFileSync('chown', ['-R', '65534:65534', path]);
      return { uid: 65_534 };
    },
    remove: (): void => rmSync(path, { recursive: true }),
  };
}

export type Home = ReturnType<typeof aHome>;
