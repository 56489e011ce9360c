import type { Resources } from './installation.ts';

/** Names of the rules of EventBridge, and which bus each listens to. */
export const eventRules = {
  reconcile: { name: 'countersign-reconcile', onBus: 'default' },
  mailFeedback: { name: 'countersign-mail-feedback', onBus: 'default' },
  breakGlass: { name: 'countersign-break-glass', onBus: 'own' },
} as const satisfies Record<string, { name: string; onBus: 'default' | 'own' }>;

/** Mail that SES could not deliver, or that was complained about. SES writes to the account's default bus only. */
export const mailFeedbackPattern = ({ configurationSet }: Pick<Resources, 'configurationSet'>) => ({
  source: ['aws.ses'],
  'detail-type': ['Email Bounced', 'Email Complaint Received', 'Email Rejected', 'Email Rendering Failed'],
  detail: { mail: { tags: { 'ses:configuration-set': [configurationSet] } } },
});

/** Somebody took access without approval. */
export const breakGlassPattern = {
  source: ['countersign'],
  detail: { breakGlass: [true], event: ['requested'] },
};

/** What is said about it: values by their places in the event, and the sentence around them. */
export const breakGlassMessage = {
  inputPathsMap: {
    by: '$.detail.by',
    entitlement: '$.detail.entitlement',
    roleArn: '$.detail.roleArn',
    endsAt: '$.detail.endsAt',
    requestId: '$.detail.requestId',
  },
  inputTemplate:
    '"Break-glass: <by> took <entitlement> (<roleArn>) without approval, until <endsAt>. Request <requestId>. What to do: docs/runbook.md#break-glass"',
};
