import { readFileSync } from 'node:fs';
// @ts-expect-error: the package has no type declarations.
import aslValidator from 'asl-validator';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { Clock } from '../../local/clock.ts';
import type { HistoryEvent } from '../../local/states/history.ts';
import { bench, callOf, errorNamed, script, tokenIn } from '../local/states/stateMachines.ts';

const text = readFileSync(new URL('../../infra/grantWorkflow.asl.json', import.meta.url), 'utf8');
const functionArn = (name: string): string => `arn:aws:lambda:us-east-1:999988887777:function:${name}`;
const substitutions: Record<string, string> = {
  NotifyApproversArn: functionArn('notifyApprovers'),
  IssueSessionArn: functionArn('issueSession'),
  EndGrantArn: functionArn('endGrant'),
  TableName: 'countersign',
};
const substitutedText = text.replaceAll(
  /\$\{(\w+)\}/g,
  (_, name: string) => substitutions[name] ?? `missing ${name}`,
);
const substituted: object = JSON.parse(substitutedText);

const requestId = '01JD0000000000000000000000';
const conditionFailed = (): Error => errorNamed('ConditionalCheckFailedException');

interface Scripts {
  notify?: unknown[];
  issue?: unknown[];
  end?: unknown[];
  update?: unknown[];
  /** Called once the answer of UpdateItem has arrived. */
  afterUpdate?: (clock: Clock) => void;
}

/** The real workflow with scripted functions. No jitter, so that retries come at the longest delay. */
function workflow(scripts: Scripts) {
  const notify = script(...(scripts.notify ?? []));
  const issue = script(...(scripts.issue ?? []));
  const end = script(...(scripts.end ?? [{ next: 'end' }]));
  const update = script(...(scripts.update ?? Array(20).fill({})));
  const functions = new Map([
    [functionArn('notifyApprovers'), notify],
    [functionArn('issueSession'), issue],
    [functionArn('endGrant'), end],
  ]);
  const benched = bench(
    substituted,
    {
      invokeFunction: async (arn, payload) => functions.get(arn)?.(payload),
      updateItem: (input) => {
        if (scripts.afterUpdate) setImmediate(scripts.afterUpdate, benched.clock);
        return update(input);
      },
    },
    { random: () => 1 },
  );
  return { ...benched, executionArn: benched.start({ requestId }), notify, issue, end, update };
}

/** Moves the clock on until the execution is over. */
async function playOut(run: ReturnType<typeof workflow>, seconds = 60) {
  const timer = setInterval(() => run.clock.advance(seconds * 1000), 5);
  try {
    return await run.over(run.executionArn);
  } finally {
    clearInterval(timer);
  }
}

const wake = (run: ReturnType<typeof workflow>, call: unknown[], answer: object): void =>
  run.machine.sendTaskSuccess({ taskToken: tokenIn(call), output: JSON.stringify(answer) });

describe('the file', () => {
  test('is valid Amazon States Language, as it is and with its substitutions made', () => {
    for (const definition of [text, substitutedText]) {
      const { isValid, errorsText } = aslValidator(JSON.parse(definition));
      expect(errorsText('\n')).toBe('');
      expect(isValid).toBe(true);
    }
  });

  test('has exactly the substitutions that the deployment makes', () => {
    const found = [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name);
    expect(new Set(found)).toEqual(new Set(Object.keys(substitutions)));
  });

  test('has the states of the design, each with a comment', () => {
    const { States } = z
      .object({ States: z.record(z.string(), z.object({ Comment: z.string() })) })
      .parse(substituted);
    expect(Object.keys(States)).toEqual([
      'NotifyApprovers',
      'NextStep',
      'AwaitDecision',
      'IssueSession',
      'HoldGrant',
      'EndGrant',
    ]);
  });

  test('passes nothing on in variables', () => {
    expect(text).not.toContain('"Assign"');
  });
});

describe('a request', () => {
  test('that is approved, issued once, held and ended takes ten state entries', async () => {
    const run = workflow({
      notify: [{ next: 'wait', seconds: 1800, version: 1 }],
      issue: [{ next: 'hold', seconds: 900, version: 3 }, { next: 'end' }],
    });
    wake(run, await callOf(run.update, 1), { next: 'issue' });
    await callOf(run.update, 2);
    run.clock.advance(900_000);
    expect(await run.over(run.executionArn)).toMatchObject({ status: 'SUCCEEDED', output: '{}' });
    expect(run.entered).toEqual([
      'NotifyApprovers',
      'NextStep',
      'AwaitDecision',
      'NextStep',
      'IssueSession',
      'NextStep',
      'HoldGrant',
      'IssueSession',
      'NextStep',
      'EndGrant',
    ]);
  });

  test('is told to each function by its id and nothing else', async () => {
    const run = workflow({
      notify: [{ next: 'wait', seconds: 1800, version: 1 }],
      issue: [{ next: 'hold', seconds: 900, version: 3 }],
    });
    wake(run, await callOf(run.update, 1), { next: 'issue' });
    wake(run, await callOf(run.update, 2), { next: 'end' });
    await run.over(run.executionArn);
    for (const { calls } of [run.notify, run.issue, run.end]) expect(calls).toEqual([[{ requestId }]]);
  });

  test('gets its task token by a write that holds only for the version the function saw', async () => {
    const run = workflow({ notify: [{ next: 'wait', seconds: 1800, version: 7 }] });
    const call = await callOf(run.update, 1);
    expect(call).toEqual([
      {
        TableName: 'countersign',
        Key: { pk: { S: `REQUEST#${requestId}` }, sk: { S: 'REQUEST' } },
        UpdateExpression: 'SET #taskToken = :token',
        ConditionExpression: '#version = :version',
        ExpressionAttributeNames: { '#taskToken': 'taskToken', '#version': 'version' },
        ExpressionAttributeValues: { ':token': { S: tokenIn(call) }, ':version': { N: '7' } },
      },
    ]);
  });

  test('that is decided without approval being needed is issued at once', async () => {
    const run = workflow({ notify: [{ next: 'issue' }], issue: [{ next: 'end' }] });
    await run.over(run.executionArn);
    expect(run.entered).toEqual(['NotifyApprovers', 'NextStep', 'IssueSession', 'NextStep', 'EndGrant']);
  });

  test('that is denied or withdrawn while it waits goes straight to its end', async () => {
    const run = workflow({ notify: [{ next: 'wait', seconds: 1800, version: 1 }] });
    wake(run, await callOf(run.update, 1), { next: 'end' });
    await run.over(run.executionArn);
    expect(run.entered).toEqual(['NotifyApprovers', 'NextStep', 'AwaitDecision', 'NextStep', 'EndGrant']);
    expect(run.issue.calls).toEqual([]);
  });

  test('that nobody decides is looked at again when the wait is over', async () => {
    const run = workflow({ notify: [{ next: 'wait', seconds: 1800, version: 1 }, { next: 'end' }] });
    await callOf(run.update, 1);
    run.clock.advance(1_799_000);
    expect(run.notify.calls).toHaveLength(1);
    run.clock.advance(1_000);
    await run.over(run.executionArn);
    expect(run.entered).toEqual([
      'NotifyApprovers',
      'NextStep',
      'AwaitDecision',
      'NotifyApprovers',
      'NextStep',
      'EndGrant',
    ]);
  });

  test('whose record moved on before the token was written is looked at again at once', async () => {
    const run = workflow({
      notify: [{ next: 'wait', seconds: 1800, version: 1 }, { next: 'issue' }],
      issue: [{ next: 'hold', seconds: 900, version: 2 }, { next: 'end' }],
      update: [conditionFailed(), conditionFailed()],
    });
    await run.over(run.executionArn);
    expect(run.entered).toEqual([
      'NotifyApprovers',
      'NextStep',
      'AwaitDecision',
      'NotifyApprovers',
      'NextStep',
      'IssueSession',
      'NextStep',
      'HoldGrant',
      'IssueSession',
      'NextStep',
      'EndGrant',
    ]);
  });

  test('that is to be notified again from a wait is notified', async () => {
    const run = workflow({ notify: [{ next: 'wait', seconds: 1800, version: 1 }, { next: 'end' }] });
    wake(run, await callOf(run.update, 1), { next: 'notify' });
    await run.over(run.executionArn);
    expect(run.entered).toEqual([
      'NotifyApprovers',
      'NextStep',
      'AwaitDecision',
      'NextStep',
      'NotifyApprovers',
      'NextStep',
      'EndGrant',
    ]);
  });

  test('that is revoked or returned while it is held goes straight to its end', async () => {
    const run = workflow({
      notify: [{ next: 'issue' }],
      issue: [{ next: 'hold', seconds: 900, version: 3 }],
    });
    wake(run, await callOf(run.update, 1), { next: 'end' });
    await run.over(run.executionArn);
    expect(run.issue.calls).toHaveLength(1);
    expect(run.end.calls).toEqual([[{ requestId }]]);
  });

  test('that is woken while it is held, because its role was denied, is issued anew', async () => {
    const run = workflow({
      notify: [{ next: 'issue' }],
      issue: [{ next: 'hold', seconds: 900, version: 3 }, { next: 'end' }],
    });
    wake(run, await callOf(run.update, 1), { next: 'issue' });
    await run.over(run.executionArn);
    expect(run.issue.calls).toHaveLength(2);
  });

  test('held for seven days with a session every ten minutes stays within the history of one execution', async () => {
    const sessions = 7 * 24 * 6;
    const run = workflow({
      notify: [{ next: 'issue' }],
      issue: [...Array(sessions).fill({ next: 'hold', seconds: 600, version: 3 }), { next: 'end' }],
      update: Array(sessions).fill({}),
      afterUpdate: (clock) => clock.advance(600_000),
    });
    const description = await run.over(run.executionArn);
    expect(description.status).toBe('SUCCEEDED');
    expect(run.history(run.executionArn).length).toBeLessThan(20_000);
  });
});

describe('time', () => {
  test.each([
    [12.2, 13],
    [0, 1],
    [-5, 1],
    [100_000_000_000, 99_999_999],
    [1, 1],
  ])('a wait of %d seconds is kept to what Step Functions allows: %d', async (seconds, timeoutInSeconds) => {
    const run = workflow({ notify: [{ next: 'wait', seconds, version: 1 }] });
    await callOf(run.update, 1);
    expect(run.history(run.executionArn).findLast(({ type }) => type === 'TaskScheduled')).toMatchObject({
      taskScheduledEventDetails: { timeoutInSeconds },
    });
  });

  test('a wait of some years starts again after 99,999,999 seconds', async () => {
    const run = workflow({
      notify: [
        { next: 'wait', seconds: 2e8, version: 1 },
        { next: 'wait', seconds: 1e8, version: 1 },
      ],
    });
    await callOf(run.update, 1);
    run.clock.advance(99_999_998_000);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(run.update.calls).toHaveLength(1);
    run.clock.advance(1_000);
    await callOf(run.update, 2);
    expect(run.notify.calls).toHaveLength(2);
  });
});

describe('a failure', () => {
  const lambdaErrors = [
    'Lambda.ServiceException',
    'Lambda.AWSLambdaException',
    'Lambda.SdkClientException',
    'Lambda.TooManyRequestsException',
    'Lambda.ClientExecutionTimeoutException',
    'Lambda.Unknown',
  ];

  test.each(lambdaErrors)('of the Lambda service (%s) is waited out', async (name) => {
    const run = workflow({
      notify: [...Array(8).fill(errorNamed(name)), { next: 'issue' }],
      issue: [...Array(8).fill(errorNamed(name)), { next: 'end' }],
    });
    expect(await playOut(run)).toMatchObject({ status: 'SUCCEEDED' });
    expect(run.end.calls).toEqual([[{ requestId }]]);
  });

  test('of a function, an outage say, is tried six times more', async () => {
    const run = workflow({
      notify: [...Array(6).fill(errorNamed('TimeoutError')), { next: 'issue' }],
      issue: [...Array(6).fill(errorNamed('KMSInternalException')), { next: 'end' }],
    });
    expect(await playOut(run)).toMatchObject({ status: 'SUCCEEDED' });
    expect(run.end.calls).toEqual([[{ requestId }]]);
  });

  test.each(['notify', 'issue'] as const)(
    'of %s that stays ends the grant with the reason',
    async (which) => {
      const run = workflow({
        notify: [{ next: 'issue' }],
        [which]: Array(7).fill(errorNamed('CatalogueError', 'the bundle has no catalogue')),
      });
      expect(await playOut(run)).toMatchObject({ status: 'SUCCEEDED' });
      expect(run.end.calls).toEqual([
        [{ requestId, failure: { error: 'CatalogueError', cause: expect.stringContaining('no catalogue') } }],
      ]);
    },
  );

  test('is told in at most 500 characters', async () => {
    const run = workflow({ notify: Array(7).fill(errorNamed('Outage', 'x'.repeat(2_000))) });
    await playOut(run);
    const { failure } = z.object({ failure: z.object({ cause: z.string() }) }).parse(run.end.calls[0]?.[0]);
    expect(failure.cause).toHaveLength(500);
  });

  const updateErrors = [
    errorNamed('ThrottlingException'),
    errorNamed('ProvisionedThroughputExceededException'),
    errorNamed('RequestLimitExceeded'),
    errorNamed('InternalServerError'),
    errorNamed('TimeoutError', 'connect ECONNREFUSED'),
    Object.assign(errorNamed('ServiceUnavailable'), { $metadata: { httpStatusCode: 503 } }),
  ];

  test.each(updateErrors)('of the table ($name) does not end a grant', async (error) => {
    const run = workflow({
      notify: [{ next: 'wait', seconds: 1e6, version: 1 }],
      issue: [{ next: 'hold', seconds: 1e6, version: 3 }],
      update: [error, error, {}, error, error, {}],
    });
    const timer = setInterval(() => run.clock.advance(1_000), 5);
    wake(run, await callOf(run.update, 3), { next: 'issue' });
    wake(run, await callOf(run.update, 6), { next: 'end' });
    await run.over(run.executionArn).finally(() => clearInterval(timer));
    expect(run.entered).toEqual([
      'NotifyApprovers',
      'NextStep',
      'AwaitDecision',
      'NextStep',
      'IssueSession',
      'NextStep',
      'HoldGrant',
      'NextStep',
      'EndGrant',
    ]);
    expect(run.end.calls).toEqual([[{ requestId }]]);
  });

  test('of the table that stays ends the grant with the reason', async () => {
    const run = workflow({
      notify: [{ next: 'issue' }],
      issue: [{ next: 'hold', seconds: 1e6, version: 3 }],
      update: Array(7).fill(errorNamed('ThrottlingException', 'slow down')),
    });
    await playOut(run);
    expect(run.end.calls).toEqual([
      [{ requestId, failure: { error: 'DynamoDb.ThrottlingException', cause: 'slow down' } }],
    ]);
  });

  test('sent for a task token ends the grant with the reason', async () => {
    const run = workflow({ notify: [{ next: 'wait', seconds: 1800, version: 1 }] });
    const taskToken = tokenIn(await callOf(run.update, 1));
    run.machine.sendTaskFailure({ taskToken, error: 'Operator', cause: 'stopped by hand' });
    await run.over(run.executionArn);
    expect(run.end.calls).toEqual([
      [{ requestId, failure: { error: 'Operator', cause: 'stopped by hand' } }],
    ]);
  });

  test.each([
    ['a word it does not know', { next: 'approve' }],
    ['no word', {}],
    ['nothing', null],
    ['a list', [{ next: 'issue' }, { next: 'end' }]],
    ['a word that is none', { next: { issue: true } }],
    ['a text', 'issue'],
  ])('is made of an answer that is %s', async (_, answer) => {
    const run = workflow({ notify: [answer] });
    await run.over(run.executionArn);
    expect(run.issue.calls).toEqual([]);
    expect(run.end.calls).toEqual([
      [
        {
          requestId,
          failure: {
            error: 'UnexpectedAnswer',
            cause: 'The last step answered none of wait, issue, hold, notify and end.',
          },
        },
      ],
    ]);
  });

  test.each([
    ['wait', { next: 'wait', version: 1 }],
    ['wait', { next: 'wait', seconds: 'soon', version: 1 }],
    ['wait', { next: 'wait', seconds: 60 }],
    ['hold', { next: 'hold', version: 1 }],
    ['hold', { next: 'hold', seconds: null, version: 1 }],
    ['hold', { next: 'hold', seconds: 60 }],
  ])('is made of a %s that says not how long, or for which version: %j', async (next, answer) => {
    const run = workflow(
      next === 'wait' ? { notify: [answer] } : { notify: [{ next: 'issue' }], issue: [answer] },
    );
    await run.over(run.executionArn);
    expect(run.update.calls).toEqual([]);
    expect(run.end.calls).toEqual([
      [{ requestId, failure: { error: 'States.QueryEvaluationError', cause: expect.any(String) } }],
    ]);
  });

  test('is made of a callback that answers something else', async () => {
    const run = workflow({ notify: [{ next: 'wait', seconds: 60, version: 1 }] });
    wake(run, await callOf(run.update, 1), { approved: true });
    await run.over(run.executionArn);
    expect(run.end.calls).toEqual([
      [{ requestId, failure: { error: 'UnexpectedAnswer', cause: expect.any(String) } }],
    ]);
  });

  test('of a function that hangs is a timeout, and the next try is told the same', async () => {
    const { States } = z.object({ States: z.record(z.string(), z.looseObject({})) }).parse(substituted);
    for (const name of ['NotifyApprovers', 'IssueSession', 'EndGrant'])
      expect(States[name]).toMatchObject({ TimeoutSeconds: 120 });
    expect(JSON.stringify(States.IssueSession)).toContain('["States.TaskFailed","States.Timeout"]');
  });
});

describe('the end', () => {
  test('is tried for hours, whatever the error', async () => {
    const run = workflow({
      notify: [{ next: 'end' }],
      end: [
        ...Array(100).fill(errorNamed('Outage')),
        ...Array(100).fill(errorNamed('Lambda.TooManyRequestsException')),
        { next: 'end' },
      ],
    });
    const before = run.clock.now();
    expect(await playOut(run)).toMatchObject({ status: 'SUCCEEDED' });
    expect(run.clock.now() - before).toBeGreaterThan(3 * 3_600_000);
  });

  test('that cannot be reached fails the execution after a day at most, with room in its history', async () => {
    const run = workflow({ notify: [{ next: 'end' }], end: Array(1_441).fill(errorNamed('Outage')) });
    const before = run.clock.now();
    const timer = setInterval(() => run.clock.advance(60_000), 0);
    const description = await run.over(run.executionArn).finally(() => clearInterval(timer));
    expect(description).toMatchObject({ status: 'FAILED', error: 'Outage' });
    expect(run.clock.now() - before).toBeGreaterThan(80_000_000);
    expect(run.history(run.executionArn).length).toBeLessThan(10_000);
  });

  test('without a request id fails: there is nothing to end, and nothing is called', async () => {
    const { run } = bench(substituted, {}, { random: () => 0 });
    expect(await run({})).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
  });
});

describe('what is kept', () => {
  const canary = 'SECRETCANARY';
  const answers = {
    notify: { next: 'wait', seconds: 1800, version: 1 },
    issue: { next: 'hold', seconds: 900, version: 3 },
  };

  async function lifecycle(extra: object): Promise<HistoryEvent[]> {
    const run = workflow({
      notify: [{ ...answers.notify, ...extra }],
      issue: [
        { ...answers.issue, ...extra },
        { next: 'end', ...extra },
      ],
      end: [{ next: 'end', ...extra }],
      update: [{ Attributes: { secret: { S: canary } } }, { Attributes: { secret: { S: canary } } }],
    });
    wake(run, await callOf(run.update, 1), { next: 'issue', ...extra });
    await callOf(run.update, 2);
    run.clock.advance(900_000);
    await run.over(run.executionArn);
    return run.history(run.executionArn);
  }

  test('a history has ids, times, arguments and the three words of an answer, and nothing else', async () => {
    const allowed = z.union([
      z.strictObject({ requestId: z.string() }),
      z.strictObject({ next: z.string(), seconds: z.number().optional(), version: z.number().optional() }),
      z.strictObject({}),
    ]);
    for (const event of await lifecycle({})) {
      const { data } = dataOf(event);
      for (const value of data) expect(() => allowed.parse(value), JSON.stringify(event)).not.toThrow();
    }
  });

  test('what else a function answers stays where Step Functions itself writes it, and goes no further', async () => {
    const events = await lifecycle({ credentials: canary });
    const seen = events.filter((event) => JSON.stringify(event).includes(canary)).map(({ type }) => type);
    expect(new Set(seen)).toEqual(new Set(['TaskSucceeded']));
  });

  test('a task token stands in the arguments of its own task and in no input, output or variable', async () => {
    const events = await lifecycle({});
    const withToken = events.filter((event) => /[A-Za-z0-9+/]{128}/.test(JSON.stringify(event)));
    expect(withToken.map(({ type }) => type)).toEqual(['TaskScheduled', 'TaskScheduled']);
  });

  /** Inputs and outputs; the answer of lambda:invoke without its wrapping. */
  function dataOf(event: HistoryEvent): { data: unknown[] } {
    const details = z.looseObject({ input: z.string().optional(), output: z.string().optional() });
    const data = Object.entries(event)
      .filter(([key]) => key.endsWith('EventDetails'))
      .flatMap(([, value]) => {
        const { input, output, assignedVariables } = details.parse(value);
        expect(assignedVariables).toBeUndefined();
        return [input, output].flatMap((json) => (json === undefined ? [] : [JSON.parse(json)]));
      });
    const wrapped = z.strictObject({
      ExecutedVersion: z.literal('$LATEST'),
      Payload: z.unknown(),
      StatusCode: z.literal(200),
    });
    return { data: data.map((value) => wrapped.safeParse(value).data?.Payload ?? value) };
  }
});
