import type { Answer } from '../support/service.ts';
import type { Machine } from './machine.ts';
import type { RunOptions } from './runCountersign.ts';

/** What a command answers in JSON; fails where it answers nothing. */
export async function jsonAnswer(
  machine: Machine,
  words: string[],
  options?: RunOptions,
): Promise<Answer['body']> {
  const { code, stdout, stderr } = await machine.run([...words, '--json'], options);
  if (stdout === '') throw new Error(`No answer (${code}): ${stderr}`);
  return JSON.parse(stdout);
}
