import { eventRules } from './eventRules.ts';
import { type FunctionName, functions, serviceFunctionNames } from './functions.ts';
import { functionResourceName, type Resources } from './installation.ts';
import { apiMetric, functionMetric, type Metric, tableMetric, workflowMetric } from './metrics.ts';

/** Something that somebody has to be told of, and the article of the runbook that says what to do. */
export interface AlarmDefinition {
  /** The alarm is called `countersign-<name>`; its article is `docs/runbook.md#<name>`. */
  name: string;
  /** Who is hurt, and how. */
  impact: string;
  /** The greatest counts, where there are several; ten at most, as CloudWatch allows. */
  metrics: Metric[];
  when: AlarmCondition;
}

/**
 * `once`: one occurrence in a quarter of an hour. `lasting`: something in each of three times five minutes. `absent`:
 * nothing in five minutes. `above`: a value beyond this.
 */
export type AlarmCondition = 'once' | 'lasting' | 'absent' | { above: number };

/**
 * What `log` in lambdas/runtime/log.ts counts: events of level warn or error. Not their sum: whoever may publish metrics could bring
 * it back to nothing, with values below it.
 */
export const occurrencesOf = (...events: string[]): Metric[] =>
  events.map((event) => ({
    namespace: 'Countersign',
    name: 'Occurrences',
    dimensions: { event },
    statistic: 'Maximum',
  }));

/** A function that crashed, ran out of time or threw. Its alarm is called after it: `countersign-issue-session-fails`. */
export const failureAlarm = (of: FunctionName): AlarmDefinition => ({
  name: `${functionResourceName(of).replace('countersign-', '')}-fails`,
  impact: functions[of].failureImpact,
  metrics: [functionMetric('Errors', of)],
  when: 'once',
});

/**
 * Functions of the service whose errors are failures. The authorizer's are not: throwing is how it turns strangers away,
 * and where it fails itself the gateway answers 500.
 */
const watchedFunctions = serviceFunctionNames.filter((name) => name !== 'authorizer');

/** Alarms of the service's stack. Those of its functions stand in functions.ts, as their `failureImpact`. */
export function serviceAlarms(resources: Resources): AlarmDefinition[] {
  return [
    ...watchedFunctions.map(failureAlarm),
    ...recordAlarms,
    ...delayAlarms,
    ...platformAlarms(resources),
    ...mailAlarms(resources),
  ];
}

/** What should never happen to a request, or to its record. */
const recordAlarms: AlarmDefinition[] = [
  {
    name: 'no-evidence',
    impact: 'Nobody can ask, approve or be given access, because STS does not put it on record.',
    metrics: occurrencesOf('noEvidence'),
    when: 'once',
  },
  {
    name: 'damaged-record',
    impact:
      'Somebody wrote to the table beside the functions, or a record is broken: whoever asked gets no access, and the history may not be true.',
    metrics: occurrencesOf('brokenHistory', 'unreadable', 'strayItem', 'strayStays', 'noRecord'),
    when: 'once',
  },
  {
    name: 'request-failed',
    impact: 'A requester gets no access, or no longer, though approvers said yes.',
    metrics: occurrencesOf('failed', 'workflowFailed'),
    when: 'once',
  },
];

/** What is made good a minute later by itself, unless it lasts. */
const delayAlarms: AlarmDefinition[] = [
  {
    name: 'overdue',
    impact: 'Requests stand still, or end late, until reconcile moves them on: waits get longer by minutes.',
    metrics: occurrencesOf('overdue'),
    when: 'lasting',
  },
  {
    name: 'held-up',
    impact:
      'Events, mails or evidence of what took access away go out late, because a service that Countersign calls does not answer.',
    metrics: occurrencesOf(
      'wakeLater',
      'startLater',
      'announceLater',
      'publishLater',
      'attestLater',
      'tellReviewersLater',
      'mailLater',
    ),
    when: 'lasting',
  },
  {
    name: 'reconcile-stuck',
    impact: 'One request cannot be moved on; its requester waits, and its access may end late.',
    metrics: occurrencesOf('reconcileFailed'),
    when: 'once',
  },
  {
    name: 'reconcile-silent',
    impact: functions.reconcile.failureImpact,
    metrics: [functionMetric('Invocations', 'reconcile')],
    when: 'absent',
  },
];

const platformAlarms = ({ table, stateMachineArn, eventBus }: Resources): AlarmDefinition[] => [
  {
    name: 'api-errors',
    impact: 'Somebody who asked, approved or fetched credentials got an error that is not theirs.',
    metrics: [apiMetric('5XXError')],
    when: 'once',
  },
  {
    name: 'issue-throttled',
    impact: 'Approved requests wait for their session: more are issued at once than are set aside for.',
    metrics: [functionMetric('Throttles', 'issueSession')],
    when: 'once',
  },
  {
    name: 'workflow-stopped',
    impact: 'A request lost its workflow and waits for reconcile; if somebody stopped it, ask why.',
    metrics: ['ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsAborted'].map((name) =>
      workflowMetric(name, stateMachineArn),
    ),
    when: 'once',
  },
  {
    name: 'table-errors',
    impact: 'Calls to the table are throttled or fail: everybody waits, or is told to try again.',
    metrics: [
      ...['ReadThrottleEvents', 'WriteThrottleEvents'].map((name) => tableMetric(name, { TableName: table })),
      ...['GetItem', 'BatchGetItem', 'UpdateItem', 'Query'].map((Operation) =>
        tableMetric('SystemErrors', { TableName: table, Operation }),
      ),
    ],
    when: 'once',
  },
  {
    name: 'events-undelivered',
    impact: 'A message about break-glass, a bounced mail or a run of reconcile was lost on its way.',
    metrics: Object.values(eventRules).map(({ name, onBus }) => ({
      namespace: 'AWS/Events',
      name: 'FailedInvocations',
      dimensions: { ...(onBus === 'own' && { EventBusName: eventBus }), RuleName: name },
    })),
    when: 'once',
  },
];

const mailAlarms = ({ configurationSet }: Resources): AlarmDefinition[] => [
  {
    name: 'undeliverable-mail',
    impact: 'An approver or requester gets no mail; a request may expire because nobody knows of it.',
    metrics: occurrencesOf('mailRefused', 'invitationFailed'),
    when: 'once',
  },
  {
    name: 'bounce-rate',
    impact: 'SES reviews a sender above 5 % bounces and stops one above 10 %: then nobody gets mail.',
    metrics: [
      {
        namespace: 'AWS/SES',
        name: 'Reputation.BounceRate',
        dimensions: { 'ses:configuration-set': configurationSet },
        statistic: 'Maximum',
      },
    ],
    when: { above: 0.05 },
  },
];
