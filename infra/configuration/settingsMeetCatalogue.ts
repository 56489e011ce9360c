import type { Catalogue } from '../../domain/catalogue.ts';
import { roleNameOf } from '../../domain/entitlement.ts';
import { functionEnvironment } from '../functionEnvironment.ts';
import { functionNames } from '../functions.ts';
import { type Installation, installationOf } from '../installation.ts';
import { serviceRoles } from '../serviceRoles.ts';
import { serviceRules } from '../serviceWatchRules.ts';
import { accountRules } from '../watchRules.ts';
import { type Fault, faultIf } from './fault.ts';
import type { Settings } from './settings.ts';
import { deployRolesMatching, isStsIssuer } from './settingsRules.ts';

/** What is wrong between the two files, by the file that it has to be corrected in. */
export interface MeetingFaults {
  settings: Fault[];
  catalogue: Fault[];
}

/** Every rule about what the settings and the catalogue say together, limits of AWS included. */
export function settingsMeetCatalogue(settings: Settings, catalogue: Catalogue): MeetingFaults {
  const installation = likeDeployed(settings);
  return {
    settings: [
      ...serviceAccountFaults(settings, catalogue),
      ...unknownAccountFaults(settings, catalogue),
      ...environmentFaults(installation),
      ...watchFaults(settings),
      ...deployRolesMatching(
        settings.deployRoles,
        [...catalogue.entries.values()].map(({ entitlement }) => roleNameOf(entitlement)),
      ),
    ],
    catalogue: [
      ...targetFaults(catalogue),
      ...machineFaults(settings, catalogue),
      ...policyFaults(installation, catalogue),
    ],
  };
}

function serviceAccountFaults({ service }: Settings, { targets }: Catalogue): Fault[] {
  return Object.entries(targets)
    .filter(([, { account }]) => account === service.account)
    .map(([name]) => ({
      path: ['service', 'account'],
      message: `must not be the account of a target, ${name}: whoever is granted there would be near the keys`,
    }));
}

/** Each target is a stack of its name in its account; a second one there would make the same roles again. */
function targetFaults({ targets }: Catalogue): Fault[] {
  const entries = Object.entries(targets);
  return entries.flatMap(([name, { account }], index) => [
    ...faultIf(
      !/^[A-Za-z0-9-]{1,100}$/.test(name),
      ['targets', name],
      'must be letters, digits and hyphens, at most 100: it becomes part of a stack’s name',
    ),
    ...faultIf(
      entries.findIndex(([, other]) => other.account === account) < index,
      ['targets', name, 'account'],
      'is the account of another target: one target for each account',
    ),
  ]);
}

/** What a machine of the catalogue needs in order to sign in, and what its issuer says about its account. */
function machineFaults({ signIn: { issuers } }: Settings, { machines }: Catalogue): Fault[] {
  const trusted = new Set(issuers.filter(({ kind }) => kind === 'machine').map(({ issuer }) => issuer));
  const entries = Object.entries(machines);
  return entries.flatMap(([name, { issuer, subject, account }]) => {
    const first = entries.find(([, other]) => other.issuer === issuer);
    const path = ['machines', name];
    return [
      ...faultIf(
        !trusted.has(issuer),
        [...path, 'issuer'],
        'must be one of signIn.issuers, of kind machine, letter by letter: this machine could never sign in',
      ),
      ...faultIf(
        isStsIssuer(issuer) && !subject.startsWith('arn:'),
        [...path, 'subject'],
        'must be the ARN of a role: AWS STS names nothing else',
      ),
      ...faultIf(
        isStsIssuer(issuer) && first?.[1].account !== account,
        [...path, 'account'],
        `must be that of ${first?.[0]}, whose issuer is the same: AWS STS has an issuer for each account`,
      ),
    ];
  });
}

/** The address of an STS issuer does not tell whose it is. That it is no target's is known only of those that a machine of the catalogue has. */
function unknownAccountFaults({ signIn: { issuers } }: Settings, { machines }: Catalogue): Fault[] {
  const named = new Set(Object.values(machines).map(({ issuer }) => issuer));
  return issuers.flatMap(({ issuer }, index) =>
    faultIf(
      isStsIssuer(issuer) && !named.has(issuer),
      ['signIn', 'issuers', index, 'issuer'],
      'must go until a machine of the catalogue has it: nobody can tell that it is no target account’s',
    ),
  );
}

/** Lambda takes 4 KB of environment, measured as JSON, and no more on request. */
const mostEnvironment = 4_096;

function environmentFaults(installation: Installation): Fault[] {
  const sizes = functionNames.map((name) =>
    Buffer.byteLength(JSON.stringify(functionEnvironment(name, installation, '/var/task/web'))),
  );
  const largest = Math.max(...sizes);
  return faultIf(
    largest > mostEnvironment,
    ['signIn', 'issuers'],
    `make an environment of ${largest} characters, and Lambda takes ${mostEnvironment}: fewer issuers, or shorter addresses`,
  );
}

/** EventBridge takes so many characters of an event pattern, and no more on request. */
const mostPattern = 2_048;

/** What each rule of the watch leaves out are the roles that deploy. */
function watchFaults(settings: Settings): Fault[] {
  const rules = [...accountRules(settings), ...serviceRules(settings)];
  const largest = Math.max(...rules.map(({ pattern }) => JSON.stringify(pattern).length));
  return faultIf(
    largest > mostPattern,
    ['deployRoles'],
    `make a rule of ${largest} characters, and EventBridge takes ${mostPattern}: fewer roles, or shorter names`,
  );
}

/** IAM takes so many characters of inline policies for a role, and no more on request. */
const mostPolicy = 10_240;

function policyFaults(installation: Installation, catalogue: Catalogue): Fault[] {
  return serviceRoles(installation, catalogue).flatMap(({ name, policy }) => {
    const size = JSON.stringify(policy).length;
    return faultIf(
      size > mostPolicy,
      ['entitlements'],
      `make a policy of ${size} characters for ${name}, and IAM takes ${mostPolicy}: fewer entitlements, or shorter role names`,
    );
  });
}

/** The installation with what only AWS can say in its true length. */
function likeDeployed(settings: Settings): Installation {
  const { account, region } = settings.service;
  const key = `arn:aws:kms:${region}:${account}:key/${'0'.repeat(36)}`;
  const endpoint = settings.api.access.kind === 'private' ? `-vpce-${'0'.repeat(17)}` : '';
  const generated = `${'0'.repeat(10)}${endpoint}.execute-api.${region}.amazonaws.com/access`;
  return installationOf(settings, {
    baseUrl: `https://${settings.api.domain?.name ?? generated}`,
    keys: { requests: key, approvalTokens: key, decisions: key },
    dataKey: key,
  });
}
