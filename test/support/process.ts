import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sampleCatalogue } from './sample.ts';
import { type RemoteService, serviceAt } from './service.ts';

/** The local server in a process of its own, which can be killed and started again over the same data and ports. */
export interface ServerProcess {
  readonly service: RemoteService;
  readonly baseUrl: string;
  readonly awsUrl: string;
  readonly dataDirectory: string;
  /** The process that runs now, or ran last. */
  readonly child: ChildProcess;
  isRunning(): boolean;
  /** Everything that all its lives have written. */
  stdout(): string;
  stderr(): string;
  /** SIGKILL: no handler runs, nothing is flushed. */
  kill(): Promise<void>;
  /** SIGINT, as Ctrl-C. Answers the exit code. */
  stop(): Promise<number | null>;
  /** Starts it again; kills it first if it runs. */
  restart(): Promise<void>;
  /** Kills it and removes its data. */
  remove(): Promise<void>;
}

export interface ServerProcessOptions {
  /** The program and its first options; it takes those of `local/main.ts`. */
  entry?: string[];
  /** Kept by the caller; a temporary folder otherwise. */
  dataDirectory?: string;
}

/** Generous: a busy machine runs several of these side by side. */
const startSeconds = 90;

/** Starts a server process and waits until it answers. Throws with its stderr when it does not. */
export async function startServerProcess(options: ServerProcessOptions = {}): Promise<ServerProcess> {
  const { entry = ['local/main.ts', '--catalogue', sampleCatalogue] } = options;
  const dataDirectory = options.dataDirectory ?? (await mkdtemp(join(tmpdir(), 'countersign-process-')));
  const [port, awsPort] = [await freePort(), await freePort()];
  const baseUrl = `http://127.0.0.1:${port}`;
  const written = { stdout: '', stderr: '' };
  const launch = (): ChildProcess => {
    const words = [...entry, '--data', dataDirectory, '--port', String(port), '--aws-port', String(awsPort)];
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream]?.on('data', (chunk) => {
        written[stream] += chunk;
      });
    const killWithUs = () => child.kill('SIGKILL');
    process.once('exit', killWithUs);
    child.once('exit', () => process.off('exit', killWithUs));
    return child;
  };

  const server = {
    service: serviceAt(baseUrl),
    baseUrl,
    awsUrl: `http://127.0.0.1:${awsPort}`,
    dataDirectory,
    child: launch(),
    isRunning: () => server.child.exitCode === null && server.child.signalCode === null,
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    kill: () => end(server.child, 'SIGKILL').then(() => undefined),
    stop: () => end(server.child, 'SIGINT'),
    async restart() {
      await server.kill();
      server.child = launch();
      await untilReady(server);
    },
    async remove() {
      await server.kill();
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
  await untilReady(server);
  return server;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
  return child.exitCode;
}

async function untilReady(server: Pick<ServerProcess, 'baseUrl' | 'isRunning' | 'stderr'>): Promise<void> {
  const deadline = performance.now() + startSeconds * 1_000;
  while (server.isRunning() && performance.now() < deadline) {
    const answer = await fetch(`${server.baseUrl}/v1/openapi.json`).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`The server did not start: ${server.stderr()}`);
}

/** Below the ports that outgoing connections take: it has to be free again after a kill. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const probe = createServer();
    const free = await new Promise<boolean>((resolve) => {
      probe.once('error', () => resolve(false));
      probe.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!free) continue;
    await new Promise((resolve) => probe.close(resolve));
    return port;
  }
}
