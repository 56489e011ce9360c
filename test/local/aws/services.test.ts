import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreatePolicyVersionCommand,
  DeletePolicyVersionCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  IAMClient,
  ListPolicyVersionsCommand,
} from '@aws-sdk/client-iam';
import { GenerateMacCommand, KMSClient, VerifyMacCommand } from '@aws-sdk/client-kms';
import { SESv2Client, SendEmailCommand, type SendEmailCommandInput } from '@aws-sdk/client-sesv2';
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AwsEndpoint } from '#local/aws/endpoint.ts';
import {
  allow,
  clientFor,
  functionRole,
  keyArn,
  refusal,
  region,
  sampleManagedPolicies,
  service,
  startSampleEndpoint,
  stateMachineArn,
} from './sampleEndpoint.ts';

const denyListArn = `arn:aws:iam::${service}:policy/deny-list`;
const identity = `arn:aws:ses:${region}:${service}:identity/example.com`;
const otherMachine = stateMachineArn.replace('grants', 'others');

let endpoint: AwsEndpoint;

beforeAll(async () => {
  endpoint = await startSampleEndpoint({
    managedPolicies: [
      ...sampleManagedPolicies,
      { arn: denyListArn, policy: { Version: '2012-10-17', Statement: [allow('*')] } },
    ],
    roles: [
      functionRole('sealer', []),
      functionRole('verifier', [allow(['kms:VerifyMac', 'kms:GenerateMac'], keyArn)]),
      functionRole('revoker', [allow('iam:*', denyListArn)]),
      functionRole('bounded', [allow('kms:VerifyMac')], { boundaryArn: denyListArn }),
      functionRole('mailer', [
        {
          ...allow('ses:SendEmail', [
            identity,
            identity.replace('identity/example.com', 'configuration-set/plain'),
          ]),
          Condition: { StringEquals: { 'ses:FromAddress': 'countersign@example.com' } },
        },
      ]),
      functionRole('announcer', [
        {
          ...allow('events:PutEvents'),
          Condition: { 'ForAllValues:StringEquals': { 'events:source': 'countersign' } },
        },
      ]),
      functionRole('starter', [
        allow('states:StartExecution', stateMachineArn),
        allow(
          ['states:DescribeExecution', 'states:GetExecutionHistory'],
          `${stateMachineArn.replace('stateMachine', 'execution')}:*`,
        ),
        allow('states:ListExecutions', stateMachineArn),
        allow('states:SendTaskSuccess', stateMachineArn),
        allow('states:SendTaskFailure', otherMachine),
      ]),
    ],
  });
});
afterAll(() => endpoint.close());

describe('KMS', () => {
  const Message = new TextEncoder().encode('seal me');
  const generate = { KeyId: keyArn, MacAlgorithm: 'HMAC_SHA_256', Message } as const;

  test('the role that the key policy names makes a code, and others verify it', async () => {
    const sealer = new KMSClient(await clientFor(endpoint, 'sealer'));
    const { Mac } = await sealer.send(
      new GenerateMacCommand({ ...generate, KeyId: 'alias/countersign/requests' }),
    );
    expect(Mac).toHaveLength(32);
    const verifier = new KMSClient(await clientFor(endpoint, 'verifier'));
    const verified = await verifier.send(new VerifyMacCommand({ ...generate, Mac }));
    expect(verified).toMatchObject({ MacValid: true, KeyId: keyArn });
  });
  test('a code for another message is refused', async () => {
    const verifier = new KMSClient(await clientFor(endpoint, 'verifier'));
    const error = await refusal(
      verifier.send(new VerifyMacCommand({ ...generate, Mac: new Uint8Array(32) })),
    );
    expect(error.name).toBe('KMSInvalidMacException');
  });
  test("an explicit Deny in the key policy wins over the caller's own policy", async () => {
    const verifier = new KMSClient(await clientFor(endpoint, 'verifier'));
    const error = await refusal(verifier.send(new GenerateMacCommand(generate)));
    expect(error.name).toBe('AccessDeniedException');
    expect(error.message).toContain('with an explicit deny in a resource-based policy');
  });
  test('the key policy names the account, so the caller needs its own permission', async () => {
    const sealer = new KMSClient(await clientFor(endpoint, 'sealer'));
    const error = await refusal(sealer.send(new VerifyMacCommand({ ...generate, Mac: new Uint8Array(32) })));
    expect(error.name).toBe('AccessDeniedException');
  });
  test('a message of more than 4,096 bytes and an unknown key are refused', async () => {
    const sealer = new KMSClient(await clientFor(endpoint, 'sealer'));
    const long = new GenerateMacCommand({ ...generate, Message: new Uint8Array(4097) });
    expect((await refusal(sealer.send(long))).name).toBe('ValidationException');
    const unknown = new GenerateMacCommand({ ...generate, KeyId: 'alias/none' });
    expect((await refusal(sealer.send(unknown))).name).toBe('NotFoundException');
  });
});

describe('IAM policy versions', () => {
  const document = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
  const everything = { Effect: 'Allow', Action: '*', Resource: '*' };
  const revoked = (id: string) =>
    document(everything, {
      Effect: 'Deny',
      Action: '*',
      Resource: '*',
      Condition: { StringLike: { 'aws:userid': `*:${id}` } },
    });
  const create = (client: IAMClient, PolicyDocument: string) =>
    client.send(
      new CreatePolicyVersionCommand({ PolicyArn: denyListArn, PolicyDocument, SetAsDefault: true }),
    );

  test('a new default version takes effect on running sessions at once', async () => {
    const revoker = new IAMClient(await clientFor(endpoint, 'revoker'));
    const verify = async (session: string) => {
      const client = new KMSClient(await clientFor(endpoint, 'bounded', session));
      return refusal(
        client.send(
          new VerifyMacCommand({
            KeyId: keyArn,
            MacAlgorithm: 'HMAC_SHA_256',
            Message: new Uint8Array(1),
            Mac: new Uint8Array(32),
          }),
        ),
      );
    };
    expect((await verify('01GRANT')).name).toBe('KMSInvalidMacException');
    const { PolicyVersion } = await create(revoker, revoked('01GRANT'));
    expect(PolicyVersion).toMatchObject({ VersionId: 'v2', IsDefaultVersion: true });
    expect((await verify('01GRANT')).message).toContain('with an explicit deny in a permissions boundary');
    expect((await verify('01OTHER')).name).toBe('KMSInvalidMacException');
  });
  test('what was written can be read back', async () => {
    const revoker = new IAMClient(await clientFor(endpoint, 'revoker'));
    const { Policy } = await revoker.send(new GetPolicyCommand({ PolicyArn: denyListArn }));
    expect(Policy).toMatchObject({
      DefaultVersionId: 'v2',
      PolicyName: 'deny-list',
      PermissionsBoundaryUsageCount: 1,
    });
    const version = { PolicyArn: denyListArn, VersionId: Policy?.DefaultVersionId };
    const { PolicyVersion } = await revoker.send(new GetPolicyVersionCommand(version));
    expect(decodeURIComponent(PolicyVersion?.Document ?? '')).toBe(revoked('01GRANT'));
    expect(PolicyVersion?.CreateDate).toBeInstanceOf(Date);
  });
  test('five versions at most, and the default one cannot be deleted', async () => {
    const revoker = new IAMClient(await clientFor(endpoint, 'revoker'));
    for (const id of ['a', 'b', 'c']) await create(revoker, revoked(id));
    expect((await refusal(create(revoker, revoked('d')))).name).toBe('LimitExceededException');
    const remove = (VersionId: string) =>
      revoker.send(new DeletePolicyVersionCommand({ PolicyArn: denyListArn, VersionId }));
    expect((await refusal(remove('v5'))).name).toBe('DeleteConflictException');
    await remove('v1');
    await create(revoker, revoked('d'));
    const { Versions } = await revoker.send(new ListPolicyVersionsCommand({ PolicyArn: denyListArn }));
    expect(Versions?.map((version) => version.VersionId)).toEqual(['v6', 'v5', 'v4', 'v3', 'v2']);
    await remove('v2');
  });
  test('a document that is too long or malformed is refused', async () => {
    const revoker = new IAMClient(await clientFor(endpoint, 'revoker'));
    const long = document(everything, { ...everything, Sid: 'a'.repeat(6144) });
    expect((await refusal(create(revoker, long))).name).toBe('LimitExceededException');
    expect((await refusal(create(revoker, '{}'))).name).toBe('MalformedPolicyDocumentException');
    const absent = new GetPolicyCommand({ PolicyArn: `${denyListArn}-2` });
    expect((await refusal(revoker.send(absent))).name).toBe('AccessDenied');
  });
});

describe('SES', () => {
  const mail = (change: object = {}): SendEmailCommandInput => ({
    FromEmailAddress: 'Countersign <countersign@example.com>',
    Destination: { ToAddresses: ['bob@example.com'] },
    Content: {
      Simple: {
        Subject: { Data: 'Alice asks for access' },
        Body: { Text: { Data: 'Please decide.' }, Html: { Data: '<p>Please decide.</p>' } },
        Headers: [{ Name: 'X-Countersign-Request', Value: '01REQUEST' }],
      },
    },
    ...change,
  });
  const send = async (input: SendEmailCommandInput) =>
    new SESv2Client(await clientFor(endpoint, 'mailer')).send(new SendEmailCommand(input));
  const simple = (change: object) => ({ Content: { Simple: { ...mail().Content?.Simple, ...change } } });

  test('a mail stands in the inbox with its headers', async () => {
    const { MessageId } = await send(mail({ ConfigurationSetName: 'plain' }));
    expect(endpoint.inbox().at(-1)).toMatchObject({
      messageId: MessageId,
      from: 'Countersign <countersign@example.com>',
      to: ['bob@example.com'],
      subject: 'Alice asks for access',
      text: 'Please decide.',
      headers: { 'X-Countersign-Request': '01REQUEST' },
    });
  });
  test.each([
    ['a line break in the subject', simple({ Subject: { Data: 'a\r\nBcc: x@example.com' } })],
    ['a line break in a header', simple({ Headers: [{ Name: 'X-A', Value: 'a\nb' }] })],
    ['a header name with a colon', simple({ Headers: [{ Name: 'X:A', Value: 'a' }] })],
    ['a header that SES writes itself', simple({ Headers: [{ Name: 'Bcc', Value: 'x@example.com' }] })],
    ['an address without a domain', { Destination: { ToAddresses: ['bob'] } }],
    ['no recipient', { Destination: { ToAddresses: [] } }],
    ['a raw mail', { Content: { Raw: { Data: new Uint8Array(1) } } }],
  ])('%s is refused', async (_, change) => {
    expect((await refusal(send(mail(change)))).name).toBe('BadRequestException');
  });
  test('another sender is refused', async () => {
    const error = await refusal(send(mail({ FromEmailAddress: 'ceo@example.com' })));
    expect(error.name).toBe('AccessDeniedException');
  });
  test('the mailbox simulator answers with a feedback event', async () => {
    await send(mail({ Destination: { ToAddresses: ['bounce+x@simulator.amazonses.com'] } }));
    const event = endpoint.events().at(-1);
    expect(event).toMatchObject({ Source: 'aws.ses', DetailType: 'Email Bounced', account: service });
    const detail = JSON.parse(event?.Detail ?? '{}');
    expect(detail.bounce.bouncedRecipients[0].emailAddress).toBe('bounce+x@simulator.amazonses.com');
    expect(detail.mail.messageId).toBe(endpoint.inbox().at(-1)?.messageId);
    expect(detail.mail.headers).toContainEqual({ name: 'X-Countersign-Request', value: '01REQUEST' });
  });
});

describe('EventBridge', () => {
  const put = async (...Entries: object[]) =>
    new EventBridgeClient(await clientFor(endpoint, 'announcer')).send(new PutEventsCommand({ Entries }));
  const entry = { Source: 'countersign', DetailType: 'Request approved', Detail: '{"requestId":"01"}' };

  test('a good entry is delivered, a malformed one fails alone', async () => {
    const answer = await put(entry, { ...entry, Detail: 'text' });
    expect(answer.FailedEntryCount).toBe(1);
    expect(answer.Entries?.[1]?.ErrorCode).toBe('MalformedDetail');
    expect(endpoint.events().at(-1)).toMatchObject({ ...entry, EventId: answer.Entries?.[0]?.EventId });
  });
  test('another source is refused, and more than ten entries', async () => {
    expect((await refusal(put({ ...entry, Source: 'other' }))).name).toBe('AccessDeniedException');
    expect((await refusal(put(...Array.from({ length: 11 }, () => entry)))).name).toBe('ValidationException');
  });
});

describe('Step Functions', () => {
  test('an execution is started once, described, and listed', async () => {
    const client = new SFNClient(await clientFor(endpoint, 'starter'));
    const start = { stateMachineArn, name: '01REQUEST-1', input: '{"requestId":"01REQUEST"}' };
    const { executionArn } = await client.send(new StartExecutionCommand(start));
    expect((await client.send(new StartExecutionCommand(start))).executionArn).toBe(executionArn);
    const other = new StartExecutionCommand({ ...start, input: '{}' });
    expect((await refusal(client.send(other))).name).toBe('ExecutionAlreadyExists');
    const described = await client.send(new DescribeExecutionCommand({ executionArn }));
    expect(described).toMatchObject({ status: 'RUNNING', input: start.input, startDate: expect.any(Date) });
    const { events } = await client.send(new GetExecutionHistoryCommand({ executionArn }));
    expect(events?.[0]).toMatchObject({ type: 'ExecutionStarted', timestamp: expect.any(Date) });
    const { executions } = await client.send(
      new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING' }),
    );
    expect(executions?.map((execution) => execution.name)).toEqual(['01REQUEST-1']);
  });
  test('a token is answered under a permission on the state machine, and only on that one', async () => {
    const client = new SFNClient(await clientFor(endpoint, 'starter'));
    const success = new SendTaskSuccessCommand({ taskToken: 'x', output: '{}' });
    expect((await refusal(client.send(success))).name).toBe('InvalidToken');
    const failure = new SendTaskFailureCommand({ taskToken: 'x' });
    const error = await refusal(client.send(failure));
    expect(error.name).toBe('AccessDeniedException');
  });
});
