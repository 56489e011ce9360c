import { spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AwsEndpoint } from '#local/aws/endpoint.ts';
import {
  allow,
  functionRole,
  region,
  roleArn,
  sampleRoles,
  service,
  startSampleEndpoint,
} from '../local/aws/sampleEndpoint.ts';

let endpoint: AwsEndpoint;
let credentials: Awaited<ReturnType<AwsEndpoint['credentialsFor']>>;
beforeAll(async () => {
  endpoint = await startSampleEndpoint({
    roles: [...sampleRoles, functionRole('administrator', [allow('*')])],
  });
  credentials = await endpoint.credentialsFor(roleArn(service, 'administrator'), 'somebody');
});
afterAll(() => endpoint.close());

/** The script as its user starts it, at the local endpoint and without an AWS CLI. */
async function verify(words: string[], environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, ['verify/main.ts', ...words], {
    env: {
      PATH: '/nowhere',
      AWS_ENDPOINT_URL: endpoint.url,
      AWS_REGION: region,
      AWS_MAX_ATTEMPTS: '1',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_SESSION_TOKEN: credentials.sessionToken,
      ...environment,
    },
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (data) => (said.stdout += String(data)));
  child.stderr.on('data', (data) => (said.stderr += String(data)));
  const code = await new Promise((resolve) => child.on('close', resolve));
  return { code, ...said };
}

const callsSince = (count: number) =>
  endpoint
    .recordedCalls()
    .slice(count)
    .map(({ operation }) => operation);

describe('npm run verify:aws', () => {
  test('says where it is and touches nothing without --yes', async () => {
    const before = endpoint.recordedCalls().length;
    const { code, stdout, stderr } = await verify([]);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(
      `Account ${service}, region ${region}, as arn:aws:sts::${service}:assumed-role/administrator/somebody.`,
    );
    expect(stderr).toContain('Nothing was done.');
    expect(callsSince(before)).toEqual(['GetCallerIdentity']);
  });

  test('tells nothing where it cannot make roles, and says why', async () => {
    const { code, stdout, stderr } = await verify(['--yes']);
    const outcomes = stdout.split('\n').filter((line) => /^\S/.test(line));
    expect(outcomes).toHaveLength(10);
    expect(outcomes.every((line) => line.startsWith('could not tell  '))).toBe(true);
    expect(stdout).toContain('The AWS CLI is not installed.');
    expect(stdout).not.toContain('\u001b');
    expect(stderr).toContain(
      'Left out: mail to a suppressed address (--sender ADDRESS); calls to STS at once (--sts-rate).',
    );
    expect(stderr).not.toContain('Could not be removed');
    expect(code).toBe(2);
    for (const secret of [credentials.secretAccessKey, credentials.sessionToken])
      expect(stdout + stderr).not.toContain(secret);
  });

  test('runs what it is asked for', async () => {
    const { stdout } = await verify(['--yes', '--sts-rate', '--sender', 'countersign@example.com']);
    expect(stdout).toMatch(/^as expected {5}STS answers 100 calls at once$/m);
    expect(stdout).toMatch(/^could not tell {2}A mail to a suppressed address comes back/m);
  });

  test('does not start as nobody', async () => {
    const { code, stderr } = await verify(['--yes'], { AWS_SESSION_TOKEN: 'damaged' });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^AWS cannot be reached as anybody: /);
  });

  test('explains itself, and a mistyped option', async () => {
    expect(await verify(['--help'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('--sender ADDRESS'),
    });
    expect(await verify(['--yse'])).toMatchObject({ code: 2, stderr: expect.stringContaining("'--yse'") });
  });
});
