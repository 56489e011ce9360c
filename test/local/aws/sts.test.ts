import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  GetCallerIdentityCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AwsEndpoint } from '#local/aws/endpoint.ts';
import {
  allow,
  clientFor,
  clientWith,
  credentialsOf,
  functionRole,
  production,
  readOnlyArn,
  refusal,
  roleArn,
  service,
  startSampleEndpoint,
} from './sampleEndpoint.ts';

const notaryArn = roleArn(service, 'notary');
const ordersArn = roleArn(production, 'orders');

let endpoint: AwsEndpoint;
let issuer: STSClient;

beforeAll(async () => {
  const notary = functionRole('notary', [], {
    trustPolicy: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: [roleArn(service, 'issuer'), roleArn(service, 'stranger')] },
          Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
        },
        {
          Effect: 'Deny',
          Principal: '*',
          Action: 'sts:TagSession',
          Condition: {
            ArnEquals: { 'aws:PrincipalArn': roleArn(service, 'stranger') },
            StringNotEquals: { 'aws:RequestTag/cs:event': 'requested' },
          },
        },
      ],
    },
  });
  const untagged = functionRole('untagged', [], {
    trustPolicy: {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { AWS: roleArn(service, 'issuer') }, Action: 'sts:AssumeRole' },
      ],
    },
  });
  endpoint = await startSampleEndpoint({
    roles: [notary, untagged, functionRole('quiet', [allow('sts:AssumeRole')])],
  });
  issuer = new STSClient(await clientFor(endpoint, 'issuer'));
});
afterAll(() => endpoint.close());

const assume = (input: Partial<AssumeRoleCommandInput> = {}, client = issuer) =>
  client.send(new AssumeRoleCommand({ RoleArn: ordersArn, RoleSessionName: '01REQUEST', ...input }));

const policy = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const everything = { Effect: 'Allow', Action: '*', Resource: '*' };

describe('who may assume a role', () => {
  test('a trusted role with the permission gets credentials, across accounts', async () => {
    const answer = await assume({ SourceIdentity: 'alice@example.com', DurationSeconds: 900 });
    expect(answer.AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${production}:assumed-role/orders/01REQUEST`);
    expect(answer.SourceIdentity).toBe('alice@example.com');
    expect(answer.Credentials?.AccessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
    const lifetime = (answer.Credentials?.Expiration?.getTime() ?? 0) - Date.now();
    expect(lifetime).toBeGreaterThan(897_000);
    expect(lifetime).toBeLessThanOrEqual(900_000);
    const session = new STSClient(clientWith(endpoint, credentialsOf(answer)));
    const identity = await session.send(new GetCallerIdentityCommand());
    expect(identity).toMatchObject({ Account: production, UserId: answer.AssumedRoleUser?.AssumedRoleId });
  });
  test('a role that the trust policy does not name is refused, whatever its own policy allows', async () => {
    const stranger = new STSClient(await clientFor(endpoint, 'stranger'));
    const error = await refusal(assume({}, stranger));
    expect(error.name).toBe('AccessDenied');
    expect(error.message).toBe(
      `User: arn:aws:sts::${service}:assumed-role/stranger/function is not authorized to perform: sts:AssumeRole on resource: ${ordersArn}`,
    );
    expect(error.$metadata?.httpStatusCode).toBe(403);
  });
  test('across accounts the caller needs the permission itself as well', async () => {
    const nobody = new STSClient(await clientFor(endpoint, 'nobody'));
    expect((await refusal(assume({}, nobody))).name).toBe('AccessDenied');
  });
  test('in the same account a trust policy that names the role is enough', async () => {
    const answer = await assume({ RoleArn: notaryArn });
    expect(answer.AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${service}:assumed-role/notary/01REQUEST`);
  });
  test('a role that does not exist is refused like one that may not be assumed', async () => {
    const stranger = new STSClient(await clientFor(endpoint, 'stranger'));
    const error = await refusal(assume({ RoleArn: roleArn(production, 'absent') }, stranger));
    expect(error.name).toBe('AccessDenied');
  });
  test('tags and a source identity need their own permissions in the trust policy', async () => {
    const untagged = { RoleArn: roleArn(service, 'untagged') };
    await expect(assume(untagged)).resolves.toBeDefined();
    const tagged = await refusal(assume({ ...untagged, Tags: [{ Key: 'cs:event', Value: 'issued' }] }));
    expect(tagged.message).toContain('not authorized to perform: sts:TagSession on resource');
    const identified = await refusal(assume({ ...untagged, SourceIdentity: 'alice@example.com' }));
    expect(identified.message).toContain('not authorized to perform: sts:SetSourceIdentity on resource');
  });
  test('an explicit Deny in the trust policy pins what a role may attest', async () => {
    const stranger = new STSClient(await clientFor(endpoint, 'stranger'));
    const attest = (event: string) =>
      assume({ RoleArn: notaryArn, Tags: [{ Key: 'cs:event', Value: event }] }, stranger);
    await expect(attest('requested')).resolves.toBeDefined();
    expect((await refusal(attest('approved'))).message).toContain(
      'with an explicit deny in the role trust policy',
    );
  });
});

describe('how long a session lives', () => {
  test('never less than 15 minutes', async () => {
    expect((await refusal(assume({ DurationSeconds: 899 }))).name).toBe('ValidationError');
  });
  test('never more than an hour when a role session asks, although the role allows more', async () => {
    await expect(assume({ DurationSeconds: 3600 })).resolves.toBeDefined();
    expect((await refusal(assume({ DurationSeconds: 3601 }))).message).toBe(
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    );
  });
});

describe('what a request may say', () => {
  const tags = (count: number, value = '') =>
    Array.from({ length: count }, (_, index) => ({ Key: `t${index}`, Value: value }));

  test.each([
    ['a session name with a space', { RoleSessionName: 'two words' }],
    ['a session name of one character', { RoleSessionName: 'x' }],
    ['a session name that is not ASCII', { RoleSessionName: 'zoë' }],
    ['a source identity with a bar', { SourceIdentity: 'auth0|abc' }],
    ['a source identity that starts with aws:', { SourceIdentity: 'aws:me' }],
    ['a policy with characters beyond Latin-1', { Policy: policy({ ...everything, Sid: 'Ω' }) }],
    ['a policy of more than 2,048 characters', { Policy: policy({ ...everything, Sid: 'a'.repeat(2048) }) }],
    ['more than 50 tags', { Tags: tags(51) }],
    ['a tag value with a bracket', { Tags: [{ Key: 'a', Value: '[x]' }] }],
    ['a tag value of 257 characters', { Tags: [{ Key: 'a', Value: 'x'.repeat(257) }] }],
    ['eleven session policies', { PolicyArns: Array.from({ length: 11 }, () => ({ arn: readOnlyArn })) }],
    ['a session policy of another account', { PolicyArns: [{ arn: `arn:aws:iam::${service}:policy/x` }] }],
    ['a role ARN with a wildcard', { RoleArn: `${ordersArn}*` }],
  ])('%s is refused', async (_, input) => {
    expect((await refusal(assume(input))).name).toBe('ValidationError');
  });
  test.each([
    ['text that is no JSON', '{'],
    ['a policy without statements', policy()],
    ['a statement without a resource', policy({ Effect: 'Allow', Action: '*' })],
    ['a statement with a principal', policy({ ...everything, Principal: '*' })],
    ['an unknown element', policy({ ...everything, Conditions: {} })],
  ])('%s is a malformed policy', async (_, text) => {
    expect((await refusal(assume({ Policy: text }))).name).toBe('MalformedPolicyDocumentException');
  });
  test('two tags whose keys differ in case only are refused', async () => {
    const pair = [
      { Key: 'Team', Value: 'a' },
      { Key: 'team', Value: 'b' },
    ];
    expect((await refusal(assume({ Tags: pair }))).name).toBe('InvalidParameterValue');
  });
  test('tags that do not fit the session token are refused, as STS counts them', async () => {
    const nine = Array.from({ length: 9 }, (_, index) => ({ Key: `T${index + 1}`, Value: 'a'.repeat(250) }));
    const error = await refusal(assume({ Tags: nine }));
    expect(error.name).toBe('PackedPolicyTooLargeException');
    expect(error.message).toBe('Packed size of session tags consumes 498% of allotted space.');
    const two = [
      { Key: 'c', Value: 'c' },
      { Key: 'b', Value: 'c' },
    ];
    expect((await assume({ Tags: two })).PackedPolicySize).toBe(2);
  });
});

describe('what a session may do', () => {
  const readOrder = new GetItemCommand({ TableName: 'orders', Key: { id: { S: '1001' } } });
  const read = async (input: Partial<AssumeRoleCommandInput>) => {
    const client = clientWith(endpoint, credentialsOf(await assume(input)));
    return new DynamoDBClient(client).send(readOrder);
  };
  const readPolicy = policy(allow('dynamodb:GetItem'));

  test('the role without a session policy', async () => {
    await expect(read({})).resolves.toBeDefined();
  });
  test('what the session policy and the role both allow', async () => {
    await expect(read({ Policy: readPolicy })).resolves.toBeDefined();
    const error = await refusal(read({ Policy: policy(allow('dynamodb:Query')) }));
    expect(error.name).toBe('AccessDeniedException');
    expect(error.message).toBe(
      `User: arn:aws:sts::${production}:assumed-role/orders/01REQUEST is not authorized to perform: dynamodb:GetItem on resource: arn:aws:dynamodb:us-east-1:${production}:table/orders because no session policy allows the dynamodb:GetItem action`,
    );
  });
  test('what any of several session policies allows', async () => {
    const both = { Policy: policy(allow('dynamodb:Query')), PolicyArns: [{ arn: readOnlyArn }] };
    await expect(read(both)).resolves.toBeDefined();
    await expect(read({ PolicyArns: [{ arn: readOnlyArn }] })).resolves.toBeDefined();
  });
  test('nothing from the end of the grant on, to the second', async () => {
    const end = (seconds: number) => `${new Date(Date.now() + seconds * 1000).toISOString().slice(0, 19)}Z`;
    const until = (time: string) =>
      policy(everything, {
        Effect: 'Deny',
        Action: '*',
        Resource: '*',
        Condition: { DateGreaterThanEquals: { 'aws:CurrentTime': time } },
      });
    await expect(read({ Policy: until(end(60)) })).resolves.toBeDefined();
    expect((await refusal(read({ Policy: until(end(0)) }))).message).toContain(
      'with an explicit deny in a session policy',
    );
  });
  test('GetCallerIdentity needs no permission and cannot be denied', async () => {
    const Policy = policy({ Effect: 'Deny', Action: '*', Resource: '*' });
    const session = new STSClient(clientWith(endpoint, credentialsOf(await assume({ Policy }))));
    await expect(session.send(new GetCallerIdentityCommand())).resolves.toMatchObject({
      Account: production,
    });
  });
  test('a session policy that is bound to another address refuses', async () => {
    const bound = (address: string) =>
      policy(everything, {
        Effect: 'Deny',
        Action: '*',
        Resource: '*',
        Condition: { NotIpAddress: { 'aws:SourceIp': address }, Bool: { 'aws:ViaAWSService': 'false' } },
      });
    await expect(read({ Policy: bound('127.0.0.1/32') })).resolves.toBeDefined();
    await expect(read({ Policy: bound('203.0.113.7/32') })).rejects.toThrow(
      'explicit deny in a session policy',
    );
  });
});

describe('role chaining', () => {
  const chain = async (input: Partial<AssumeRoleCommandInput>, next: Partial<AssumeRoleCommandInput>) => {
    const client = new STSClient(clientWith(endpoint, credentialsOf(await assume(input))));
    return assume({ RoleArn: ordersArn, ...next }, client);
  };

  test('a source identity cannot be changed', async () => {
    const notary = new STSClient(
      clientWith(
        endpoint,
        credentialsOf(await assume({ RoleArn: notaryArn, SourceIdentity: 'alice@example.com' })),
      ),
    );
    const error = await refusal(assume({ SourceIdentity: 'mallory@example.com' }, notary));
    expect(error.name).toBe('AccessDenied');
  });
  test('a session may not assume the role it already has unless that role trusts it', async () => {
    expect((await refusal(chain({}, {}))).name).toBe('AccessDenied');
  });
});
