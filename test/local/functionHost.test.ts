import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { bundleFunctions } from '../../infra/bundle.ts';
import { createClock } from '../../local/clock.ts';
import { createFunctionHost, type FunctionHost } from '../../local/functionHost.ts';

const clock = createClock();
const lines: string[] = [];
let folder: string;
let host: FunctionHost;
let issued = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-host-'));
  const entries = {
    sample: 'test/local/functions/sample.ts',
    impatient: 'test/local/functions/sample.ts',
    unloadable: 'test/local/functions/unloadable.ts',
    withoutHandler: 'test/local/functions/withoutHandler.ts',
  };
  const bundles = await bundleFunctions({ outdir: folder, entries });
  const hosted = (name: string, timeoutSeconds: number) => ({
    bundle: bundles.fileOf(name),
    arn: `arn:aws:lambda:us-east-1:999988887777:function:countersign-${name}`,
    environment: { TABLE_NAME: `table-of-${name}` },
    timeoutSeconds,
    credentials: () => {
      issued += 1;
      const expiration = new Date(clock.now() + 12 * 3_600_000);
      return {
        accessKeyId: `ASIA${name}${issued}`,
        secretAccessKey: 'secret',
        sessionToken: 'token',
        expiration,
      };
    },
  });
  host = createFunctionHost({
    functions: {
      sample: hosted('sample', 29),
      impatient: hosted('impatient', 0.3),
      unloadable: hosted('unloadable', 29),
      withoutHandler: hosted('withoutHandler', 29),
    },
    region: 'us-east-1',
    awsUrl: 'http://127.0.0.1:4566',
    clock,
    onLog: (name, line) => lines.push(`${name}: ${line}`),
  });
});

afterAll(async () => {
  await host.close();
  await rm(folder, { recursive: true });
});

const environmentOf = async (name: string): Promise<Record<string, string>> =>
  Object.assign({}, await host.invoke(name, { do: 'environment' }));

describe('The function host', () => {
  it('starts a function on its first invocation and keeps it for the next', async () => {
    const before = host.counts().sample;
    await host.invoke('sample', { do: 'echo', value: 1 });
    await host.invoke('sample', { do: 'echo', value: 2 });
    const after = host.counts().sample;
    expect(before).toEqual({ invocations: 0, coldStarts: 0 });
    expect(after).toEqual({ invocations: 2, coldStarts: 1 });
  });

  it('passes events and answers as JSON, an absent answer as null', async () => {
    const answer = await host.invoke('sample', { do: 'echo', value: { at: new Date(0), gone: undefined } });
    expect(answer).toEqual({ value: { at: '1970-01-01T00:00:00.000Z' }, functionName: 'countersign-sample' });
    expect(await host.invoke('sample', { do: 'nothing' })).toBeNull();
  });

  it("gives a function its own configuration and role, and nothing of this process's environment", async () => {
    process.env.COUNTERSIGN_TEST_LEAK = 'leaked';
    const [sample, impatient] = await Promise.all([environmentOf('sample'), environmentOf('impatient')]);
    delete process.env.COUNTERSIGN_TEST_LEAK;
    expect(
      Object.keys(sample)
        .filter((name) => !name.startsWith('AWS_'))
        .sort(),
    ).toEqual(['TABLE_NAME', 'TZ']);
    expect(sample.TABLE_NAME).toBe('table-of-sample');
    expect(impatient.TABLE_NAME).toBe('table-of-impatient');
    expect(sample.AWS_ACCESS_KEY_ID).toMatch(/^ASIAsample/);
    expect(impatient.AWS_ACCESS_KEY_ID).toMatch(/^ASIAimpatient/);
    expect(sample.AWS_ENDPOINT_URL).toBe('http://127.0.0.1:4566');
  });

  it('runs invocations of one function side by side', async () => {
    const started = performance.now();
    const waits = Array.from({ length: 5 }, () => host.invoke('sample', { do: 'wait', value: 200 }));
    expect(await Promise.all(waits)).toEqual(Array(5).fill('waited'));
    expect(performance.now() - started).toBeLessThan(900);
  });

  it('answers what a handler throws with the name and message of the error', async () => {
    await expect(host.invoke('sample', { do: 'throw' })).rejects.toMatchObject({
      name: 'QuotaExceeded',
      message: 'as asked',
    });
  });

  it('fails the invocation under way when a function crashes, and starts anew for the next', async () => {
    const before = host.counts().sample?.coldStarts ?? 0;
    await expect(host.invoke('sample', { do: 'crash' })).rejects.toMatchObject({
      name: 'Runtime.ExitError',
      message: expect.stringContaining('exit status 3'),
    });
    expect(await host.invoke('sample', { do: 'echo', value: 'again' })).toMatchObject({ value: 'again' });
    expect(host.counts().sample?.coldStarts).toBe(before + 1);
  });

  it('ends an invocation that takes longer than the function may, and starts anew for the next', async () => {
    await expect(host.invoke('impatient', { do: 'hang' })).rejects.toMatchObject({
      name: 'Sandbox.Timedout',
      message: expect.stringContaining('Task timed out after 0.30 seconds'),
    });
    expect(await host.invoke('impatient', { do: 'echo', value: 1 })).toMatchObject({ value: 1 });
  });

  it('tells a handler how much time it has left', async () => {
    const remaining = Number(await host.invoke('sample', { do: 'remaining' }));
    expect(remaining).toBeGreaterThan(28_000);
    expect(remaining).toBeLessThanOrEqual(29_000);
  });

  it('reports a function that cannot be loaded, at every invocation', async () => {
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await expect(host.invoke('unloadable', {})).rejects.toMatchObject({ message: 'no configuration' });
    }
    await expect(host.invoke('withoutHandler', {})).rejects.toMatchObject({
      name: 'Runtime.HandlerNotFound',
    });
    await expect(host.invoke('unheardOf', {})).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('refuses payloads over six megabytes, in and out', async () => {
    const sixMegabytes = 6 * 1024 * 1024;
    await expect(
      host.invoke('sample', { do: 'echo', value: 'x'.repeat(sixMegabytes) }),
    ).rejects.toMatchObject({
      name: 'RequestTooLargeException',
    });
    await expect(host.invoke('sample', { do: 'large', value: sixMegabytes + 200 })).rejects.toMatchObject({
      name: 'Function.ResponseSizeTooLarge',
    });
  });

  it('hands on every line that a function writes, under its name', async () => {
    await host.invoke('sample', { do: 'log' });
    await vi.waitFor(() =>
      expect(lines).toEqual(expect.arrayContaining(['sample: to stdout', 'sample: to stderr'])),
    );
  });

  it('shows functions the moved clock, in what they loaded before and in what they load after', async () => {
    await host.warm(['sample']);
    clock.advance(60 * 60_000);
    const answer: { now?: string } = Object.assign({}, await host.invoke('sample', { do: 'clock' }));
    expect(Math.abs(Date.parse(answer.now ?? '') - clock.now())).toBeLessThan(5_000);
  });

  it('starts a function anew with fresh credentials before the old ones run out', async () => {
    const first = await environmentOf('sample');
    clock.advance(10 * 3_600_000);
    const second = await environmentOf('sample');
    clock.advance(56 * 60_000);
    const third = await environmentOf('sample');
    expect(second.AWS_ACCESS_KEY_ID).toBe(first.AWS_ACCESS_KEY_ID);
    expect(third.AWS_ACCESS_KEY_ID).not.toBe(first.AWS_ACCESS_KEY_ID);
  });

  it('lets invocations under way finish when their credentials are replaced', async () => {
    const waiting = host.invoke('sample', { do: 'wait', value: 300 });
    await new Promise((resolve) => setTimeout(resolve, 50));
    clock.advance(3 * 24 * 3_600_000);
    const fresh = await host.invoke('sample', { do: 'echo', value: 'fresh' });
    expect(fresh).toMatchObject({ value: 'fresh' });
    expect(await waiting).toBe('waited');
  });
});
