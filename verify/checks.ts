import type { Check } from './check.ts';
import { assumeRoleEvents } from './checks/assumeRoleEvents.ts';
import { assumeRoleRecord } from './checks/assumeRoleRecord.ts';
import { chainedSession } from './checks/chainedSession.ts';
import { consoleSignIn } from './checks/consoleSignIn.ts';
import { denyList } from './checks/denyList.ts';
import { functionSession } from './checks/functionSession.ts';
import { grantEnd } from './checks/grantEnd.ts';
import { sourceFunction } from './checks/sourceFunction.ts';
import { stsRate } from './checks/stsRate.ts';
import { suppressedRecipient } from './checks/suppressedRecipient.ts';
import { targetTrust } from './checks/targetTrust.ts';
import { taskToken } from './checks/taskToken.ts';

export interface Choice {
  /** A sender that SES has verified. */
  sender?: string | undefined;
  stsRate: boolean;
}

/** What is run, and what is left out because it needs to be asked for. */
export function chosenChecks({ sender, stsRate: rate }: Choice): { checks: Check[]; leftOut: string[] } {
  const checks = [
    targetTrust,
    chainedSession,
    functionSession,
    sourceFunction,
    grantEnd,
    denyList,
    taskToken,
    assumeRoleRecord,
    assumeRoleEvents,
    consoleSignIn,
    ...(sender === undefined ? [] : [suppressedRecipient(sender)]),
    ...(rate ? [stsRate] : []),
  ];
  return {
    checks,
    leftOut: [
      ...(sender === undefined ? ['mail to a suppressed address (--sender ADDRESS)'] : []),
      ...(rate ? [] : ['calls to STS at once (--sts-rate)']),
    ],
  };
}
