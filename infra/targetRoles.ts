import type { Catalogue } from '../domain/catalogue.ts';
import { boundaryPolicy, emptyDenyList } from '../domain/denyList.ts';
import { type CatalogueEntry, roleNameOf } from '../domain/entitlement.ts';
import type { ManagedPolicyDefinition, PolicyDocument, RoleDefinition, Statement } from './definitions.ts';
import { type Place, resourcesOf } from './installation.ts';
import { trailResourcesOf } from './trailResources.ts';

/** What a target account holds: a role for each entitlement with its boundary policy, and the revoker. */
export function targetDefinitions(
  service: Place,
  catalogue: Catalogue,
  account: string,
): { roles: RoleDefinition[]; managedPolicies: ManagedPolicyDefinition[] } {
  // Names of target roles and of the service's own would meet, and whoever is granted there would be near the keys.
  if (account === service.account)
    throw new Error(`The service's own account ${account} cannot be a target.`);
  const entries = [...catalogue.entries.values()].filter((entry) => entry.account.id === account);
  return {
    roles: [...entries.map((entry) => targetRole(service, entry)), revoker(service, account)],
    managedPolicies: entries.map((entry) => ({
      arn: boundaryArn(entry),
      policy: JSON.parse(boundaryPolicy(emptyDenyList)),
    })),
  };
}

const boundaryArn = ({ account, entitlement }: CatalogueEntry): string =>
  `arn:aws:iam::${account.id}:policy/countersign-boundary-${entitlement.role}`;

/** The ceiling of an entitlement: every session is this, narrowed by its session policy. */
function targetRole(service: Place, entry: CatalogueEntry): RoleDefinition {
  const { entitlement, account } = entry;
  return {
    account: account.id,
    name: roleNameOf(entitlement),
    trustPolicy: targetTrust(service),
    policy: {
      Version: '2012-10-17',
      Statement: [...entitlement.policy.map(asStatement), protectCountersign(service, account.id)],
    },
    managedPolicyArns: entitlement.managedPolicies,
    boundaryArn: boundaryArn(entry),
    maxSessionDuration: 3_600,
  };
}

function asStatement({
  Sid,
  Effect,
  Action,
  Resource,
  Condition,
}: CatalogueEntry['entitlement']['policy'][number]): Statement {
  return { ...(Sid !== undefined && { Sid }), Effect, Action, Resource, ...(Condition && { Condition }) };
}

/** Roles that deploy where no settings name any: those of the CDK's bootstrap, and of StackSets that an organization runs. */
const usualDeployRoles = ['arn:aws:iam::*:role/cdk-hnb659fds-*', 'arn:aws:iam::*:role/stacksets-exec-*'];

/**
 * Whatever an entitlement allows, a session never touches what bounds and watches it, nor what deploys that. In the role's own
 * policy: the boundary holds the deny list alone.
 */
const protectCountersign = (service: Place, account: string): Statement => ({
  Sid: 'ProtectCountersign',
  Effect: 'Deny',
  Action: ['iam:*', 'sts:AssumeRole', 'events:*', 'cloudtrail:*', 'cloudformation:*'],
  Resource: [
    `arn:aws:iam::${account}:role/countersign-*`,
    `arn:aws:iam::${account}:policy/countersign-*`,
    ...deployRolesIn(account, service.deployRoles),
    `arn:aws:events:*:${account}:rule/countersign-*`,
    trailResourcesOf(service).trailArn(account),
    ...['Countersign*', 'StackSet-Countersign*'].map(
      (stack) => `arn:aws:cloudformation:*:${account}:stack/${stack}`,
    ),
  ],
});

/** Those of the roles that deploy which are of this account. */
const deployRolesIn = (account: string, patterns = usualDeployRoles): string[] =>
  patterns
    .map((pattern) => pattern.replace('::*:', `::${account}:`))
    .filter((arn) => arn.split(':')[4] === account);

/** Only `issueSession`, only with a request's id as name, a source identity and the evidence tags, and nothing transitive. */
function targetTrust(service: Place): PolicyDocument {
  const { functionRoleArn } = resourcesOf(service);
  const Principal = { AWS: `arn:aws:iam::${service.account}:root` };
  const issuer = { ArnEquals: { 'aws:PrincipalArn': functionRoleArn('issueSession') } };
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'OnlyIssueSession',
        Effect: 'Allow',
        Principal,
        Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
        Condition: issuer,
      },
      deny('NoneWithoutPerson', { Null: { 'sts:SourceIdentity': 'true' } }),
      deny('NoneWithoutRequest', { Null: { 'aws:RequestTag/cs:request': 'true' } }),
      deny('NoneWithoutDigest', { Null: { 'aws:RequestTag/cs:digest': 'true' } }),
      // A request id is a ULID: 26 characters, the first at most 7.
      deny('NameIsRequest', { StringNotLike: { 'sts:RoleSessionName': '0?????????????????????????' } }),
      deny('NothingTransitive', { Null: { 'sts:TransitiveTagKeys': 'false' } }),
      onlyIn(service.region),
    ],
  };
}

const deny = (Sid: string, Condition: NonNullable<Statement['Condition']>): Statement => ({
  Sid,
  Effect: 'Deny',
  Principal: { AWS: '*' },
  Action: 'sts:AssumeRole',
  Condition,
});

/**
 * CloudTrail shows an AssumeRole in the region that was called, and the watch stands in one. Calls of the global endpoint
 * count as us-east-1 for both, wherever they are served.
 * https://aws.amazon.com/blogs/security/announcing-upcoming-changes-to-the-aws-security-token-service-global-endpoint/
 */
const onlyIn = (region: string): Statement =>
  deny('OnlyWhereWatched', { StringNotEquals: { 'aws:RequestedRegion': region } });

/** Writes versions of the boundary policies, which can only take away. Only `endGrant` becomes it. */
function revoker(service: Place, account: string): RoleDefinition {
  const { functionRoleArn } = resourcesOf(service);
  return {
    account,
    name: 'countersign-revoker',
    trustPolicy: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${service.account}:root` },
          Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
          Condition: { ArnEquals: { 'aws:PrincipalArn': functionRoleArn('endGrant') } },
        },
        onlyIn(service.region),
      ],
    },
    policy: {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'WriteBoundaries',
          Effect: 'Allow',
          Action: [
            'iam:CreatePolicyVersion',
            'iam:DeletePolicyVersion',
            'iam:ListPolicyVersions',
            'iam:GetPolicyVersion',
          ],
          Resource: `arn:aws:iam::${account}:policy/countersign-boundary-*`,
        },
      ],
    },
    managedPolicyArns: [],
    maxSessionDuration: 3_600,
  };
}
