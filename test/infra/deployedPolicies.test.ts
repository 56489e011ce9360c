import { describe, expect, test } from 'vitest';
import type { PolicyDocument, Statement } from '#infra/definitions.ts';
import wildcards from '../cases/wildcardResources.json' with { type: 'json' };
import {
  type DeployedRole,
  deployedRoles,
  isAllowed,
  type Placed,
  placedStatements,
} from '../support/deployedPolicies.ts';
import { resolved, resourcesOfType, synthesized } from '../support/stacks.ts';

/** The policies as CloudFormation would deploy them, asked as IAM would be. */
const stacks = synthesized();
const statements = placedStatements(stacks);
const roles = deployedRoles(stacks);
const service = '999988887777';
const production = '111122223333';
const request = '01JD9Q7ZK5W3M8N4P6R2T0V1XY';

const role = (name: string): DeployedRole => {
  const found = roles.find((candidate) => candidate.name === name);
  if (!found) throw new RangeError(`No role ${name} is deployed.`);
  return found;
};

const listOf = (value: string | string[] | undefined): string[] =>
  value === undefined ? [] : [value].flat();
const allows = ({ statement }: Placed): boolean => statement.Effect === 'Allow';
const actionsOf = ({ Action }: Statement): string[] => listOf(Action);
const placesOf = (placed: Placed[]): string[] => [...new Set(placed.map(({ place }) => place))].sort();

/** The names of the deployed roles for which the answer is yes. */
async function whoMay(question: (by: DeployedRole) => Promise<boolean>): Promise<string[]> {
  const answers = await Promise.all(roles.map(async (by) => ((await question(by)) ? [by.name] : [])));
  return answers.flat().sort();
}

const functionArn = (name: string): string => `arn:aws:lambda:us-east-1:${service}:function:${name}`;
const targetRoles = ['countersign-orders-read', 'countersign-orders-admin', 'countersign-orders-item'];

describe('Who may run what', () => {
  test('only the state machine may invoke issueSession', async () => {
    const resource = functionArn('countersign-issue-session');
    const invokers = await whoMay((by) =>
      isAllowed({ by, action: 'lambda:InvokeFunction', resource, account: service }),
    );
    expect(invokers).toEqual(['countersign-workflow']);
    const permissions = statements.filter(({ kind }) => kind === 'function');
    expect(permissions.filter(({ statement }) => listOf(statement.Resource).includes(resource))).toEqual([]);
  });

  test('nobody but API Gateway, EventBridge and the workflow invokes any function', () => {
    const invokers = statements
      .filter(
        (placed) =>
          allows(placed) && actionsOf(placed.statement).some((action) => action.startsWith('lambda:Invoke')),
      )
      .map(({ place, kind, statement: { Principal } }) =>
        kind === 'function' && typeof Principal === 'object' ? listOf(Principal.Service) : [place],
      );
    expect([...new Set(invokers.flat())].sort()).toEqual([
      'CountersignService/countersign-workflow',
      'apigateway.amazonaws.com',
      'events.amazonaws.com',
    ]);
  });

  test('every permission on a function names the one source that may use it', () => {
    const open = statements.filter(
      ({ kind, statement }) => kind === 'function' && statement.Condition === undefined,
    );
    expect(placesOf(open)).toEqual([]);
  });

  test('only requests and reconcile start the workflow', async () => {
    const resource = `arn:aws:states:us-east-1:${service}:stateMachine:countersign-grant`;
    expect(
      await whoMay((by) => isAllowed({ by, action: 'states:StartExecution', resource, account: service })),
    ).toEqual(['countersign-reconcile', 'countersign-requests']);
  });
});

describe('The three HMAC keys', () => {
  const makers = {
    'alias/countersign-requests': 'countersign-requests',
    'alias/countersign-approval-tokens': 'countersign-notify-approvers',
    'alias/countersign-decisions': 'countersign-decisions',
  };
  const template = stacks.service;
  const keys = Object.values(resourcesOfType(template, 'AWS::KMS::Alias')).flatMap(({ Properties }) => {
    const alias: string = Properties.AliasName;
    if (!(alias in makers)) return [];
    const arn: string = resolved(template, Properties.TargetKeyId).includes('arn:')
      ? resolved(template, Properties.TargetKeyId)
      : `arn:aws:kms:us-east-1:${service}:key/${resolved(template, Properties.TargetKeyId)}`;
    const logicalId: string = Properties.TargetKeyId.Ref ?? Properties.TargetKeyId['Fn::GetAtt'][0];
    const policy: PolicyDocument = resolved(template, template.Resources[logicalId]?.Properties.KeyPolicy);
    return [{ alias: alias as keyof typeof makers, arn, policy }];
  });

  test('are three', () => {
    expect(keys.map(({ alias }) => alias).sort()).toEqual(Object.keys(makers).sort());
  });

  test.each(keys)(
    '$alias: GenerateMac is allowed to one role and denied to everybody else',
    async ({ alias, arn, policy }) => {
      const ask = (by: DeployedRole | { administratorOf: string }, action: string) =>
        isAllowed({ by, action, resource: arn, account: service, resourcePolicy: policy });
      expect(await whoMay((by) => ask(by, 'kms:GenerateMac'))).toEqual([makers[alias]]);
      expect(await whoMay((by) => ask(by, 'kms:VerifyMac'))).toEqual(['countersign-issue-session']);
      expect(await whoMay((by) => ask(by, 'kms:CreateGrant'))).toEqual([]);
      for (const action of ['kms:GenerateMac', 'kms:VerifyMac', 'kms:CreateGrant'])
        expect({ action, allowed: await ask({ administratorOf: service }, action) }).toEqual({
          action,
          allowed: false,
        });
    },
  );
});

describe('Target roles', () => {
  const context = {
    'sts:RoleSessionName': request,
    'sts:SourceIdentity': 'alice@example.com',
    'aws:RequestTag/cs:request': request,
    'aws:RequestTag/cs:digest': 'a-digest',
    'aws:TagKeys': ['cs:request', 'cs:digest'],
  };
  const assume = (by: DeployedRole | { administratorOf: string }, name: string, changed: object = {}) =>
    isAllowed({
      by,
      action: 'sts:AssumeRole',
      resource: role(name).arn,
      account: production,
      resourcePolicy: role(name).trustPolicy,
      context: Object.fromEntries(
        Object.entries({ ...context, ...changed }).filter(([, value]) => value !== undefined),
      ),
    });

  test.each(targetRoles)('%s: no function but issueSession may assume it', async (name) => {
    expect(await whoMay((by) => assume(by, name))).toEqual(['countersign-issue-session']);
  });

  test.each(targetRoles)('%s: no administrator may assume it, of either account', async (name) => {
    expect(await assume({ administratorOf: service }, name)).toBe(false);
    expect(await assume({ administratorOf: production }, name)).toBe(false);
  });

  test.each([
    ['without a person', { 'sts:SourceIdentity': undefined }],
    ['without a request', { 'aws:RequestTag/cs:request': undefined }],
    ['without a digest', { 'aws:RequestTag/cs:digest': undefined }],
    ['under a name that is no request', { 'sts:RoleSessionName': 'maintenance' }],
    ['with tags that go on to other roles', { 'sts:TransitiveTagKeys': ['cs:request'] }],
  ])('not even issueSession may assume one %s', async (_, changed) => {
    expect(await assume(role('countersign-issue-session'), 'countersign-orders-read', changed)).toBe(false);
  });

  test('the revoker is for endGrant only', async () => {
    const revoker = role('countersign-revoker');
    const who = await whoMay((by) =>
      isAllowed({
        by,
        action: 'sts:AssumeRole',
        resource: revoker.arn,
        account: production,
        resourcePolicy: revoker.trustPolicy,
        context: { 'sts:RoleSessionName': request, 'sts:SourceIdentity': 'countersign' },
      }),
    );
    expect(who).toEqual(['countersign-end-grant']);
  });

  test('the revoker changes boundary policies and nothing else', async () => {
    const by = role('countersign-revoker');
    const may = (action: string, resource: string) =>
      isAllowed({ by, action, resource, account: production });
    const boundary = `arn:aws:iam::${production}:policy/countersign-boundary-orders-read`;
    expect(await may('iam:CreatePolicyVersion', boundary)).toBe(true);
    expect(await may('iam:CreatePolicyVersion', `arn:aws:iam::${production}:policy/another`)).toBe(false);
    expect(await may('iam:DeletePolicy', boundary)).toBe(false);
    expect(await may('iam:PutRolePolicy', role('countersign-orders-read').arn)).toBe(false);
  });

  test.each(targetRoles)('%s cannot touch what bounds it, whatever its ceiling', async (name) => {
    const by: DeployedRole = {
      ...role(name),
      policy: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }, ...role(name).policy.Statement],
      },
    };
    const may = (action: string, resource: string) =>
      isAllowed({ by, action, resource, account: production });
    const boundary = `arn:aws:iam::${production}:policy/countersign-boundary-orders-read`;
    expect(await may('iam:CreatePolicyVersion', boundary)).toBe(false);
    expect(await may('iam:DeleteRolePermissionsBoundary', by.arn)).toBe(false);
    expect(await may('iam:UpdateAssumeRolePolicy', by.arn)).toBe(false);
    // The ceiling was taken away for this test only: what is denied above is denied by name.
    expect(await may('dynamodb:GetItem', `arn:aws:dynamodb:us-east-1:${production}:table/orders`)).toBe(true);
  });

  test.each(targetRoles)('%s cannot touch what deploys it, whatever its ceiling', async (name) => {
    const everything = { Effect: 'Allow' as const, Action: '*', Resource: '*' };
    const by: DeployedRole = {
      ...role(name),
      policy: { Version: '2012-10-17', Statement: [everything, ...role(name).policy.Statement] },
    };
    const may = (action: string, resource: string) =>
      isAllowed({ by, action, resource, account: production });
    const stack = (stackName: string): string =>
      `arn:aws:cloudformation:us-east-1:${production}:stack/${stackName}/0a1b`;
    for (const countersign of ['CountersignTarget-production', 'StackSet-CountersignTargets-0a1b'])
      expect(await may('cloudformation:UpdateStack', stack(countersign)), countersign).toBe(false);
    for (const deployer of ['deploy-countersign', 'stacksets-exec-0a1b'])
      for (const action of ['iam:PassRole', 'iam:UpdateAssumeRolePolicy', 'sts:AssumeRole'])
        expect(await may(action, `arn:aws:iam::${production}:role/${deployer}`), deployer).toBe(false);
    expect(await may('cloudformation:UpdateStack', stack('Orders'))).toBe(true);
    expect(await may('iam:PassRole', `arn:aws:iam::${production}:role/orders`)).toBe(true);
  });

  test.each(targetRoles)('%s: its boundary takes nothing away until somebody is denied', (name) => {
    expect(role(name).boundary?.Statement.map(({ Effect, Action }) => [Effect, Action])).toEqual([
      ['Allow', '*'],
    ]);
  });
});

describe('The notary', () => {
  const attest = (by: DeployedRole, context: Record<string, string> = {}) =>
    isAllowed({
      by,
      action: 'sts:AssumeRole',
      resource: role('countersign-notary').arn,
      account: service,
      resourcePolicy: role('countersign-notary').trustPolicy,
      context: {
        'sts:RoleSessionName': request,
        'sts:SourceIdentity': 'bob@example.com',
        'aws:RequestTag/cs:event': 'approved',
        'aws:TagKeys': ['cs:event'],
        ...context,
      },
    });
  const everything: PolicyDocument = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
  };

  test.each(['countersign-x/evil', 'countersign-x/countersign-decisions', 'countersign-y', 'ops'])(
    'attests nothing for role/%s, whose owner may do everything',
    async (name) => {
      const arn = `arn:aws:iam::${service}:role/${name}`;
      expect(await attest({ ...role('countersign-decisions'), arn, name, policy: everything })).toBe(false);
    },
  );

  test('attests nothing in a region that nobody watches', async () => {
    const by = role('countersign-decisions');
    expect(await attest(by)).toBe(true);
    expect(await attest(by, { 'aws:RequestedRegion': 'ap-southeast-2' })).toBe(false);
  });

  test('can do nothing, for whoever assumes it', async () => {
    const by = role('countersign-notary');
    for (const [action, resource] of [
      ['sts:AssumeRole', role('countersign-orders-read').arn],
      ['dynamodb:GetItem', `arn:aws:dynamodb:us-east-1:${service}:table/countersign`],
      ['s3:GetObject', 'arn:aws:s3:::a-bucket/a-key'],
    ] as const)
      expect(await isAllowed({ by, action, resource, account: service })).toBe(false);
  });

  test.each([
    ['approved', ['countersign-decisions']],
    ['requested', ['countersign-requests']],
    ['issued', ['countersign-issue-session']],
  ])('attests "%s" for one function only', async (event, expected) => {
    const notary = role('countersign-notary');
    const who = await whoMay((by) =>
      isAllowed({
        by,
        action: 'sts:AssumeRole',
        resource: notary.arn,
        account: service,
        resourcePolicy: notary.trustPolicy,
        context: {
          'sts:RoleSessionName': request,
          'sts:SourceIdentity': 'bob@example.com',
          'aws:RequestTag/cs:event': event,
          'aws:TagKeys': ['cs:event'],
        },
      }),
    );
    expect(who).toEqual(expected);
  });
});

describe('The table', () => {
  const tableArn = `arn:aws:dynamodb:us-east-1:${service}:table/countersign`;

  test.each([
    'PutItem',
    'DeleteItem',
    'Scan',
    'BatchWriteItem',
    'PartiQLUpdate',
    'DeleteTable',
    'UpdateTable',
  ])('no role may %s', async (operation) => {
    const who = await whoMay((by) =>
      isAllowed({
        by,
        action: `dynamodb:${operation}`,
        resource: tableArn,
        account: service,
        context: { 'dynamodb:LeadingKeys': [`REQUEST#${request}`] },
      }),
    );
    expect(who).toEqual([]);
  });

  test.each([
    ['terms', ['countersign-requests']],
    ['requestSeal', ['countersign-requests']],
    ['decisions', ['countersign-decisions']],
    ['invitations', ['countersign-mail-feedback', 'countersign-notify-approvers']],
    ['session', ['countersign-end-grant', 'countersign-issue-session']],
    ['taskToken', ['countersign-workflow']],
  ])('%s is written by its own function only', async (attribute, expected) => {
    const who = await whoMay((by) =>
      isAllowed({
        by,
        action: 'dynamodb:UpdateItem',
        resource: tableArn,
        account: service,
        context: {
          'dynamodb:LeadingKeys': [`REQUEST#${request}`],
          'dynamodb:Attributes': ['pk', 'sk', 'version', attribute],
        },
      }),
    );
    expect(who).toEqual(expected);
  });
});

describe('The queues of the trail', () => {
  const queueArn = (name: string): string => `arn:aws:sqs:us-east-1:${service}:${name}`;
  const policyOf = (name: string): PolicyDocument => {
    const policies = Object.values(resourcesOfType(stacks.trail, 'AWS::SQS::QueuePolicy')).map(
      ({ Properties }): PolicyDocument => resolved(stacks.trail, Properties).PolicyDocument,
    );
    const found = policies.find(({ Statement }) =>
      Statement.every(({ Resource }) => Resource === queueArn(name)),
    );
    if (!found) throw new RangeError(`No policy for ${name} is deployed.`);
    return found;
  };
  const may = (by: DeployedRole | { administratorOf: string }, operation: string, name: string) =>
    isAllowed({
      by,
      action: `sqs:${operation}`,
      resource: queueArn(name),
      account: service,
      resourcePolicy: policyOf(name),
    });
  const administrator = { administratorOf: service };

  test('only reconcileTrail takes an event out, whatever policies an administrator has', async () => {
    const reader = role('countersign-reconcile-trail');
    for (const operation of ['ReceiveMessage', 'DeleteMessage']) {
      expect(await may(reader, operation, 'countersign-trail')).toBe(true);
      expect(await may(administrator, operation, 'countersign-trail')).toBe(false);
    }
    for (const operation of ['ChangeMessageVisibility', 'PurgeQueue'])
      expect(await may(administrator, operation, 'countersign-trail')).toBe(false);
  });

  test('nobody forges an event, in the one or the other', async () => {
    for (const name of ['countersign-trail', 'countersign-trail-unread'])
      expect(await may(administrator, 'SendMessage', name)).toBe(false);
  });

  test('whoever works what could not be read may take it', async () => {
    for (const operation of ['ReceiveMessage', 'DeleteMessage'])
      expect(await may(administrator, operation, 'countersign-trail-unread')).toBe(true);
  });
});

describe('What services do with a function’s role', () => {
  const key = `arn:aws:kms:us-east-1:${service}:key/another`;
  test.each([
    [
      'countersign-reconcile-trail',
      'sqs:ReceiveMessage',
      `arn:aws:sqs:us-east-1:${service}:countersign-trail`,
    ],
    ['countersign-requests', 'kms:Decrypt', key],
    ['countersign-end-grant', 'kms:GenerateDataKey', key],
  ])('%s: %s is not done by the code of another function', async (name, action, resource) => {
    // On every key and queue, so that the Deny alone is asked.
    const policy: PolicyDocument = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }, ...role(name).policy.Statement],
    };
    const { functionArn: own = '', ...byService } = { ...role(name), policy };
    const other = { ...byService, functionArn: `arn:aws:lambda:ap-southeast-2:${service}:function:x` };
    const Principal = { AWS: `arn:aws:iam::${service}:root` };
    const resourcePolicy: PolicyDocument = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal, Action: action, Resource: '*' }],
    };
    const may = (by: DeployedRole) => isAllowed({ by, action, resource, account: service, resourcePolicy });
    expect(await may(byService)).toBe(true);
    expect(await may({ ...byService, functionArn: own })).toBe(true);
    expect(await may(other)).toBe(false);
  });
});

describe('What statements say', () => {
  const everywhere = (placed: Placed): boolean => listOf(placed.statement.Resource).includes('*');
  const identityPolicies = statements.filter(({ kind }) => kind === 'identity' || kind === 'boundary');

  test('none allows anything on Resource * unless it is listed with its reason', () => {
    const found = identityPolicies
      .filter((placed) => allows(placed) && everywhere(placed))
      .map(({ place, statement }) => `${place}: ${actionsOf(statement).sort().join(', ')}`);
    expect(found.sort()).toEqual(
      wildcards.map(({ role: place, actions }) => `${place}: ${[...actions].sort().join(', ')}`).sort(),
    );
  });

  test('every reason that is listed is a sentence', () => {
    for (const { reason } of wildcards) expect(reason).toMatch(/^[A-Z].{20,}\.$/);
  });

  test('none allows an action by wildcard, but for the two families of KMS and the boundaries', () => {
    const families = ['kms:ReEncrypt*', 'kms:GenerateDataKey*'];
    const found = statements
      .filter((placed) => placed.kind !== 'boundary' && allows(placed))
      .flatMap(({ place, statement }) =>
        actionsOf(statement)
          .filter((action) => action.includes('*') && !families.includes(action))
          .map((action) => `${place}: ${action}`),
      );
    expect(found).toEqual([]);
  });

  test('none allows by exception', () => {
    const found = statements.filter(
      (placed) =>
        allows(placed) && ['NotAction', 'NotResource', 'NotPrincipal'].some((key) => key in placed.statement),
    );
    expect(placesOf(found)).toEqual([]);
  });

  test('none allows everybody anything without a condition', () => {
    const found = statements.filter(({ statement: { Effect, Principal, Condition } }) => {
      const everybody =
        Principal === '*' || (typeof Principal === 'object' && listOf(Principal.AWS).includes('*'));
      return Effect === 'Allow' && everybody && Condition === undefined;
    });
    expect(placesOf(found)).toEqual([]);
  });

  test('no role is trusted to another account but the service for its targets', () => {
    const foreign = statements
      .filter((placed) => placed.kind === 'trust' && allows(placed))
      .filter(({ statement: { Principal } }) => {
        const arns = typeof Principal === 'object' ? listOf(Principal.AWS) : listOf(Principal);
        return arns.some((arn) => !arn.startsWith(`arn:aws:iam::${service}:`));
      });
    expect(placesOf(foreign)).toEqual([]);
  });

  test('every trust in the whole account names which of its roles it means', () => {
    const open = statements
      .filter((placed) => placed.kind === 'trust' && allows(placed))
      .filter(({ statement: { Principal, Condition } }) => {
        const arns = typeof Principal === 'object' ? listOf(Principal.AWS) : [];
        return (
          arns.some((arn) => arn.endsWith(':root')) &&
          !JSON.stringify(Condition ?? {}).includes('aws:PrincipalArn')
        );
      });
    expect(placesOf(open)).toEqual([]);
  });
});
