import { CfnRole } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { PolicyDocument, RoleDefinition } from '../definitions.ts';

/** A role exactly as its definition says: nothing is added to its policies behind our back. */
export function defineRole(scope: Construct, id: string, role: RoleDefinition): CfnRole {
  return new CfnRole(scope, id, {
    roleName: role.name,
    assumeRolePolicyDocument: role.trustPolicy,
    policies: [{ policyName: 'permissions', policyDocument: role.policy }],
    managedPolicyArns: role.managedPolicyArns,
    maxSessionDuration: role.maxSessionDuration,
    ...(role.boundaryArn !== undefined && { permissionsBoundary: role.boundaryArn }),
  });
}

/** What a policy allows by wildcard, as cdk-nag names it: `Action::…`, `Resource::…`. */
export function wildcardsOf({ Statement }: PolicyDocument): Set<string> {
  const allowed = Statement.filter(({ Effect }) => Effect === 'Allow');
  const named = allowed.flatMap(({ Action, Resource = [] }) => [
    ...[Action].flat().map((action) => `Action::${action}`),
    ...[Resource].flat().map((resource) => `Resource::${resource}`),
  ]);
  return new Set(named.filter((name) => name.includes('*')));
}
