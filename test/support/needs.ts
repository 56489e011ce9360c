import { existsSync } from 'node:fs';

const programs = {
  aws: { file: '/usr/bin/aws', install: 'apt-get install awscli' },
  chromium: { file: '/usr/bin/chromium', install: 'apt-get install chromium' },
  'gnome-keyring-daemon': {
    file: '/usr/bin/gnome-keyring-daemon',
    install: 'apt-get install gnome-keyring dbus',
  },
  script: { file: '/usr/bin/script', install: 'apt-get install bsdutils' },
  zsh: { file: '/usr/bin/zsh', install: 'apt-get install zsh' },
  fish: { file: '/usr/bin/fish', install: 'apt-get install fish' },
} as const;

/**
 * For tests that drive a program from outside: whether to skip them. Says so when the program is missing; under CI they do not skip, so that a
 * missing program fails the run.
 */
export function lacks(program: keyof typeof programs): boolean {
  const { file, install } = programs[program];
  if (existsSync(file) || process.env.CI) return false;
  process.stderr.write(`Skipped: ${file} is not here (${install}).\n`);
  return true;
}
