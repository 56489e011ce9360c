import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Catalogue, packCatalogue } from '../domain/catalogue.ts';
import { directoryGroupsFile } from '../infra/configuration/directoryGroups.ts';
import { readCatalogue } from '../infra/configuration/readCatalogue.ts';
import { openApiDocument } from '../lambdas/api/openApi.ts';
import type { AwsEndpoint } from './aws/endpoint.ts';
import { type BuiltBundles, builtBundles } from './builtBundles.ts';
import type { Clock } from './clock.ts';
import { type Closers, createClosers } from './closers.ts';
import { everyMinute } from './everyMinute.ts';
import { openFrontDoor } from './frontDoor.ts';
import { createFunctionHost, type FunctionHost, type FunctionHostOptions } from './functionHost.ts';
import { furnishInterior } from './interior.ts';
import { startLocalAws } from './localAws.ts';
import { sampleMachines, sampleUsers } from './sample.ts';
import { serverClock } from './serverClock.ts';
import { makeFolders, type ServerFolders } from './serverFolders.ts';
import type { StateMachine } from './states/stateMachine.ts';
import { openStore } from './store.ts';
import { awsWiring, localInstallation } from './wiring.ts';

export interface LocalServerOptions {
  /** Of the API; 8787 unless given, 0 for any. */
  port?: number;
  /** Of the AWS endpoint; 4566 unless given, 0 for any. */
  awsPort?: number;
  /** Where everything is kept; without it, everything but the trail's files is gone at the end. */
  dataDirectory?: string;
  catalogueFile?: string;
  /** Where the functions run: worker threads of this process unless given. */
  createHost?(options: FunctionHostOptions): FunctionHost;
  /** Called with each line that a function writes, and with the server's own errors. */
  onLog?(source: string, line: string): void;
}

export interface LocalServer {
  catalogue: Catalogue;
  baseUrl: string;
  awsUrl: string;
  clock: Clock;
  aws: AwsEndpoint;
  workflow: StateMachine;
  host: FunctionHost;
  /** Root of the trail's bucket: `AWSLogs/…` is below it. */
  trailDirectory: string;
  /** Every log line so far, `<source>: <line>`. */
  logs(): string[];
  close(): Promise<void>;
}

const repositoryRoot = fileURLToPath(new URL('..', import.meta.url));

/**
 * Starts the whole service on this machine: the store, the AWS endpoint with the workflow, the functions, the sign-in,
 * and last the front door, which lets nobody in before. Throws PortTakenError.
 */
export async function startLocalServer(options: LocalServerOptions = {}): Promise<LocalServer> {
  const closers = createClosers();
  try {
    return await start(options, closers);
  } catch (error) {
    await closers.closeAll();
    throw error;
  }
}

async function start(options: LocalServerOptions, closers: Closers): Promise<LocalServer> {
  const log = createLog(options);
  const base = await openBase(options, closers, log.onError);
  const { door, folders, store, clock, catalogue } = base;
  const bundling = prepare(folders, catalogue, door.baseUrl);
  // Awaited below; a failure before that must not count as unhandled.
  bundling.catch(() => undefined);

  const installation = localInstallation(door.baseUrl, catalogue);
  const host = lateBound<FunctionHost>('The functions have not started yet.');
  const aws = await startLocalAws({
    port: options.awsPort ?? 4566,
    installation,
    wiring: awsWiring(installation, catalogue),
    folders,
    store,
    clock,
    host: host.get,
    onError: log.onError,
  });
  closers.add(aws.close);
  const interior = await furnishInterior({
    installation,
    aws: aws.endpoint,
    files: folders,
    bundles: await bundling,
    createHost: options.createHost ?? createFunctionHost,
    users: sampleUsers(catalogue),
    machines: sampleMachines(catalogue),
    store,
    clock,
    ...log,
  });
  host.bind(interior.host);
  closers.add(interior.host.close);
  aws.stateMachine.start();
  closers.add(() => aws.stateMachine.stop());
  closers.add(everyMinute(clock, () => reconcile(interior.host, log.onError)));
  // The door again, which closes first then: no request shall meet a half-closed interior.
  closers.add(door.close);
  door.open(interior);
  return {
    catalogue,
    baseUrl: door.baseUrl,
    awsUrl: aws.endpoint.url,
    clock,
    aws: aws.endpoint,
    workflow: aws.stateMachine,
    host: interior.host,
    trailDirectory: folders.trail,
    logs: () => [...log.lines],
    close: closers.closeAll,
  };
}

/** What needs nothing else: the door, which has the port; folders, store and clock; the catalogue. */
async function openBase(options: LocalServerOptions, closers: Closers, onError: Log['onError']) {
  const door = await openFrontDoor({
    port: options.port ?? 8787,
    onError: (error) => onError('server', error),
  });
  closers.add(door.close);
  const folders = await makeFolders(options.dataDirectory);
  closers.add(folders.remove);
  const store = openStore(folders.storeFile);
  closers.add(() => store.close());
  const { clock, forget } = serverClock(store);
  closers.add(forget);
  const file = options.catalogueFile ?? join(repositoryRoot, 'catalogue.yaml');
  const pinned = join(dirname(file), directoryGroupsFile);
  const catalogue = await readCatalogue(file, existsSync(pinned) ? pinned : undefined);
  return { door, folders, store, clock, catalogue };
}

/** For two parts that need each other: the one made first gets at the other through `get`. */
function lateBound<Value>(missing: string): { get: () => Value; bind: (value: Value) => void } {
  let bound: { value: Value } | undefined;
  return {
    get() {
      if (!bound) throw new TypeError(missing);
      return bound.value;
    },
    bind(value) {
      bound = { value };
    },
  };
}

/** The bundles, and what differs from server to server beside them: catalogue, API description. */
async function prepare(folders: ServerFolders, catalogue: Catalogue, baseUrl: string): Promise<BuiltBundles> {
  const bundles = await builtBundles();
  await bundles.copyWeb(folders.webRoot);
  await writeFile(folders.catalogueFile, packCatalogue(catalogue));
  await writeFile(join(folders.webRoot, 'openapi.json'), JSON.stringify(openApiDocument(baseUrl)));
  return bundles;
}

async function reconcile(host: FunctionHost, onError: Log['onError']): Promise<void> {
  try {
    await host.invoke('reconcile', {});
  } catch (error) {
    onError('reconcile', error);
  }
}

interface Log {
  lines: string[];
  onLog: (source: string, line: string) => void;
  onError: (source: string, error: unknown) => void;
}

function createLog(options: LocalServerOptions): Log {
  const lines: string[] = [];
  const onLog = (source: string, line: string): void => {
    lines.push(`${source}: ${line}`);
    options.onLog?.(source, line);
  };
  const onError = (source: string, error: unknown): void =>
    onLog(source, error instanceof Error ? (error.stack ?? error.message) : String(error));
  return { lines, onLog, onError };
}
