import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { browsers, hasBrowser, openBrowser } from '../../cli/openBrowser.ts';

describe('A browser is expected', () => {
  it.each<[string, NodeJS.ProcessEnv, NodeJS.Platform, boolean]>([
    ['on a Mac', {}, 'darwin', true],
    ['on Windows', {}, 'win32', true],
    ['on Linux with a display', { DISPLAY: ':0' }, 'linux', true],
    ['on Linux with Wayland', { WAYLAND_DISPLAY: 'wayland-0' }, 'linux', true],
    ['on Windows’ Linux', { WSL_DISTRO_NAME: 'Debian' }, 'linux', true],
    ['where BROWSER names one, also over SSH', { BROWSER: 'w3m', SSH_CONNECTION: 'x' }, 'linux', true],
    ['not on Linux without a display', {}, 'linux', false],
    ['not over SSH, whatever is forwarded', { SSH_CONNECTION: 'x', DISPLAY: ':10' }, 'linux', false],
    ['not over SSH to a Mac', { SSH_TTY: '/dev/ttys001' }, 'darwin', false],
    ['not in CI', { CI: 'true', DISPLAY: ':99' }, 'linux', false],
  ])('%s', (_where, environment, platform, expected) => {
    expect(hasBrowser(environment, platform)).toBe(expected);
  });
});

it('BROWSER names several, each with words of its own, before what the desktop has', () => {
  expect(browsers({ BROWSER: 'firefox -new-tab %s:w3m' }, 'linux')).toEqual([
    ['firefox', '-new-tab'],
    ['w3m'],
    ['xdg-open'],
  ]);
  expect(browsers({}, 'darwin')).toEqual([['open']]);
  expect(browsers({}, 'win32')).toEqual([['rundll32.exe', 'url.dll,FileProtocolHandler']]);
  expect(browsers({ WSL_DISTRO_NAME: 'Debian' }, 'linux')[0]).toEqual(['wslview']);
});

describe('An address', () => {
  let folder: string;
  let browser: string;
  let opened: () => string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'countersign-browser-'));
    browser = join(folder, 'browser');
    writeFileSync(browser, `#!/bin/sh\necho "$@" >'${folder}/opened'\n`, { mode: 0o755 });
    opened = () => readFileSync(join(folder, 'opened'), 'utf8');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('goes to the browser as one word, which no shell reads', async () => {
    const url = "https://example.com/?a=1&b=$(touch%20x)';x&c=%22";
    expect(await openBrowser(url, { BROWSER: `${browser} --tab` })).toBe(true);
    expect(opened()).toBe(`--tab ${new URL(url).href}\n`);
  });

  it('goes to the next browser where the first is not there, or fails', async () => {
    expect(await openBrowser('https://example.com/', { BROWSER: `/nonexistent:/bin/false:${browser}` })).toBe(
      true,
    );
    expect(opened()).toBe('https://example.com/\n');
  });

  it.each(['file:///etc/passwd', 'javascript:alert(1)', 'ms-settings:x'])(
    'that is none of the web, %s, is not opened',
    async (url) => {
      expect(await openBrowser(url, { BROWSER: browser })).toBe(false);
      expect(opened).toThrow('ENOENT');
    },
  );
});
