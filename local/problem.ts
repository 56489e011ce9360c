import { STATUS_CODES } from 'node:http';

/** An answer with an RFC 9457 problem document. */
export interface Problem {
  status: number;
  code: string;
  detail: string;
  headers?: Record<string, string>;
  /** Further members of the document. */
  extra?: Record<string, unknown>;
}

/** A request that the local server itself refuses. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

export interface PlainAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** The HTTP answer of a problem. Its type is `about:blank`: the title is the status and `code` says the rest. */
export function problemAnswer({ status, code, detail, headers, extra }: Problem): PlainAnswer {
  const title = STATUS_CODES[status] ?? 'Error';
  return {
    status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify({ type: 'about:blank', title, status, code, detail, ...extra }),
  };
}

export function jsonAnswer(body: unknown, status = 200): PlainAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify(body),
  };
}
