import { describe, expect, test } from 'vitest';
import type { PolicyStatement } from '#domain/entitlement.ts';
import { addSeconds } from '#domain/instant.ts';
import type { Evidence } from '#review/grants/evidence.ts';
import type { ChainEntry, Grant } from '#review/grants/grant.ts';
import type { EntitlementUse } from '#review/rightSizing/entitlementUse.ts';
import { rightSizingOf } from '#review/rightSizing/rightSizing.ts';
import { aCatalogue } from '../../support/builders.ts';
import { targetAccount, targetRole } from '../records.ts';
import {
  aCall,
  aDeniedCall,
  allowing,
  aSession,
  aUsedGrant,
  grantEndsAt,
  grantedAt,
  logsShowing,
  openLogs,
  orders,
  type Use,
} from './usedGrant.ts';

const anyRegion = `arn:aws:dynamodb:*:${targetAccount}:table/orders`;
const allow = (Action: string | string[], Resource: string | string[] = anyRegion): PolicyStatement => ({
  Effect: 'Allow',
  Action,
  Resource,
});

function useOf(use: Use, trail = openLogs, catalogues = new Map()): EntitlementUse {
  const [first, ...others] = rightSizingOf({ grants: [aUsedGrant(use)], catalogues, trail });
  if (!first || others.length > 0) throw new Error('There is one entitlement.');
  return first;
}

describe('what was granted', () => {
  test('stands beside what of it was used, action by action', () => {
    const use = useOf({
      allows: [allow(['dynamodb:GetItem', 'dynamodb:Query'])],
      calls: [aCall('dynamodb:GetItem'), aCall('dynamodb:GetItem')],
    });
    expect(use).toMatchObject({ entitlement: 'orders-read', grants: 1, sessions: 1, calls: 2 });
    expect(use.actions).toEqual([
      { pattern: 'dynamodb:GetItem', used: [{ action: 'dynamodb:GetItem', count: 2 }], visible: true },
      { pattern: 'dynamodb:Query', used: [], visible: true },
    ]);
  });

  test('counts a call that failed for another reason than permission: it was allowed', () => {
    const use = useOf({
      allows: [allow('dynamodb:PutItem')],
      calls: [aCall('dynamodb:PutItem', { errorCode: 'ConditionalCheckFailedException' })],
    });
    expect(use.actions[0]?.used).toEqual([{ action: 'dynamodb:PutItem', count: 1 }]);
  });

  test('comes from the catalogue where nobody got it', () => {
    const catalogue = aCatalogue();
    const uses = rightSizingOf({
      grants: [],
      catalogues: new Map([[catalogue.digest, catalogue]]),
      trail: openLogs,
    });
    expect(uses.map(({ entitlement }) => entitlement)).toEqual([...catalogue.entries.keys()].sort());
    for (const use of uses) {
      expect(use).toMatchObject({ grants: 0, sessions: 0, calls: 0 });
      expect(use.actions.length).toBeGreaterThan(0);
      expect(use.proposal).toBeUndefined();
      expect(use.caveats.join()).toContain('Nobody got it');
    }
  });

  test('is unknown without session and catalogue, and says so', () => {
    const [use] = rightSizingOf({
      grants: [{ ...aUsedGrant({}), sessions: [] }],
      catalogues: new Map(),
      trail: openLogs,
    });
    expect(use?.actions).toEqual([]);
    expect(use?.caveats.join()).toContain('--catalogue');
  });

  test('is no denied request', () => {
    const { window: _, ...denied } = { ...aUsedGrant({}), sessions: [] };
    expect(rightSizingOf({ grants: [denied], catalogues: new Map(), trail: openLogs })).toEqual([]);
  });
});

describe('entitlements of one id', () => {
  const staging = '222233334444';
  const ordersOf = (account: string) => `arn:aws:dynamodb:us-east-1:${account}:table/orders`;
  const grantIn = (account: string, used: string, installation?: string): Grant => {
    const grant = aUsedGrant({
      allows: [allow(['dynamodb:GetItem', 'dynamodb:Query'], ordersOf(account))],
      calls: [aCall(used, { object: ordersOf(account) })],
    });
    const evidence = { account: installation } as Evidence;
    return {
      ...grant,
      sessions: grant.sessions.map((session) => ({
        ...session,
        roleArn: targetRole('orders-read', account),
      })),
      chain: {
        ...grant.chain,
        links: installation === undefined ? [] : [{ evidence, content: 'recomputed' } as ChainEntry],
      },
    };
  };
  const usesOf = (...grants: Grant[]) => rightSizingOf({ grants, catalogues: new Map(), trail: openLogs });

  test('in two accounts are two: what one account grants is no change of what the other does', () => {
    const uses = usesOf(
      grantIn(staging, 'ec2:DescribeVpcs'),
      grantIn(targetAccount, 'ec2:DescribeVpcs'),
      grantIn(staging, 'ec2:DescribeVpcs'),
    );
    expect(uses.map(({ account, grants, sessions }) => ({ account, grants, sessions }))).toEqual([
      { account: targetAccount, grants: 1, sessions: 1 },
      { account: staging, grants: 2, sessions: 2 },
    ]);
    expect(uses.flatMap(({ caveats }) => caveats).join()).not.toContain('changed');
  });

  test('of two installations are two', () => {
    const uses = usesOf(
      grantIn(targetAccount, 'dynamodb:Query', '999988887777'),
      grantIn(targetAccount, 'dynamodb:GetItem', '888877776666'),
    );
    expect(uses.map(({ installation, calls }) => [installation, calls])).toEqual([
      ['888877776666', 1],
      ['999988887777', 1],
    ]);
  });

  test('count a session of a grant for the account that its role is in', () => {
    const [here, there] = [grantIn(targetAccount, 'dynamodb:Query'), grantIn(staging, 'dynamodb:Query')];
    const uses = usesOf({ ...here, sessions: [...here.sessions, ...there.sessions] });
    expect(uses.map(({ account, grants, sessions, calls }) => [account, grants, sessions, calls])).toEqual([
      [targetAccount, 1, 1, 1],
      [staging, 1, 1, 1],
    ]);
  });

  test('are one where nothing tells of another account', () => {
    const [use, ...others] = usesOf(grantIn(targetAccount, 'dynamodb:Query'), {
      ...aUsedGrant({}),
      sessions: [],
    });
    expect(others).toEqual([]);
    expect(use).toMatchObject({ account: targetAccount, grants: 2 });
  });

  test('are listed of the accounts too in which nobody got them', () => {
    const catalogue = aCatalogue();
    const uses = rightSizingOf({
      grants: [grantIn(staging, 'dynamodb:Query')],
      catalogues: new Map([[catalogue.digest, catalogue]]),
      trail: openLogs,
    });
    expect(
      uses
        .filter(({ entitlement }) => entitlement === 'orders-read')
        .map(({ account, grants }) => [account, grants]),
    ).toEqual([
      [targetAccount, 0],
      [staging, 1],
    ]);
  });
});

describe('what was refused', () => {
  test('while the grant lasted is perhaps missing', () => {
    const use = useOf({ allows: [allow('dynamodb:GetItem')], calls: [aDeniedCall('dynamodb:DeleteItem')] });
    expect(use.refused).toEqual([{ action: 'dynamodb:DeleteItem', count: 1 }]);
    expect(use.actions[0]?.used).toEqual([]);
  });

  test.each([
    ['after the window', {}, grantEndsAt],
    [
      'after an early end',
      { end: { event: 'revoked', at: addSeconds(grantedAt, 600), by: 'bob@example.com' } } as const,
      addSeconds(grantedAt, 700),
    ],
  ])('%s says nothing about what is missing', (_, over, at) => {
    const use = useOf({
      allows: [allow('dynamodb:GetItem')],
      calls: [aDeniedCall('dynamodb:GetItem', { at })],
      over,
    });
    expect(use.refused).toEqual([]);
    expect(use.calls).toBe(1);
  });
});

describe('the proposal', () => {
  const proposalFor = (use: Use, trail = openLogs) => useOf(use, trail).proposal;
  const got = aCall('dynamodb:GetItem', { object: orders });

  test('leaves out actions that nobody used', () => {
    expect(
      proposalFor({ allows: [allow(['dynamodb:GetItem', 'dynamodb:DeleteItem'], orders)], calls: [got] }),
    ).toEqual([allow(['dynamodb:GetItem'], orders)]);
  });

  test('makes the actions that were seen of a pattern', () => {
    const calls = [got, aCall('dynamodb:Query', { object: orders })];
    expect(proposalFor({ allows: [allow('dynamodb:*', orders)], calls })).toEqual([
      allow(['dynamodb:GetItem', 'dynamodb:Query'], orders),
    ]);
  });

  test('drops a statement that nothing used, and keeps the conditions of the others', () => {
    const Condition = { StringEquals: { 'aws:RequestedRegion': 'us-east-1' } };
    const used = { ...allow('dynamodb:GetItem', orders), Condition };
    expect(proposalFor({ allows: [allow('sqs:SendMessage', '*'), used], calls: [got] })).toEqual([used]);
  });

  test('drops a statement whose resources nobody needed', () => {
    const people = allow('dynamodb:GetItem', orders.replace('orders', 'people'));
    expect(proposalFor({ allows: [people, allow('dynamodb:GetItem', orders)], calls: [got] })).toEqual([
      allow('dynamodb:GetItem', orders),
    ]);
  });

  test('keeps all that may have allowed a call to what no statement names', () => {
    const allows = [
      allow('dynamodb:GetItem', `${orders}-a`),
      allow(['dynamodb:GetItem', 'dynamodb:Scan'], `${orders}-b`),
    ];
    expect(proposalFor({ allows, calls: [got] })).toEqual([
      allow('dynamodb:GetItem', `${orders}-a`),
      allow(['dynamodb:GetItem'], `${orders}-b`),
    ]);
  });

  test('names the resources that every call named, when they are few', () => {
    expect(proposalFor({ allows: [allow('dynamodb:GetItem')], calls: [got] })).toEqual([
      allow('dynamodb:GetItem', orders),
    ]);
    expect(useOf({ allows: [allow('dynamodb:GetItem')], calls: [got] }).caveats.join()).toContain(
      'Its resources are',
    );
  });

  test.each([
    ['one call named none', [got, aCall('dynamodb:GetItem')]],
    ['one call to another action named none', [got, aCall('dynamodb:Query')]],
    [
      'it is not known how one that was named relates to them',
      [got, aCall('dynamodb:Query', { object: 'arn:aws:ec2:eu-west-1:111122223333:instance/i-1' })],
    ],
    ['one call named something that no policy names', [got, aCall('dynamodb:GetItem', { object: 'orders' })]],
    [
      'they are many',
      Array.from({ length: 9 }, (_, n) => aCall('dynamodb:GetItem', { object: `${orders}-${n}` })),
    ],
  ])('keeps the resources when %s', (_, calls) => {
    const names = [...new Set(calls.map(({ name }) => `dynamodb:${name}`))];
    expect(proposalFor({ allows: [allow(names, '*')], calls })).toBeUndefined();
  });

  test.each([
    ['alone', [orders.replace('orders', '\u0024{aws:userid}')]],
    ['beside others', [`${orders}-\u0024{aws:userid}`, `${orders}*`]],
  ])('keeps resources with a variable in them, %s: what it stood for does not show', (_, own) => {
    const allows = [allow(['dynamodb:GetItem', 'dynamodb:Query'], own), allow('dynamodb:GetItem', orders)];
    expect(proposalFor({ allows, calls: [got] })).toEqual([
      allow(['dynamodb:GetItem'], own),
      allow('dynamodb:GetItem', orders),
    ]);
  });

  test('keeps the resources where something unseen may need them', () => {
    const allows = [allow(['sqs:SendMessage', 'sqs:PurgeQueue', 'sqs:DeleteQueue'], '*')];
    const calls = [aCall('sqs:PurgeQueue', { object: `arn:aws:sqs:us-east-1:${targetAccount}:jobs` })];
    expect(proposalFor({ allows, calls }, logsShowing('ec2:DescribeInstances'))).toEqual([
      allow(['sqs:SendMessage', 'sqs:PurgeQueue'], '*'),
    ]);
  });

  test('keeps the indexes of a table that was queried: CloudTrail names the table only', () => {
    const calls = [aCall('dynamodb:Query', { object: orders })];
    expect(proposalFor({ allows: [allow('dynamodb:Query', '*')], calls })).toEqual([
      allow('dynamodb:Query', [orders, `${orders}/*`]),
    ]);
    const index = allow('dynamodb:Query', `${orders}/index/by-day`);
    expect(proposalFor({ allows: [allow('dynamodb:Query', orders), index], calls })).toBeUndefined();
  });

  test('drops no statement that one half of a call may have needed', () => {
    const allows = [
      allow('s3:GetObject', 'arn:aws:s3:::drafts/*'),
      allow('s3:*Object', 'arn:aws:s3:::invoices/*'),
    ];
    const calls = [aCall('s3:CopyObject', { object: 'arn:aws:s3:::invoices/1.pdf' })];
    expect(proposalFor({ allows, calls })).toEqual([
      allow('s3:GetObject', 'arn:aws:s3:::drafts/*'),
      allow(['s3:GetObject', 's3:PutObject'], 'arn:aws:s3:::invoices/*'),
    ]);
  });

  test('keeps a whole bucket, and no single object', () => {
    const calls = [aCall('s3:GetObject', { object: 'arn:aws:s3:::invoices/2026/a b.pdf' })];
    expect(proposalFor({ allows: [allow('s3:GetObject', 'arn:aws:s3:::*')], calls })).toEqual([
      allow('s3:GetObject', ['arn:aws:s3:::invoices', 'arn:aws:s3:::invoices/*']),
    ]);
    expect(
      proposalFor({
        allows: [allow('s3:GetObject', ['arn:aws:s3:::invoices/2026/*', 'arn:aws:s3:::other/*'])],
        calls,
      }),
    ).toEqual([allow('s3:GetObject', ['arn:aws:s3:::invoices/2026/*'])]);
  });

  test('takes the name that CloudTrail has for an action', () => {
    const calls = [aCall('s3:ListObjectsV2'), aCall('lambda:Invoke'), aCall('monitoring:GetDashboard')];
    const allows = [
      allow(['s3:ListBucket', 's3:DeleteBucket', 'lambda:InvokeFunction', 'cloudwatch:GetDashboard'], '*'),
    ];
    expect(proposalFor({ allows, calls })).toEqual([
      allow(['s3:ListBucket', 'lambda:InvokeFunction', 'cloudwatch:GetDashboard'], '*'),
    ]);
  });

  test('is not there where all was used', () => {
    const use = useOf({ allows: [allow('dynamodb:GetItem', orders)], calls: [got] });
    expect(use.proposal).toBeUndefined();
    expect(use.caveats).toEqual(['Nothing can be taken away by what these logs show.']);
  });

  test('is not there where nothing was used, and that is said', () => {
    const use = useOf({ allows: [allow('dynamodb:GetItem', orders)] });
    expect(use.proposal).toBeUndefined();
    expect(use.caveats.join()).toContain('Nothing of it was used');
  });

  test('keeps the Deny statements of the catalogue entry', () => {
    const denial = { Effect: 'Deny', Action: 'dynamodb:GetItem', Resource: `${orders}-secret` } as const;
    const catalogue = aCatalogue((source) => {
      source.entitlements['orders-read']?.policy.push(denial);
    });
    const use = useOf(
      {
        allows: [allow(['dynamodb:GetItem', 'dynamodb:Query'], orders)],
        calls: [got],
        over: { catalogue: catalogue.digest },
      },
      openLogs,
      new Map([[catalogue.digest, { ...catalogue, entries: new Map([...catalogue.entries].slice(0, 1)) }]]),
    );
    expect(use.proposal).toEqual([allow(['dynamodb:GetItem'], orders), denial]);
    expect(use.caveats.join()).not.toContain('Deny statements');
  });

  test('is not there where it would fit no session policy', () => {
    const names = Array.from({ length: 200 }, (_, n) => `ec2:DescribeSomething${n}`);
    const use = useOf({ allows: [allow('ec2:*', '*')], calls: names.map((name) => aCall(name)) });
    expect(use.proposal).toBeUndefined();
    expect(use.caveats.join()).toContain('STS takes 2048');
  });
});

describe('what these logs would not show', () => {
  test.each([
    ['data events that are off', 'dynamodb:GetItem', logsShowing('ec2:DescribeInstances', 's3:GetObject')],
    ['reading calls of a trail that logs writes only', 'ec2:DescribeVpcs', logsShowing('ec2:RunInstances')],
    [
      'an account without a log file',
      'ec2:DescribeVpcs',
      { sessions: [aSession('444455556666', [aCall('ec2:DescribeVpcs')])], kept: [] },
    ],
    ['what has names in common with what is never logged', 'es:E*Get', openLogs],
    ['everything there is', '*', openLogs],
  ])('%s is marked and never proposed to be taken away', (_, pattern, trail) => {
    const use = useOf(
      { allows: [allow([pattern, 'sqs:CreateQueue'], '*')], calls: [aCall('sqs:CreateQueue')] },
      trail,
    );
    expect(use.actions[0]).toEqual({
      pattern,
      used: pattern === '*' ? [{ action: 'sqs:CreateQueue', count: 1 }] : [],
      visible: false,
    });
    expect(use.proposal).toBeUndefined();
    expect(use.caveats.join()).toMatch(/data events, switched on|log files/);
  });

  test('stays in place of the pattern that covers it', () => {
    const use = useOf(
      { allows: [allow('sqs:*', '*')], calls: [aCall('sqs:PurgeQueue')] },
      logsShowing('ec2:DescribeInstances'),
    );
    expect(use.proposal).toEqual([
      allow(
        [
          'sqs:ChangeMessageVisibility',
          'sqs:DeleteMessage',
          'sqs:PurgeQueue',
          'sqs:ReceiveMessage',
          'sqs:SendMessage',
        ],
        '*',
      ),
    ]);
  });

  test('is a permission that no event ever shows', () => {
    const allows = [allow(['iam:PassRole', 'ec2:RunInstances', 'ec2:StopInstances'], '*')];
    const use = useOf({ allows, calls: [aCall('ec2:RunInstances')] });
    expect(use.actions[0]).toEqual({ pattern: 'iam:PassRole', used: [], visible: false });
    expect(use.proposal).toEqual([allow(['iam:PassRole', 'ec2:RunInstances'], '*')]);
  });

  test('are tags that are given to what is made', () => {
    const allows = [allow(['lambda:*'], '*')];
    const made = ['lambda:AddTags*', 'lambda:CreateFunction', 'lambda:Tag*'];
    expect(useOf({ allows, calls: [aCall('lambda:CreateFunction20150331')] }).proposal).toEqual([
      allow(made, '*'),
    ]);
    expect(useOf({ allows, calls: [aCall('lambda:GetFunction20150331v2')] }).proposal).toEqual([
      allow(['lambda:GetFunction'], '*'),
    ]);
  });

  test('is what managed policies allow: their calls stand under their names', () => {
    const arn = 'arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess';
    const use = useOf({
      allows: [allow(['dynamodb:GetItem', 'dynamodb:Query'], orders)],
      policyArns: [arn],
      calls: [aCall('sqs:ListQueues'), aCall('dynamodb:GetItem', { object: orders })],
    });
    expect(use.actions.at(-1)).toEqual({
      pattern: arn,
      used: [{ action: 'sqs:ListQueues', count: 1 }],
      visible: false,
    });
    expect(use.caveats.join()).toContain(`What ${arn} allows`);
    expect(use.proposal).toEqual([allow(['dynamodb:GetItem'], orders)]);
  });
});

describe('a call that the policy does not explain', () => {
  const allows = [allow(['odd:Fetch', 'odd:Store', 'sqs:CreateQueue'], '*')];

  test('keeps what may have allowed it', () => {
    const use = useOf({ allows, calls: [aCall('odd:FetchThing')] });
    expect(use.proposal).toEqual([allow(['odd:Fetch', 'odd:Store'], '*')]);
    expect(use.caveats.join()).toContain('odd:FetchThing');
  });

  test('keeps everything when it is of a service that no statement names', () => {
    const calls = [aCall('queer:FetchThing'), aCall('sqs:CreateQueue')];
    expect(useOf({ allows, calls }).proposal).toBeUndefined();
  });

  test('is none when it failed, or needs no permission', () => {
    const failed = aCall('odd:FetchThing', { errorCode: 'ValidationException' });
    const refused = aDeniedCall('odd:FetchThing');
    const calls = [failed, refused, aCall('sts:GetCallerIdentity'), aCall('sqs:CreateQueue')];
    expect(useOf({ allows, calls }).proposal).toEqual([allow(['sqs:CreateQueue'], '*')]);
  });

  test('is none when an earlier policy allowed it', () => {
    const before = aUsedGrant({
      allows: [allow('odd:FetchThing', '*')],
      calls: [aCall('odd:FetchThing')],
      over: { id: '01KANB1X000000000000000000' },
    });
    const [session] = before.sessions;
    const earlier = {
      ...before,
      sessions: session ? [{ ...session, issuedAt: addSeconds(grantedAt, -9_000) }] : [],
    };
    const now = aUsedGrant({ allows, calls: [aCall('sqs:CreateQueue')] });
    for (const grants of [
      [earlier, now],
      [now, earlier],
    ]) {
      const [use] = rightSizingOf({ grants, catalogues: new Map(), trail: openLogs });
      expect(use?.proposal).toEqual([allow(['sqs:CreateQueue'], '*')]);
      expect(use?.caveats.join()).toContain('Its policy changed');
    }
  });
});

describe('a policy that no entitlement has', () => {
  test.each([
    ['NotAction', JSON.stringify({ Statement: { Effect: 'Allow', NotAction: 'iam:*', Resource: '*' } })],
    [
      'NotAction beside others',
      allowing(allow(['sqs:CreateQueue', 'sqs:PurgeQueue'], '*'), {
        Effect: 'Allow',
        NotAction: 'iam:*',
        Resource: '*',
      } as never),
    ],
    ['no policy at all', 'Allow everything!'],
    ['keys of objects', '{"__proto__":{"Statement":[]},"Statement":[{"Effect":"Allow","__proto__":1}]}'],
  ])('%s is not guessed at', (_, policy) => {
    const use = useOf({ policy, calls: [aCall('sqs:CreateQueue')] });
    expect(use.proposal).toBeUndefined();
    expect(use.caveats.join()).toContain('nothing is proposed');
  });

  test('names of calls that are no names never get into a proposal', () => {
    const calls = [
      aCall('sqs:CreateQueue'),
      aCall('sqs:*'),
      aCall('sqs:Cre"ate'),
      aCall('__proto__:constructor'),
    ];
    expect(useOf({ policy: allowing(allow('sqs:*', '*')), calls }).proposal).toEqual([
      allow(['sqs:AddTags*', 'sqs:CreateQueue', 'sqs:Tag*'], '*'),
    ]);
  });
});
