import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AwsCli } from '../../verify/awsCli.ts';
import type { Check } from '../../verify/check.ts';
import { assumeRoleRecord } from '../../verify/checks/assumeRoleRecord.ts';
import { functionSession } from '../../verify/checks/functionSession.ts';
import { sourceFunction } from '../../verify/checks/sourceFunction.ts';
import { runChecks } from '../../verify/run.ts';
import { region } from '../local/aws/sampleEndpoint.ts';
import { type LocalAccount, startLocalAccount } from './localAccount.ts';

let local: LocalAccount;
beforeAll(async () => {
  local = await startLocalAccount();
});
afterAll(() => local.endpoint.close());

const run = async (check: Check, cli: AwsCli) =>
  (await runChecks([check], { ...local.account, cli }))[0]?.finding;

/** What follows a word of the command line. */
const optionOf = (words: string[], word: string): string => words[words.indexOf(word) + 1] ?? '';

describe('checks that need the AWS CLI, in whose place the local endpoint answers', () => {
  test('the AssumeRole record, as the trail of the endpoint has it', async () => {
    const eventHistory: AwsCli = async (words, schema) => {
      expect(words.slice(0, 2)).toEqual(['cloudtrail', 'lookup-events']);
      const accessKeyId = optionOf(words, '--lookup-attributes').replace(/^.*AttributeValue=/, '');
      const records = local.endpoint
        .trail()
        .filter(({ userIdentity }) => userIdentity.accessKeyId === accessKeyId);
      return schema.parse({ Events: records.map((record) => ({ CloudTrailEvent: JSON.stringify(record) })) });
    };
    expect(await run(assumeRoleRecord, eventHistory)).toMatchObject({
      outcome: 'as expected',
      observed: expect.stringMatching(/^all four, on record after \d+\.\d s$/),
    });
  });

  /** The function's own code, in a process of its own under the credentials that Lambda would give it. */
  const lambda = (): AwsCli => {
    const made = { role: '', code: '' };
    return async (words, schema) => {
      const [service, command] = words;
      if (command === 'create-function') {
        made.role = optionOf(words, '--role');
        made.code = codeIn(await readFile(optionOf(words, '--zip-file').replace('fileb://', '')));
      }
      if (command === 'invoke') {
        const input = await readFile(optionOf(words, '--payload').replace('fileb://', ''), 'utf8');
        await writeFile(words.at(-1) ?? '', await invoke(made, input));
      }
      expect(service).toBe('lambda');
      return schema.parse(undefined);
    };
  };

  /** The only file of the archive lies behind its header. */
  const codeIn = (archive: Buffer): string =>
    archive
      .subarray(30 + archive.readUInt16LE(26))
      .toString()
      .split('PK\u0001\u0002')[0] ?? '';

  async function invoke({ role, code }: { role: string; code: string }, input: string): Promise<string> {
    const credentials = await local.endpoint.credentialsFor(role, 'function');
    const script = `${code}console.log(JSON.stringify(await handler(${input})))`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      env: {
        AWS_REGION: region,
        AWS_ENDPOINT_URL: local.endpoint.url,
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        AWS_SESSION_TOKEN: credentials.sessionToken,
      },
    });
    return stdout;
  }

  test('sessions that a function opens', async () => {
    expect(await run(functionSession, lambda())).toEqual({
      outcome: 'as expected',
      observed: '3600 s: issued; 3601 s: refused, ValidationError',
    });
  });

  test('the function in the context of its calls', async () => {
    expect(await run(sourceFunction, lambda())).toEqual({
      outcome: 'as expected',
      observed: 'in the function: done; under its role elsewhere: denied',
    });
  });
});
