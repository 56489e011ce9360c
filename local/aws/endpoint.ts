import { createServer } from 'node:http';
import { join } from 'node:path';
import type {
  MacKeyDefinition,
  ManagedPolicyDefinition,
  RoleDefinition,
  TableDefinition,
} from '#infra/definitions.ts';
import type { Clock } from '../clock.ts';
import type { StateMachine } from '../states/stateMachine.ts';
import type { Store } from '../store.ts';
import { createAuthoriser } from './authorisation.ts';
import { createCallLog, type RecordedCall } from './callLog.ts';
import type { DispatcherOptions } from './dispatcher.ts';
import { listen, serve } from './httpFront.ts';
import { createManagedPolicies, type ManagedPolicies } from './managedPolicies.ts';
import { refuseUnfitPolicies } from './policyGrammar.ts';
import { changeRole, createRoles, type Roles } from './roles.ts';
import { type CredentialsFor, createServiceSessions } from './serviceSessions.ts';
import { type AccountTables, createDynamodb } from './services/dynamodb.ts';
import { createEvents, type DeliveredEvent } from './services/events.ts';
import { createIam } from './services/iam.ts';
import { createKms } from './services/kms.ts';
import { createMailbox, type Mailbox, type SentMail } from './services/mail.ts';
import { createSes } from './services/ses.ts';
import { createStates } from './services/states.ts';
import { createSts } from './services/sts.ts';
import { createSessions, type Sessions } from './sessions.ts';
import { startTableHost } from './tableHost.ts';
import { createTrail } from './trail.ts';
import type { TrailRecord } from './trailRecord.ts';

export interface AwsEndpointOptions {
  /** 0 for any free port. */
  port: number;
  region: string;
  clock: Clock;
  store: Store;
  /** Where the tables are kept; memory when absent. */
  dataDirectory?: string;
  /** Root of the trail's bucket: `AWSLogs/…` goes below it. */
  trailDirectory: string;
  roles: RoleDefinition[];
  managedPolicies: ManagedPolicyDefinition[];
  keys: MacKeyDefinition[];
  tables: { account: string; table: TableDefinition }[];
  stateMachine: StateMachine;
  /** Events on a bus, those of SES included, as EventBridge would deliver them. */
  onEvent?: (event: DeliveredEvent) => void;
  onMail?: (mail: SentMail) => void;
}

export interface AwsEndpoint {
  url: string;
  port: number;
  /** What Lambda or Step Functions does when it starts work under a role: assumes it for 12 hours. */
  credentialsFor: CredentialsFor;
  /** Mails sent, oldest first. */
  inbox(): SentMail[];
  /** Events on the buses since the start, oldest first. */
  events(): DeliveredEvent[];
  /** All CloudTrail records, those of earlier runs over the same store included. */
  trail(): TrailRecord[];
  /** Writes the records that are pending to trail files now. */
  flushTrail(): Promise<void>;
  recordedCalls(): RecordedCall[];
  /** Called after each answer. Returns the unsubscribe function. */
  onCall(listener: (call: RecordedCall) => void): () => void;
  /** Puts items in DynamoDB JSON, past the front door and without a record: the sample account's rows. */
  seedItems(account: string, table: string, items: Record<string, unknown>[]): Promise<void>;
  /** Changes a role's policies as an administrator would, until the next start: what is refused or lost then can be tried. */
  changeRole(roleArn: string, change: (definition: RoleDefinition) => RoleDefinition): void;
  close(): Promise<void>;
}

/**
 * Plays AWS on 127.0.0.1 for exactly the calls that Countersign and its sample account make. Unmodified SDK
 * clients and the AWS CLI need only its URL. Throws if the port is taken or a policy is not valid.
 */
export async function startAwsEndpoint(options: AwsEndpointOptions): Promise<AwsEndpoint> {
  refuseUnfitPolicies(options);
  const { clock, store, region } = options;
  const now = () => clock.now();
  const trail = createTrail({ store, directory: options.trailDirectory, region, now });
  const accounts = await startTables(options);
  const roles = createRoles(store, options.roles);
  const sessions = createSessions(store, now);
  const managedPolicies = createManagedPolicies({ store, definitions: options.managedPolicies, now });
  const authoriser = createAuthoriser(roles, managedPolicies);
  const mailbox = createMailbox(store, options.onMail);
  const events: DeliveredEvent[] = [];
  const deliver = (event: DeliveredEvent) => {
    events.push(event);
    options.onEvent?.(event);
  };
  const calls = createCallLog();
  const dispatcher: DispatcherOptions = {
    region,
    now,
    sessions,
    authoriser,
    trail,
    onAnswered: calls.add,
    services: createServices({ options, accounts, roles, sessions, managedPolicies, mailbox, deliver }),
  };
  const server = createServer((request, response) => void serve(request, response, dispatcher));
  const close = async () => {
    server.close();
    server.closeAllConnections();
    await trail.close();
    await Promise.all([...accounts.values()].map(({ host }) => host.close()));
  };
  const port = await listen(server, options.port).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  const stateMachineArn = options.stateMachine.arn;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    credentialsFor: createServiceSessions({
      roles,
      sessions,
      authoriser,
      trail,
      region,
      stateMachineArn,
      now,
    }),
    inbox: mailbox.all,
    events: () => [...events],
    trail: trail.all,
    flushTrail: trail.flush,
    recordedCalls: calls.all,
    onCall: calls.onCall,
    seedItems: (account, table, items) => seedItems({ accounts, account, table, items }),
    changeRole: (roleArn, change) => changeRole(roles, roleArn, change),
    close,
  };
}

function createServices(parts: {
  options: AwsEndpointOptions;
  accounts: ReadonlyMap<string, AccountTables>;
  roles: Roles;
  sessions: Sessions;
  managedPolicies: ManagedPolicies;
  mailbox: Mailbox;
  deliver: (event: DeliveredEvent) => void;
}): DispatcherOptions['services'] {
  const { options, accounts, roles, sessions, managedPolicies, mailbox, deliver } = parts;
  return {
    dynamodb: createDynamodb(accounts),
    sts: createSts({ roles, sessions, managedPolicies }),
    iam: createIam(managedPolicies, roles),
    kms: createKms(options.store, options.keys),
    ses: createSes(mailbox, deliver),
    events: createEvents(deliver),
    states: createStates(options.stateMachine),
  };
}

async function startTables(options: AwsEndpointOptions): Promise<Map<string, AccountTables>> {
  const accounts = new Map<string, AccountTables>();
  for (const [account, entries] of Map.groupBy(options.tables, (entry) => entry.account)) {
    const tables = entries.map((entry) => entry.table);
    const host = await startTableHost({
      tables,
      ...(options.dataDirectory && { directory: join(options.dataDirectory, `tables-${account}`) }),
    });
    accounts.set(account, { host, definitions: new Map(tables.map((table) => [table.name, table])) });
  }
  return accounts;
}

async function seedItems(options: {
  accounts: ReadonlyMap<string, AccountTables>;
  account: string;
  table: string;
  items: Record<string, unknown>[];
}): Promise<void> {
  const host = options.accounts.get(options.account)?.host;
  if (host === undefined) throw new Error(`Account ${options.account} has no tables.`);
  for (const Item of options.items) {
    const answer = await host.send('PutItem', JSON.stringify({ TableName: options.table, Item }));
    if (answer.status !== 200)
      throw new Error(`A row of ${options.table} could not be written: ${answer.body}`);
  }
}
