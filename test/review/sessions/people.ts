import type { Instant } from '#domain/instant.ts';
import { type RoleSession, targetAccount } from '../records.ts';

/** Whoever calls, as `userIdentity` has it. */

const account = targetAccount;

export const carol = `arn:aws:iam::${account}:user/carol`;

export const iamUser = (name: string): Record<string, unknown> => ({
  type: 'IAMUser',
  principalId: 'AIDACKCEVSQ6C2EXAMPLE',
  arn: `arn:aws:iam::${account}:user/${name}`,
  accountId: account,
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  userName: name,
});

export const root: Record<string, unknown> = {
  type: 'Root',
  principalId: account,
  arn: `arn:aws:iam::${account}:root`,
  accountId: account,
};

export const awsService = (invokedBy: string): Record<string, unknown> => ({ type: 'AWSService', invokedBy });

export const samlUser = (userName: string): Record<string, unknown> => ({
  type: 'SAMLUser',
  principalId: `g4RD/xcF3dcnEghdegAhfaPo+ow=:${userName}`,
  userName,
  identityProvider: 'g4RD/xcF3dcnEghdegAhfaPo+ow=',
});

/** A session of a role of the account, as it stands in the records of its calls. */
export const aSession = (over: Partial<RoleSession> = {}): RoleSession => ({
  roleArn: `arn:aws:iam::${account}:role/deploy`,
  sessionName: 'carol',
  accessKeyId: 'ASIADEPLOY0000000001',
  createdAt: '2026-11-22T10:00:00Z',
  ...over,
});

/** A role that a permission set of IAM Identity Center became. */
export const identityCenterRole = `arn:aws:iam::${account}:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Admin_7243976e43c75fc5`;

/** So many seconds after ten o'clock. */
export const at = (seconds: number): Instant =>
  new Date(Date.UTC(2026, 10, 22, 10) + seconds * 1000).toISOString().replace('.000', '');
