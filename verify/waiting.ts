import { CannotTell } from './check.ts';
import type { TestAccount } from './testAccount.ts';

/** The first value that a probe answers. Throws CannotTell when there is none in time. */
export async function until<Value>(
  account: Pick<TestAccount, 'now' | 'pause'>,
  { what, seconds, every }: { what: string; seconds: number; every: number },
  probe: () => Promise<Value | undefined>,
): Promise<Value> {
  const deadline = account.now() + seconds * 1_000;
  for (;;) {
    const value = await probe();
    if (value !== undefined) return value;
    if (account.now() >= deadline) throw new CannotTell(`Waited ${seconds} seconds in vain for ${what}.`);
    await account.pause(every * 1_000);
  }
}

/** `done`, or the name of the error that a call was refused with. */
export const outcomeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'done',
    (error: unknown) => (error instanceof Error ? error.name : String(error)),
  );

/** STS and IAM say AccessDenied, other services AccessDeniedException. */
export const isDenied = (error: unknown): boolean =>
  error instanceof Error && /^AccessDenied(Exception)?$/.test(error.name);

/** What became of a call once it is not refused, or the refusal when it still is after a minute. */
export async function outcomeInAMinute(
  account: Pick<TestAccount, 'now' | 'pause'>,
  call: () => Promise<string>,
): Promise<string> {
  const deadline = account.now() + 60_000;
  for (;;) {
    const outcome = await call();
    if (outcome !== 'AccessDenied' || account.now() >= deadline) return outcome;
    await account.pause(3_000);
  }
}

const inARow = 5;

/**
 * What a call answers once IAM has made a new role known everywhere: until then it is refused here and there, so it counts
 * when it went well some times in a row.
 */
export async function onceKnown<Value>(account: TestAccount, call: () => Promise<Value>): Promise<Value> {
  let successes = 0;
  return until(account, { what: 'IAM to know a new role', seconds: 120, every: 1 }, async () => {
    try {
      const value = await call();
      successes += 1;
      return successes < inARow ? undefined : value;
    } catch (error) {
      if (!isDenied(error)) throw error;
      successes = 0;
      return undefined;
    }
  });
}
