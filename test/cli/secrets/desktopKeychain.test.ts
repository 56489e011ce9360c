import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lacks } from '../../support/needs.ts';

const program = fileURLToPath(new URL('./keepASecret.ts', import.meta.url));

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'countersign-desktop-'));
});
afterEach(() => rmSync(home, { recursive: true }));

/** Runs the program in a desktop session of its own, after `setUp`. */
function inSession(setUp: string, ...words: string[]) {
  const line = `${setUp} "$0" "$@"`;
  const begun = performance.now();
  const { stdout, stderr, status } = spawnSync(
    '/usr/bin/dbus-run-session',
    ['--', 'bash', '-c', line, process.execPath, program, ...words],
    {
      encoding: 'utf8',
      env: { PATH: '/usr/bin:/bin', HOME: home, XDG_RUNTIME_DIR: home, XDG_DATA_HOME: join(home, 'data') },
    },
  );
  if (status !== 0) throw new Error(stderr);
  return { told: JSON.parse(stdout), seconds: (performance.now() - begun) / 1_000 };
}

const unlock = 'printf pass | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1;';
/** Stops the service of this session until the program has ended. */
const hang = `
  until pid=$(dbus-send --print-reply=literal --dest=org.freedesktop.DBus / \\
    org.freedesktop.DBus.GetConnectionUnixProcessID string:org.freedesktop.secrets 2>&1 | grep -o '[0-9]\\+$')
  do sleep 0.05; done
  trap "kill -CONT $pid" EXIT; kill -STOP $pid;`;

const keptFiles = (): string[] => {
  const folder = join(home, '.local/state/countersign/secrets');
  return readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
};

describe.skipIf(lacks('gnome-keyring-daemon') || !isInstalled())('On a desktop a secret', () => {
  it('lies in the keychain, where no file has it', () => {
    const { told } = inSession(unlock);
    expect(told).toEqual({
      inUse: { kind: 'keychain' },
      names: ['key/canary'],
      text: '{"d":"canary"}',
      left: '{"d":"canary"}',
    });
    expect(keptFiles()).toEqual(['in the keychain\n']);
  });

  it('goes when it is removed', () => {
    expect(inSession(unlock, 'remove').told).toMatchObject({ left: null });
    expect(keptFiles()).toEqual([]);
  });

  it('lies in a file where nobody unlocks the keychain', () => {
    const { told } = inSession('');
    expect(told).toMatchObject({ inUse: { kind: 'file' }, left: '{"d":"canary"}' });
    expect(keptFiles()).toEqual(['{"d":"canary"}']);
  });

  it('lies in a file soon where the keychain does not answer', () => {
    const { told, seconds } = inSession(unlock + hang);
    expect(told).toMatchObject({ inUse: { kind: 'file' }, left: '{"d":"canary"}' });
    expect(seconds).toBeLessThan(15);
  });
});

/** It is an optional dependency. */
function isInstalled(): boolean {
  try {
    createRequire(import.meta.url).resolve('@napi-rs/keyring');
    return true;
  } catch {
    return false;
  }
}
