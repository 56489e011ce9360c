import type * as z from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import { requestIdSchema } from '#domain/terms.ts';
import { createRequestBody } from './createRequest.ts';
import { decisionBody } from './decide.ts';
import { listRequestsQuery } from './listRequests.ts';
import { noBody } from './noBody.ts';
import {
  entitlementList,
  problemDocument,
  requestDetail,
  requestList,
  requestSummary,
  sealedSession,
} from './responses.ts';
import { reviewBody } from './review.ts';
import { revokeBody } from './revoke.ts';

interface Operation {
  summary: string;
  answer: z.ZodType;
  status?: 201;
  body?: z.ZodType;
  query?: z.ZodObject;
}

/** One request: its path parameter. */
const one = '/v1/requests/{id}';

const operations: Record<string, Operation> = {
  'get /v1/entitlements': { summary: 'What the caller may request', answer: entitlementList },
  'post /v1/requests': {
    summary: 'Ask for access',
    answer: requestSummary,
    body: createRequestBody,
    status: 201,
  },
  'get /v1/requests': {
    summary: 'Pages of requests, newest first',
    answer: requestList,
    query: listRequestsQuery,
  },
  [`get ${one}`]: { summary: 'One request with all that an approver decides on', answer: requestDetail },
  [`post ${one}/decision`]: { summary: 'Approve or deny', answer: requestSummary, body: decisionBody },
  [`post ${one}/cancel`]: { summary: 'Withdraw an undecided request', answer: requestSummary, body: noBody },
  [`post ${one}/return`]: { summary: 'End a grant early', answer: requestSummary, body: noBody },
  [`post ${one}/remind`]: { summary: 'Send the invitations again', answer: requestSummary, body: noBody },
  [`post ${one}/revoke`]: { summary: 'Take a grant back', answer: requestSummary, body: revokeBody },
  [`post ${one}/review`]: { summary: 'Review a break-glass grant', answer: requestSummary, body: reviewBody },
  [`get ${one}/credentials`]: { summary: 'The sealed session', answer: sealedSession },
};

/** The API's OpenAPI 3.1 document, generated from the schemas that parse its input. */
export function openApiDocument(baseUrl: string): object {
  const paths: ZodOpenApiPathsObject = {};
  for (const [key, operation] of Object.entries(operations)) {
    const [method = '', path = ''] = key.split(' ');
    paths[path] = { ...paths[path], [method]: describe(path, operation) };
  }
  return createDocument({
    openapi: '3.1.1',
    info: {
      title: 'Countersign',
      version: '1',
      description:
        'Just-in-time access to production AWS accounts: asked for, countersigned, bounded, evidenced.',
    },
    servers: [{ url: baseUrl }],
    security: [{ bearer: [] }],
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
    paths,
  });
}

function describe(
  path: string,
  { summary, answer, status, body, query }: Operation,
): ZodOpenApiOperationObject {
  const problem = {
    description: 'Refused',
    content: { 'application/problem+json': { schema: problemDocument } },
  };
  return {
    summary,
    ...((path.includes('{id}') || query) && {
      requestParams: {
        ...(path.includes('{id}') && { path: idParameter }),
        ...(query && { query }),
      },
    }),
    ...(body && {
      requestBody: { required: body !== noBody, content: { 'application/json': { schema: body } } },
    }),
    responses: {
      [status ?? 200]: { description: 'Done', content: { 'application/json': { schema: answer } } },
      '4XX': problem,
      '5XX': problem,
    },
  };
}

const idParameter = noBody.extend({ id: requestIdSchema });
