import { readFileSync } from 'node:fs';
import { type RequestAnalysis, runSimulation, type SimulationOrgPolicies } from '@cloud-copilot/iam-simulate';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { resolved, synthesized } from '../support/stacks.ts';

const serviceAccount = '999988887777';
const targetAccount = '111122223333';

const policyFile = (name: string): string => readFileSync(`docs/protect/${name}.json`, 'utf8');
const everything = {
  name: 'everything',
  policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
};
const policies = (...names: string[]): SimulationOrgPolicies[] => [
  {
    orgIdentifier: 'root',
    policies: [everything, ...names.map((name) => ({ name, policy: JSON.parse(policyFile(name)) }))],
  },
];

interface Call {
  /** ARN of the role, or of the root user. */
  who: string;
  action: string;
  resource: string;
  context?: Record<string, string | string[]> | undefined;
  /** The role's trust policy; everybody, unless the test is about it. */
  trust?: object;
}

const accountOf = (arn: string): string => arn.split(':')[4] ?? '';

/** What an administrator could do, but for what the organisation takes away. */
async function allowed({ who, action, resource, context = {}, trust }: Call): Promise<boolean> {
  const account = accountOf(who);
  const owner = accountOf(resource) || account;
  const outcome = await runSimulation(
    {
      request: {
        principal: who.replace(/:iam::(\d+):role\/(.+)$/, ':sts::$1:assumed-role/$2/somebody'),
        action,
        resource: { resource, accountId: owner },
        contextVariables: {
          'aws:PrincipalArn': who,
          'aws:PrincipalIsAWSService': 'false',
          'aws:ResourceAccount': owner,
          ...context,
        },
      },
      identityPolicies: [everything],
      serviceControlPolicies:
        account === serviceAccount ? policies('scp', 'scp-service', 'scp-watch') : policies('scp'),
      resourceControlPolicies: action.startsWith('sts:') ? rcps : [],
      ...(action.startsWith('sts:') && { resourcePolicy: trust ?? trustsEverybody }),
      ...(action.startsWith('kms:') && { resourcePolicy: keyForEverybody }),
    },
    { simulationMode: 'Strict' },
  );
  if (outcome.resultType !== 'single') throw new Error(`Not evaluated: ${JSON.stringify(outcome)}`);
  return resultOf(outcome.result.analysis);
}

const resultOf = ({ result }: RequestAnalysis): boolean => result === 'Allowed';

const rcps: SimulationOrgPolicies[] = [
  { orgIdentifier: 'root', policies: [{ name: 'rcp', policy: JSON.parse(policyFile('rcp')) }] },
];

/** What a trust policy can be edited into. */
const trustsEverybody = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:*' }],
};

const keyForEverybody = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'kms:*', Resource: '*' }],
};

const caseTable = z.array(
  z.strictObject({
    sentence: z.string(),
    who: z.string().startsWith('arn:aws:iam::'),
    action: z.string(),
    resource: z.string().regex(/^(\*$|arn:aws:)/),
    allowed: z.boolean(),
    context: z.record(z.string(), z.array(z.string())).optional(),
  }),
);

describe('what the service control policies take away, and what they leave', () => {
  const cases = caseTable.parse(JSON.parse(readFileSync('test/cases/protect.json', 'utf8')));
  test.each(cases)('$sentence ($action)', async (call) => {
    expect(await allowed(call)).toBe(call.allowed);
  });
});

/** How somebody would undo each kind of resource. */
const undoing: Record<string, string> = {
  'AWS::CloudTrail::Trail': 'cloudtrail:StopLogging',
  'AWS::CloudWatch::Alarm': 'cloudwatch:DeleteAlarms',
  'AWS::DynamoDB::Table': 'dynamodb:DeleteTable',
  'AWS::Events::EventBus': 'events:DeleteEventBus',
  'AWS::Events::Rule': 'events:DisableRule',
  'AWS::IAM::ManagedPolicy': 'iam:CreatePolicyVersion',
  'AWS::IAM::Role': 'iam:UpdateAssumeRolePolicy',
  'AWS::Lambda::Function': 'lambda:UpdateFunctionCode',
  'AWS::Logs::LogGroup': 'logs:DeleteLogGroup',
  'AWS::S3::Bucket': 's3:PutBucketPolicy',
  'AWS::SNS::Topic': 'sns:DeleteTopic',
  'AWS::SQS::Queue': 'sqs:PurgeQueue',
  'AWS::StepFunctions::StateMachine': 'states:UpdateStateMachine',
};

/** API Gateway's role for its logs has no name of ours: who changes it can lose log lines. */
const unnamed = ['AWS::IAM::Role ApiAccessLogRole'];

describe('whatever is deployed is protected by its name', () => {
  const { all } = synthesized();
  const resources = Object.entries(all).flatMap(([stack, template]) =>
    Object.entries(template.Resources)
      .filter(
        ([id, { Type }]) => Type in undoing && !unnamed.some((name) => `${Type} ${id}`.startsWith(name)),
      )
      .map(([id, { Type }]) => ({ stack, id, Type, template })),
  );

  test('of every kind there is something', () => {
    expect(new Set(resources.map(({ Type }) => Type))).toEqual(new Set(Object.keys(undoing)));
  });

  test.each(resources)('$id in $stack', async ({ id, Type, template }) => {
    const arn: string = resolved(template, { 'Fn::GetAtt': [id, 'Arn'] });
    const account: string = resolved(template, { Ref: 'AWS::AccountId' });
    const who = `arn:aws:iam::${account}:role/admin`;
    // That of a log group ends in a wildcard over its streams.
    const resource = arn.replace(/:\*$/, '');
    expect(await allowed({ who, action: undoing[Type] ?? '', resource })).toBe(false);
  });

  test('keys by their aliases', async () => {
    const aliases = Object.values(all).flatMap((template) =>
      Object.values(template.Resources).flatMap(({ Type, Properties }) =>
        Type === 'AWS::KMS::Alias' ? [Properties.AliasName] : [],
      ),
    );
    expect(aliases).toHaveLength(5);
    const resource = `arn:aws:kms:us-east-1:${serviceAccount}:key/1`;
    const who = `arn:aws:iam::${serviceAccount}:role/admin`;
    for (const alias of aliases) {
      const context = { 'kms:ResourceAliases': [alias] };
      expect(await allowed({ who, action: 'kms:PutKeyPolicy', resource, context })).toBe(false);
    }
  });
});

describe('who enters a role of Countersign, whatever its trust policy has been edited into', () => {
  const enters = (who: string, resource: string) =>
    allowed({ who, action: 'sts:AssumeRole', resource: `arn:aws:iam::${resource}` });
  const service = (name: string) => `arn:aws:iam::${serviceAccount}:role/countersign-${name}`;
  const others = [
    `arn:aws:iam::${serviceAccount}:role/admin`,
    `arn:aws:iam::${targetAccount}:role/admin`,
    `arn:aws:iam::${targetAccount}:role/countersign-orders-read`,
    `arn:aws:iam::444455556666:role/admin`,
  ];
  const targetRole = `${targetAccount}:role/countersign-orders-read`;
  const revoker = `${targetAccount}:role/countersign-revoker`;

  test('issueSession enters target roles', async () => {
    expect(await enters(service('issue-session'), targetRole)).toBe(true);
  });

  test.each([...others, ...['requests', 'decisions', 'end-grant', 'workflow', 'notary'].map(service)])(
    '%s enters none',
    async (who) => {
      expect(await enters(who, targetRole)).toBe(false);
    },
  );

  test('endGrant enters the revoker, and issueSession does not', async () => {
    expect(await enters(service('end-grant'), revoker)).toBe(true);
    expect(await enters(service('issue-session'), revoker)).toBe(false);
    for (const who of others) expect(await enters(who, revoker)).toBe(false);
  });

  test('only functions enter the notary', async () => {
    const notary = `${serviceAccount}:role/countersign-notary`;
    expect(await enters(service('decisions'), notary)).toBe(true);
    expect(await enters(service('end-grant'), notary)).toBe(true);
    for (const who of others) expect(await enters(who, notary)).toBe(false);
  });

  test('a web identity or SAML enters none', async () => {
    for (const action of ['sts:AssumeRoleWithWebIdentity', 'sts:AssumeRoleWithSAML']) {
      const who = `arn:aws:iam::${targetAccount}:role/admin`;
      expect(await allowed({ who, action, resource: `arn:aws:iam::${targetRole}` })).toBe(false);
    }
  });

  test.each([
    ['lambda', service('requests')],
    ['states', service('workflow')],
    ['events', `arn:aws:iam::${targetAccount}:role/countersign-watch`],
  ])('the service %s still works under %s', async (name, resource) => {
    const Service = `${name}.amazonaws.com`;
    const accountId = accountOf(resource);
    const outcome = await runSimulation(
      {
        request: {
          principal: Service,
          action: 'sts:AssumeRole',
          resource: { resource, accountId },
          contextVariables: { 'aws:PrincipalIsAWSService': 'true', 'aws:ResourceAccount': accountId },
        },
        identityPolicies: [],
        serviceControlPolicies: [],
        resourceControlPolicies: rcps,
        resourcePolicy: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' }],
        },
      },
      { simulationMode: 'Strict' },
    );
    expect(outcome).toMatchObject({ resultType: 'single', result: { analysis: { result: 'Allowed' } } });
  });

  test('everybody still enters roles of others', async () => {
    expect(
      await enters(`arn:aws:iam::${targetAccount}:role/admin`, `${targetAccount}:role/orders-service`),
    ).toBe(true);
  });
});

test.each(['scp', 'scp-service', 'scp-watch', 'rcp'])(
  '%s.json can be given to AWS Organizations as it is',
  (name) => {
    // White space counts: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
    expect(policyFile(name).length).toBeLessThanOrEqual(5_120);
  },
);
