import { expect, test, vi } from 'vitest';
import {
  awaitToken,
  type Bench,
  bench,
  callOf,
  codeOf,
  invoke,
  machineDefinition,
  script,
  tokenIn,
} from './stateMachines.ts';

const waiting = machineDefinition({
  A: awaitToken({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }], End: true }),
  Caught: invoke({ Output: '{% $states.input %}', End: true }),
});

/** An execution that waits for its token, which UpdateItem has left. */
async function waitingExecution(): Promise<Bench & { executionArn: string; taskToken: string }> {
  const updateItem = script({});
  const benched = bench(waiting, { updateItem, invokeFunction: async () => null });
  const executionArn = benched.start();
  const taskToken = tokenIn(await callOf(updateItem, 1));
  await vi.waitFor(() =>
    expect(benched.history(executionArn)).toContainEqual(expect.objectContaining({ type: 'TaskSubmitted' })),
  );
  return { ...benched, executionArn, taskToken };
}

test('the answer to the token is the result of the task', async () => {
  const { machine, over, executionArn, taskToken } = await waitingExecution();
  machine.sendTaskSuccess({ taskToken, output: '{"next":"issue"}' });
  expect(await over(executionArn)).toMatchObject({ status: 'SUCCEEDED', output: '{"next":"issue"}' });
});

test('a failure for the token is the failure of the task', async () => {
  const { machine, over, executionArn, taskToken } = await waitingExecution();
  machine.sendTaskFailure({ taskToken, error: 'Refused', cause: 'no' });
  expect(await over(executionArn)).toMatchObject({ output: '{"Error":"Refused","Cause":"no"}' });
});

test('a failure without a name is States.TaskFailed', async () => {
  const { machine, over, executionArn, taskToken } = await waitingExecution();
  machine.sendTaskFailure({ taskToken });
  expect(await over(executionArn)).toMatchObject({ output: '{"Error":"States.TaskFailed"}' });
});

test('an answer that comes before UpdateItem has returned counts', async () => {
  let returned: (value: object) => void = () => {};
  let input: unknown;
  const { machine, start, over, history } = bench(waiting, {
    updateItem: (given) => {
      input = given;
      return new Promise((resolve) => (returned = resolve));
    },
  });
  const executionArn = start();
  await vi.waitFor(() => expect(input).toBeDefined());
  machine.sendTaskSuccess({ taskToken: tokenIn([input]), output: '"early"' });
  returned({});
  expect(await over(executionArn)).toMatchObject({ output: '"early"' });
  expect(history(executionArn).map(({ type }) => type)).not.toContain('TaskSubmitted');
});

test('a second answer is TaskTimedOut, as on AWS, and changes nothing', async () => {
  const { machine, over, executionArn, taskToken } = await waitingExecution();
  machine.sendTaskSuccess({ taskToken, output: '1' });
  expect(codeOf(() => machine.sendTaskSuccess({ taskToken, output: '2' }))).toBe('TaskTimedOut');
  expect(codeOf(() => machine.sendTaskFailure({ taskToken }))).toBe('TaskTimedOut');
  expect(await over(executionArn)).toMatchObject({ output: '1' });
  expect(codeOf(() => machine.sendTaskSuccess({ taskToken, output: '3' }))).toBe('TaskTimedOut');
});

test('the wait ends with States.Timeout when its time has come, and not before', async () => {
  const { machine, clock, over, history, executionArn, taskToken } = await waitingExecution();
  clock.advance(3_590_000);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(machine.describeExecution({ executionArn }).status).toBe('RUNNING');
  clock.advance(10_000);
  expect(await over(executionArn)).toMatchObject({ output: '{"Error":"States.Timeout"}' });
  expect(history(executionArn).map(({ type }) => type)).toContain('TaskTimedOut');
  expect(codeOf(() => machine.sendTaskSuccess({ taskToken, output: '1' }))).toBe('TaskTimedOut');
});

test('an answer after the time is late even if the timer has not fired yet', async () => {
  const { machine, clock, over, executionArn, taskToken } = await waitingExecution();
  clock.advance(3_600_000);
  expect(codeOf(() => machine.sendTaskSuccess({ taskToken, output: '1' }))).toBe('TaskTimedOut');
  expect(await over(executionArn)).toMatchObject({ output: '{"Error":"States.Timeout"}' });
});

test('a wait longer than a timer of the runtime lasts ends in its time', async () => {
  const updateItem = script({});
  const { clock, start, over, machine } = bench(
    machineDefinition({ A: awaitToken({ TimeoutSeconds: 99_999_999, End: true }) }),
    { updateItem },
  );
  const executionArn = start();
  await callOf(updateItem, 1);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(machine.describeExecution({ executionArn }).status).toBe('RUNNING');
  clock.advance(99_999_998_000);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(machine.describeExecution({ executionArn }).status).toBe('RUNNING');
  clock.advance(1_000);
  expect(await over(executionArn)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
});

test('what waits is woken in the order of its deadlines when the clock is moved past several', async () => {
  const updateItem = script({}, {}, {});
  const woken: string[] = [];
  const { clock, machine, over, history } = bench(
    machineDefinition({
      A: awaitToken({
        TimeoutSeconds: '{% $states.input %}',
        Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'Woken' }],
        End: true,
      }),
      Woken: invoke({ End: true }),
    }),
    { updateItem, invokeFunction: async () => null },
    { onTransition: ({ execution, state }) => void (state === 'Woken' && woken.push(execution)) },
  );
  const started = ['300', '100', '200'].map(
    (seconds) => machine.startExecution({ name: seconds, input: seconds }).executionArn,
  );
  for (const executionArn of started)
    await vi.waitFor(() => expect(history(executionArn).at(-1)?.type).toBe('TaskSubmitted'));
  clock.advance(400_000);
  await Promise.all(started.map(over));
  expect(woken).toEqual(['100', '200', '300']);
});

test.each([
  ['InvalidToken', 'token'],
  ['InvalidToken', ''],
  ['InvalidToken', 'A'.repeat(127)],
  ['InvalidToken', `${'A'.repeat(127)}!`],
  ['TaskDoesNotExist', 'A'.repeat(128)],
])('%s is the answer to %s', (code, taskToken) => {
  const { machine } = bench(waiting, {});
  expect(codeOf(() => machine.sendTaskSuccess({ taskToken, output: '{}' }))).toBe(code);
  expect(codeOf(() => machine.sendTaskFailure({ taskToken }))).toBe(code);
});

test.each([
  ['InvalidOutput', '{'],
  ['InvalidOutput', ''],
  ['ValidationException', JSON.stringify('x'.repeat(262_143))],
])('%s is the answer to an output that is none, and the task still waits', async (code, output) => {
  const { machine, over, executionArn, taskToken } = await waitingExecution();
  expect(codeOf(() => machine.sendTaskSuccess({ taskToken, output }))).toBe(code);
  machine.sendTaskSuccess({ taskToken, output: '1' });
  expect(await over(executionArn)).toMatchObject({ output: '1' });
});

test('an error or a cause over its length is refused', async () => {
  const { machine, taskToken } = await waitingExecution();
  const fail = (failure: { error?: string; cause?: string }) =>
    codeOf(() => machine.sendTaskFailure({ taskToken, ...failure }));
  expect(fail({ error: 'x'.repeat(257) })).toBe('ValidationException');
  expect(fail({ cause: 'x'.repeat(32_769) })).toBe('ValidationException');
  expect(fail({ error: 'x'.repeat(256), cause: 'x'.repeat(32_768) })).toBe('none');
});
