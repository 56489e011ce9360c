import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from './clock.ts';
import { FunctionError } from './functionError.ts';
import { type FunctionSandbox, startSandbox } from './functionSandbox.ts';

/** Credentials of a function's role, as the Lambda service hands them to a sandbox. */
export interface RoleCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  expiration: Date;
}

export interface HostedFunction {
  /** The bundle, an ES module that exports `handler`. */
  bundle: string;
  arn: string;
  /** Only the function's own configuration: nothing of this process's environment reaches it. */
  environment: Record<string, string>;
  timeoutSeconds: number;
  credentials(): RoleCredentials | Promise<RoleCredentials>;
}

export interface FunctionHost {
  /**
   * Invokes a function and waits for its answer. What the handler throws comes out as an Error whose name is the
   * thrown error's name; AWS's own names are used for a crash, a timeout and a payload over 6 MB.
   */
  invoke: (functionName: string, event: unknown) => Promise<unknown>;
  /** Starts the functions that are not running yet: all of them, or the named ones. */
  warm(functionNames?: string[]): Promise<void>;
  /** Resolves when no function has run for a moment, after five seconds at the latest. */
  quiet(): Promise<void>;
  /** Per function: invocations and cold starts so far. */
  counts(): Record<string, { invocations: number; coldStarts: number }>;
  close: () => Promise<void>;
}

export interface FunctionHostOptions {
  functions: Record<string, HostedFunction>;
  region: string;
  awsUrl: string;
  clock: Clock;
  onLog?(functionName: string, line: string): void;
}

/** Lambda's limits for a synchronous invocation, in bytes. */
const requestLimit = 6_291_456;
const responseLimit = 6_291_556;

/** A sandbox is replaced when its credentials have less than this left, in milliseconds. */
const credentialMargin = 5 * 60_000;

/** Runs Lambda functions as worker threads, each under its own role's credentials and with its own environment. */
export function createFunctionHost(options: FunctionHostOptions): FunctionHost {
  const sandboxes = new Map<string, Promise<FunctionSandbox>>();
  const retired = new Set<FunctionSandbox>();
  const counts = new Map<string, { invocations: number; coldStarts: number }>();
  for (const name of Object.keys(options.functions)) counts.set(name, { invocations: 0, coldStarts: 0 });
  let closed = false;
  let running = 0;

  const coldStart = async (functionName: string, hosted: HostedFunction): Promise<FunctionSandbox> => {
    const count = counts.get(functionName);
    if (count) count.coldStarts += 1;
    const credentials = await hosted.credentials();
    return startSandbox({
      functionName,
      functionArn: hosted.arn,
      bundle: hosted.bundle,
      timeoutSeconds: hosted.timeoutSeconds,
      expiresAt: credentials.expiration.getTime(),
      environment: environmentOf(hosted, credentials, options),
      clock: options.clock,
      onLog: (line) => options.onLog?.(functionName, line),
    });
  };

  const sandboxOf = async (functionName: string): Promise<FunctionSandbox> => {
    const hosted = options.functions[functionName];
    if (!hosted) throw new FunctionError('ResourceNotFoundException', `Function not found: ${functionName}`);
    if (closed) throw new FunctionError('ServiceException', 'The function host is closed.');
    const current = sandboxes.get(functionName);
    const sandbox = await current?.catch(() => undefined);
    if (sandbox?.usable() && sandbox.expiresAt - options.clock.now() > credentialMargin) return sandbox;
    // Another invocation may have replaced it while this one waited.
    if (sandboxes.get(functionName) !== current) return sandboxOf(functionName);
    if (sandbox) retire(sandbox);
    const started = coldStart(functionName, hosted);
    sandboxes.set(functionName, started);
    return started;
  };

  const retire = (sandbox: FunctionSandbox): void => {
    retired.add(sandbox);
    void sandbox.retire().finally(() => retired.delete(sandbox));
  };

  return {
    async invoke(functionName, event) {
      const payload = JSON.stringify(event) ?? 'null';
      refuseOversized(payload, requestLimit, 'RequestTooLargeException');
      const sandbox = await sandboxOf(functionName);
      const count = counts.get(functionName);
      if (count) count.invocations += 1;
      running += 1;
      const answer = await sandbox.run(randomUUID(), payload).finally(() => {
        running -= 1;
      });
      refuseOversized(answer, responseLimit, 'Function.ResponseSizeTooLarge');
      return JSON.parse(answer);
    },
    async warm(functionNames = Object.keys(options.functions)) {
      await Promise.all(functionNames.map(sandboxOf));
    },
    async quiet() {
      // Between two steps of the workflow nothing runs for a few milliseconds: a moment is longer than that.
      for (let checks = 0, still = 0; checks < 200 && still < 3; checks += 1) {
        await delay(25);
        still = running === 0 ? still + 1 : 0;
      }
    },
    counts: () => Object.fromEntries(Array.from(counts, ([name, count]) => [name, { ...count }])),
    async close() {
      closed = true;
      const running = await Promise.allSettled(sandboxes.values());
      const started = running.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      await Promise.all([...started, ...retired].map((sandbox) => sandbox.terminate()));
    },
  };
}

function environmentOf(
  hosted: HostedFunction,
  credentials: RoleCredentials,
  { region, awsUrl }: FunctionHostOptions,
): Record<string, string> {
  return {
    ...hosted.environment,
    TZ: 'UTC',
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ENDPOINT_URL: awsUrl,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_LAMBDA_FUNCTION_NAME: hosted.arn.split(':').at(-1) ?? '',
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  };
}

function refuseOversized(payload: string, limit: number, code: string): void {
  const bytes = Buffer.byteLength(payload);
  if (bytes > limit) throw new FunctionError(code, `${bytes} bytes of payload, ${limit} are allowed.`);
}
