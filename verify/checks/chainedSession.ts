import { CannotTell, type Check, type Finding, finding } from '../check.ts';
import { assume, makeChain } from '../session.ts';
import { onceKnown, outcomeOf } from '../waiting.ts';

/** The roles' own maximum is higher, so what refuses the longer session is the limit of role chaining. */
export const chainedSession: Check = {
  name: 'A session that a session opens lives an hour at most',
  otherwise: 'The longest session would not be an hour: deny list entries are kept for one.',
  async run(account) {
    const { caller, target } = await makeChain(account, 'chain');
    const clients = account.clientsAs(caller);
    await onceKnown(account, () => assume(clients, { RoleArn: target, DurationSeconds: 3_600 }));
    return judgeLongerSession(await outcomeOf(assume(clients, { RoleArn: target, DurationSeconds: 3_601 })));
  },
};

/** By what became of a request for 3601 seconds. */
export function judgeLongerSession(outcome: string): Finding {
  if (outcome === 'done') return finding(false, '3600 s: issued; 3601 s: issued too');
  if (outcome === 'ValidationError') return finding(true, `3600 s: issued; 3601 s: refused, ${outcome}`);
  throw new CannotTell(`3601 s were neither issued nor refused: ${outcome}.`);
}
