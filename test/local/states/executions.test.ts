import { expect, test } from 'vitest';
import {
  bench,
  callOf,
  codeOf,
  invoke,
  machineDefinition,
  script,
  updateItemWithToken,
} from './stateMachines.ts';

const one = machineDefinition({ A: invoke({ End: true }) });
const never = () => new Promise(() => {});

test('the same name with the same input is the same execution while it runs', () => {
  const { machine, entered } = bench(one, { invokeFunction: never });
  const first = machine.startExecution({ name: 'r-1', input: '{"a":1}' });
  expect(machine.startExecution({ name: 'r-1', input: '{"a":1}' })).toEqual(first);
  expect(first.executionArn).toBe('arn:aws:states:us-east-1:999988887777:execution:test:r-1');
  expect(entered).toEqual(['A']);
});

test('the same name with another input, or once it is over, is ExecutionAlreadyExists', async () => {
  const running = bench(one, { invokeFunction: never }).machine;
  running.startExecution({ name: 'r-1', input: '{"a":1}' });
  expect(codeOf(() => running.startExecution({ name: 'r-1', input: '{"a":2}' }))).toBe(
    'ExecutionAlreadyExists',
  );

  const { machine, over } = bench(one, { invokeFunction: async () => 1 });
  const { executionArn } = machine.startExecution({ name: 'r-1', input: '{}' });
  await over(executionArn);
  expect(codeOf(() => machine.startExecution({ name: 'r-1', input: '{}' }))).toBe('ExecutionAlreadyExists');
});

test.each(['', 'x'.repeat(81), 'a b', 'a/b', 'a:b', 'a*', 'a#b', 'a\u0007b', 'a$b', 'a,b', 'a<b'])(
  'the name %j is refused',
  (name) => {
    const { machine } = bench(one, {});
    expect(codeOf(() => machine.startExecution({ name, input: '{}' }))).toBe('InvalidName');
  },
);

test.each([
  ['', 'InvalidExecutionInput'],
  ['{', 'InvalidExecutionInput'],
  [JSON.stringify('x'.repeat(262_143)), 'ValidationException'],
])('an input that is no JSON, or too long, is refused', (input, code) => {
  const { machine } = bench(one, {});
  expect(codeOf(() => machine.startExecution({ name: 'r', input }))).toBe(code);
});

test('an execution is described while it runs and after', async () => {
  const f = script({ x: 1 });
  const { machine, clock, over } = bench(one, { invokeFunction: f });
  const { executionArn, startDate } = machine.startExecution({ name: 'r-1', input: '{"a":1}' });
  const common = {
    executionArn,
    stateMachineArn: 'arn:aws:states:us-east-1:999988887777:stateMachine:test',
    name: 'r-1',
    startDate,
    input: '{"a":1}',
  };
  expect(machine.describeExecution({ executionArn })).toEqual({ ...common, status: 'RUNNING' });
  expect(startDate.getTime()).toBeCloseTo(clock.now(), -3);
  expect(await over(executionArn)).toEqual({
    ...common,
    status: 'SUCCEEDED',
    stopDate: expect.any(Date),
    output: '{"ExecutedVersion":"$LATEST","Payload":{"x":1},"StatusCode":200}',
  });
});

test.each([
  'arn:aws:states:us-east-1:999988887777:execution:test:none',
  'arn:aws:states:us-east-1:999988887777:execution:other:r-1',
  'r-1',
  '',
])('there is no execution %j', (executionArn) => {
  const { machine } = bench(one, { invokeFunction: never });
  machine.startExecution({ name: 'r-1', input: '{}' });
  expect(codeOf(() => machine.describeExecution({ executionArn }))).toBe('ExecutionDoesNotExist');
  expect(codeOf(() => machine.getExecutionHistory({ executionArn }))).toBe('ExecutionDoesNotExist');
});

test('executions are listed newest first, by status if asked', async () => {
  const { machine, clock, over } = bench(one, {
    invokeFunction: (_, payload) => (payload === 'stay' ? never() : Promise.resolve(1)),
  });
  const { executionArn } = machine.startExecution({ name: 'old', input: '"go"' });
  await over(executionArn);
  clock.advance(1000);
  machine.startExecution({ name: 'new', input: '"stay"' });
  const names = (statusFilter?: string) =>
    machine.listExecutions({ statusFilter }).executions.map(({ name }) => name);
  expect(names()).toEqual(['new', 'old']);
  expect(names('RUNNING')).toEqual(['new']);
  expect(names('SUCCEEDED')).toEqual(['old']);
  expect(names('FAILED')).toEqual([]);
});

test('the history has the events of AWS in their order', async () => {
  const update = script({});
  const { machine, start, over, history } = bench(
    machineDefinition({
      A: invoke({ Assign: { v: 1 }, Output: { n: 1 }, Next: 'Pick' }),
      Pick: { Type: 'Choice', Choices: [{ Condition: '{% $v = 1 %}', Next: 'Wait' }] },
      Wait: {
        Type: 'Task',
        Resource: updateItemWithToken,
        Arguments: { TableName: 't', Key: '{% $states.context.Task.Token %}' },
        TimeoutSeconds: 60,
        End: true,
      },
    }),
    { invokeFunction: async () => 'answer', updateItem: update },
  );
  const executionArn = start({ id: 1 });
  const [input] = await callOf(update, 1);
  const taskToken = String(Object(input).Key);
  await expect.poll(() => history(executionArn).at(-1)?.type).toBe('TaskSubmitted');
  machine.sendTaskSuccess({ taskToken, output: '"woken"' });
  await over(executionArn);
  const events = history(executionArn);
  const whole = { truncated: false };
  const lambda = { resourceType: 'lambda', resource: 'invoke' };
  const table = { resourceType: 'aws-sdk:dynamodb', resource: 'updateItem.waitForTaskToken' };
  const result = '{"ExecutedVersion":"$LATEST","Payload":"answer","StatusCode":200}';
  const entered = (name: string, json: string) => ({ name, input: json, inputDetails: whole });
  const exited = (name: string, json: string) => ({ name, output: json, outputDetails: whole });
  const expected = [
    { type: 'ExecutionStarted', executionStartedEventDetails: { input: '{"id":1}', inputDetails: whole } },
    { type: 'TaskStateEntered', stateEnteredEventDetails: entered('A', '{"id":1}') },
    {
      type: 'TaskScheduled',
      taskScheduledEventDetails: {
        ...lambda,
        region: 'us-east-1',
        parameters: '{"FunctionName":"f","Payload":{"id":1}}',
        timeoutInSeconds: 60,
      },
    },
    { type: 'TaskStarted', taskStartedEventDetails: lambda },
    { type: 'TaskSucceeded', taskSucceededEventDetails: { ...lambda, output: result, outputDetails: whole } },
    {
      type: 'TaskStateExited',
      stateExitedEventDetails: {
        ...exited('A', '{"n":1}'),
        assignedVariables: { v: '1' },
        assignedVariablesDetails: whole,
      },
    },
    { type: 'ChoiceStateEntered', stateEnteredEventDetails: entered('Pick', '{"n":1}') },
    { type: 'ChoiceStateExited', stateExitedEventDetails: exited('Pick', '{"n":1}') },
    { type: 'TaskStateEntered', stateEnteredEventDetails: entered('Wait', '{"n":1}') },
    {
      type: 'TaskScheduled',
      taskScheduledEventDetails: {
        ...table,
        region: 'us-east-1',
        parameters: JSON.stringify({ TableName: 't', Key: taskToken }),
        timeoutInSeconds: 60,
      },
    },
    { type: 'TaskStarted', taskStartedEventDetails: table },
    { type: 'TaskSubmitted', taskSubmittedEventDetails: { ...table, output: '{}', outputDetails: whole } },
    {
      type: 'TaskSucceeded',
      taskSucceededEventDetails: { ...table, output: '"woken"', outputDetails: whole },
    },
    { type: 'TaskStateExited', stateExitedEventDetails: exited('Wait', '"woken"') },
    {
      type: 'ExecutionSucceeded',
      executionSucceededEventDetails: { output: '"woken"', outputDetails: whole },
    },
  ];
  expect(events).toEqual(
    expected.map((event, index) => ({
      ...event,
      id: index + 1,
      previousEventId: index,
      timestamp: expect.any(Date),
    })),
  );
});

test('the history comes in pages, in either order', async () => {
  const { machine, start, over } = bench(one, { invokeFunction: async () => 1 });
  const executionArn = start();
  await over(executionArn);
  const first = machine.getExecutionHistory({ executionArn, maxResults: 5 });
  const second = machine.getExecutionHistory({ executionArn, maxResults: 5, nextToken: first.nextToken });
  expect([...first.events, ...second.events].map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(second.nextToken).toBeUndefined();
  const reversed = machine.getExecutionHistory({ executionArn, reverseOrder: true, maxResults: 2 });
  expect(reversed.events.map(({ type }) => type)).toEqual(['ExecutionSucceeded', 'TaskStateExited']);
  expect(codeOf(() => machine.getExecutionHistory({ executionArn, nextToken: 'x' }))).toBe('InvalidToken');
  expect(codeOf(() => machine.getExecutionHistory({ executionArn, maxResults: 1001 }))).toBe(
    'ValidationException',
  );
});

test('the history without execution data has no input, output, parameter or variable', async () => {
  const { machine, start, over } = bench(
    machineDefinition({ A: invoke({ Assign: { v: 'CANARY' }, End: true }) }),
    { invokeFunction: async () => 'CANARY' },
  );
  const executionArn = start('CANARY');
  await over(executionArn);
  expect(JSON.stringify(machine.getExecutionHistory({ executionArn }))).toContain('CANARY');
  const { events } = machine.getExecutionHistory({ executionArn, includeExecutionData: false });
  expect(JSON.stringify(events)).not.toContain('CANARY');
  expect(events[1]).toMatchObject({ stateEnteredEventDetails: { name: 'A' } });
});

test('an execution fails when its history has 25,000 events', async () => {
  const { run, history } = bench(
    machineDefinition({
      A: { Type: 'Choice', Choices: [{ Condition: '{% true %}', Next: 'B' }] },
      B: { Type: 'Choice', Choices: [{ Condition: '{% true %}', Next: 'A' }] },
    }),
    {},
  );
  const failed = await run();
  expect(failed).toMatchObject({ status: 'FAILED', cause: expect.stringContaining('25000') });
  const events = history(failed.executionArn);
  expect(events).toHaveLength(25_000);
  expect(events.at(-1)?.type).toBe('ExecutionFailed');
});
