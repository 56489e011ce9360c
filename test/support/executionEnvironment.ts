import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { FunctionError } from '../../local/functionError.ts';
import { type RuntimeApi, startRuntimeApi } from './runtimeApi.ts';

export interface DeployedFunction {
  /** `countersign-issue-session` */
  name: string;
  /** Folder with the deployment package: what lies in /var/task on Lambda. */
  taskRoot: string;
  handler: string;
  timeoutSeconds: number;
  memoryMegabytes: number;
  /** The variables that its template gives it, and their values where these are about the package itself. */
  variables: Record<string, string | undefined>;
}

/** One process that runs one function, for one event at a time. */
export interface ExecutionEnvironment {
  run(functionArn: string, payload: string): Promise<string>;
  /** False once its process ended. */
  alive(): boolean;
  end(): Promise<void>;
}

/** One that stands still would outlive us. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

const bootstrap = fileURLToPath(new URL('./runtimeBootstrap.ts', import.meta.url));

/**
 * Starts a process under the given environment and Lambda's own variables, and waits until its handler is loaded. It may read
 * the deployment package and nothing else, write nothing and start no program, and it stands still between two events.
 */
export async function startExecutionEnvironment(
  deployed: DeployedFunction,
  environment: Record<string, string>,
  onLog: (line: string) => void,
): Promise<ExecutionEnvironment> {
  const api = await startRuntimeApi(() => child.kill('SIGSTOP'));
  const rights = ['--permission', ...[bootstrap, deployed.taskRoot].map((path) => `--allow-fs-read=${path}`)];
  const child = spawn(process.execPath, [...rights, bootstrap], {
    cwd: deployed.taskRoot,
    env: { ...environment, ...runtimeVariables(deployed, api) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  for (const input of [child.stdout, child.stderr]) createInterface({ input }).on('line', onLog);
  const exited = once(child, 'exit').then(([status, signal]) => {
    running.delete(child);
    api.abandon(new FunctionError('Runtime.ExitError', `Runtime exited: ${status ?? signal}`));
    api.close();
  });
  const alive = () => child.exitCode === null && child.signalCode === null;
  const end = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  await api.ready.catch(async (error) => {
    await end();
    throw error;
  });
  return {
    alive,
    end,
    async run(functionArn, payload) {
      const milliseconds = deployed.timeoutSeconds * 1_000;
      const timer = setTimeout(() => {
        api.abandon(new FunctionError('Sandbox.Timedout', `Timed out after ${deployed.timeoutSeconds} s`));
        child.kill('SIGKILL');
      }, milliseconds);
      child.kill('SIGCONT');
      const deadline = Date.now() + milliseconds;
      return api
        .invoke({ id: randomUUID(), functionArn, payload, deadline })
        .finally(() => clearTimeout(timer));
    },
  };
}

/** What Lambda sets beside the function's own: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
function runtimeVariables(deployed: DeployedFunction, api: RuntimeApi): Record<string, string> {
  return {
    _HANDLER: deployed.handler,
    LAMBDA_TASK_ROOT: deployed.taskRoot,
    AWS_LAMBDA_RUNTIME_API: api.address,
    AWS_LAMBDA_FUNCTION_NAME: deployed.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(deployed.memoryMegabytes),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${deployed.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    TZ: ':UTC',
  };
}
