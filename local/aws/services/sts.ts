import { sessionArn } from '../arn.ts';
import { AwsError } from '../awsError.ts';
import type { AwsCall, JsonObject, Outcome, PreparedCall, Service } from '../call.ts';
import type { ManagedPolicies } from '../managedPolicies.ts';
import type { Role, Roles } from '../roles.ts';
import type { Session, Sessions } from '../sessions.ts';
import { type Inheritance, inherit, neededPermissions } from './assumeRolePermissions.ts';
import { type AssumeRoleRequest, readAssumeRole, roleAccount } from './assumeRoleRequest.ts';
import { packedPolicySize } from './packedPolicySize.ts';

/** Seconds: a session assumed from a role session lives at most this long. */
const chainedMaximum = 3600;

interface Dependencies {
  roles: Roles;
  sessions: Sessions;
  managedPolicies: ManagedPolicies;
}

/** STS: AssumeRole and GetCallerIdentity. Every caller here is a role session, so each AssumeRole is role chaining. */
export function createSts(dependencies: Dependencies): Service {
  return {
    AssumeRole: (parameters, call) => prepareAssumeRole(readAssumeRole(parameters), call, dependencies),
    GetCallerIdentity: (_, { session }) => ({
      // No permission is needed, and none can be denied.
      permissions: [],
      trail: { readOnly: true, dataEvent: false, requestParameters: null },
      run: () => ({
        output: {
          UserId: `${session.roleId}:${session.sessionName}`,
          Account: session.account,
          Arn: sessionArn(session.roleArn, session.sessionName),
        },
      }),
    }),
  };
}

function prepareAssumeRole(
  request: AssumeRoleRequest,
  call: AwsCall,
  dependencies: Dependencies,
): PreparedCall {
  const role = dependencies.roles.get(request.roleArn);
  const inherited = inherit(request, call);
  const account = roleAccount(request.roleArn);
  return {
    permissions: neededPermissions({ request, inherited, role, account }),
    trail: {
      readOnly: true,
      dataEvent: false,
      requestParameters: trailParameters(request, inherited),
      resources: [{ accountId: account, type: 'AWS::IAM::Role', ARN: request.roleArn }],
      ownerAccount: account,
    },
    run() {
      if (role === undefined) throw new AwsError('AccessDenied', 'The role does not exist.', 403);
      return issue({ request, call, role, inherited, dependencies });
    },
  };
}

function issue(options: {
  request: AssumeRoleRequest;
  call: AwsCall;
  role: Role;
  inherited: Inheritance;
  dependencies: Dependencies;
}): Outcome {
  const { request, call, role, inherited, dependencies } = options;
  refuseDuration(request.durationSeconds);
  for (const arn of request.policyArns) {
    if (dependencies.managedPolicies.find(arn) === undefined)
      throw new AwsError('ValidationError', `Policy ${arn} does not exist.`);
  }
  const percent = packedPolicySize(request);
  if (percent > 100) throw tooLarge(request, percent);
  // STS knows whole seconds.
  const issuedAt = Math.floor(call.time / 1000) * 1000;
  const { session, sessionToken } = dependencies.sessions.create({
    issuedAt,
    expiresAt: issuedAt + request.durationSeconds * 1000,
    roleArn: role.arn,
    roleId: role.roleId,
    account: role.definition.account,
    sessionName: request.roleSessionName,
    ...(inherited.sourceIdentity !== undefined && { sourceIdentity: inherited.sourceIdentity }),
    tags: inherited.tags,
    transitiveTagKeys: inherited.transitiveTagKeys,
    ...(request.policy !== undefined && { policy: request.policy }),
    policyArns: request.policyArns,
  });
  return answer(session, sessionToken, percent);
}

/** Everything the caller gets, and what CloudTrail keeps of it: never the secret key. */
function answer(session: Session, sessionToken: string, percent: number): Outcome {
  const { accessKeyId, secretAccessKey, expiresAt, sourceIdentity } = session;
  const assumedRoleId = `${session.roleId}:${session.sessionName}`;
  const arn = sessionArn(session.roleArn, session.sessionName);
  const measured = percent > 0 ? percent : undefined;
  return {
    output: {
      AssumedRoleUser: { AssumedRoleId: assumedRoleId, Arn: arn },
      Credentials: {
        AccessKeyId: accessKeyId,
        SecretAccessKey: secretAccessKey,
        SessionToken: sessionToken,
        Expiration: new Date(expiresAt),
      },
      PackedPolicySize: measured,
      SourceIdentity: sourceIdentity,
    },
    responseElements: {
      credentials: { accessKeyId, expiration: trailDate(expiresAt), sessionToken },
      assumedRoleUser: { assumedRoleId, arn },
      ...(measured !== undefined && { packedPolicySize: measured }),
      ...(sourceIdentity !== undefined && { sourceIdentity }),
    },
  };
}

/** A role's own maximum is never below an hour, so for role chaining this is the limit that counts. */
function refuseDuration(seconds: number): void {
  if (seconds > chainedMaximum)
    throw new AwsError(
      'ValidationError',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    );
}

const tooLarge = (request: AssumeRoleRequest, percent: number): AwsError => {
  const hasPolicy = request.policy !== undefined || request.policyArns.length > 0;
  const message = hasPolicy
    ? `Packed policy consumes ${percent}% of allotted space, please use smaller policy.`
    : `Packed size of session tags consumes ${percent}% of allotted space.`;
  return new AwsError('PackedPolicyTooLarge', message);
};

/** `Nov 22, 2026, 9:46:35 AM` as CloudTrail writes expirations, without the comma before the time. */
export const trailDate = (milliseconds: number): string =>
  new Date(milliseconds)
    .toLocaleString('en-US', { timeZone: 'UTC', dateStyle: 'medium', timeStyle: 'medium' })
    .replace(/(\d{4}),/, '$1')
    .replaceAll('\u202f', ' ');

function trailParameters(request: AssumeRoleRequest, inherited: Inheritance): JsonObject {
  return {
    roleArn: request.roleArn,
    roleSessionName: request.roleSessionName,
    durationSeconds: request.durationSeconds,
    ...(request.sourceIdentity !== undefined && { sourceIdentity: request.sourceIdentity }),
    ...(request.externalId !== undefined && { externalId: request.externalId }),
    ...(request.policy !== undefined && { policy: request.policy }),
    ...(request.policyArns.length > 0 && { policyArns: request.policyArns.map((arn) => ({ arn })) }),
    ...(request.tags.length > 0 && { tags: request.tags }),
    ...(request.transitiveTagKeys.length > 0 && { transitiveTagKeys: request.transitiveTagKeys }),
    ...(Object.keys(inherited.incoming).length > 0 && { incomingTransitiveTags: inherited.incoming }),
  };
}
