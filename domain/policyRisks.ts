import type { CatalogueFinding } from './catalogueFinding.ts';
import { type Danger, dangerousActions, dangers } from './dangerousActions.ts';
import type { CatalogueEntry, Entitlement, PolicyStatement } from './entitlement.ts';
import { coversAction, coversResource, hasWildcard } from './wildcards.ts';

/** What an entitlement's policy allows that whoever approves the change of the catalogue should have seen. */
export function policyRisks({ id, entitlement, account }: CatalogueEntry): CatalogueFinding[] {
  const { policy, managedPolicies, allowChaining } = entitlement;
  const warning = (path: (string | number)[], message: string): CatalogueFinding => ({
    severity: 'warning',
    path: ['entitlements', id, ...path],
    message,
  });
  return [
    ...policy.flatMap((statement, index) =>
      statement.Effect === 'Allow'
        ? [...statementRisks(statement, account.id), ...chainingRisks(statement, entitlement)].map(
            ({ key, message }) => warning(['policy', index, key], message),
          )
        : [],
    ),
    ...managedPolicies.flatMap((arn, index) =>
      everything.test(arn)
        ? [
            warning(
              ['managedPolicies', index],
              'allows nearly everything. Name the actions that are needed in policy',
            ),
          ]
        : [],
    ),
    ...(allowChaining
      ? [
          warning(
            ['allowChaining'],
            'lets the session assume further roles, and their sessions outlive the grant and its revocation. Take it out if nothing needs it',
          ),
        ]
      : []),
  ];
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_job-functions.html */
const everything = /\/(AdministratorAccess|PowerUserAccess|IAMFullAccess|SystemAdministrator)$/;

interface Risk {
  key: 'Action' | 'Resource';
  message: string;
}

function statementRisks({ Action, Resource, Condition }: PolicyStatement, account: string): Risk[] {
  const actions = list(Action);
  const resources = list(Resource);
  const exact = allDangerous.filter(({ action }) => actions.some((name) => isSame(name, action)));
  return [
    ...actions.filter(hasWildcard).flatMap(wildcardRisk),
    ...(resources.includes('*') && Condition === undefined ? exact.map(onEverything) : []),
    ...resources.flatMap((resource) => elsewhere(resource, account)),
  ];
}

const allDangerous = Object.entries(dangerousActions).flatMap(([danger, actions]) =>
  actions.map((action) => ({ action, danger: danger as Danger })),
);

/** A dangerous action that is named word for word was meant; one that a wildcard brings in may not have been. */
function wildcardRisk(pattern: string): Risk[] {
  if (/^\*(:\*)?$/.test(pattern))
    return [{ key: 'Action', message: `${pattern} allows everything. Name the actions that are needed` }];
  const [first, ...rest] = allDangerous.filter(({ action }) => coversAction(pattern, action));
  if (!first) return [];
  const more = rest.length > 0 ? `, and ${rest.length} more of that kind` : '';
  const message = `${pattern} allows ${first.action}, which ${dangers[first.danger]}${more}. Name the actions that are needed`;
  return [{ key: 'Action', message }];
}

const onEverything = ({ action, danger }: { action: string; danger: Danger }): Risk => ({
  key: 'Resource',
  message: `is * for ${action}, which ${dangers[danger]}. Name the resources, or add a Condition`,
});

/** A role can be granted what is in another account only by a policy there, which the grant does not bound. */
function elsewhere(resource: string, account: string): Risk[] {
  const owner = resource.split(':')[4] ?? '';
  if (!/^\d{12}$/.test(owner) || owner === account) return [];
  const message = `${resource} is in account ${owner}, and the target is ${account}. Correct the account, unless that is meant`;
  return [{ key: 'Resource', message }];
}

/**
 * Without `allowChaining` each session policy denies `sts:AssumeRole`, whatever a statement allows: nothing to say then. With it, only the
 * resources say which roles can be taken.
 */
function chainingRisks({ Action, Resource, Condition }: PolicyStatement, entitlement: Entitlement): Risk[] {
  const taking = list(Action).find((action) => coversAction(action, 'sts:AssumeRole'));
  if (!entitlement.allowChaining || taking === undefined || Condition !== undefined) return [];
  return list(Resource)
    .filter(isEveryRole)
    .map((resource) => ({
      key: 'Resource',
      message: `${everyRoleIn(resource)} for ${taking}: the session can take any role that trusts it or its account, and go on there after the grant. Name the roles, or add a Condition`,
    }));
}

/** Whether it covers all roles of an account: of the one that it names, or of each that its pattern stands for. */
function isEveryRole(resource: string): boolean {
  const [, partition = '', , , account = ''] = resource.split(':');
  return coversResource(resource, `arn:${partition}:iam::${account}:role/*`);
}

function everyRoleIn(resource: string): string {
  if (resource === '*') return 'is *';
  const account = resource.split(':')[4] ?? '';
  return `${resource} is every role of ${hasWildcard(account) ? 'more than one account' : `account ${account}`}`;
}

const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

const list = (value: string | string[]): string[] => (Array.isArray(value) ? value : [value]);
