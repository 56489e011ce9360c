/** What an action does that the end of a grant does not undo. */
export type Danger = 'outlives' | 'escalates' | 'hides' | 'destroys';

/** How the sentence about such an action goes on. */
export const dangers: Readonly<Record<Danger, string>> = {
  outlives: 'makes access that outlives the grant',
  escalates: 'takes rights that the entitlement does not name',
  hides: 'stops or erases evidence',
  destroys: 'destroys what cannot be brought back',
};

/**
 * Actions that nobody should allow by accident. Those of privilege escalation are from
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html ("PassRole with star" and its like) and
 * https://rhinosecuritylabs.com/aws/aws-privilege-escalation-methods-mitigation/; the rest are each service's ways to share, to stop
 * logging and to delete at once. A list of this kind is never complete: what it does not name is no promise.
 */
export const dangerousActions: Readonly<Record<Danger, readonly string[]>> = {
  outlives: [
    'iam:CreateAccessKey',
    'iam:CreateLoginProfile',
    'iam:CreateOpenIDConnectProvider',
    'iam:CreateSAMLProvider',
    'iam:CreateUser',
    'iam:UpdateAssumeRolePolicy',
    'iam:UpdateLoginProfile',
    'ec2:ModifyImageAttribute',
    'ec2:ModifySnapshotAttribute',
    'ec2:RunInstances',
    'eks:CreateAccessEntry',
    'kms:CreateGrant',
    'kms:PutKeyPolicy',
    'lambda:AddPermission',
    'lambda:CreateFunctionUrlConfig',
    'rds:ModifyDBSnapshotAttribute',
    's3:PutBucketAcl',
    's3:PutBucketPolicy',
    's3:PutReplicationConfiguration',
    'secretsmanager:PutResourcePolicy',
    'sns:AddPermission',
    'sqs:AddPermission',
  ],
  escalates: [
    'cloudformation:CreateStack',
    'cloudformation:SetStackPolicy',
    'cloudformation:UpdateStack',
    'glue:UpdateDevEndpoint',
    'iam:AddUserToGroup',
    'iam:AttachGroupPolicy',
    'iam:AttachRolePolicy',
    'iam:AttachUserPolicy',
    'iam:CreatePolicyVersion',
    'iam:DeleteRolePermissionsBoundary',
    'iam:PassRole',
    'iam:PutGroupPolicy',
    'iam:PutRolePermissionsBoundary',
    'iam:PutRolePolicy',
    'iam:PutUserPolicy',
    'iam:SetDefaultPolicyVersion',
    'lambda:UpdateFunctionCode',
    'lambda:UpdateFunctionConfiguration',
    'ssm:SendCommand',
    'ssm:StartSession',
  ],
  hides: [
    'cloudtrail:DeleteTrail',
    'cloudtrail:PutEventSelectors',
    'cloudtrail:StopLogging',
    'cloudtrail:UpdateTrail',
    'config:DeleteConfigurationRecorder',
    'config:StopConfigurationRecorder',
    'ec2:DeleteFlowLogs',
    'guardduty:DeleteDetector',
    'guardduty:UpdateDetector',
    'logs:DeleteLogGroup',
    'logs:DeleteLogStream',
    'securityhub:DisableSecurityHub',
  ],
  destroys: [
    'backup:DeleteRecoveryPoint',
    'dynamodb:DeleteBackup',
    'dynamodb:DeleteTable',
    'ec2:DeleteSnapshot',
    'ec2:TerminateInstances',
    'kms:ScheduleKeyDeletion',
    'organizations:LeaveOrganization',
    'rds:DeleteDBCluster',
    'rds:DeleteDBInstance',
    'route53:DeleteHostedZone',
    's3:DeleteBucket',
    's3:DeleteObjectVersion',
    'secretsmanager:DeleteSecret',
  ],
};
