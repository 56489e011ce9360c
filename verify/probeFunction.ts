import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { mayListTables, policyOf, type TestAccount } from './testAccount.ts';
import { until } from './waiting.ts';
import { zipOf } from './zip.ts';

/** A Lambda function whose role may enter `target` only if the call comes from that very function. */
export interface ProbeFunction {
  role: string;
  target: string;
  /** The function assumes the target for so many seconds: `done`, or the name of the error of STS. */
  assume(durationSeconds: number): Promise<string>;
}

const code = `import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
const sts = new STSClient();
export const handler = (input) => sts.send(new AssumeRoleCommand(input)).then(() => ({ outcome: 'done' }), ({ name }) => ({ outcome: name }));
`;

const made = new WeakMap<TestAccount, Promise<ProbeFunction>>();

/** Made once in a run, for all checks that need it. */
export function probeFunction(account: TestAccount): Promise<ProbeFunction> {
  const existing = made.get(account) ?? makeProbeFunction(account);
  made.set(account, existing);
  return existing;
}

async function makeProbeFunction(account: TestAccount): Promise<ProbeFunction> {
  const { account: id, region, nameOf } = account;
  const name = nameOf('function');
  const arn = `arn:aws:lambda:${region}:${id}:function:${name}`;
  const root = { AWS: `arn:aws:iam::${id}:root` };
  const target = await account.makeRole({
    name: 'function-target',
    trust: policyOf({ Effect: 'Allow', Principal: root, Action: 'sts:AssumeRole' }),
    policy: mayListTables,
  });
  const role = await account.makeRole({
    name: 'function',
    // The caller too, so that the same rights can be tried outside the function.
    trust: policyOf(
      { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
      { Effect: 'Allow', Principal: root, Action: 'sts:AssumeRole' },
    ),
    policy: policyOf(...mayListTables.Statement, {
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Resource: target,
      Condition: { ArnEquals: { 'lambda:SourceFunctionArn': arn } },
    }),
  });
  await deploy(account, { name, role });
  const invoke = (DurationSeconds: number) =>
    invokeFunction(account, name, {
      RoleArn: target,
      RoleSessionName: 'countersign-verify',
      DurationSeconds,
    });
  return { role, target, assume: invoke };
}

async function deploy(account: TestAccount, { name, role }: { name: string; role: string }): Promise<void> {
  const { cli } = account;
  await inFolder(async (folder) => {
    const file = join(folder, 'function.zip');
    await writeFile(file, zipOf('index.mjs', code));
    const shape = [
      '--runtime',
      'nodejs24.x',
      '--handler',
      'index.handler',
      '--timeout',
      '30',
      '--memory-size',
      '256',
    ];
    const words = [
      'lambda',
      'create-function',
      '--function-name',
      name,
      '--role',
      role,
      ...shape,
      '--zip-file',
      `fileb://${file}`,
    ];
    const make = () =>
      until(account, { what: 'Lambda to know a new role', seconds: 120, every: 5 }, async () => {
        try {
          await cli(words, z.unknown());
          return true;
        } catch (error) {
          if (error instanceof Error && error.message.includes('cannot be assumed by Lambda'))
            return undefined;
          throw error;
        }
      });
    const remove = () => cli(['lambda', 'delete-function', '--function-name', name], z.unknown());
    await account.removals.make(`function ${name}`, { make, remove });
  });
  await cli(['lambda', 'wait', 'function-active-v2', '--function-name', name], z.unknown());
}

const answerSchema = z.object({ outcome: z.string() });

async function invokeFunction({ cli }: TestAccount, name: string, input: object): Promise<string> {
  return inFolder(async (folder) => {
    const [sent, answered] = [join(folder, 'input.json'), join(folder, 'output.json')];
    await writeFile(sent, JSON.stringify(input));
    await cli(
      ['lambda', 'invoke', '--function-name', name, '--payload', `fileb://${sent}`, answered],
      z.unknown(),
    );
    return answerSchema.parse(JSON.parse(await readFile(answered, 'utf8'))).outcome;
  });
}

async function inFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-verify-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
