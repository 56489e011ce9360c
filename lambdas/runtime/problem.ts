import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { type ErrorCode, errorStatus, RefusalError } from '#domain/errors.ts';
import { log } from './log.ts';

/** RFC 9457 problem document with a stable `code`, and extension members where they help a program. */
export function problem(
  status: number,
  code: string,
  detail: string,
  extension: { requestStatus?: string | undefined } = {},
): APIGatewayProxyResult {
  return {
    statusCode: status,
    headers: {
      'Content-Type': 'application/problem+json',
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      ...(status === 401 && { 'WWW-Authenticate': 'Bearer' }),
      ...(status === 429 && { 'Retry-After': '900' }),
    },
    body: JSON.stringify({
      type: `urn:countersign:problem:${code}`,
      title: titleOf(code),
      status,
      code,
      detail,
      ...extension,
    }),
  };
}

const titleOf = (code: string): string =>
  `${code.charAt(0).toUpperCase()}${code.slice(1).replaceAll('_', ' ')}`;

/** Refusals become their problem document; anything else is a 500 that says nothing, and an alarm. */
export function problems(): MiddlewareObj<APIGatewayProxyEvent, APIGatewayProxyResult> {
  return {
    onError: async ({ error, event }) => {
      if (error instanceof RefusalError) {
        const { refused, detail, requestStatus } = error.refusal;
        const code: ErrorCode = refused;
        log(code === 'no_evidence' ? 'error' : 'info', 'refused', { code, status: errorStatus[code] });
        return problem(errorStatus[code], code, detail, { requestStatus });
      }
      log('error', 'unhandled', { error, requestId: event.pathParameters?.id });
      return problem(
        500,
        'internal',
        'Something went wrong here, not with your request. Nothing is lost: try again.',
      );
    },
  };
}
