import type { RecordedCall } from '#local/aws/callLog.ts';
import { anOrdersRequest, eventually, type Service } from '../test/support/service.ts';

export interface LifecycleCounts {
  requestId: string;
  /** AWS calls from the approve click to the write of the sealed session, that one included. */
  approvePath: string[];
  /** AWS calls of the deciding and issuing functions and the workflow after that write: events, notices, the next wait. */
  afterSealedWrite: string[];
  /** States that the execution entered, from the request to its end. */
  stateEntries: string[];
  /** Runs of each function from the request to the credentials being claimed; no polling, so one run is one step. */
  lambdaRuns: Record<string, number>;
}

const onThePath = new Set(['countersign-decisions', 'countersign-issue-session', 'countersign-workflow']);
/** Turns strangers away early, answers pages, and comes every minute: not part of anybody's way. */
const offThePath = new Set(['authorizer', 'web', 'reconcile', 'mailFeedback']);

/**
 * Plays one request with one approver and one session to its end, and counts. It watches the calls instead of asking the
 * API, so that nothing is counted which only the counting caused.
 */
export async function countLifecycle(service: Service): Promise<LifecycleCounts> {
  const { aws, host } = service.server;
  const runsBefore = host.counts();
  const { id } = await anOrdersRequest(service, { duration: 'PT5M' });
  await untilWaiting(service, id, 'AwaitDecision');
  const token = await service.tokenFor('bob', id);

  const begin = aws.recordedCalls().length;
  const pathCalls = () =>
    aws
      .recordedCalls()
      .slice(begin)
      .filter(({ principal }) => onThePath.has(principal ?? ''));
  await service.as('bob').post(`/v1/requests/${id}/decision`, { decision: 'approve', token });
  await untilWaiting(service, id, 'HoldGrant');
  const { status } = await service.as('alice').get(`/v1/requests/${id}/credentials`);
  if (status !== 200) throw new Error(`The credentials were not there: ${status}.`);
  const lambdaRuns = runsSince(runsBefore, host.counts());
  const sealed = pathCalls().findIndex(isSealedWrite) + 1;
  if (sealed === 0) throw new Error('No sealed session was written.');
  const calls = pathCalls().map(nameOf);

  await service.advance('PT5M1S');
  await eventually('the end of the execution', async () => executionOf(service, id).status === 'SUCCEEDED');
  return {
    requestId: id,
    approvePath: calls.slice(0, sealed),
    afterSealedWrite: calls.slice(sealed),
    stateEntries: enteredStates(service, id),
    lambdaRuns,
  };
}

/** The first write of the issuing function is the sealed session. */
const isSealedWrite = ({ principal, operation }: RecordedCall): boolean =>
  principal === 'countersign-issue-session' && operation === 'UpdateItem';

const nameOf = ({ principal, service, operation }: RecordedCall): string =>
  `${principal?.replace('countersign-', '')} ${service}:${operation}`;

const executionArnOf = ({ server }: Service, id: string): string =>
  `${server.workflow.arn.replace(':stateMachine:', ':execution:')}:${id}-1`;

const executionOf = (service: Service, id: string) =>
  service.server.workflow.describeExecution({ executionArn: executionArnOf(service, id) });

/** Every event of a request's execution so far. */
export const executionEvents = (service: Service, id: string) =>
  service.server.workflow.getExecutionHistory({
    executionArn: executionArnOf(service, id),
    maxResults: 1_000,
  }).events;

function enteredStates(service: Service, id: string): string[] {
  return executionEvents(service, id).flatMap(({ type, stateEnteredEventDetails: details }) =>
    type.endsWith('StateEntered') && details && typeof details === 'object' && 'name' in details
      ? [String(details.name)]
      : [],
  );
}

/** Its token is on the record: whoever decides now finds the workflow asleep. */
async function untilWaiting(service: Service, id: string, state: string): Promise<void> {
  await eventually(`the workflow to wait in ${state}`, async () => {
    const last = executionEvents(service, id).at(-1)?.type;
    return enteredStates(service, id).at(-1) === state && last === 'TaskSubmitted';
  });
}

type Counts = Record<string, { invocations: number }>;

function runsSince(before: Counts, after: Counts): Record<string, number> {
  const runs = Object.entries(after).map(
    ([name, { invocations }]) => [name, invocations - (before[name]?.invocations ?? 0)] as const,
  );
  return Object.fromEntries(runs.filter(([name, count]) => count > 0 && !offThePath.has(name)));
}
