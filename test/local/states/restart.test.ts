import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { createClock } from '../../../local/clock.ts';
import type { TaskRunner } from '../../../local/states/stateMachine.ts';
import { openStore } from '../../../local/store.ts';
import {
  arn,
  awaitToken,
  bench,
  callOf,
  invoke,
  machineDefinition,
  script,
  tokenIn,
} from './stateMachines.ts';

const directory = mkdtempSync(join(tmpdir(), 'countersign-states-'));
afterAll(() => rmSync(directory, { recursive: true }));

const definition = machineDefinition({
  A: invoke({
    Assign: { from: '{% $states.result.Payload.from %}' },
    Retry: [{ ErrorEquals: ['States.TaskFailed'], IntervalSeconds: 60 }],
    Next: 'B',
  }),
  B: awaitToken({
    Catch: [{ ErrorEquals: ['States.Timeout'], Output: 'timed out', Next: 'C' }],
    Output: '{% $states.result %}',
    Next: 'C',
  }),
  C: invoke({ Output: { from: '{% $from %}', b: '{% $states.input %}' }, End: true }),
});
const executionArn = arn.replace('stateMachine:test', 'execution:test:killed');
let files = 0;

/** Runs the execution in a process of its own up to the moment, kills that with SIGKILL. What it said last. */
async function killedAt(moment: string): Promise<{ file: string; said: unknown; at: number }> {
  const file = join(directory, `${moment}-${++files}.db`);
  const program = new URL('killedStateMachine.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [program, file, moment, JSON.stringify(definition)]);
  const said = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (chunk) => resolve(String(chunk)));
    child.stderr.once('data', (chunk) => reject(new Error(String(chunk))));
  });
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
  return { file, said: JSON.parse(said), at: Date.now() };
}

const restarted = (file: string, tasks: Partial<TaskRunner>) =>
  bench(definition, tasks, { store: openStore(file), random: () => 1 });

test('a function under way when the process died is run again, and the execution goes on', async () => {
  const { file } = await killedAt('inFunction');
  const invokeFunction = script({ from: 'second process' }, null);
  const updateItem = script({});
  const { machine, over, entered } = restarted(file, { invokeFunction, updateItem });
  expect(await callOf(invokeFunction, 1)).toEqual(['f', { id: 1 }]);
  machine.sendTaskSuccess({ taskToken: tokenIn(await callOf(updateItem, 1)), output: '1' });
  expect(await over(executionArn)).toMatchObject({ output: '{"from":"second process","b":1}' });
  expect(entered).toEqual(['B', 'C']);
});

test('a waiting token stays good', async () => {
  const { file, said } = await killedAt('waiting');
  const updateItem = script();
  const { machine, over } = restarted(file, { invokeFunction: async () => null, updateItem });
  machine.sendTaskSuccess({ taskToken: tokenIn([said]), output: '2' });
  expect(await over(executionArn)).toMatchObject({ output: '{"from":"first process","b":2}' });
  expect(updateItem.calls).toEqual([]);
});

test('a wait keeps its deadline, and a token that missed it stays late after another start', async () => {
  const { file, said } = await killedAt('waiting');
  const taskToken = tokenIn([said]);
  const clock = createClock(3_540_000);
  const store = openStore(file);
  const tasks = { invokeFunction: async () => null };
  const second = bench(definition, tasks, { store, clock });
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(second.machine.describeExecution({ executionArn }).status).toBe('RUNNING');
  clock.advance(60_000);
  expect(await second.over(executionArn)).toMatchObject({
    output: '{"from":"first process","b":"timed out"}',
  });
  await second.machine.stop();
  store.close();
  const { machine } = restarted(file, {});
  expect(() => machine.sendTaskSuccess({ taskToken, output: '1' })).toThrow('Task Timed Out');
});

test('a wait whose time came while the process was down ends at the start', async () => {
  const { file } = await killedAt('waiting');
  const { over } = bench(
    definition,
    { invokeFunction: async () => null },
    { store: openStore(file), clock: createClock(86_400_000) },
  );
  expect(await over(executionArn)).toMatchObject({ output: '{"from":"first process","b":"timed out"}' });
});

test('a token that was being left when the process died is left again: the same one', async () => {
  const { file, said } = await killedAt('inUpdate');
  const updateItem = script({});
  const { machine, over } = restarted(file, { invokeFunction: async () => null, updateItem });
  expect(await callOf(updateItem, 1)).toEqual([said]);
  machine.sendTaskSuccess({ taskToken: tokenIn([said]), output: '3' });
  expect(await over(executionArn)).toMatchObject({ output: '{"from":"first process","b":3}' });
});

test('a retry that was waited for comes in its time', async () => {
  const { file } = await killedAt('backingOff');
  const invokeFunction = script({ from: 'retry' });
  const { clock } = restarted(file, { invokeFunction, updateItem: async () => ({}) });
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(invokeFunction.calls).toEqual([]);
  clock.advance(60_000);
  await callOf(invokeFunction, 1);
});

test('an answer taken before the machine was started is acted on at its start', async () => {
  const { file, said } = await killedAt('waiting');
  const { createStateMachine } = await import('../../../local/states/stateMachine.ts');
  const machine = createStateMachine({
    arn,
    definition,
    store: openStore(file),
    clock: createClock(),
    tasks: { invokeFunction: async () => null, updateItem: async () => ({}) },
  });
  machine.sendTaskSuccess({ taskToken: tokenIn([said]), output: '4' });
  expect(machine.describeExecution({ executionArn }).status).toBe('RUNNING');
  machine.start();
  await vi.waitFor(() => expect(machine.describeExecution({ executionArn }).status).toBe('SUCCEEDED'));
});

test('what is over stays over', async () => {
  const { file, said } = await killedAt('waiting');
  const store = openStore(file);
  const first = bench(definition, { invokeFunction: async () => null }, { store });
  first.machine.sendTaskSuccess({ taskToken: tokenIn([said]), output: '5' });
  const described = await first.over(executionArn);
  const history = first.history(executionArn);
  await first.machine.stop();
  store.close();
  const second = restarted(file, {});
  expect(second.machine.describeExecution({ executionArn })).toEqual(described);
  expect(second.history(executionArn)).toEqual(history);
  expect(second.entered).toEqual([]);
});

test('an execution in a state that the definition no longer has fails, by name', async () => {
  const { file } = await killedAt('waiting');
  const { over } = bench(machineDefinition({ Other: invoke({ End: true }) }), {}, { store: openStore(file) });
  expect(await over(executionArn)).toMatchObject({
    status: 'FAILED',
    error: 'States.Runtime',
    cause: expect.stringContaining('no state B'),
  });
});

test('a stopped machine calls nothing, writes nothing and leaves no timer behind', async () => {
  const store = openStore();
  let answer: (value: unknown) => void = () => {};
  const { machine, clock, start, history, entered } = bench(
    definition,
    { invokeFunction: () => new Promise((resolve) => (answer = resolve)) },
    { store },
  );
  const started = start();
  await vi.waitFor(() => expect(history(started).at(-1)?.type).toBe('TaskStarted'));
  await machine.stop();
  store.close();
  answer({ from: 'late' });
  clock.advance(86_400_000);
  // A write would throw: the store is closed.
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(entered).toEqual(['A']);
});
