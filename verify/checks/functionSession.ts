import { CannotTell, type Check, type Finding } from '../check.ts';
import { probeFunction } from '../probeFunction.ts';
import { outcomeInAMinute } from '../waiting.ts';
import { judgeLongerSession } from './chainedSession.ts';

/** AWS exempts applications on EC2 from role chaining; of Lambda its documents say nothing. */
export const functionSession: Check = {
  name: 'A session that a function opens lives an hour at most',
  otherwise: 'Sessions could be longer than an hour: deny list entries are kept for one.',
  async run(account): Promise<Finding> {
    const { assume } = await probeFunction(account);
    const hour = await outcomeInAMinute(account, () => assume(3_600));
    if (hour !== 'done') throw new CannotTell(`The function could not open a session of 3600 s: ${hour}.`);
    return judgeLongerSession(await assume(3_601));
  },
};
