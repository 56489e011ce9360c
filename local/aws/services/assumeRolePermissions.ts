import { AwsError } from '../awsError.ts';
import type { AwsCall, Permission } from '../call.ts';
import type { Role } from '../roles.ts';
import type { AssumeRoleRequest } from './assumeRoleRequest.ts';

/** What the new session takes over from its caller and from the request together. */
export interface Inheritance {
  tags: Record<string, string>;
  transitiveTagKeys: string[];
  sourceIdentity: string | undefined;
  /** Tags that arrive from the calling session. */
  incoming: Record<string, string>;
}

/** Throws if the request contradicts what its caller's session already carries. */
export function inherit(request: AssumeRoleRequest, { session }: AwsCall): Inheritance {
  const incoming = Object.fromEntries(session.transitiveTagKeys.map((key) => [key, session.tags[key] ?? '']));
  const clash = request.tags.find(({ key }) => Object.keys(incoming).some((name) => sameKey(name, key)));
  if (clash !== undefined)
    throw new AwsError(
      'InvalidParameterValue',
      `One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session: ${clash.key}`,
    );
  const { sourceIdentity } = session;
  if (
    sourceIdentity !== undefined &&
    request.sourceIdentity !== undefined &&
    request.sourceIdentity !== sourceIdentity
  )
    throw new AwsError('AccessDenied', 'The source identity of a session cannot be changed.', 403);
  return {
    incoming,
    tags: { ...incoming, ...Object.fromEntries(request.tags.map(({ key, value }) => [key, value])) },
    transitiveTagKeys: [...session.transitiveTagKeys, ...request.transitiveTagKeys],
    sourceIdentity: sourceIdentity ?? request.sourceIdentity,
  };
}

const sameKey = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/**
 * sts:AssumeRole, and sts:TagSession and sts:SetSourceIdentity where they apply: each on its own, against the
 * caller's policies and the role's trust policy. A role that does not exist trusts nobody.
 */
export function neededPermissions(options: {
  request: AssumeRoleRequest;
  inherited: Inheritance;
  role: Role | undefined;
  account: string;
}): Permission[] {
  const { request, inherited, role, account } = options;
  const keys = request.tags.map(({ key }) => key);
  const context: Record<string, string | string[]> = {
    'sts:RoleSessionName': request.roleSessionName,
    ...Object.fromEntries(request.tags.map(({ key, value }) => [`aws:RequestTag/${key}`, value])),
    ...(keys.length > 0 && { 'aws:TagKeys': keys }),
    ...(request.transitiveTagKeys.length > 0 && { 'sts:TransitiveTagKeys': request.transitiveTagKeys }),
    ...(request.externalId !== undefined && { 'sts:ExternalId': request.externalId }),
    ...(inherited.sourceIdentity !== undefined && { 'sts:SourceIdentity': inherited.sourceIdentity }),
  };
  const actions = ['sts:AssumeRole'];
  if (Object.keys(inherited.tags).length > 0) actions.push('sts:TagSession');
  if (inherited.sourceIdentity !== undefined) actions.push('sts:SetSourceIdentity');
  return actions.map((action) => ({
    action,
    resource: request.roleArn,
    resourceAccount: account,
    resourcePolicy: role?.definition.trustPolicy ?? trustsNobody,
    context,
  }));
}

const trustsNobody = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::000000000000:root' }, Action: 'sts:AssumeRole' },
  ],
};
