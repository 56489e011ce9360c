import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';

interface Run {
  child: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** The exit code, or the signal that ended it. */
  exited: Promise<number | string | null>;
}

/** Test files run side by side: a time limit for a machine of its own would fail on a busy one. */
const slowness = 3;

const running = new Set<ChildProcess>();

function run(...options: string[]): Run {
  const child = spawn(process.execPath, ['local/main.ts', ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const exited = new Promise<number | string | null>((resolve) => {
    child.once('exit', (code, signal) => {
      running.delete(child);
      resolve(code ?? signal);
    });
  });
  return { child, stdout: () => stdout, stderr: () => stderr, exited };
}

/** A server on ports of its own, once it says that it is ready. */
async function start(...options: string[]): Promise<Run & { baseUrl: string }> {
  const started = run('--port', '0', '--aws-port', '0', ...options);
  const deadline = Date.now() + 20_000;
  while (Date.now() < deadline) {
    const baseUrl = /http:\/\/127\.0\.0\.1:\d+/.exec(started.stdout())?.[0];
    if (baseUrl) return { ...started, baseUrl };
    if (started.child.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`It did not start: ${started.stderr()}`);
}

afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});

describe('The command line', () => {
  it('--help says what there is', async () => {
    const helped = run('--help');
    expect(await helped.exited).toBe(0);
    for (const option of ['--port', '--aws-port', '--data', '--help'])
      expect(helped.stdout()).toContain(option);
  });

  it.each([
    [['--prot', '9000'], '--prot'],
    [['--port', 'eighty'], 'eighty'],
    [['--port', '70000'], '70000'],
    [['--aws-port', '-1'], '--aws-port'],
    [['--data', ''], '--data'],
    [['somewhere'], 'somewhere'],
  ])('%j is refused with a message that names the fault', async (options, named) => {
    const refused = run(...options);
    expect(await refused.exited).toBe(2);
    expect(refused.stderr()).toContain(named);
    expect(refused.stderr()).toContain('--aws-port N');
    expect(refused.stderr()).not.toContain('    at ');
  });

  it.each([
    ['--port', ['--aws-port', '0']],
    ['--aws-port', ['--port', '0']],
  ])(
    'a port taken by another program ends it with one sentence that names the port and %s',
    async (option, others) => {
      const other = createServer();
      await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
      const { port } = other.address() as AddressInfo;
      const refused = run(option, String(port), ...others);
      expect(await refused.exited).toBe(1);
      other.close();
      expect(refused.stderr().trim().split('\n')).toHaveLength(1);
      expect(refused.stderr()).toContain(`Port ${port} is taken`);
      expect(refused.stderr()).toContain(option);
    },
  );
});

describe('A running server', () => {
  it('is ready within five seconds, and says where it is and where the trail goes', async () => {
    const began = performance.now();
    const server = await start();
    const response = await fetch(`${server.baseUrl}/v1/openapi.json`);
    expect(response.status).toBe(200);
    expect(performance.now() - began).toBeLessThan(5_000 * slowness);
    expect(server.stdout()).toMatch(/trail/);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('ends cleanly within two seconds at %s', async (signal) => {
    const server = await start();
    const waiting = fetch(`${server.baseUrl}/_local/trail`);
    await waiting;
    const began = performance.now();
    server.child.kill(signal);
    expect(await server.exited).toBe(0);
    expect(performance.now() - began).toBeLessThan(2_000 * slowness);
  });

  it('keeps its clock across a SIGKILL with --data', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'countersign-main-'));
    const first = await start('--data', folder);
    const advance = { method: 'POST', body: '{"advance":"P2D"}' };
    const moved = await (await fetch(`${first.baseUrl}/_local/clock`, advance)).json();
    first.child.kill('SIGKILL');
    await first.exited;
    const second = await start('--data', folder);
    const later = await (
      await fetch(`${second.baseUrl}/_local/clock`, { method: 'POST', body: '{"advance":"PT0S"}' })
    ).json();
    expect(Date.parse(later.now)).toBeGreaterThanOrEqual(Date.parse(moved.now));
    second.child.kill('SIGTERM');
    await second.exited;
    await rm(folder, { recursive: true });
  });
});
