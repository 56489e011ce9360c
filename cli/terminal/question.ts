import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';

/** Whether there is somebody who can be asked. */
export const canAsk = (): boolean => process.stdin.isTTY && process.stderr.isTTY;

/**
 * What somebody answers to a question on the terminal; Ctrl-D answers nothing. Ctrl-C ends the command, as it does elsewhere. What is `hidden` does not
 * appear on the screen.
 */
export async function ask(question: string, { hidden = false } = {}): Promise<string> {
  const output = hidden ? new Writable({ write: (_chunk, _encoding, done) => done() }) : process.stderr;
  const terminal = createInterface({ input: process.stdin, output, terminal: true });
  // Only now: what is typed from here on is not shown.
  if (hidden) process.stderr.write(`${question} `);
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

/** Anything but a yes is a no. What was typed or pasted before the question stood there answers nothing. */
export async function confirm(question: string): Promise<boolean> {
  await dropTyped();
  return /^y(es)?$/i.test(await ask(`${question} [y/N]`));
}

/** Milliseconds in which what the terminal holds back has been read. */
const reading = 50;

/** In raw mode, or a line that has no end yet would be kept for the answer. */
async function dropTyped(): Promise<void> {
  const { stdin } = process;
  const drop = (typed: Buffer | string): void => {
    if (typed.toString().includes(interrupt)) process.kill(process.pid, 'SIGINT');
  };
  stdin.setRawMode(true);
  stdin.on('data', drop);
  // A listener alone does not, after the question before.
  stdin.resume();
  await pause(reading);
  stdin.pause();
  stdin.off('data', drop);
  stdin.setRawMode(false);
}

/** What Ctrl-C is in raw mode. */
const interrupt = '\u0003';
