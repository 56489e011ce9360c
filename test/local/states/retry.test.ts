import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test, vi } from 'vitest';
import { matches, type Retrier, retryDelay } from '../../../local/states/retry.ts';
import {
  awaitToken,
  bench,
  callOf,
  errorNamed,
  invoke,
  machineDefinition,
  script,
  tokenIn,
} from './stateMachines.ts';

const plain: Retrier = {
  ErrorEquals: ['X'],
  IntervalSeconds: 1,
  MaxAttempts: 3,
  BackoffRate: 2,
  JitterStrategy: 'NONE',
};

describe('the delay', () => {
  test('grows by the backoff rate, up to the longest, until no attempts are left', () => {
    const delays = (retrier: Retrier) => [0, 1, 2, 3, 4].map((used) => retryDelay(retrier, used, 0.5));
    expect(delays(plain)).toEqual([1000, 2000, 4000, undefined, undefined]);
    expect(
      delays({ ...plain, IntervalSeconds: 3, BackoffRate: 1.5, MaxDelaySeconds: 5, MaxAttempts: 4 }),
    ).toEqual([3000, 4500, 5000, 5000, undefined]);
  });

  property.prop([fc.nat(40), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })])(
    'with full jitter is anything from nothing to the delay without',
    (used, random) => {
      const retrier: Retrier = { ...plain, MaxAttempts: 50, MaxDelaySeconds: 60 };
      const whole = retryDelay(retrier, used, random) ?? 0;
      const jittered = retryDelay({ ...retrier, JitterStrategy: 'FULL' }, used, random) ?? -1;
      expect(jittered).toBe(Math.round(whole * random));
      expect(whole).toBeLessThanOrEqual(60_000);
    },
  );
});

test.each([
  [['X'], 'X', true],
  [['Y', 'X'], 'X', true],
  [['x'], 'X', false],
  [['States.ALL'], 'X', true],
  [['States.ALL'], 'States.Timeout', true],
  [['States.TaskFailed'], 'X', true],
  [['States.TaskFailed'], 'States.QueryEvaluationError', true],
  [['States.TaskFailed'], 'States.Timeout', false],
  [['States.ALL'], 'States.DataLimitExceeded', false],
  [['States.TaskFailed'], 'States.DataLimitExceeded', false],
  [['States.DataLimitExceeded'], 'States.DataLimitExceeded', true],
  [['States.ALL'], 'States.Runtime', false],
])('%j applies to %s: %s', (errorEquals, error, applies) => {
  expect(matches(errorEquals, { error })).toBe(applies);
});

/** Attempts at the function, in seconds after the start, as the clock is moved on second by second. */
async function attempts(state: object, answers: unknown[], random = 1) {
  const times: number[] = [];
  const f = script(...answers);
  const { clock, start, over, entered } = bench(
    machineDefinition({ A: invoke({ ...state, Next: 'B' }), B: invoke({ End: true }) }),
    {
      invokeFunction: async (_, payload) => {
        times.push((clock.now() - began) / 1000);
        return f(payload);
      },
    },
    { random: () => random },
  );
  const began = clock.now();
  const executionArn = start();
  const timer = setInterval(() => clock.advance(1000), 4);
  const { status, error } = await over(executionArn).finally(() => clearInterval(timer));
  return { times, status, error, entered };
}

test('retries come after the interval, then ever later, and the state is not entered again', async () => {
  const failed = errorNamed('X');
  const { times, entered } = await attempts({ Retry: [{ ErrorEquals: ['X'], IntervalSeconds: 2 }] }, [
    failed,
    failed,
    failed,
    1,
    1,
  ]);
  const gaps = times.slice(1, 4).map((time, index) => time - (times[index] ?? 0));
  for (const [index, delay] of [2, 4, 8].entries()) expect(gaps[index]).toBeGreaterThanOrEqual(delay);
  expect(entered).toEqual(['A', 'B']);
});

test('each retrier counts for itself, and one that has none left gives way to Catch, not to the next', async () => {
  const [x, y] = [errorNamed('X'), errorNamed('Y')];
  const state = {
    Retry: [
      { ErrorEquals: ['X'], MaxAttempts: 2 },
      { ErrorEquals: ['Y'], MaxAttempts: 1 },
      { ErrorEquals: ['States.ALL'], MaxAttempts: 9 },
    ],
    Catch: [{ ErrorEquals: ['X'], Next: 'B' }],
  };
  const caught = await attempts(state, [x, y, x, x, 1]);
  expect(caught).toMatchObject({ status: 'SUCCEEDED', entered: ['A', 'B'] });
  expect(caught.times).toHaveLength(5);
  const uncaught = await attempts(state, [x, y, x, y]);
  expect(uncaught).toMatchObject({ status: 'FAILED', error: 'Y', entered: ['A'] });
});

test('MaxAttempts 0 means never', async () => {
  const state = { Retry: [{ ErrorEquals: ['X'], MaxAttempts: 0 }, { ErrorEquals: ['States.ALL'] }] };
  expect(await attempts(state, [errorNamed('X')])).toMatchObject({ status: 'FAILED', error: 'X' });
});

test('the counts start anew when the state is entered again', async () => {
  const x = errorNamed('X');
  const f = script(x, x, { again: true }, x, x, { again: false });
  const { run, entered } = bench(
    machineDefinition({
      A: invoke({ Retry: [{ ErrorEquals: ['X'], MaxAttempts: 2, JitterStrategy: 'FULL' }], Next: 'Again' }),
      Again: {
        Type: 'Choice',
        Choices: [{ Condition: '{% $states.input.Payload.again %}', Next: 'A' }],
        Default: 'End',
      },
      End: invoke({ Arguments: { FunctionName: 'g' }, End: true }),
    }),
    { invokeFunction: async (name) => (name === 'f' ? f() : null) },
    { random: () => 0 },
  );
  expect(await run()).toMatchObject({ status: 'SUCCEEDED' });
  expect(entered).toEqual(['A', 'Again', 'A', 'Again', 'End']);
});

test('the first catcher that applies is taken', async () => {
  const { run, entered } = bench(
    machineDefinition({
      A: invoke({
        Catch: [
          { ErrorEquals: ['Y'], Next: 'No' },
          { ErrorEquals: ['Z', 'X'], Next: 'Yes' },
          { ErrorEquals: ['States.ALL'], Next: 'No' },
        ],
        End: true,
      }),
      Yes: invoke({ End: true }),
      No: invoke({ End: true }),
    }),
    { invokeFunction: script(errorNamed('X'), null) },
  );
  await run();
  expect(entered).toEqual(['A', 'Yes']);
});

test('a catcher whose own expression fails, fails the execution', async () => {
  const { run } = bench(
    machineDefinition({
      A: invoke({
        Catch: [{ ErrorEquals: ['States.ALL'], Output: '{% $states.errorOutput.absent %}', Next: 'A' }],
        End: true,
      }),
    }),
    { invokeFunction: script(errorNamed('X')) },
  );
  expect(await run()).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
});

test("a function's own error has the cause that Lambda gives it, Lambda's own has plain text", async () => {
  const definition = machineDefinition({ A: invoke({ End: true }) });
  const own = bench(definition, { invokeFunction: script(errorNamed('Outage', 'no disk')) });
  expect(await own.run()).toMatchObject({
    error: 'Outage',
    cause: '{"errorMessage":"no disk","errorType":"Outage","trace":[]}',
  });
  const lambdas = bench(definition, {
    invokeFunction: script(errorNamed('Lambda.TooManyRequestsException', 'Rate Exceeded.')),
  });
  expect(await lambdas.run()).toMatchObject({
    error: 'Lambda.TooManyRequestsException',
    cause: 'Rate Exceeded.',
  });
});

test.each([
  [errorNamed('ConditionalCheckFailedException'), 'DynamoDb.ConditionalCheckFailedException'],
  [errorNamed('InternalServerError'), 'DynamoDb.InternalServerErrorException'],
  [errorNamed('RequestLimitExceeded'), 'DynamoDb.RequestLimitExceededException'],
  [
    Object.assign(errorNamed('AccessDeniedException'), { $metadata: { httpStatusCode: 400 } }),
    'DynamoDb.DynamoDbException',
  ],
  [errorNamed('ECONNREFUSED'), 'DynamoDb.SdkClientException'],
])("the table's error %s has the name that Step Functions gives it: %s", async (thrown, error) => {
  const { run } = bench(machineDefinition({ A: awaitToken({ End: true }) }), { updateItem: script(thrown) });
  expect(await run()).toMatchObject({ status: 'FAILED', error });
});

test('a function that hangs is timed out in real time, which moving the clock does not hasten', async () => {
  const { start, over, clock, machine } = bench(
    machineDefinition({
      A: invoke({ TimeoutSeconds: 2, Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'B' }], End: true }),
      B: invoke({ Arguments: { FunctionName: 'g' }, Output: 'caught', End: true }),
    }),
    { invokeFunction: (name) => (name === 'g' ? Promise.resolve(1) : new Promise(() => {})) },
  );
  const executionArn = start();
  await new Promise((resolve) => setTimeout(resolve, 50));
  clock.advance(3_600_000);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(machine.describeExecution({ executionArn }).status).toBe('RUNNING');
  expect(await over(executionArn)).toMatchObject({ status: 'SUCCEEDED', output: '"caught"' });
});

test('what a timed-out function answers later counts for nothing', async () => {
  const answers: ((value: string) => void)[] = [];
  const { start, over, history } = bench(
    machineDefinition({
      A: invoke({
        TimeoutSeconds: 1,
        Retry: [{ ErrorEquals: ['States.Timeout'], JitterStrategy: 'FULL' }],
        Output: '{% $states.result.Payload %}',
        End: true,
      }),
    }),
    { invokeFunction: () => new Promise((resolve) => answers.push(resolve)) },
    { random: () => 0 },
  );
  const executionArn = start();
  await vi.waitFor(() => expect(answers).toHaveLength(2), 5_000);
  answers[0]?.('first');
  await new Promise((resolve) => setTimeout(resolve, 20));
  answers[1]?.('second');
  expect(await over(executionArn)).toMatchObject({ output: '"second"' });
  expect(history(executionArn).filter(({ type }) => type === 'TaskSucceeded')).toHaveLength(1);
});

test('a retry of a waiting task has a new token, and the old one is over', async () => {
  const update = script(errorNamed('ThrottlingException'), {});
  const { start, over, machine } = bench(
    machineDefinition({
      A: awaitToken({
        Retry: [{ ErrorEquals: ['DynamoDb.ThrottlingException'], JitterStrategy: 'FULL' }],
        End: true,
      }),
    }),
    { updateItem: update },
    { random: () => 0 },
  );
  const executionArn = start();
  const second = tokenIn(await callOf(update, 2));
  const first = tokenIn(await callOf(update, 1));
  expect(first).not.toBe(second);
  expect(() => machine.sendTaskSuccess({ taskToken: first, output: '1' })).toThrow('Task Timed Out');
  machine.sendTaskSuccess({ taskToken: second, output: '2' });
  expect(await over(executionArn)).toMatchObject({ output: '2' });
});
