import { Validations } from 'aws-cdk-lib';
import type { CfnRole } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { RoleDefinition } from '../definitions.ts';
import { defineRole, wildcardsOf } from './role.ts';

/** Why a role of the service names more than one resource. Where none of these is why, the check of the templates fails. */
const wildcardReasons: [wildcard: RegExp, reason: string][] = [
  [/^Resource::\*$/, 'Neither X-Ray nor log delivery knows resources.'],
  [/^Resource::.*:log-group:[^*]+:\*$/, 'The streams of one log group, which Lambda names.'],
  [
    /^Resource::arn:aws:iam::\*:role\/countersign-revoker$/,
    'A target that has left the catalogue may still have sessions to deny. The trust policy of the role admits endGrant alone.',
  ],
];

/** A role of the service account, its wildcards explained. */
export function defineServiceRole(scope: Construct, id: string, role: RoleDefinition): CfnRole {
  const resource = defineRole(scope, id, role);
  for (const wildcard of wildcardsOf(role.policy)) {
    const [, reason] = wildcardReasons.find(([pattern]) => pattern.test(wildcard)) ?? [];
    if (reason !== undefined)
      Validations.of(resource).acknowledge({ id: `AwsSolutions-IAM5[${wildcard}]`, reason });
  }
  return resource;
}
