import { spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
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
  temporaryFolder,
} from '../local/aws/sampleEndpoint.ts';

const folders: string[] = [];

function aFolder(): string {
  const folder = temporaryFolder();
  folders.push(folder);
  return folder;
}

/** A folder whose settings name another account for Countersign's, and a production account to choose. */
function configuration(production = '111122223333'): string {
  const folder = aFolder();
  const changed = (name: string, from: string, to: string) =>
    writeFileSync(join(folder, name), readFileSync(name, 'utf8').replaceAll(from, to));
  changed('countersign.config.yaml', service, '444455556666');
  changed('catalogue.yaml', '111122223333', production);
  return folder;
}

const elsewhere = configuration();
let endpoint: AwsEndpoint;
let credentials: Awaited<ReturnType<AwsEndpoint['credentialsFor']>>;
beforeAll(async () => {
  endpoint = await startSampleEndpoint({
    roles: [...sampleRoles, functionRole('administrator', [allow('*')])],
  });
  credentials = await endpoint.credentialsFor(roleArn(service, 'administrator'), 'somebody');
});
afterAll(async () => {
  for (const folder of folders) rmSync(folder, { recursive: true });
  await endpoint.close();
});

/** The script as its user starts it, at the local endpoint and without an AWS CLI. */
async function verify(words: string[], environment: Record<string, string> = {}, cwd = elsewhere) {
  const child = spawn(process.execPath, [resolve('verify/main.ts'), ...words], {
    cwd,
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

  test.each([
    ['that Countersign lives in', '.', `Account ${service} is Countersign's own`],
    ['of a target', configuration(service), `Account ${service} is that of a target, production,`],
    ['when nobody can tell which those are', aFolder(), 'Nobody can tell which accounts'],
  ])('touches nothing in an account %s', async (_, cwd, sentence) => {
    const before = endpoint.recordedCalls().length;
    const { code, stderr } = await verify(['--yes'], {}, cwd);
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
    expect(stderr).toContain('Run this in a test account.');
    expect(callsSince(before)).toEqual(['GetCallerIdentity']);
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
