import { marshall } from '@aws-sdk/util-dynamodb';
import { type Installation, resourcesOf } from '../infra/installation.ts';
import { type AwsEndpoint, startAwsEndpoint } from './aws/endpoint.ts';
import type { DeliveredEvent } from './aws/services/events.ts';
import type { Clock } from './clock.ts';
import type { FunctionHost } from './functionHost.ts';
import { PortTakenError, portTaken } from './listen.ts';
import { ordersTable, sampleAccount, sampleOrders } from './sample.ts';
import type { ServerFolders } from './serverFolders.ts';
import { createStateMachine, type StateMachine } from './states/stateMachine.ts';
import type { Store } from './store.ts';
import { createTaskRunner } from './taskRunner.ts';
import { type AwsWiring, functionNameOf } from './wiring.ts';

export interface LocalAws {
  endpoint: AwsEndpoint;
  /** Not started yet: its tasks need the functions. */
  stateMachine: StateMachine;
  close: () => Promise<void>;
}

/**
 * The AWS endpoint with the workflow behind it and the sample account's rows. Workflow and events need the functions,
 * which need the endpoint: `host` is bound when it exists.
 */
export async function startLocalAws(options: {
  port: number;
  installation: Installation;
  wiring: AwsWiring;
  folders: ServerFolders;
  store: Store;
  clock: Clock;
  host: () => FunctionHost;
  onError: (source: string, error: unknown) => void;
}): Promise<LocalAws> {
  const { port, installation, wiring, folders, store, clock } = options;
  const { region } = installation;
  const { stateMachineArn, workflowRoleArn } = resourcesOf(installation);
  let endpoint: AwsEndpoint | undefined;
  const started = (): AwsEndpoint => {
    if (!endpoint) throw new TypeError('The AWS endpoint has not started yet.');
    return endpoint;
  };
  const tasks = createTaskRunner({
    host: options.host,
    functionNameOf: (arn) => functionNameOf(installation, arn),
    region,
    awsUrl: () => started().url,
    credentials: () => started().credentialsFor(workflowRoleArn, 'workflow'),
  });
  const stateMachine = createStateMachine({
    arn: stateMachineArn,
    definition: wiring.workflowDefinition,
    tasks,
    store,
    clock,
  });
  endpoint = await startAwsEndpoint({
    port,
    region,
    clock,
    store,
    ...(folders.data && { dataDirectory: folders.data }),
    trailDirectory: folders.trail,
    roles: wiring.roles,
    managedPolicies: wiring.managedPolicies,
    keys: wiring.keys,
    tables: [...wiring.tables, { account: sampleAccount, table: ordersTable }],
    stateMachine,
    onEvent: (event) => forwardMailEvent(event, { ...options, region }),
  }).catch((error) => {
    throw portTaken(error) ? new PortTakenError(port, '--aws-port') : error;
  });
  await seedOnce(endpoint, store);
  return {
    endpoint,
    stateMachine,
    async close() {
      tasks.close();
      await endpoint.close();
    },
  };
}

/** The one rule of the event bus that has a function as its target: what SES says of a mail. */
function forwardMailEvent(
  event: DeliveredEvent,
  {
    region,
    host,
    onError,
  }: { region: string; host: () => FunctionHost; onError: (source: string, error: unknown) => void },
): void {
  if (event.Source !== 'aws.ses') return;
  const payload = {
    version: '0',
    id: event.EventId,
    'detail-type': event.DetailType,
    source: event.Source,
    account: event.account,
    time: event.Time,
    region,
    resources: event.Resources,
    detail: JSON.parse(event.Detail),
  };
  host()
    .invoke('mailFeedback', payload)
    .catch((error) => onError('mailFeedback', error));
}

/** Rows that a session changed stay changed: a restart does not write them again. */
async function seedOnce(endpoint: AwsEndpoint, store: Store): Promise<void> {
  const done = store.table<boolean>('seeded');
  if (done.get(ordersTable.name)) return;
  const items = sampleOrders.map((order) => marshall(order));
  await endpoint.seedItems(sampleAccount, ordersTable.name, items);
  done.set(ordersTable.name, true);
}
