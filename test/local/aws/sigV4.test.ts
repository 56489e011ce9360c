import { Sha256 } from '@aws-crypto/sha256-js';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AwsEndpoint } from '#local/aws/endpoint.ts';
import {
  type Credentials,
  clientFor,
  clientWith,
  clock,
  refusal,
  region,
  roleArn,
  service,
  startSampleEndpoint,
} from './sampleEndpoint.ts';

let endpoint: AwsEndpoint;
let credentials: Credentials;

beforeAll(async () => {
  endpoint = await startSampleEndpoint();
  credentials = (await clientFor(endpoint, 'nobody')).credentials;
});
afterAll(() => endpoint.close());

const body = 'Action=GetCallerIdentity&Version=2011-06-15';

/** A GetCallerIdentity signed as the options say, and possibly changed afterwards. */
async function send(options: {
  service?: string;
  region?: string;
  signingDate?: Date;
  token?: string;
  change?: (request: HttpRequest) => void;
}): Promise<string> {
  const signer = new SignatureV4({
    service: options.service ?? 'sts',
    region: options.region ?? region,
    sha256: Sha256,
    credentials: { ...credentials, ...(options.token && { sessionToken: options.token }) },
  });
  const { host } = new URL(endpoint.url);
  const headers = { host, 'content-type': 'application/x-www-form-urlencoded' };
  const request = await signer.sign(new HttpRequest({ method: 'POST', path: '/', headers, body }), {
    signingDate: options.signingDate ?? new Date(),
  });
  const signed = new HttpRequest(request);
  options.change?.(signed);
  const answer = await fetch(endpoint.url, { method: 'POST', headers: signed.headers, body: signed.body });
  return /<Code>(\w+)</.exec(await answer.text())?.[1] ?? `${answer.status}`;
}

describe('a request is answered only if its signature is right', () => {
  test('a signed request is answered', async () => {
    expect(await send({})).toBe('200');
  });
  test('an unsigned one is refused', async () => {
    const change = (request: HttpRequest) => void delete request.headers.authorization;
    expect(await send({ change })).toBe('MissingAuthenticationToken');
  });
  test('a changed body is refused', async () => {
    const change = (request: HttpRequest) => {
      request.body = `${body}&Extra=1`;
    };
    expect(await send({ change })).toBe('SignatureDoesNotMatch');
  });
  test('a changed signed header is refused', async () => {
    const change = (request: HttpRequest) => {
      request.headers['content-type'] = 'application/x-www-form-urlencoded; charset=utf-8';
    };
    expect(await send({ change })).toBe('SignatureDoesNotMatch');
  });
  test('a header that AWS gives meaning to must be signed', async () => {
    const change = (request: HttpRequest) => {
      request.headers['x-amz-extra'] = 'added on the way';
    };
    expect(await send({ change })).toBe('SignatureDoesNotMatch');
  });
  test('a signature for another service is refused', async () => {
    expect(await send({ service: 'iam' })).toBe('SignatureDoesNotMatch');
  });
  test('a signature for another region is refused', async () => {
    expect(await send({ region: 'eu-west-1' })).toBe('SignatureDoesNotMatch');
  });
  test("another session's token is refused", async () => {
    const other = await clientFor(endpoint, 'issuer');
    expect(await send({ token: other.credentials.sessionToken })).toBe('InvalidClientTokenId');
  });
  test('a signature six minutes old is refused, one four minutes old is not', async () => {
    expect(await send({ signingDate: new Date(Date.now() - 6 * 60_000) })).toBe('SignatureDoesNotMatch');
    expect(await send({ signingDate: new Date(Date.now() - 4 * 60_000) })).toBe('200');
  });
});

describe('SDK clients raise their own classes', () => {
  test('an unknown key, in the Query protocol and in the JSON protocol', async () => {
    const unknown = clientWith(endpoint, { ...credentials, accessKeyId: 'ASIAAAAAAAAAAAAAAAAA' });
    expect((await refusal(new STSClient(unknown).send(new GetCallerIdentityCommand()))).name).toBe(
      'InvalidClientTokenId',
    );
    const read = new GetItemCommand({ TableName: 'requests', Key: { pk: { S: 'a' }, sk: { S: 'b' } } });
    expect((await refusal(new DynamoDBClient(unknown).send(read))).name).toBe('UnrecognizedClientException');
  });
  test('a wrong secret', async () => {
    const wrong = clientWith(endpoint, { ...credentials, secretAccessKey: 'x'.repeat(40) });
    expect((await refusal(new STSClient(wrong).send(new GetCallerIdentityCommand()))).name).toBe(
      'SignatureDoesNotMatch',
    );
  });
});

describe('when the virtual clock moves', () => {
  test('the AWS CLI, which lives in real time, is still answered; an expired session is not', async () => {
    const realTime = new Date();
    clock.advance(2 * 3_600_000);
    expect(await send({ signingDate: realTime })).toBe('200');
    clock.advance(11 * 3_600_000);
    expect(await send({})).toBe('ExpiredToken');
    const client = clientWith(endpoint, credentials);
    const read = new GetItemCommand({ TableName: 'requests', Key: { pk: { S: 'a' }, sk: { S: 'b' } } });
    expect((await refusal(new DynamoDBClient(client).send(read))).name).toBe('ExpiredTokenException');
  });
  test('a function that starts afterwards gets fresh credentials', async () => {
    const client = new STSClient(await clientFor(endpoint, 'nobody', 'later'));
    const identity = await client.send(new GetCallerIdentityCommand());
    expect(identity.Arn).toBe(`arn:aws:sts::${service}:assumed-role/nobody/later`);
  });
});

test('no service may start a function under a role that does not trust it', async () => {
  const error = await refusal(endpoint.credentialsFor(roleArn('111122223333', 'orders'), 'x'));
  expect(error).toMatchObject({ code: 'AccessDenied' });
});
