/** The Lambda functions and their entry files. `infra` and `local` know the lambdas by these files only. */
export const functionEntries = {
  requests: 'lambdas/api/requests.ts',
  decisions: 'lambdas/api/decisions.ts',
  credentials: 'lambdas/api/credentials.ts',
  authorizer: 'lambdas/api/authorizer.ts',
  web: 'lambdas/api/web.ts',
  notifyApprovers: 'lambdas/workflow/notifyApprovers.ts',
  issueSession: 'lambdas/workflow/issueSession.ts',
  endGrant: 'lambdas/workflow/endGrant.ts',
  reconcile: 'lambdas/workflow/reconcile.ts',
  mailFeedback: 'lambdas/mail/mailFeedback.ts',
} as const;

export type FunctionName = keyof typeof functionEntries;

export const functionNames = Object.keys(functionEntries) as FunctionName[];
