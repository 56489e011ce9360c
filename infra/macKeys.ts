import type { MacKeyDefinition, PolicyDocument } from './definitions.ts';
import type { FunctionName } from './functions.ts';
import { type Installation, resourcesOf } from './installation.ts';

/**
 * The three HMAC keys. A default key policy hands the key to the account's IAM, so anybody with `kms:GenerateMac` could
 * forge; these deny it to all but the one role, deny grants to all, and leave the account administration only.
 */
export function macKeys(installation: Installation): MacKeyDefinition[] {
  const { keys } = installation;
  const verifier: FunctionName = 'issueSession';
  return [
    {
      arn: keys.requests,
      alias: 'alias/countersign-requests',
      policy: keyPolicy(installation, { maker: 'requests', verifier }),
    },
    {
      arn: keys.approvalTokens,
      alias: 'alias/countersign-approval-tokens',
      policy: keyPolicy(installation, { maker: 'notifyApprovers', verifier }),
    },
    {
      arn: keys.decisions,
      alias: 'alias/countersign-decisions',
      policy: keyPolicy(installation, { maker: 'decisions', verifier }),
    },
  ];
}

function keyPolicy(
  installation: Installation,
  { maker, verifier }: { maker: FunctionName; verifier: FunctionName },
): PolicyDocument {
  const { functionRoleArn } = resourcesOf(installation);
  const account = { AWS: `arn:aws:iam::${installation.account}:root` };
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'Administer',
        Effect: 'Allow',
        Principal: account,
        Action: [
          'kms:DescribeKey',
          'kms:GetKeyPolicy',
          'kms:PutKeyPolicy',
          'kms:EnableKey',
          'kms:DisableKey',
          'kms:TagResource',
          'kms:UntagResource',
          'kms:ListResourceTags',
          'kms:ScheduleKeyDeletion',
          'kms:CancelKeyDeletion',
          'kms:CreateAlias',
          'kms:UpdateAlias',
          'kms:DeleteAlias',
          'kms:UpdateKeyDescription',
        ],
        Resource: '*',
      },
      {
        Sid: 'Make',
        Effect: 'Allow',
        Principal: account,
        Action: 'kms:GenerateMac',
        Resource: '*',
        Condition: onlyRole(functionRoleArn(maker)),
      },
      {
        Sid: 'Verify',
        Effect: 'Allow',
        Principal: account,
        Action: 'kms:VerifyMac',
        Resource: '*',
        Condition: onlyRole(functionRoleArn(verifier)),
      },
      {
        Sid: 'NobodyElseMakes',
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Action: 'kms:GenerateMac',
        Resource: '*',
        Condition: { ArnNotEquals: { 'aws:PrincipalArn': functionRoleArn(maker) } },
      },
      { Sid: 'NoGrants', Effect: 'Deny', Principal: { AWS: '*' }, Action: 'kms:CreateGrant', Resource: '*' },
    ],
  };
}

const onlyRole = (roleArn: string) => ({ ArnEquals: { 'aws:PrincipalArn': roleArn } });
