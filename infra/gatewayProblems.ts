/** An RFC 9457 problem document; `code` is stable, and clients switch on it. */
export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
}

/**
 * What the gateway answers itself, before or instead of a function: by API Gateway's gateway responses when deployed, by
 * the local server's gateway in the same words.
 */
export const gatewayProblems = {
  malformed: { status: 400, detail: 'The request is malformed.' },
  not_signed_in: { status: 401, detail: 'Sign in, and send a valid access token as bearer token.' },
  not_allowed: { status: 403, detail: 'This call is not allowed from here, or with this access token.' },
  not_found: { status: 404, detail: 'There is nothing at this address.' },
  method_not_allowed: {
    status: 405,
    detail: 'This method is not possible here; the Allow header names those that are.',
  },
  body_too_large: { status: 413, detail: 'The body is too large.' },
  too_many_requests: { status: 429, detail: 'There are too many requests at the moment. Try again.' },
  authorizer_failed: { status: 500, detail: 'The sign-in could not be checked. Try again.' },
  bad_gateway: { status: 502, detail: 'The service failed to answer. Try again.' },
  timed_out: { status: 504, detail: 'The service took too long to answer. Try again.' },
} as const satisfies Record<string, { status: number; detail: string }>;

export type GatewayProblemCode = keyof typeof gatewayProblems;

/** The document of a problem, in the form that the functions' own have. */
export const problemDocument = ({
  status,
  code,
  detail,
}: Pick<ProblemDocument, 'status' | 'code' | 'detail'>): ProblemDocument => ({
  type: `urn:countersign:problem:${code}`,
  title: `${code.charAt(0).toUpperCase()}${code.slice(1).replaceAll('_', ' ')}`,
  status,
  code,
  detail,
});
