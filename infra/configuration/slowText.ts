import { createContext, Script } from 'node:vm';
import { wholeMatch } from '../../domain/wholeMatch.ts';
import { type SuspectText, suspectTexts } from './suspectTexts.ts';

/** What a text may take of a processor. Harmless ones take some thousandths of it, and those that are meant here would take years. */
export const longestMatchMilliseconds = 200;

const script = new Script('for (; at < texts.length; at += 1) expression.test(texts[at].text);');

/**
 * A text of at most this length that takes an expression long, or undefined where none was found. It is proved by running it: whatever the
 * analysis suspects, only what was slow is called so.
 */
export function slowTextFor(pattern: string, length: number): SuspectText | undefined {
  const key = `${length} ${pattern}`;
  if (!judged.has(key)) judged.set(key, firstSlow(pattern, suspectTexts(pattern, length)));
  return judged.get(key);
}

/** Many entitlements take the same tickets. */
const judged = new Map<string, SuspectText | undefined>();

/** Of a processor, for one pattern: many texts that are a little slow shall not hold up whoever waits for the check. */
const mostSeconds = 5;

function firstSlow(pattern: string, texts: readonly SuspectText[]): SuspectText | undefined {
  const expression = wholeMatch(pattern);
  const run = { expression, texts, at: 0 };
  const context = createContext(run);
  const before = process.cpuUsage();
  while (process.cpuUsage(before).user < mostSeconds * 1_000_000) {
    if (finishes(context, longestMatchMilliseconds)) return undefined;
    const suspect = texts[run.at];
    if (!suspect || takesLong(expression, suspect)) return suspect;
    // Slow only together with those before it, or because the machine is busy.
    run.at += 1;
  }
  return undefined;
}

/** By the processor's time: on a busy machine everything takes long, so what gets too little of it gets longer. */
function takesLong(expression: RegExp, suspect: SuspectText): boolean {
  for (const longer of [1.25, 5, 25]) {
    const before = process.cpuUsage();
    const context = createContext({ expression, texts: [suspect], at: 0 });
    const hasFinished = finishes(context, longer * longestMatchMilliseconds);
    if (process.cpuUsage(before).user > longestMatchMilliseconds * 1_000) return true;
    if (hasFinished) return false;
  }
  return true;
}

/** V8 asks while it matches whether it has to stop; nothing outside could stop it. */
function finishes(context: object, milliseconds: number): boolean {
  try {
    script.runInContext(context, { timeout: milliseconds });
    return true;
  } catch (error) {
    // An error of the other context is no `Error` of this one.
    if (Object(error).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    return false;
  }
}
