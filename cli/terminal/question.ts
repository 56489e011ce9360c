import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

/** Whether there is somebody who can be asked. */
export const canAsk = (): boolean => process.stdin.isTTY && process.stderr.isTTY;

/**
 * What somebody answers to a question on the terminal; Ctrl-D answers nothing. Ctrl-C ends the command, as it does elsewhere. What is `hidden` does not
 * appear on the screen.
 */
export async function ask(question: string, { hidden = false } = {}): Promise<string> {
  if (hidden) process.stderr.write(`${question} `);
  const output = hidden ? new Writable({ write: (_chunk, _encoding, done) => done() }) : process.stderr;
  const terminal = createInterface({ input: process.stdin, output, terminal: true });
  const left = new AbortController();
  terminal.on('SIGINT', () => {
    // First, so that the terminal is as it was before.
    terminal.close();
    process.kill(process.pid, 'SIGINT');
  });
  terminal.on('close', () => left.abort());
  try {
    return (await terminal.question(hidden ? '' : `${question} `, { signal: left.signal })).trim();
  } catch (error) {
    if (!left.signal.aborted) throw error;
    return '';
  } finally {
    if (hidden || left.signal.aborted) process.stderr.write('\n');
    terminal.close();
  }
}

/** Anything but a yes is a no. */
export const confirm = async (question: string): Promise<boolean> =>
  /^y(es)?$/i.test(await ask(`${question} [y/N]`));
