import { spawn } from 'node:child_process';

type Environment = NodeJS.ProcessEnv;

/** Whether there is a browser at this machine, for whoever types here: not at the other end of SSH, in CI, or without a display. */
export function hasBrowser(environment: Environment = process.env, platform = process.platform): boolean {
  if (environment.BROWSER) return true;
  if (environment.SSH_CONNECTION || environment.SSH_TTY || environment.CI) return false;
  if (platform === 'win32' || platform === 'darwin' || isWsl(environment)) return true;
  return Boolean(environment.DISPLAY || environment.WAYLAND_DISPLAY);
}

/**
 * Opens an address in the browser: that of BROWSER, else the desktop's. Answers whether something took it; show the address all the
 * same, for it may have opened where nobody looks.
 */
export async function openBrowser(
  url: string,
  environment: Environment = process.env,
  platform = process.platform,
): Promise<boolean> {
  const { protocol, href } = new URL(url);
  // What opens addresses opens files and programs too.
  if (protocol !== 'https:' && protocol !== 'http:') return false;
  for (const [program, ...words] of browsers(environment, platform))
    if (program !== undefined && (await starts(program, [...words, href]))) return true;
  return false;
}

/** Programs with the words before the address, in the order in which they are tried. */
export function browsers(environment: Environment, platform: NodeJS.Platform): string[][] {
  // Several are parted as in PATH, and each may have words of its own, as xdg-open reads it. No shell does.
  const chosen = (environment.BROWSER ?? '')
    .split(platform === 'win32' ? ';' : ':')
    .map((line) => line.split(' ').filter((word) => word !== '' && word !== '%s'))
    .filter(({ length }) => length > 0);
  return [...chosen, ...desktopBrowsers(environment, platform)];
}

/** Not `start`: it is a word of cmd.exe, which would read the & of an address as the end of the command. */
const onWindows = ['rundll32.exe', 'url.dll,FileProtocolHandler'];

function desktopBrowsers(environment: Environment, platform: NodeJS.Platform): string[][] {
  if (platform === 'darwin') return [['open']];
  if (platform === 'win32') return [onWindows];
  return isWsl(environment) ? [['wslview'], onWindows, ['xdg-open']] : [['xdg-open']];
}

const isWsl = (environment: Environment): boolean => Boolean(environment.WSL_DISTRO_NAME);

/** Milliseconds. What still runs after that is a browser, not something that failed. */
const moment = 1_000;

function starts(program: string, words: string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, words, { stdio: 'ignore', detached: true });
    const timer = setTimeout(() => resolve(true), moment);
    const settle = (works: boolean): void => {
      clearTimeout(timer);
      resolve(works);
    };
    child.once('error', () => settle(false)).once('exit', (code) => settle(code === 0));
    child.unref();
  });
}
