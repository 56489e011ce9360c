import type { TestAccount } from './testAccount.ts';

/** `as expected` and `differs` are said only of what was seen; whatever hindered a check is `could not tell`. */
export type Outcome = 'as expected' | 'differs' | 'could not tell';

export interface Finding {
  outcome: Outcome;
  /** What was seen, or what hindered it. Never a credential. */
  observed: string;
}

/** Something about AWS that Countersign relies on and no test on this machine can show. */
export interface Check {
  /** What is expected, as a sentence. */
  name: string;
  /** What is not as promised if it is otherwise. */
  otherwise: string;
  run(account: TestAccount): Promise<Finding>;
}

/** Thrown where a check cannot come to a finding; the message says what would let it. */
export class CannotTell extends Error {
  override readonly name = 'CannotTell';
}

export const finding = (asExpected: boolean, observed: string): Finding => ({
  outcome: asExpected ? 'as expected' : 'differs',
  observed,
});

/** Whether a call went through. Throws CannotTell when it came to anything but `done` or a refusal by IAM. */
export function wentThrough(what: string, outcome: string): boolean {
  if (outcome === 'done') return true;
  if (/^AccessDenied(Exception)?$/.test(outcome)) return false;
  throw new CannotTell(`The call ${what} was neither allowed nor denied: ${outcome}.`);
}
