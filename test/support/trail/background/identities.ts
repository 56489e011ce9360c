import type { Instant } from '#domain/instant.ts';
import { alphanumeric, base32, type Random } from '../random.ts';

export type Identity = Record<string, unknown>;

/** A session of a role, as the records of its calls name it. */
export interface Session {
  account: string;
  roleArn: string;
  arn: string;
  principalId: string;
  accessKeyId: string;
  identity: Identity;
}

/** An id such as a role's `AROA…`, always the same for one ARN. */
export const idOf = (prefix: string, arn: string, random: Random): string =>
  prefix + random.fork(`id ${arn}`).text(17, base32);

export function sessionOf(
  random: Random,
  {
    roleArn,
    name,
    at,
    mfa = false,
    extra,
  }: { roleArn: string; name: string; at: Instant; mfa?: boolean; extra?: Identity },
): Session {
  const account = accountOf(roleArn);
  const roleName = roleArn.slice(roleArn.lastIndexOf('/') + 1);
  const roleId = idOf('AROA', roleArn, random);
  const arn = `arn:aws:sts::${account}:assumed-role/${roleName}/${name}`;
  const principalId = `${roleId}:${name}`;
  const accessKeyId = random.keyId('ASIA');
  const sessionIssuer = {
    type: 'Role',
    principalId: roleId,
    arn: roleArn,
    accountId: account,
    userName: roleName,
  };
  const identity = {
    type: 'AssumedRole',
    principalId,
    arn,
    accountId: account,
    accessKeyId,
    sessionContext: {
      sessionIssuer,
      webIdFederationData: {},
      attributes: { creationDate: at, mfaAuthenticated: String(mfa) },
    },
    ...extra,
  };
  return { account, roleArn, arn, principalId, accessKeyId, identity };
}

/** An IAM user by long-lived key; now and then one who signed in with MFA, whose records have an empty issuer. */
export function iamUser(
  random: Random,
  { account, name, at, mfa = false }: { account: string; name: string; at: Instant; mfa?: boolean },
): Identity {
  const arn = `arn:aws:iam::${account}:user/${name}`;
  return {
    type: 'IAMUser',
    principalId: idOf('AIDA', arn, random),
    arn,
    accountId: account,
    accessKeyId: `${mfa ? 'ASIA' : 'AKIA'}${random.fork(`key ${arn} ${mfa}`).text(16, base32)}`,
    userName: name,
    ...(mfa && {
      sessionContext: {
        sessionIssuer: {},
        webIdFederationData: {},
        attributes: { creationDate: at, mfaAuthenticated: 'true' },
      },
    }),
  };
}

export const root = (account: string, at: Instant): Identity => ({
  type: 'Root',
  principalId: account,
  arn: `arn:aws:iam::${account}:root`,
  accountId: account,
  accessKeyId: '',
  sessionContext: { sessionIssuer: {}, attributes: { creationDate: at, mfaAuthenticated: 'true' } },
});

export const awsService = (service: string): Identity => ({ type: 'AWSService', invokedBy: service });

/** As logs show it, in clear: a reviewer's files must never repeat it. */
export const sessionToken = (random: Random): string => `IQoJb3JpZ2luX2Vj${random.text(680, alphanumeric)}`;

export const accountOf = (arn: string): string => arn.split(':')[4] ?? '';
