import { CannotTell, type Check, type Finding } from './check.ts';
import type { TestAccount } from './testAccount.ts';

/** A check and what came of it. */
export interface Result {
  check: Check;
  finding: Finding;
}

/**
 * Runs checks side by side, because most of their time is waiting for AWS. Resolves when every one has ended, whatever
 * became of it, so that nothing is made any more when the removal begins.
 */
export const runChecks = (
  checks: readonly Check[],
  account: TestAccount,
  onResult: (result: Result) => void = () => undefined,
): Promise<Result[]> =>
  Promise.all(
    checks.map(async (check) => {
      const result = { check, finding: await check.run(account).catch(hindrance) };
      onResult(result);
      return result;
    }),
  );

/** An error is never a finding about AWS: it says why there is none. */
function hindrance(error: unknown): Finding {
  const observed =
    error instanceof CannotTell || !(error instanceof Error)
      ? String(Object(error).message ?? error)
      : `${error.name}: ${error.message}`;
  return { outcome: 'could not tell', observed: observed.replace(/\s+/g, ' ') };
}

/** 0 when every check came out as expected, 1 when one differs, 2 when something could not be told. */
export function exitCodeOf(results: readonly Result[]): 0 | 1 | 2 {
  const outcomes = new Set(results.map(({ finding }) => finding.outcome));
  if (outcomes.has('differs')) return 1;
  return outcomes.has('could not tell') ? 2 : 0;
}
