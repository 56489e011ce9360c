import type { MacKeyDefinition, PolicyDocument, Statement } from './definitions.ts';
import type { FunctionName } from './functions.ts';
import { type Installation, type Place, resourcesOf } from './installation.ts';
import { keyAdministration } from './keyAdministration.ts';

type MacKeyName = keyof Installation['keys'];

/** Who makes codes with each key. `issueSession` alone verifies them. */
const makers: Record<MacKeyName, { maker: FunctionName; alias: string }> = {
  requests: { maker: 'requests', alias: 'alias/countersign-requests' },
  approvalTokens: { maker: 'notifyApprovers', alias: 'alias/countersign-approval-tokens' },
  decisions: { maker: 'decisions', alias: 'alias/countersign-decisions' },
};

export const macKeyNames = Object.keys(makers) as MacKeyName[];

/** A key before KMS has given it an id. */
export function macKeyOf(place: Place, name: MacKeyName): Omit<MacKeyDefinition, 'arn'> {
  const { maker, alias } = makers[name];
  return { alias, policy: keyPolicy(place, maker) };
}

/** The three HMAC keys. */
export const macKeys = (installation: Installation): MacKeyDefinition[] =>
  macKeyNames.map((name) => ({ arn: installation.keys[name], ...macKeyOf(installation, name) }));

/**
 * A default key policy hands the key to the account's IAM, so anybody with `kms:GenerateMac` could forge; this one
 * denies it to all but the one role, denies grants to all, and leaves the account administration only.
 */
function keyPolicy(place: Place, maker: FunctionName): PolicyDocument {
  const { functionRoleArn } = resourcesOf(place);
  const only = (Sid: string, Action: string, name: FunctionName): Statement => ({
    Sid,
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${place.account}:root` },
    Action,
    Resource: '*',
    Condition: { ArnEquals: { 'aws:PrincipalArn': functionRoleArn(name) } },
  });
  return {
    Version: '2012-10-17',
    Statement: [
      keyAdministration(place.account),
      only('Make', 'kms:GenerateMac', maker),
      only('Verify', 'kms:VerifyMac', 'issueSession'),
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
