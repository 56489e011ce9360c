import type { PlainAnswer } from './plainAnswer.ts';

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

/** The HTTP answer of a problem, in the same words as the functions' own. */
export function problemAnswer({ status, code, detail, headers, extra }: Problem): PlainAnswer {
  const title = `${code.charAt(0).toUpperCase()}${code.slice(1).replaceAll('_', ' ')}`;
  return {
    status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify({ type: `urn:countersign:problem:${code}`, title, status, code, detail, ...extra }),
  };
}
