import { type GatewayProblemCode, gatewayProblems, problemDocument } from '../infra/gatewayProblems.ts';
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

/** What API Gateway would answer itself. */
export const gatewayProblem = (code: GatewayProblemCode, headers?: Record<string, string>): ProblemError =>
  new ProblemError({ code, ...gatewayProblems[code], ...(headers && { headers }) });

/** The HTTP answer of a problem, in the same words as the functions' own. */
export const problemAnswer = ({ status, code, detail, headers, extra }: Problem): PlainAnswer => ({
  status,
  headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
  body: JSON.stringify({ ...problemDocument({ status, code, detail }), ...extra }),
});
