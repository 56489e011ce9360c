import type { APIGatewayEventDefaultAuthorizerContext } from 'aws-lambda';
import * as z from 'zod';
import { covers } from '../domain/wildcards.ts';
import { type ApiIdentity, authorizerEventOf, methodArnOf, type ProxyRequest } from './gatewayEvent.ts';
import { gatewayProblem, type ProblemError } from './problem.ts';

const oneOrMore = z.union([z.string().transform((text) => [text]), z.array(z.string())]);

const answerSchema = z.object({
  principalId: z.string(),
  policyDocument: z.object({
    Statement: z.array(
      z.object({ Effect: z.enum(['Allow', 'Deny']), Action: oneOrMore, Resource: oneOrMore }),
    ),
  }),
  context: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).nullish(),
});

const notSignedIn = (): ProblemError => gatewayProblem('not_signed_in', { 'www-authenticate': 'Bearer' });

/**
 * Runs the REQUEST authorizer, uncached, and evaluates the policy it answers for the called method. Its identity
 * source is the Authorization header: without one it does not run. Answers the event's authorizer context.
 */
export async function authorise(
  request: ProxyRequest,
  api: ApiIdentity,
  invokeAuthorizer: (event: unknown) => Promise<unknown>,
): Promise<APIGatewayEventDefaultAuthorizerContext> {
  const authorization = Object.entries(request.headers).find(
    ([name]) => name.toLowerCase() === 'authorization',
  );
  if (!authorization?.[1]) throw notSignedIn();
  const methodArn = methodArnOf(request, api);
  const answer = answerSchema.safeParse(
    await answerOf(invokeAuthorizer, authorizerEventOf(request, methodArn)),
  );
  if (!answer.success) throw gatewayProblem('authorizer_failed');
  const { principalId, policyDocument, context } = answer.data;
  if (!allows(policyDocument.Statement, methodArn)) throw gatewayProblem('not_allowed');
  const texts = Object.entries(context ?? {}).map(([key, value]) => [
    key,
    value === null ? null : String(value),
  ]);
  return { ...Object.fromEntries(texts), principalId };
}

async function answerOf(invoke: (event: unknown) => Promise<unknown>, event: unknown): Promise<unknown> {
  try {
    return await invoke(event);
  } catch (error) {
    // API Gateway knows this one message; every other error is the authorizer's own failure.
    if (error instanceof Error && error.message === 'Unauthorized') throw notSignedIn();
    throw gatewayProblem('authorizer_failed');
  }
}

interface Statement {
  Effect: 'Allow' | 'Deny';
  Action: string[];
  Resource: string[];
}

function allows(statements: Statement[], methodArn: string): boolean {
  const matching = statements.filter(
    ({ Action, Resource }) =>
      Action.some((pattern) => covers(pattern, 'execute-api:Invoke')) &&
      Resource.some((pattern) => covers(pattern, methodArn)),
  );
  return matching.length > 0 && matching.every(({ Effect }) => Effect === 'Allow');
}
