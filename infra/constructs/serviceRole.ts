import { Validations } from 'aws-cdk-lib';
import type { CfnRole } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { RoleDefinition } from '../definitions.ts';
import { defineRole } from './role.ts';

/** Why a role of the service names more than one resource. Where none of these is why, the check of the templates fails. */
const wildcardReasons: [resource: RegExp, reason: string][] = [
  [/^\*$/, 'Neither X-Ray nor log delivery knows resources.'],
  [/:log-group:[^*]+:\*$/, 'The streams of one log group, which Lambda names.'],
  [
    /^arn:aws:iam::\*:role\/countersign-revoker$/,
    'A target that has left the catalogue may still have sessions to deny. The trust policy of the role admits endGrant alone.',
  ],
];

/** A role of the service account, its wildcards explained. */
export function defineServiceRole(scope: Construct, id: string, role: RoleDefinition): CfnRole {
  const resource = defineRole(scope, id, role);
  for (const wildcard of wildcardsOf(role)) {
    const [, reason] = wildcardReasons.find(([pattern]) => pattern.test(wildcard)) ?? [];
    if (reason !== undefined)
      Validations.of(resource).acknowledge({ id: `AwsSolutions-IAM5[Resource::${wildcard}]`, reason });
  }
  return resource;
}

function wildcardsOf({ policy }: RoleDefinition): Set<string> {
  const allowed = policy.Statement.filter(({ Effect }) => Effect === 'Allow');
  const resources = allowed.flatMap(({ Resource }) => Resource ?? []);
  return new Set(resources.filter((resource) => resource.includes('*')));
}
