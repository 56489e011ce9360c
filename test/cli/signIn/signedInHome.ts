import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { aHome } from '../home.ts';
import { asNobody, type RunOptions } from '../runCountersign.ts';

const browseAs = fileURLToPath(new URL('./browseAs.ts', import.meta.url));

/** A home in which somebody signs in. */
export function aSignedInHome() {
  const home = aHome();
  const secrets = join(home.state, 'secrets');
  let file: string | undefined;
  const keptFile = (): string => {
    file ??= readdirSync(secrets).find((name) => name.startsWith('token.'));
    if (file === undefined) throw new Error('Nobody has signed in there.');
    return join(secrets, file);
  };
  return {
    ...home,
    secrets,
    /** A program for BROWSER that signs in. */
    browser: (user: string): string => `${process.execPath} ${browseAs} ${user}@example.com`,
    /** What is kept of the one sign-in, and how to change it. */
    kept: () => JSON.parse(readFileSync(keptFile(), 'utf8')),
    keep: (signIn: unknown): void =>
      writeFileSync(keptFile(), typeof signIn === 'string' ? signIn : JSON.stringify(signIn), {
        mode: 0o600,
      }),
    /** Makes it somebody's who has no rights beyond it, root's or not. Answers how to run as them. */
    giveAway: (): RunOptions => {
      if (asNobody.uid !== undefined) execFileSync('chown', ['-R', '65534:65534', home.path]);
      return asNobody;
    },
  };
}

export type SignedInHome = ReturnType<typeof aSignedInHome>;
