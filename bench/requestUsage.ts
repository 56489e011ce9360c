import { gzipSync } from 'node:zlib';
import { accessLogFormat } from '#infra/constructs/apiAccessLog.ts';
import { type FunctionName, functionNames, functions, workflowSteps } from '#infra/functions.ts';
import { countLifecycle, executionEvents } from './countedLifecycle.ts';
import type { MeteredService } from './meteredService.ts';
import { assumed, type Usage } from './usage.ts';

/** Days that something is kept. */
export interface Retention {
  logDays: number;
  archiveDays: number;
}

/** A request that was played to its end, on a service where nothing ran before. */
interface Played extends Pick<MeteredService, 'service' | 'meter'> {
  requestId: string;
  stateEntries: number;
}

/** What answers behind the gateway. The authorizer runs beside them; the gateway is asked once. */
const behindTheGateway: FunctionName[] = ['requests', 'decisions', 'credentials', 'web'];
/** `reconcile` comes every minute, whether anybody asks for something or not. */
const ofTheRequest = functionNames.filter((name) => name !== 'reconcile');

/**
 * What one request uses: its requester looks at what there is and asks, two approvers get a mail, one of them opens the page
 * and approves, the requester fetches one session, which ends by its time. Every function is cold. And what one more look at
 * the request uses: what a tool that waits for an approval does again and again.
 */
export async function measureUsage(
  metered: MeteredService,
  retention: Retention,
): Promise<{ request: Usage; look: Usage }> {
  const { service, meter } = metered;
  await service.as('alice').get('/v1/entitlements');
  const { requestId, stateEntries } = await countLifecycle(service);
  for (const path of page) await service.call('GET', path);
  const readBefore = meter.unitsOf('requests').read;
  await service.as('bob').get(`/v1/requests/${requestId}`);

  const played = { service, meter, requestId, stateEntries: stateEntries.length };
  return {
    request: {
      ...workOf(played),
      ...tableUseOf(played),
      ...messagesOf(played),
      ...recordsOf(played, retention),
    },
    look: {
      apiRequest: 1,
      ...runs({ authorizer: 1, requests: 1 }, assumed.warmMilliseconds),
      tableReadUnit: meter.unitsOf('requests').read - readBefore,
      logGb: accessLogFormat.length / 1e9,
    },
  };
}

/** What the browser loads. */
const page = ['/approve', ...['style.css', 'approve.js', 'config.json'].map((name) => `/assets/${name}`)];

function runs(counts: Partial<Record<FunctionName, number>>, milliseconds: number): Usage {
  const memory = functionNames.map((name) => (counts[name] ?? 0) * functions[name].memoryMegabytes);
  return {
    functionRun: Object.values(counts).reduce((sum, count) => sum + count, 0),
    functionGbSecond:
      (memory.reduce((sum, megabytes) => sum + megabytes, 0) / 1_024) * (milliseconds / 1_000),
  };
}

const total = (names: FunctionName[], of: (name: FunctionName) => number): number =>
  names.reduce((sum, name) => sum + of(name), 0);

const runsOf = ({ service }: Played, name: FunctionName): number =>
  service.server.host.counts()[name]?.invocations ?? 0;

const apiRequestsOf = (played: Played): number => total(behindTheGateway, (name) => runsOf(played, name));

/** Records of what functions and people did: not of services that start work under a role. */
const trailOf = ({ service }: Played) =>
  service.server.aws.trail().filter(({ userIdentity }) => userIdentity.type !== 'AWSService');

/** Assumed roles, which the watch hands to `reconcileTrail`: each by itself, if it comes to the worst. */
const watchedOf = (played: Played): number =>
  trailOf(played).filter(({ eventName }) => eventName === 'AssumeRole').length;

function workOf(played: Played): Usage {
  const apiRequest = apiRequestsOf(played);
  const watched = watchedOf(played);
  const counts = Object.fromEntries(ofTheRequest.map((name) => [name, runsOf(played, name)]));
  return {
    apiRequest,
    ...runs({ ...counts, reconcileTrail: watched }, assumed.coldMilliseconds),
    stateTransition: played.stateEntries,
    // Of the execution: nothing else is traced.
    trace: 1,
  };
}

function tableUseOf(played: Played): Usage {
  const { service, meter, requestId } = played;
  const bytes = meter.recordSize(requestId) + assumed.taskTokenBytes;
  // The workflow writes its callback tokens by itself.
  const tokens = service.server.aws
    .recordedCalls()
    .filter((call) => call.principal === 'countersign-workflow' && call.operation === 'UpdateItem');
  return {
    tableWriteUnit:
      total(ofTheRequest, (name) => meter.unitsOf(name).write) + tokens.length * Math.ceil(bytes / 1_024),
    tableReadUnit:
      total(ofTheRequest, (name) => meter.unitsOf(name).read) + watchedOf(played) * Math.ceil(bytes / 4_096),
    tableGbMonth: (bytes * assumed.recordMonths) / 1e9,
    tableBackupGbMonth: (bytes * assumed.recordMonths) / 1e9,
  };
}

function messagesOf(played: Played): Usage {
  const { aws, host } = played.service.server;
  const watched = watchedOf(played);
  const functionsUsed = Object.values(host.counts()).filter(({ coldStarts }) => coldStarts > 0).length;
  return {
    keyRequest: aws.recordedCalls().filter(({ service }) => service === 'kms').length,
    // Each cold function's environment and its first use of the table; each state's data.
    keyRequestByServices: 2 * functionsUsed + played.stateEntries,
    mail: aws.inbox().flatMap(({ to, cc, bcc }) => [...to, ...cc, ...bcc]).length,
    event: aws.events().filter(({ Source }) => Source === 'countersign').length + watched,
    // Sent, received, deleted.
    queueRequest: 3 * watched,
  };
}

/** What stays behind: logs, and the trail's files. */
function recordsOf(played: Played, { logDays, archiveDays }: Retention): Usage {
  const { service, requestId } = played;
  const execution = executionEvents(service, requestId).map(({ type, id, timestamp }) => ({
    type,
    id,
    timestamp,
  }));
  const logBytes =
    Buffer.byteLength(service.server.logs().join('\n')) +
    Buffer.byteLength(JSON.stringify(execution)) +
    apiRequestsOf(played) * accessLogFormat.length;
  const trail = trailOf(played);
  const writes = trail.filter(({ eventName }) => eventName === 'UpdateItem').length;
  const archiveBytes = gzipSync(JSON.stringify({ Records: trail })).length;
  return {
    logGb: logBytes / 1e9,
    logGbMonth: (logBytes / 1e9) * months(logDays),
    // What the trail records beside management events.
    dataEvent: writes + workflowSteps.reduce((sum, name) => sum + runsOf(played, name), 0),
    archiveGbMonth: (archiveBytes / 1e9) * months(archiveDays),
  };
}

const months = (days: number): number => (days * 24) / assumed.hoursPerMonth;
