import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { RefusalError } from '#domain/errors.ts';
import { header } from '../runtime/api.ts';
import { readConfig } from '../runtime/config.ts';
import { signInWith } from '../runtime/signIn.ts';

const signIn = signInWith(readConfig('issuers').issuers);

/**
 * Called by API Gateway before the handler: turns strangers away early. What it answers decides nothing; every handler
 * verifies the raw token itself, so the answer names no identity to rely on.
 */
export async function handler(event: APIGatewayRequestAuthorizerEvent): Promise<APIGatewayAuthorizerResult> {
  try {
    await signIn(header({ headers: event.headers ?? {} }, 'authorization'));
  } catch (error) {
    // API Gateway turns exactly this message into a 401.
    if (error instanceof RefusalError) throw new Error('Unauthorized');
    throw error;
  }
  return {
    principalId: 'signed-in',
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: event.methodArn }],
    },
  };
}
