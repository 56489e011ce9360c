import type { Settings } from './configuration/settings.ts';
import type { PolicyDocument, Statement } from './definitions.ts';

/**
 * Who reaches the API at all, before anybody is asked to sign in: what comes through the given VPC endpoints, or from the
 * given ranges. None for an API that is open to everywhere.
 */
export function apiPolicy({ access }: Settings['api']): PolicyDocument | undefined {
  if (access.kind === 'private')
    return onlyFrom({ StringNotEquals: { 'aws:SourceVpce': access.vpcEndpoints } });
  return access.allowedRanges && onlyFrom({ NotIpAddress: { 'aws:SourceIp': access.allowedRanges } });
}

const onlyFrom = (elsewhere: NonNullable<Statement['Condition']>): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', ...everyCall },
    { Effect: 'Deny', ...everyCall, Condition: elsewhere },
  ],
});

/** API Gateway puts its own ARN in front. */
const everyCall = { Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*' } as const;
