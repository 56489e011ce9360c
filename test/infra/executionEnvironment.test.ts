import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ExecutionEnvironment, startExecutionEnvironment } from '../support/executionEnvironment.ts';

const functionArn = 'arn:aws:lambda:us-east-1:999988887777:function:countersign-probe';
const started: ExecutionEnvironment[] = [];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-runtime-'));
  await writeFile(join(folder, 'beside.txt'), 'not in the package');
});
afterAll(async () => {
  await Promise.all(started.map((environment) => environment.end()));
  await rm(folder, { recursive: true });
});

/** A function whose code is the given text. */
async function start(name: string, code: string, timeoutSeconds = 29): Promise<ExecutionEnvironment> {
  const taskRoot = join(folder, name);
  await mkdir(taskRoot);
  await writeFile(join(taskRoot, 'index.mjs'), code);
  await writeFile(join(taskRoot, 'own.txt'), 'in the package');
  const deployed = {
    name: `countersign-${name}`,
    taskRoot,
    handler: 'index.handler',
    timeoutSeconds,
    memoryMegabytes: 512,
    variables: {},
  };
  const environment = await startExecutionEnvironment(deployed, { COUNTERSIGN_TABLE: 'a table' }, () => {});
  started.push(environment);
  return environment;
}

const run = async (environment: ExecutionEnvironment, event: unknown = {}) =>
  JSON.parse(await environment.run(functionArn, JSON.stringify(event)));

describe('A process that stands for Lambda', () => {
  test('gives a function its own variables and those that Lambda reserves, nothing of this machine', async () => {
    const environment = await start('variables', 'export const handler = async () => process.env;');
    const variables = await run(environment);
    expect(variables).toMatchObject({
      COUNTERSIGN_TABLE: 'a table',
      AWS_LAMBDA_FUNCTION_NAME: 'countersign-variables',
    });
    const others = Object.keys(variables).filter((name) => !/^(AWS_|_?LAMBDA_)/.test(name));
    expect(others.sort()).toEqual(['COUNTERSIGN_TABLE', 'TZ', '_HANDLER', '_X_AMZN_TRACE_ID']);
  });

  test('lets it read its package and nothing beside it, write nothing, and start nothing', async () => {
    const environment = await start(
      'files',
      `import { spawnSync } from 'node:child_process';
       import { readFileSync, writeFileSync } from 'node:fs';
       const outcome = (work) => { try { return String(work()); } catch (error) { return error.code; } };
       const path = (name) => new URL(name, import.meta.url);
       export const handler = async () => [
         outcome(() => readFileSync(path('own.txt'))),
         outcome(() => readFileSync(path('../beside.txt'))),
         outcome(() => writeFileSync(path('own.txt'), '')),
         outcome(() => spawnSync('true')),
       ];`,
    );
    const denied = 'ERR_ACCESS_DENIED';
    expect(await run(environment)).toEqual(['in the package', denied, denied, denied]);
  });

  test('hands the handler an event and a context that knows the time left', async () => {
    const environment = await start(
      'parameters',
      `export const handler = async (...parameters) =>
         [parameters.length, parameters[0], parameters[1].invokedFunctionArn, parameters[1].getRemainingTimeInMillis()];`,
    );
    const [count, event, arn, milliseconds] = await run(environment, { requestId: 'one' });
    expect([count, event, arn]).toEqual([2, { requestId: 'one' }, functionArn]);
    expect(milliseconds).toBeGreaterThan(25_000);
  });

  test('refuses a handler that waits for a callback, and one that is not there', async () => {
    await expect(
      start('callback', 'export const handler = (event, context, callback) => {};'),
    ).rejects.toThrow(expect.objectContaining({ name: 'Runtime.CallbackHandlerDeprecated' }));
    await expect(start('absent', 'export const main = 1;')).rejects.toThrow(
      expect.objectContaining({ name: 'Runtime.HandlerNotFound' }),
    );
  });

  test('stands still between two events', async () => {
    const environment = await start(
      'frozen',
      'let ticks = 0; setInterval(() => { ticks += 1; }, 1); export const handler = async () => ticks;',
    );
    const before = await run(environment);
    await delay(300);
    expect((await run(environment)) - before).toBeLessThan(50);
  });

  test('reports what the handler throws, a process that ends, and one that takes too long', async () => {
    const code = `export const handler = async ({ kind }) => {
      if (kind === 'throw') throw Object.assign(new Error('as asked'), { name: 'Asked' });
      if (kind === 'exit') process.exit(3);
      return new Promise(() => setInterval(() => {}, 1_000));
    };`;
    const throws = await start('throws', code);
    await expect(run(throws, { kind: 'throw' })).rejects.toMatchObject({
      name: 'Asked',
      message: 'as asked',
    });
    await expect(run(throws, { kind: 'exit' })).rejects.toMatchObject({ name: 'Runtime.ExitError' });
    expect(throws.alive()).toBe(false);
    const hangs = await start('hangs', code, 0.3);
    await expect(run(hangs, { kind: 'hang' })).rejects.toMatchObject({ name: 'Sandbox.Timedout' });
  });
});
