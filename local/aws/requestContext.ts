import type { AwsCall } from './call.ts';

/** UTC with seconds: policies compare instants to the second. */
export const isoSeconds = (milliseconds: number): string =>
  `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;

/** The global condition keys of a call made by a role session. */
export function callContext(call: AwsCall): Record<string, string> {
  const { session } = call;
  const tags = Object.entries(session.tags).map(([key, value]) => [`aws:PrincipalTag/${key}`, value]);
  return {
    'aws:CurrentTime': isoSeconds(call.time),
    'aws:EpochTime': String(Math.floor(call.time / 1000)),
    'aws:TokenIssueTime': isoSeconds(session.issuedAt),
    'aws:userid': `${session.roleId}:${session.sessionName}`,
    'aws:PrincipalArn': session.roleArn,
    'aws:PrincipalAccount': session.account,
    'aws:PrincipalType': 'AssumedRole',
    'aws:PrincipalIsAWSService': 'false',
    'aws:SourceIp': call.sourceIp,
    'aws:ViaAWSService': 'false',
    'aws:SecureTransport': 'false',
    'aws:RequestedRegion': call.region,
    'aws:UserAgent': call.userAgent,
    ...(session.sourceIdentity !== undefined && { 'aws:SourceIdentity': session.sourceIdentity }),
    ...(session.sourceFunctionArn !== undefined && { 'lambda:SourceFunctionArn': session.sourceFunctionArn }),
    ...Object.fromEntries(tags),
  };
}
