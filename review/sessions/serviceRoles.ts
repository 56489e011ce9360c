import type { CallerIdentity } from '../reader/keptEvent.ts';
import { partsOfSession } from './sessionArn.ts';

/**
 * The AWS service that a service-linked role belongs to: nobody else can assume it, and IAM lets nobody create a role under this
 * path. `invokedBy` would not do: services name themselves there also when they act in the session of a person.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
 */
export function linkedService({
  arn,
  identity,
}: {
  arn: string;
  identity: CallerIdentity;
}): string | undefined {
  const { issuerArn, invokedBy } = identity;
  if (issuerArn !== undefined)
    return /^arn:[\w-]+:iam::[^:]*:role\/aws-service-role\/([\w.-]+)\//.exec(issuerArn)?.[1];
  // Records without the role's ARN have its name only.
  const linked = partsOfSession(arn)?.roleName.startsWith('AWSServiceRoleFor');
  return linked ? (invokedBy ?? 'AWS service') : undefined;
}

/**
 * The person in IAM Identity Center whom a session belongs to: Identity Center alone makes roles under its path and names their
 * sessions after the user. Other sessions can have a user's id, where an application works on the user's behalf.
 * https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetsconcept.html
 */
export function identityCenterUser({
  arn,
  identity,
}: {
  arn: string;
  identity: CallerIdentity;
}): string | undefined {
  const { issuerArn, onBehalfOf } = identity;
  const reserved = issuerArn !== undefined && identityCenterRole.test(issuerArn);
  return (reserved ? partsOfSession(arn)?.sessionName : undefined) ?? onBehalfOf;
}

/** Roles that permission sets become. */
export const identityCenterRole = /^arn:[\w-]+:iam::[^:]*:role\/aws-reserved\/sso\.amazonaws\.com\//;
