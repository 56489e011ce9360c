import { describe, expect, test } from 'vitest';
import type { RoleDefinition } from '#infra/definitions.ts';
import { placeOf } from '#infra/installation.ts';
import { targetDefinitions } from '#infra/targetRoles.ts';
import { aCatalogue, entitlementIn } from '../support/builders.ts';
import { deployedRoles, isAllowed } from '../support/deployedPolicies.ts';
import {
  type Resource,
  resolved,
  resourcesOfType,
  someSettings,
  synthesized,
  type Template,
} from '../support/stacks.ts';

const target = '111122223333';
const stacks = synthesized();
const production = stacks.targets.production as Template;
const roles = deployedRoles(stacks);
const roleNamed = (name: string) => {
  const role = roles.find((candidate) => candidate.name === name);
  if (!role) throw new RangeError(`No stack has a role ${name}.`);
  return role;
};

const named = (template: Template, type: string, property: string): Record<string, Resource> =>
  Object.fromEntries(
    Object.values(resourcesOfType(template, type)).map((resource) => [
      resource.Properties[property],
      resource,
    ]),
  );

const dependenciesOf = ({ DependsOn = [] }: Resource, template: Template) =>
  [DependsOn].flat().map((id) => template.Resources[id]?.Properties);

describe('a target stack', () => {
  test('deploys the roles that the local endpoint enforces', () => {
    const defined = targetDefinitions(placeOf(someSettings()), aCatalogue(), target).roles;
    const deployed = named(production, 'AWS::IAM::Role', 'RoleName');
    const propertiesOf = (role: RoleDefinition) => ({
      RoleName: role.name,
      AssumeRolePolicyDocument: role.trustPolicy,
      Policies: [{ PolicyName: 'permissions', PolicyDocument: role.policy }],
      ManagedPolicyArns: role.managedPolicyArns,
      MaxSessionDuration: role.maxSessionDuration,
      ...(role.boundaryArn !== undefined && { PermissionsBoundary: role.boundaryArn }),
    });
    for (const role of defined)
      expect(resolved(production, deployed[role.name]?.Properties)).toMatchObject(propertiesOf(role));
    expect(Object.keys(deployed).sort()).toEqual(
      [...defined.map(({ name }) => name), 'countersign-watch'].sort(),
    );
  });

  test('makes each boundary before the role that it bounds, so that no role is ever without', () => {
    const deployed = Object.values(resourcesOfType(production, 'AWS::IAM::Role'));
    const bounded = deployed.filter(({ Properties }) => Properties.PermissionsBoundary !== undefined);
    expect(bounded).toHaveLength(3);
    for (const role of bounded)
      expect(dependenciesOf(role, production)).toContainEqual(
        expect.objectContaining({ ManagedPolicyName: role.Properties.PermissionsBoundary.split('/')[1] }),
      );
  });

  // CloudFormation writes a policy when its text differs from the deployment before, over a deny list in use.
  test('never has another text for a boundary than this one, in any deployment', () => {
    const boundaries = Object.values(resourcesOfType(production, 'AWS::IAM::ManagedPolicy'));
    expect(boundaries).toHaveLength(3);
    for (const { Properties } of boundaries)
      expect(JSON.stringify(Properties.PolicyDocument)).toBe(
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
      );
  });

  test('changes nothing of the other roles and boundaries when an entitlement comes or goes', () => {
    const fewer = aCatalogue((source) => {
      delete source.entitlements['orders-admin'];
    });
    const { production: without } = synthesized({ catalogue: fewer }).targets as { production: Template };
    expect(Object.keys(without.Resources)).toHaveLength(Object.keys(production.Resources).length - 2);
    expect(production.Resources).toMatchObject(without.Resources);
  });

  test('needs nothing in the account beforehand: no parameters, no assets, nothing of another stack', () => {
    expect(production).not.toHaveProperty('Parameters');
    expect(production).not.toHaveProperty('Rules');
    expect(JSON.stringify(production)).not.toMatch(/Fn::(ImportValue|GetAtt|Sub)|cdk-hnb659fds-assets/);
  });

  test('records the account in the archive of the service’s', () => {
    const [trail] = Object.values(resourcesOfType(production, 'AWS::CloudTrail::Trail'));
    expect(trail?.Properties).toMatchObject({
      TrailName: 'countersign',
      IsLogging: true,
      IsMultiRegionTrail: true,
      IncludeGlobalServiceEvents: true,
      EnableLogFileValidation: true,
      S3BucketName: 'countersign-trail-999988887777-us-east-1',
      KMSKeyId: 'arn:aws:kms:us-east-1:999988887777:alias/countersign-trail',
    });
  });

  test('has no trail where the organization has one', () => {
    const settings = someSettings((source) => {
      source.retention.trail = { kind: 'organization' };
    });
    const { production: without } = synthesized({ settings }).targets as { production: Template };
    expect(resourcesOfType(without, 'AWS::CloudTrail::Trail')).toEqual({});
    expect(Object.keys(resourcesOfType(without, 'AWS::Events::Rule'))).toHaveLength(8);
  });

  test('hands what its watch finds to the trail’s bus, reading calls included', () => {
    const rules = Object.values(resourcesOfType(production, 'AWS::Events::Rule'));
    expect(rules).toHaveLength(8);
    for (const { Properties, DependsOn } of rules) {
      expect(Properties.State).toBe('ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS');
      expect(Properties.Targets).toEqual([
        {
          Id: 'trail',
          Arn: 'arn:aws:events:us-east-1:999988887777:event-bus/countersign-trail',
          RoleArn: `arn:aws:iam::${target}:role/countersign-watch`,
        },
      ]);
      expect(DependsOn).toHaveLength(1);
    }
  });
});

describe('a target role', () => {
  const issueSession = roleNamed('countersign-issue-session');
  const endGrant = roleNamed('countersign-end-grant');
  const ordersRead = roleNamed('countersign-orders-read');
  const revoker = roleNamed('countersign-revoker');
  const assume = (
    by: typeof issueSession,
    role: typeof ordersRead,
    context: Record<string, string | string[]> = {},
  ) =>
    isAllowed({
      by,
      action: 'sts:AssumeRole',
      resource: role.arn,
      account: target,
      resourcePolicy: role.trustPolicy,
      context: {
        'sts:RoleSessionName': '01KANB1X000000000000000001',
        'sts:SourceIdentity': 'alice@example.com',
        'aws:RequestTag/cs:request': '01KANB1X000000000000000001',
        'aws:RequestTag/cs:digest': 'A'.repeat(43),
        ...context,
      },
    });

  test('is assumed in the region whose events are watched, and in no other', async () => {
    expect(await assume(issueSession, ordersRead)).toBe(true);
    expect(await assume(endGrant, revoker)).toBe(true);
    for (const region of ['eu-central-1', 'us-east-2']) {
      expect(await assume(issueSession, ordersRead, { 'aws:RequestedRegion': region })).toBe(false);
      expect(await assume(endGrant, revoker, { 'aws:RequestedRegion': region })).toBe(false);
    }
  });

  test.each([
    ['iam:PutRolePolicy', `arn:aws:iam::${target}:role/countersign-orders-all`],
    ['iam:CreatePolicyVersion', `arn:aws:iam::${target}:policy/countersign-boundary-orders-all`],
    ['events:DisableRule', `arn:aws:events:us-east-1:${target}:rule/countersign-watch-rules`],
    ['events:RemoveTargets', `arn:aws:events:us-east-1:${target}:rule/countersign-watch-assumed`],
    ['cloudtrail:StopLogging', `arn:aws:cloudtrail:us-east-1:${target}:trail/countersign`],
  ])('cannot %s of what bounds or watches it, whatever its entitlement allows', async (action, resource) => {
    const catalogue = aCatalogue((source) => {
      const entitlement = entitlementIn(source, 'orders-read');
      entitlement.role = 'orders-all';
      entitlement.policy = [{ Effect: 'Allow', Action: '*', Resource: '*' }];
    });
    const [by] = deployedRoles(synthesized({ catalogue })).filter(
      ({ name }) => name === 'countersign-orders-all',
    );
    if (!by) throw new Error('The role is in the catalogue.');
    expect(await isAllowed({ by, action, resource, account: target })).toBe(false);
    expect(
      await isAllowed({ by, action, resource: resource.replace('countersign', 'other'), account: target }),
    ).toBe(true);
  });
});

describe('where the service is not in us-east-1', () => {
  const settings = someSettings((source) => {
    source.service.region = 'eu-central-1';
  });
  const { all } = synthesized({ settings });
  const home = all['CountersignTarget-production'] as Template;
  const global = all['CountersignTarget-production-us-east-1'] as Template;

  test('the watch stands in both regions: IAM’s events appear in us-east-1 only', () => {
    const rulesOf = (template: Template) => named(template, 'AWS::Events::Rule', 'Name');
    expect(Object.keys(rulesOf(global))).toEqual(Object.keys(rulesOf(home)));
    for (const { Properties } of Object.values(rulesOf(global)))
      expect(Properties.Targets[0].Arn).toBe(
        'arn:aws:events:eu-central-1:999988887777:event-bus/countersign-trail',
      );
  });

  test('everything else is made once', () => {
    expect(Object.values(global.Resources).map(({ Type }) => Type)).toEqual(
      Array(8).fill('AWS::Events::Rule'),
    );
    expect(Object.keys(resourcesOfType(home, 'AWS::IAM::Role'))).toHaveLength(5);
  });

  test('the roles are assumed there, and us-east-1 counts as elsewhere', () => {
    for (const { Properties } of Object.values(resourcesOfType(home, 'AWS::IAM::Role')))
      if (Properties.RoleName !== 'countersign-watch')
        expect(Properties.AssumeRolePolicyDocument.Statement).toContainEqual(
          expect.objectContaining({
            Condition: { StringNotEquals: { 'aws:RequestedRegion': 'eu-central-1' } },
          }),
        );
  });
});

describe('what AWS would refuse in the middle of a deployment', () => {
  const characters = (policy: object): number => JSON.stringify(policy).length;

  test('is refused before: more entitlements than a stack has room for', () => {
    const catalogue = aCatalogue((source) => {
      const entitlement = entitlementIn(source, 'orders-read');
      for (let index = 0; index < 250; index += 1)
        source.entitlements[`orders-${index}`] = { ...entitlement, role: `orders-${index}` };
    });
    expect(() => synthesized({ catalogue })).toThrow(
      /^Target production: its stack has \d+ resources; AWS takes 500\./,
    );
  });

  test('does not come up: policies and names are within IAM’s limits', () => {
    const { roles: defined, managedPolicies } = targetDefinitions(
      placeOf(someSettings()),
      aCatalogue(),
      target,
    );
    for (const { name, trustPolicy, policy } of defined) {
      expect(name.length).toBeLessThanOrEqual(64);
      expect(characters(trustPolicy)).toBeLessThanOrEqual(2_048);
      expect(characters(policy)).toBeLessThanOrEqual(10_240);
    }
    for (const { policy } of managedPolicies) expect(characters(policy)).toBeLessThanOrEqual(6_144);
  });
});
