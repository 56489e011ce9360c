import type { Catalogue } from '../domain/catalogue.ts';
import { attesters } from '../domain/history.ts';
import type { PolicyDocument, RoleDefinition, Statement } from './definitions.ts';
import { functionPolicies, useExecutionKey } from './functionPolicies.ts';
import { functionNames, workflowSteps } from './functions.ts';
import { functionResourceName, type Installation, resourcesOf } from './installation.ts';

/** The roles of the service account: one for each function, one for the workflow, and the notary. */
export function serviceRoles(installation: Installation, catalogue: Catalogue): RoleDefinition[] {
  const policies = functionPolicies(installation, catalogue);
  const { account } = installation;
  const role = (name: string, trustPolicy: PolicyDocument, policy: PolicyDocument): RoleDefinition => ({
    account,
    name,
    trustPolicy,
    policy,
    managedPolicyArns: [],
    maxSessionDuration: 3_600,
  });
  return [
    ...functionNames.map((name) => role(functionResourceName(name), lambdaTrust, policies[name])),
    role('countersign-workflow', workflowTrust(installation), workflowPolicy(installation)),
    role('countersign-notary', notaryTrust(installation), { Version: '2012-10-17', Statement: [nothing] }),
  ];
}

/**
 * AWS documents nowhere that Lambda says for which function or account it assumes a role, so no condition asks for it: one
 * that is never met would stop every function. A role can be passed within its own account only, and what it may do it
 * may do for its own function only (functionRuntime.ts).
 */
const lambdaTrust: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};

function workflowTrust(installation: Installation): PolicyDocument {
  const { account } = installation;
  const { stateMachineArn } = resourcesOf(installation);
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'states.amazonaws.com' },
        Action: 'sts:AssumeRole',
        Condition: {
          StringEquals: { 'aws:SourceAccount': account },
          ArnEquals: { 'aws:SourceArn': stateMachineArn },
        },
      },
    ],
  };
}

/** IAM wants a policy to have a statement; the notary's sessions can do nothing. */
const nothing: Statement = { Sid: 'Nothing', Effect: 'Deny', Action: '*', Resource: '*' };

/** The state machine runs its three functions, keeps its callback token on the record, and writes logs and traces. */
function workflowPolicy(installation: Installation): PolicyDocument {
  const { account, region, dataKey } = installation;
  const { tableArn, functionArn } = resourcesOf(installation);
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'RunSteps',
        Effect: 'Allow',
        Action: 'lambda:InvokeFunction',
        Resource: workflowSteps.map(functionArn),
      },
      {
        Sid: 'KeepTaskToken',
        Effect: 'Allow',
        Action: 'dynamodb:UpdateItem',
        Resource: tableArn,
        Condition: {
          'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['REQUEST#*'] },
          'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['pk', 'sk', 'taskToken', 'version'] },
        },
      },
      useExecutionKey(installation),
      {
        Sid: 'EncryptLogsOnTheirWay',
        Effect: 'Allow',
        Action: 'kms:GenerateDataKey',
        Resource: dataKey,
        Condition: {
          StringLike: { 'kms:EncryptionContext:SourceArn': `arn:aws:logs:${region}:${account}:*` },
        },
      },
      // Neither log delivery nor X-Ray knows resources.
      { Sid: 'WriteLogsAndTraces', Effect: 'Allow', Action: [...deliverLogs, ...writeTraces], Resource: '*' },
    ],
  };
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html */
const deliverLogs = [
  'logs:CreateLogDelivery',
  'logs:GetLogDelivery',
  'logs:UpdateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:DescribeResourcePolicies',
  'logs:DescribeLogGroups',
];

/** https://docs.aws.amazon.com/step-functions/latest/dg/xray-iam.html */
const writeTraces = [
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
];

/**
 * Who may attest what. Those who may come here at all are named by exact ARN, since a pattern for a name also fits a path, and
 * admitted where the watch stands. Each is denied every event but its own, and everybody a session without an actor. The
 * patterns need only tell the admitted apart: a trust policy takes 2,048 characters.
 */
function notaryTrust(installation: Installation): PolicyDocument {
  const { functionRoleArn } = resourcesOf(installation);
  const { account, region } = installation;
  const deny = (Condition: NonNullable<Statement['Condition']>): Statement => ({
    Effect: 'Deny',
    Principal: '*',
    Action: 'sts:AssumeRole',
    Condition,
  });
  const pins = Object.entries(attesters).map(([name, events]) =>
    deny({
      StringLike: { 'aws:PrincipalArn': functionResourceName(name).replace('countersign', '*') },
      StringNotEquals: { 'aws:RequestTag/cs:event': [...events] },
    }),
  );
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${account}:root` },
        Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
        Condition: {
          ArnEquals: { 'aws:PrincipalArn': Object.keys(attesters).map(functionRoleArn) },
          StringEquals: { 'aws:RequestedRegion': region },
        },
      },
      ...pins,
      deny({ Null: { 'sts:SourceIdentity': 'true' } }),
    ],
  };
}
