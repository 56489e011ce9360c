import { type FunctionName, functionNames } from '../infra/functions.ts';
import type { Installation } from '../infra/installation.ts';
import { routes } from '../infra/routes.ts';
import type { AwsEndpoint } from './aws/endpoint.ts';
import type { BuiltBundles } from './builtBundles.ts';
import type { Clock } from './clock.ts';
import type { Interior } from './frontDoor.ts';
import type { FunctionHost, FunctionHostOptions, HostedFunction } from './functionHost.ts';
import { createGateway } from './gateway.ts';
import { createHooks } from './hooks.ts';
import { createMachineIssuer, type SampleMachine } from './machineIssuer.ts';
import { createOidcProvider } from './oidcProvider.ts';
import type { SampleUser } from './sampleUser.ts';
import type { Store } from './store.ts';
import { audience, functionWiring, machineIssuerOf, userIssuerOf } from './wiring.ts';

export interface InteriorOptions {
  installation: Installation;
  aws: AwsEndpoint;
  files: { webRoot: string; catalogueFile: string };
  bundles: BuiltBundles;
  createHost: (options: FunctionHostOptions) => FunctionHost;
  users: readonly SampleUser[];
  machines: readonly SampleMachine[];
  store: Store;
  clock: Clock;
  onLog: (source: string, line: string) => void;
  onError: (source: string, error: unknown) => void;
}

/** What is behind the front door: the functions behind the gateway, the sign-in, and the local server's own part. */
export async function furnishInterior(options: InteriorOptions): Promise<Interior & { host: FunctionHost }> {
  const { aws, store, clock } = options;
  const { baseUrl, region, account } = options.installation;
  const host = options.createHost({
    functions: hostedFunctions(options),
    region,
    awsUrl: aws.url,
    clock,
    onLog: options.onLog,
  });
  const [provider, machineIssuer] = await Promise.all([
    createOidcProvider({
      baseUrl,
      issuer: userIssuerOf(baseUrl),
      audience,
      users: options.users,
      store,
      onError: (error) => options.onError('sign-in', error),
    }),
    createMachineIssuer({ issuer: machineIssuerOf(baseUrl), audience, region, store }),
  ]);
  const hooks = createHooks({
    users: options.users,
    machines: options.machines,
    mintUserToken: provider.mintToken,
    mintMachineToken: machineIssuer.mintToken,
    mails: () => aws.inbox(),
    trail: () => aws.trail(),
    events: () => aws.events(),
    async advance(milliseconds) {
      // Time passes between steps, not within them: a step that began before would wait from after.
      await host.quiet();
      clock.advance(milliseconds);
      // Answers once what became due has been done.
      await host.quiet();
      return clock.now();
    },
  });
  return {
    host,
    gateway: createGateway({
      routes,
      api: { account, region, apiId: 'local', stage: 'live' },
      invoke: host.invoke,
      authorizer: 'authorizer' satisfies FunctionName,
    }),
    signIn: provider.handle,
    local: async (request, path) => machineIssuer.answer(path) ?? hooks(request, path),
  };
}

function hostedFunctions({
  installation,
  files,
  bundles,
  aws,
}: InteriorOptions): Record<string, HostedFunction> {
  const hosted = functionNames.map((name): [string, HostedFunction] => {
    const { resourceName, roleArn, ...deployed } = functionWiring(name, installation, files);
    const credentials = () => aws.credentialsFor(roleArn, resourceName);
    return [name, { ...deployed, bundle: bundles.fileOf(name), credentials }];
  });
  return Object.fromEntries(hosted);
}
