import { expect } from 'vitest';
import type * as z from 'zod';
import {
  entitlementList,
  problemDocument,
  requestDetail,
  requestList,
  requestSummary,
  sealedSession,
} from '#lambdas/api/responses.ts';
import type { Answer } from '../support/service.ts';

/** What each route answers when it succeeds; the schemas are strict, so a field that is not described fails the test. */
const successes: Record<string, z.ZodType> = {
  'GET /v1/entitlements': entitlementList,
  'POST /v1/requests': requestSummary,
  'GET /v1/requests': requestList,
  'GET /v1/requests/{id}': requestDetail,
  'POST /v1/requests/{id}/cancel': requestSummary,
  'POST /v1/requests/{id}/return': requestSummary,
  'POST /v1/requests/{id}/remind': requestSummary,
  'POST /v1/requests/{id}/decision': requestSummary,
  'POST /v1/requests/{id}/revoke': requestSummary,
  'POST /v1/requests/{id}/review': requestSummary,
  'GET /v1/requests/{id}/credentials': sealedSession,
};

/** The success is of the form that the route promises. Routes of the web app promise none. */
export function expectPromised(route: string, answer: Answer): void {
  const schema = successes[route];
  if (!schema) return;
  expect(schema.safeParse(answer.body).error?.issues).toBeUndefined();
  expectNoStore(answer);
}

/** A problem document whose words agree with each other, and whose code is one that the API's description names. */
export function expectProblem({ status, body, headers }: Answer): void {
  expect(headers.get('content-type')).toBe('application/problem+json');
  expect(problemDocument.strict().safeParse(body).error?.issues).toBeUndefined();
  expect(body).toMatchObject({ status, type: `urn:countersign:problem:${body.code}` });
  expect(problemDocument.shape.code.meta()?.examples).toContain(body.code);
  expect(body.detail).toMatch(/\S/);
  // A library's words, which say what its parser met and not what to send.
  expect(body.detail).not.toMatch(
    /Invalid (input|key|option)|expected|received|Unrecognized|Too (small|big)/,
  );
  expectNoStore({ headers });
  if (status === 401) expect(headers.get('www-authenticate')).toBe('Bearer');
}

/** No cache on the way keeps what one person was shown. */
const expectNoStore = ({ headers }: Pick<Answer, 'headers'>): void => {
  expect(headers.get('cache-control')).toBe('no-store');
};
