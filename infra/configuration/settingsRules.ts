import { isLiteral } from '../../domain/literalText.ts';
import { covers } from '../../domain/wildcards.ts';
import { functionNames } from '../functions.ts';
import { functionResourceName } from '../installation.ts';
import { type Fault, faultIf } from './fault.ts';
import type { Settings } from './settings.ts';
import type { Path } from './yamlFile.ts';

/** Every rule about what several settings say together. */
export const settingsFaults = (settings: Settings): Fault[] => [
  ...literalFaults(settings, []),
  ...issuerFaults(settings),
  ...clientFaults(settings, 'page'),
  ...clientFaults(settings, 'commandLine'),
  ...domainFaults(settings),
  ...webAclFaults(settings),
  ...throttleFaults(settings),
  ...alarmFaults(settings),
  ...trailFaults(settings),
  ...deployRoleFaults(settings),
  ...tagFaults(settings),
];

/** CDK and CloudFormation fill in what looks like their own, wherever it stands. */
function literalFaults(value: unknown, path: Path): Fault[] {
  if (typeof value === 'string')
    return faultIf(!isLiteral(value), path, 'must not contain ${, #{ or {{: nothing is filled in here');
  if (Array.isArray(value)) return value.flatMap((item, index) => literalFaults(item, [...path, index]));
  return value instanceof Object
    ? Object.entries(value).flatMap(([key, item]) => [
        ...literalFaults(key, [...path, key]),
        ...literalFaults(item, [...path, key]),
      ])
    : [];
}

/** AWS issues tokens of every account that asks for it under such an address (IAM: outbound identity federation). */
export const isStsIssuer = (issuer: string): boolean =>
  /^https:\/\/[^/]+\.tokens\.sts\.global\.api\.aws\/?$/.test(issuer);

function issuerFaults({ signIn: { issuers } }: Settings): Fault[] {
  const addresses = issuers.map(({ issuer }) => issuer);
  const each = issuers.flatMap(({ issuer, kind, groupsClaim }, index) => {
    const path = ['signIn', 'issuers', index];
    return [
      ...faultIf(addresses.indexOf(issuer) < index, [...path, 'issuer'], 'stands here twice'),
      ...faultIf(
        kind === 'human' && isStsIssuer(issuer),
        [...path, 'kind'],
        'must be machine: tokens of AWS STS name roles, never people',
      ),
      ...faultIf(
        kind === 'machine' && groupsClaim,
        [...path, 'groupsClaim'],
        'is for people: machines are in no group',
      ),
    ];
  });
  const nobody = !issuers.some(({ kind }) => kind === 'human');
  return [
    ...each,
    ...faultIf(nobody, ['signIn', 'issuers'], 'must have one of kind human: only people approve'),
  ];
}

const whoSignsIn = {
  page: 'people sign in on the page',
  commandLine: 'machines need no sign-in, they bring their token',
};

function clientFaults({ signIn }: Settings, name: keyof typeof whoSignsIn): Fault[] {
  const client = signIn[name];
  if (!client) return [];
  const found = signIn.issuers.find(({ issuer }) => issuer === client.issuer);
  const path = ['signIn', name, 'issuer'];
  return [
    ...faultIf(!found, path, 'must be one of signIn.issuers, letter by letter'),
    ...faultIf(found?.kind === 'machine', path, `must be of kind human: ${whoSignsIn[name]}`),
    ...faultIf(
      client.bearer === 'id_token' && found !== undefined && found.audience !== client.clientId,
      ['signIn', name, 'bearer'],
      `must be access_token unless the issuer’s audience is the clientId, ${client.clientId}: that is whom an ID token is for`,
    ),
  ];
}

function domainFaults({ api: { access, domain }, service }: Settings): Fault[] {
  if (!domain) return [];
  const { name, certificateArn, hostedZone } = domain;
  const zone = hostedZone?.name ?? name;
  return [
    // AWS::ApiGateway::DomainName is for public APIs; private ones have DomainNameV2 and an association with each endpoint.
    ...faultIf(
      access.kind === 'private',
      ['api', 'domain'],
      'must go while api.access is private: a private API takes another kind of domain, which Countersign does not make',
    ),
    ...placeFaults(['api', 'domain', 'certificateArn'], certificateArn, service),
    ...faultIf(
      name !== zone && !name.endsWith(`.${zone}`),
      ['api', 'domain', 'name'],
      `must lie in the hosted zone, ${zone}`,
    ),
  ];
}

const webAclFaults = ({ api: { webAclArn }, service }: Settings): Fault[] =>
  webAclArn === undefined ? [] : placeFaults(['api', 'webAclArn'], webAclArn, service);

/** A regional API takes certificates and web ACLs of its own region and account only. */
function placeFaults(path: Path, arn: string, { account, region }: Settings['service']): Fault[] {
  const [, , , arnRegion, arnAccount] = arn.split(':');
  return [
    ...faultIf(arnRegion !== region, path, `must be in the API’s region, ${region}`),
    ...faultIf(arnAccount !== account, path, `must be in the API’s account, ${account}`),
  ];
}

const throttleFaults = ({ api: { throttle } }: Settings): Fault[] =>
  faultIf(
    throttle.burst < throttle.perSecond,
    ['api', 'throttle', 'burst'],
    'must be at least perSecond: as many may well come at once',
  );

function alarmFaults({ alarms: { to } }: Settings): Fault[] {
  const addresses = to.map((address) => address.toLowerCase());
  return addresses.flatMap((address, index) =>
    faultIf(addresses.indexOf(address) < index, ['alarms', 'to', index], `names ${address} twice`),
  );
}

function trailFaults({ retention: { trail } }: Settings): Fault[] {
  return faultIf(
    trail.kind === 'own' && trail.deleteAfterDays < trail.lockDays,
    ['retention', 'trail', 'deleteAfterDays'],
    'must be at least lockDays: what is locked cannot be deleted',
  );
}

/** Whoever is on this list changes roles without an alarm: not what runs as one of them. */
function deployRoleFaults({ deployRoles }: Settings): Fault[] {
  const own = ['notary', 'revoker', 'watch', 'workflow'].map((name) => `countersign-${name}`);
  return [
    ...deployRoles.flatMap(patternFaults),
    ...deployRolesMatching(deployRoles, [...own, ...functionNames.map(functionResourceName)]),
  ];
}

/** So much of a name has to be said that no role in use for something else fits it by chance. */
const leastOfName = 6;

function patternFaults(pattern: string, index: number): Fault[] {
  const path = ['deployRoles', index];
  const name = pattern.replace(/^.*:role\//, '');
  const said = name.replaceAll(/[*?/]/g, '').length;
  return [
    ...faultIf(
      /\?|\*\*/.test(name),
      path,
      'must have single * where it varies: EventBridge knows no ? and no **',
    ),
    ...faultIf(
      said < leastOfName && said < name.length,
      path,
      `must name at least ${leastOfName} characters beside *: whatever fits it changes roles without an alarm`,
    ),
  ];
}

/** A fault for each pattern that one of these roles of Countersign fits. */
export function deployRolesMatching(patterns: readonly string[], roleNames: readonly string[]): Fault[] {
  return patterns.flatMap((pattern, index) =>
    faultIf(
      roleNames.some((name) => covers(pattern.replace(/^.*:role\//, ''), name)),
      ['deployRoles', index],
      'must not match Countersign’s own roles: what they change has to raise an alarm',
    ),
  );
}

/** As many as leave room for more by stack or organization: AWS takes 50. Grammar of IAM, the narrowest that is met. */
const mostTags = 40;
const tagText = /^[\p{L}\p{Z}\p{N}_.:/=+@-]*$/u;

function tagFaults({ tags }: Settings): Fault[] {
  const lowered = Object.keys(tags).map((key) => key.toLowerCase());
  const each = Object.entries(tags).flatMap(([key, value], index) => {
    const path = ['tags', key];
    const lower = key.toLowerCase();
    return [
      ...faultIf(
        key.length < 1 || key.length > 128 || value.length > 256,
        path,
        'must have a name of 1 to 128 characters, and a value of at most 256',
      ),
      ...faultIf(
        !tagText.test(key) || !tagText.test(value),
        path,
        'has a character that tags cannot have: they take letters, digits, spaces and _.:/=+-@',
      ),
      ...faultIf(
        ['aws:', 'cs:', 'countersign:'].some((prefix) => lower.startsWith(prefix)),
        path,
        'must not begin like tags of AWS (aws:) or of Countersign’s evidence (cs:, countersign:)',
      ),
      ...faultIf(
        lowered.indexOf(lower) < index,
        path,
        'differs from another only in letter case, which IAM ignores',
      ),
    ];
  });
  return [...each, ...faultIf(lowered.length > mostTags, ['tags'], `must have at most ${mostTags} entries`)];
}
