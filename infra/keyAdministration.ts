import type { Statement } from './definitions.ts';

/**
 * What the account's administrators may do with a key: everything but use it. A key policy that leaves this out could not
 * be changed by anybody.
 */
export const keyAdministration = (account: string): Statement => ({
  Sid: 'Administer',
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${account}:root` },
  Action: [
    'kms:DescribeKey',
    'kms:GetKeyPolicy',
    'kms:PutKeyPolicy',
    'kms:EnableKey',
    'kms:DisableKey',
    'kms:EnableKeyRotation',
    'kms:DisableKeyRotation',
    'kms:GetKeyRotationStatus',
    'kms:TagResource',
    'kms:UntagResource',
    'kms:ListResourceTags',
    'kms:ListGrants',
    'kms:RevokeGrant',
    'kms:ScheduleKeyDeletion',
    'kms:CancelKeyDeletion',
    'kms:CreateAlias',
    'kms:UpdateAlias',
    'kms:DeleteAlias',
    'kms:UpdateKeyDescription',
  ],
  Resource: '*',
});
