import type { FunctionHost, FunctionHostOptions, HostedFunction } from '../../local/functionHost.ts';
import {
  type DeployedFunction,
  type ExecutionEnvironment,
  startExecutionEnvironment,
} from './executionEnvironment.ts';

/**
 * Runs deployed functions in processes of their own, one event at a time in each and as many processes as that takes. Of
 * this machine they have the values of the variables that their template names, their role's credentials, and the address of
 * the AWS endpoint.
 */
export function createDeployedHost(
  deployed: Record<string, DeployedFunction>,
  options: FunctionHostOptions,
): FunctionHost {
  const pools = new Map(
    Object.entries(deployed).map(([name, each]) => [name, createPool(name, each, options)]),
  );
  const poolOf = (name: string): Pool => {
    const pool = pools.get(name);
    if (!pool) throw new TypeError(`No template deploys ${name}.`);
    return pool;
  };
  return {
    invoke: async (name, event) => JSON.parse(await poolOf(name).invoke(JSON.stringify(event) ?? 'null')),
    warm: async (names = [...pools.keys()]) => {
      await Promise.all(names.map((name) => poolOf(name).warm()));
    },
    // For a moved clock, which processes do not see.
    quiet: async () => undefined,
    counts: () => Object.fromEntries(Array.from(pools, ([name, { count }]) => [name, { ...count }])),
    close: async () => {
      await Promise.all(Array.from(pools.values(), (pool) => pool.close()));
    },
  };
}

interface Pool {
  count: { invocations: number; coldStarts: number };
  invoke(payload: string): Promise<string>;
  warm(): Promise<void>;
  close(): Promise<void>;
}

function createPool(name: string, deployed: DeployedFunction, options: FunctionHostOptions): Pool {
  const hosted = options.functions[name];
  if (!hosted) throw new TypeError(`The server has no function ${name}.`);
  const count = { invocations: 0, coldStarts: 0 };
  const idle: ExecutionEnvironment[] = [];
  const started = new Set<ExecutionEnvironment>();

  const coldStart = async (): Promise<ExecutionEnvironment> => {
    count.coldStarts += 1;
    const variables = await variablesOf(deployed, hosted, options);
    const onLog = (line: string) => options.onLog?.(name, line);
    const environment = await startExecutionEnvironment(deployed, variables, onLog);
    started.add(environment);
    return environment;
  };
  return {
    count,
    async invoke(payload) {
      const environment = idle.pop() ?? (await coldStart());
      count.invocations += 1;
      try {
        return await environment.run(hosted.arn, payload);
      } finally {
        if (environment.alive()) idle.push(environment);
      }
    },
    async warm() {
      if (started.size === 0) idle.push(await coldStart());
    },
    async close() {
      await Promise.all(Array.from(started, (environment) => environment.end()));
    },
  };
}

/** The names are the template's; the values are this installation's, which has other addresses and keys. */
async function variablesOf(
  { variables }: DeployedFunction,
  hosted: HostedFunction,
  { region, awsUrl }: FunctionHostOptions,
): Promise<Record<string, string>> {
  const { accessKeyId, secretAccessKey, sessionToken } = await hosted.credentials();
  const own = Object.entries(variables).map(([name, literal]) => {
    const value = literal ?? hosted.environment[name];
    if (value === undefined) throw new TypeError(`This installation has no value for ${name}.`);
    return [name, value];
  });
  return {
    ...Object.fromEntries(own),
    AWS_ENDPOINT_URL: awsUrl,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  };
}
