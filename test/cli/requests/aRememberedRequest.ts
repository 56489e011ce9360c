import type { AccessRequest, AccessRequestDetail } from '#client/answers.ts';
import { instantOf } from '#domain/instant.ts';
import type { RememberedRequest } from '../../../cli/requests/rememberedRequests.ts';

/** Minutes from now; before it where negative. */
export const minutesFromNow = (minutes: number): string => instantOf(new Date(Date.now() + minutes * 60_000));

/** Ids of requests, made one after the other. */
export const ids = [
  '01KAQ3M8X0S7V5R2E9D4T6W1ZA',
  '01KAQ3M8X0S7V5R2E9D4T6W1ZB',
  '01KAQ3M8X0S7V5R2E9D4T6W1ZC',
] as const;

export const aRememberedRequest = (over: Partial<RememberedRequest> = {}): RememberedRequest => ({
  id: ids[0],
  // Nothing listens there: what asks it is told so at once.
  url: 'http://127.0.0.1:9/',
  entitlement: 'orders-read',
  title: 'Read the orders table',
  account: { id: '111122223333', title: 'Production' },
  createdAt: minutesFromNow(-10),
  overBy: minutesFromNow(600),
  ...over,
});

/** As the service tells it. */
export const anAnswer = (over: Partial<AccessRequest> = {}): AccessRequest => ({
  id: ids[0],
  status: 'pending',
  entitlement: 'orders-read',
  title: 'Read the orders table',
  requester: { kind: 'human', issuer: 'https://issuer', subject: 'alice', email: 'alice@example.com' },
  duration: 'PT1H',
  justification: 'Customer asks where order 1001 is',
  parameters: {},
  breakGlass: false,
  createdAt: minutesFromNow(-10),
  expiresAt: minutesFromNow(230),
  decisions: [],
  ...over,
});

/** The same in full. */
export const aDetail = (over: Partial<AccessRequestDetail> = {}): AccessRequestDetail => ({
  ...anAnswer(),
  account: { id: '111122223333', title: 'Production' },
  role: 'arn:aws:iam::111122223333:role/countersign-orders-read',
  roles: ['requester'],
  permissions: [],
  invitations: [],
  history: [],
  ...over,
});
