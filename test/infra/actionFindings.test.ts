import { describe, expect, test } from 'vitest';
import { actionFindings } from '#infra/configuration/actionFindings.ts';
import { type AwsActions, awsActionsOf } from '#infra/configuration/awsActions.ts';
import { namedServices } from '#infra/configuration/namedActions.ts';
import { aCatalogue, type CatalogueSource, entitlementIn } from '../support/builders.ts';

const object = 'arn:*:s3:::*/*';
const bucket = 'arn:*:s3:::*';

/** A list as AWS could have had it one day. */
const aws: AwsActions = {
  asOf: '2026-01-31',
  services: ['s3', 'dynamodb', 'sts'],
  actions: new Map([
    [
      's3',
      [
        { name: 'GetObject', resources: [object, 'arn:*:s3:*:*:accesspoint/*/object/*'] },
        { name: 'GetObjectAcl', resources: [object] },
        { name: 'GetBucketAcl', resources: [bucket] },
        { name: 'ListAllMyBuckets', resources: [] },
        { name: 'ListJobs', resources: [] },
      ],
    ],
    ['dynamodb', [{ name: 'GetItem', resources: ['arn:*:dynamodb:*:*:table/*'] }]],
  ]),
};

/** What is said of the edited sample, without the entitlement's name. */
function saidOf(edit: (source: CatalogueSource) => void): string[] {
  const quiet = (source: CatalogueSource): void => {
    for (const id of Object.keys(source.entitlements))
      if (id !== 'orders-item') delete source.entitlements[id];
    const { order } = entitlementIn(source, 'orders-item').parameters ?? {};
    for (const narrow of order?.narrow ?? []) narrow.Action = 'dynamodb:GetItem';
    entitlementIn(source, 'orders-item').policy = [allow('dynamodb:GetItem')];
    edit(source);
  };
  return actionFindings(aCatalogue(quiet), aws).map(({ severity, path, message }) => {
    expect(severity).toBe('warning');
    return `${path.slice(2).join('.')} ${message}`;
  });
}

const allow = (Action: string | string[], Resource: string | string[] = '*') =>
  ({ Effect: 'Allow', Action, Resource }) as const;

const allowing = (...statement: Parameters<typeof allow>): string[] =>
  saidOf((source) => {
    entitlementIn(source, 'orders-item').policy = [allow(...statement)];
  });

describe('a warning is an action', () => {
  test.each([
    [
      's3:GetObjcet',
      's3:GetObjcet is no action of AWS in the list of 2026-01-31: perhaps s3:GetObject is meant',
    ],
    [
      's3:getitem',
      's3:getitem is no action of AWS in the list of 2026-01-31. Correct it, unless it is newer than the list',
    ],
    ['s3:Gett*', 's3:Gett* matches no action of AWS in the list of 2026-01-31: perhaps s3:Get* is meant'],
    ['s3:*Vault?', 's3:*Vault? matches no action of AWS in the list of 2026-01-31. Correct it, unless'],
    [
      'dynamdb:GetItem',
      'dynamdb:GetItem is of no service of AWS in the list of 2026-01-31: perhaps dynamodb:GetItem is meant',
    ],
    [
      'nosuchthing:Do*',
      'nosuchthing:Do* is of no service of AWS in the list of 2026-01-31. Correct it, unless',
    ],
  ])('that AWS does not have: %s', (action, says) => {
    expect(allowing(action)).toEqual([expect.stringContaining(`policy.0.Action ${says}`)]);
  });

  test('by its own place in a list', () => {
    expect(allowing(['s3:GetObject', 's3:GetObjectAlc'])).toEqual([
      expect.stringMatching(/^policy\.0\.Action\.1 s3:GetObjectAlc .* perhaps s3:GetObjectAcl is meant$/),
    ]);
  });

  test('that a policy denies, or a parameter: nothing would be denied', () => {
    expect(
      saidOf((source) => {
        const item = entitlementIn(source, 'orders-item');
        item.policy.push({ Effect: 'Deny', Action: 's3:GetObjects', Resource: '*' });
        for (const narrow of item.parameters?.order?.narrow ?? []) narrow.Action = ['dynamodb:GetItme'];
      }),
    ).toEqual([
      expect.stringMatching(/^policy\.1\.Action s3:GetObjects is no action/),
      expect.stringMatching(/^parameters\.order\.narrow\.0\.Action\.0 dynamodb:GetItme is no action/),
    ]);
  });

  test.each([
    [
      's3:ListAllMyBuckets',
      'arn:aws:s3:::invoices',
      's3:ListAllMyBuckets takes no resource in the list of 2026-01-31, and its statement names some: that never allows it. Give it a statement of its own on "*"',
    ],
    ['s3:List*', ['arn:aws:s3:::invoices', 'arn:aws:s3:::invoices/*'], 's3:List* takes no resource'],
    [
      's3:GetObject',
      'arn:aws:s3:::invoices',
      's3:GetObject is for arn:aws:s3:::*/* or arn:aws:s3:*:*:accesspoint/*/object/* in the list of 2026-01-31, and its statement names none such: that never allows it. Correct the resource',
    ],
    [
      'dynamodb:GetItem',
      'arn:aws:dynamodb:*:111122223333:table:orders',
      'dynamodb:GetItem is for arn:aws:dynamodb:*:*:table/* in',
    ],
    ['s3:GetBucketAcl', 'arn:aws:dynamodb:*:*:table/orders', 's3:GetBucketAcl is for arn:aws:s3:::* in'],
  ])('that its resources never let happen: %s on %s', (action, resource, says) => {
    expect(allowing(action, resource)).toEqual([expect.stringContaining(`policy.0.Action ${says}`)]);
  });
});

describe('nothing is said of', () => {
  test.each<[string, string | string[], (string | string[])?]>([
    ['everything', '*'],
    ['a pattern of services', '*:GetObject'],
    ['actions in other letters', 'S3:getobject'],
    ['a pattern that matches one', 's3:*Acl'],
    ['an action without resources on all', ['s3:ListAllMyBuckets', 's3:GetObject']],
    ['one on everything, which AWS may ask about', 's3:ListAllMyBuckets', 'arn:aws:s3:::*'],
    ['one on everything of a kind, likewise', 's3:ListJobs', 'arn:aws:dynamodb:*:111122223333:table/*'],
    [
      'two of which each has its own resource',
      ['s3:GetObject', 's3:GetBucketAcl'],
      ['arn:aws:s3:::a', 'arn:aws:s3:::a/*'],
    ],
    ['a resource in another partition, or a pattern of one', 's3:GetObject', 'arn:aws-cn:s3:::a*'],
    ['a resource that the session fills in', 's3:GetObject', 'arn:aws:s3:::$' + '{aws:PrincipalTag/bucket}'],
    ['a pattern of actions, some of which can be meant', 's3:Get*', 'arn:aws:s3:::a'],
  ])('%s', (_, action, resource) => {
    expect(allowing(action, resource)).toEqual([]);
  });

  test('what a parameter fills in', () => {
    expect(
      saidOf((source) => {
        const { order } = entitlementIn(source, 'orders-item').parameters ?? {};
        if (order)
          order.narrow = [
            { Action: 's3:GetObject', NotResource: 'arn:aws:s3:::a/{order}' },
            { Action: 's3:GetObject', Resource: 'arn:aws:s3:::{order}' },
            { Action: 's3:GetObject', Resource: '{order}' },
          ];
      }),
    ).toEqual([]);
  });
});

describe('the list that is installed', () => {
  test('has only what the sample names, as it should be', async () => {
    const catalogue = aCatalogue();
    const installed = await awsActionsOf(namedServices(catalogue));
    expect([...installed.actions.keys()]).toEqual(['dynamodb']);
    expect(installed.asOf).toMatch(/^20\d\d-\d\d-\d\d$/);
    expect(actionFindings(catalogue, installed)).toEqual([]);
  });

  test('knows what takes a resource, and which', async () => {
    const { services, actions } = await awsActionsOf(new Set(['s3', 'apigateway', 'no-such-service']));
    expect(services).toEqual(expect.arrayContaining(['ec2', 'iam', 's3']));
    expect([...actions.keys()]).toEqual(['apigateway', 's3']);
    const s3 = new Map(actions.get('s3')?.map(({ name, resources }) => [name, resources]));
    expect(s3.get('ListAllMyBuckets')).toEqual([]);
    expect(s3.get('GetObject')).toContain(object);
    // Two ARNs of one type.
    const [method] = actions.get('apigateway')?.filter(({ name }) => name === 'DELETE') ?? [];
    expect(method?.resources).toEqual(
      expect.arrayContaining([
        'arn:*:apigateway:*::/apis/*/stages/*',
        'arn:*:apigateway:*::/restapis/*/stages/*',
      ]),
    );
  });
});
