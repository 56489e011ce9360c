/** One Lambda function. `infra` and `local` know the lambdas by their entry files only. */
export interface FunctionDefinition {
  entry: string;
  /** Below API Gateway's 29 seconds for what answers a person; below the workflow's own 120 for its steps. */
  timeoutSeconds: number;
  memoryMegabytes: number;
  /** Who notices a failure, and how: it stands in the function's description and, where it has one, in its alarm. */
  failureImpact: string;
  /** Runs at the same time at most, set aside from the account's; unset, the account's own limit counts. */
  reservedConcurrency?: number;
}

/** Memory also buys CPU: below this, loading the SDK takes longer than the work. */
const memoryMegabytes = 512;
const api = { timeoutSeconds: 29, memoryMegabytes };
const gate = { timeoutSeconds: 10, memoryMegabytes };
const workflow = { timeoutSeconds: 60, memoryMegabytes };

const definitions = {
  requests: {
    ...api,
    entry: 'lambdas/api/requests.ts',
    failureImpact:
      'Nobody can ask for access, withdraw or give it back. Grants that run go on and end by themselves.',
  },
  decisions: {
    ...api,
    entry: 'lambdas/api/decisions.ts',
    failureImpact: 'Approvers cannot decide and nobody can revoke. Undecided requests expire.',
  },
  credentials: {
    ...api,
    entry: 'lambdas/api/credentials.ts',
    failureImpact:
      'Requesters cannot fetch sessions that were issued. Sessions they hold go on until they end.',
  },
  authorizer: {
    ...gate,
    entry: 'lambdas/api/authorizer.ts',
    failureImpact: 'Nobody gets past the gateway: no request, no decision, no revocation.',
  },
  web: {
    ...gate,
    entry: 'lambdas/api/web.ts',
    failureImpact: 'The approval page does not open. The API still answers.',
  },
  notifyApprovers: {
    ...workflow,
    entry: 'lambdas/workflow/notifyApprovers.ts',
    failureImpact:
      'Approvers get no mail. A step is tried again for some minutes; then its request fails, and its requester is told.',
  },
  issueSession: {
    ...workflow,
    entry: 'lambdas/workflow/issueSession.ts',
    failureImpact: 'Approved requests get no session, and running grants no next one.',
    // How many sessions somebody could open who had taken over everything before it.
    reservedConcurrency: 10,
  },
  endGrant: {
    ...workflow,
    entry: 'lambdas/workflow/endGrant.ts',
    failureImpact:
      'Sessions that were revoked or returned live on until they run out by themselves, 15 to 60 minutes.',
  },
  reconcile: {
    ...workflow,
    entry: 'lambdas/workflow/reconcile.ts',
    failureImpact:
      'What got lost is not sent again: requests can stand still, evidence and notices can be missing.',
    // One every minute; a second one at the same time would only do the same.
    reservedConcurrency: 1,
  },
  mailFeedback: {
    ...workflow,
    entry: 'lambdas/mail/mailFeedback.ts',
    failureImpact: 'A requester is not told that an approver could not be reached.',
  },
  reconcileTrail: {
    ...workflow,
    entry: 'lambdas/trail/reconcileTrail.ts',
    failureImpact:
      'Access that nobody asked for, and tampering with what guards it, raise no alarm; the trail still shows them.',
  },
} as const satisfies Record<string, FunctionDefinition>;

export type FunctionName = keyof typeof definitions;

export const functions: Record<FunctionName, FunctionDefinition> = definitions;

/** What the workflow runs, and nobody else. */
export const workflowSteps = [
  'notifyApprovers',
  'issueSession',
  'endGrant',
] as const satisfies FunctionName[];

export const functionNames = Object.keys(definitions) as FunctionName[];

/** Those of the service's stack: `reconcileTrail` stands in the trail's. */
export const serviceFunctionNames = functionNames.filter((name) => name !== 'reconcileTrail');
