import { CommandError } from '../commandError.ts';
import { ask, canAsk } from '../terminal/question.ts';

/** Why somebody takes access away: of `--because`, else asked for on a terminal. */
export async function writtenReason(because: string | undefined, question: string): Promise<string> {
  const reason = because ?? (canAsk() ? await ask(`${question} The requester and auditors read it:`) : '');
  if (reason.trim() === '')
    throw new CommandError('Say why: --because "…". The requester and auditors read it.');
  return reason;
}
