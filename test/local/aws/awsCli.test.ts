import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AwsEndpoint } from '#local/aws/endpoint.ts';
import {
  clientFor,
  credentialsOf,
  production,
  region,
  roleArn,
  startSampleEndpoint,
} from './sampleEndpoint.ts';

const cli = '/usr/bin/aws';
const present = existsSync(cli);
if (!present) console.warn(`The tests with the AWS CLI are left out: there is no ${cli}.`);

const run = promisify(execFile);

describe.runIf(present)('the AWS CLI needs nothing but the endpoint', () => {
  let endpoint: AwsEndpoint;
  let environment: NodeJS.ProcessEnv;

  beforeAll(async () => {
    endpoint = await startSampleEndpoint();
    await endpoint.seedItems(production, 'orders', [{ id: { S: '1001' }, total: { N: '42' } }]);
    const issuer = new STSClient(await clientFor(endpoint, 'issuer'));
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: ['dynamodb:GetItem', 'sts:AssumeRole'], Resource: '*' }],
    });
    const answer = await issuer.send(
      new AssumeRoleCommand({ RoleArn: roleArn(production, 'orders'), RoleSessionName: '01REQUEST', Policy }),
    );
    const { accessKeyId, secretAccessKey, sessionToken } = credentialsOf(answer);
    environment = {
      PATH: '/usr/bin:/bin',
      HOME: '/nonexistent',
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
      AWS_EC2_METADATA_DISABLED: 'true',
    };
  });
  afterAll(() => endpoint.close());

  const aws = (...words: string[]) =>
    run(cli, [...words, '--endpoint-url', endpoint.url, '--output', 'json'], { env: environment });
  const failure = async (...words: string[]): Promise<string> => {
    const error: unknown = await aws(...words).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    return error instanceof Error ? error.message : '';
  };
  const key = ['--table-name', 'orders', '--key', '{"id":{"S":"1001"}}'];

  test('sts get-caller-identity', async () => {
    const { stdout } = await aws('sts', 'get-caller-identity');
    expect(JSON.parse(stdout)).toMatchObject({
      Account: production,
      Arn: `arn:aws:sts::${production}:assumed-role/orders/01REQUEST`,
    });
  });
  test('dynamodb get-item', async () => {
    const { stdout } = await aws('dynamodb', 'get-item', ...key);
    expect(JSON.parse(stdout)).toEqual({ Item: { id: { S: '1001' }, total: { N: '42' } } });
  });
  test('what the session may not do is refused in the words of AWS', async () => {
    expect(await failure('dynamodb', 'delete-item', ...key)).toContain(
      'An error occurred (AccessDeniedException) when calling the DeleteItem operation: User: ' +
        `arn:aws:sts::${production}:assumed-role/orders/01REQUEST is not authorized to perform: dynamodb:DeleteItem`,
    );
    const assume = [
      'sts',
      'assume-role',
      '--role-arn',
      roleArn(production, 'orders'),
      '--role-session-name',
      'again',
    ];
    expect(await failure(...assume)).toContain(
      'An error occurred (AccessDenied) when calling the AssumeRole operation',
    );
  });
  test.each([
    [
      'kms',
      [
        'kms',
        'generate-mac',
        '--key-id',
        'alias/countersign/requests',
        '--mac-algorithm',
        'HMAC_SHA_256',
        '--message',
        'YQ==',
      ],
      'NotFoundException',
    ],
    [
      'iam',
      ['iam', 'list-policy-versions', '--policy-arn', `arn:aws:iam::${production}:policy/orders-boundary`],
      'AccessDenied',
    ],
    [
      'events',
      ['events', 'put-events', '--entries', '[{"Source":"a","DetailType":"b","Detail":"{}"}]'],
      'AccessDeniedException',
    ],
    [
      'stepfunctions',
      [
        'stepfunctions',
        'list-executions',
        '--state-machine-arn',
        `arn:aws:states:${region}:${production}:stateMachine:x`,
      ],
      'AccessDeniedException',
    ],
    [
      'sesv2',
      [
        'sesv2',
        'send-email',
        '--from-email-address',
        'a@example.com',
        '--destination',
        'ToAddresses=b@example.com',
        '--content',
        '{"Simple":{"Subject":{"Data":"s"},"Body":{"Text":{"Data":"t"}}}}',
      ],
      'AccessDeniedException',
    ],
  ])('%s speaks its own protocol', async (_, words, code) => {
    expect(await failure(...words)).toContain(`An error occurred (${code})`);
  });
});
