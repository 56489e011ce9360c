import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { isatty } from 'node:tty';
import { visibleLine } from '#domain/visibleText.ts';
import { remark } from '../terminal/answer.ts';

/** What a shell answers where a command cannot be run. */
const notExecutable = 126;
const notFound = 127;

/**
 * Runs a command on this terminal, passes signals on to it, and answers its exit code; 128 and more for one that a signal ended, as shells do.
 * The command shares stdin, stdout and stderr with this process. `process.stdin` and the like are not touched: Node would make pipes there
 * non-blocking for both, and most programs cannot read or write such ones.
 */
export function runCommand(file: string, words: string[], env: NodeJS.ProcessEnv): Promise<number> {
  // What is typed on a terminal reaches the command by itself. A second interrupt would make some of them give up without tidying.
  const typed = [0, 1, 2].some(isatty);
  const passOn = (signal: NodeJS.Signals): void => void child.kill(signal);
  const leave = (): void => undefined;
  // Before the command runs: a signal in between would end this process alone.
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, passOn);
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) process.on(signal, typed ? leave : passOn);
  const child = spawn(file, words, { env, stdio: 'inherit' });
  return new Promise((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      const isMissing = error.code === 'ENOENT';
      const why = isMissing ? 'there is no such command' : `it cannot be run (${error.code})`;
      remark(`${visibleLine(file)}: ${why}. Name a program, then its own words.`);
      resolve(isMissing ? notFound : notExecutable);
    });
    child.once('exit', (code, signal) => {
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
