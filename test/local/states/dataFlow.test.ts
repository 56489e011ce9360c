import { expect, test } from 'vitest';
import { bench, errorNamed, invoke, machineDefinition, script } from './stateMachines.ts';

test('a task without Output passes its whole result on, which for lambda:invoke has the Payload', async () => {
  const { run } = bench(machineDefinition({ A: invoke({ End: true }) }), {
    invokeFunction: script({ x: 1 }),
  });
  expect(JSON.parse((await run()).output ?? '')).toEqual({
    ExecutedVersion: '$LATEST',
    Payload: { x: 1 },
    StatusCode: 200,
  });
});

test('arguments are evaluated from input and context, and passed to the function', async () => {
  const f = script(null);
  const { run } = bench(
    machineDefinition({
      A: invoke({
        Arguments: {
          FunctionName: 'f',
          Payload: { id: '{% $states.context.Execution.Input.id %}', list: [1, '{% $states.input.n + 1 %}'] },
        },
        End: true,
      }),
    }),
    { invokeFunction: f },
  );
  await run({ id: 'r1', n: 2 });
  expect(f.calls).toEqual([['f', { id: 'r1', list: [1, 3] }]]);
});

test('Assign sees the variables as they were before it, all at once; Output does so too', async () => {
  const swap = machineDefinition({
    A: invoke({ Assign: { a: 1, b: 2 }, Output: {}, Next: 'B' }),
    B: invoke({ Assign: { a: '{% $b %}', b: '{% $a %}' }, Output: { a: '{% $a %}' }, Next: 'C' }),
    C: invoke({ Output: { before: '{% $states.input.a %}', a: '{% $a %}', b: '{% $b %}' }, End: true }),
  });
  const { run } = bench(swap, { invokeFunction: async () => null });
  expect(JSON.parse((await run()).output ?? '')).toEqual({ before: 1, a: 2, b: 1 });
});

test('a Choice takes the first rule that is true and passes its input on', async () => {
  const { run, entered } = bench(
    machineDefinition({
      Pick: {
        Type: 'Choice',
        Choices: [
          { Condition: '{% $states.input.n > 5 %}', Next: 'Big' },
          { Condition: '{% $states.input.n > 1 %}', Next: 'Middle' },
          { Condition: '{% true %}', Next: 'Big' },
        ],
      },
      Big: invoke({ End: true }),
      Middle: invoke({ Output: '{% $states.input %}', End: true }),
    }),
    { invokeFunction: async () => null },
  );
  const { output } = await run({ n: 3 });
  expect(entered).toEqual(['Pick', 'Middle']);
  expect(output).toBe('{"n":3}');
});

test('a Choice without a matching rule goes to its Default, and fails the execution if it has none', async () => {
  const choices = [{ Condition: "{% $states.input.next = 'a' %}", Next: 'A' }];
  const states = { Pick: { Type: 'Choice', Choices: choices, Default: 'A' }, A: invoke({ End: true }) };
  const withDefault = bench(machineDefinition(states), { invokeFunction: async () => null });
  expect(await withDefault.run({ next: 'b' })).toMatchObject({ status: 'SUCCEEDED' });

  const without = bench(machineDefinition({ ...states, Pick: { Type: 'Choice', Choices: choices } }), {});
  expect(await without.run({ next: 'b' })).toMatchObject({
    status: 'FAILED',
    error: 'States.NoChoiceMatched',
  });
});

test.each([
  ['a condition that is no boolean', "{% 'yes' %}", 'A Condition must be true or false.'],
  ['a condition that is undefined', '{% $states.input.absent %}', 'returned nothing (undefined)'],
  ['a condition that raises an error', "{% $states.input.n > 'a' %}", 'threw an error'],
])('%s fails the execution: a Choice catches nothing', async (_, condition, why) => {
  const { run } = bench(
    machineDefinition({
      Pick: { Type: 'Choice', Choices: [{ Condition: condition, Next: 'A' }], Default: 'A' },
      A: invoke({ End: true }),
    }),
    {},
  );
  const failed = await run({ n: 1 });
  expect(failed).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
  expect(failed.cause).toContain(why);
});

test.each([
  ['Arguments', { Arguments: { FunctionName: 'f', Payload: '{% $states.input.absent %}' } }],
  ['Output', { Output: '{% $states.result.Payload.absent %}' }],
  ['Assign', { Assign: { x: '{% $states.result.Payload.absent %}' } }],
  ['TimeoutSeconds', { TimeoutSeconds: '{% $states.input.absent %}' }],
])(
  'what %s leaves undefined is a States.QueryEvaluationError, which the state can catch',
  async (field, fields) => {
    const { start, over, history } = bench(
      machineDefinition({
        A: invoke({
          ...fields,
          Catch: [{ ErrorEquals: ['States.QueryEvaluationError'], Next: 'B' }],
          End: true,
        }),
        B: invoke({ Output: '{% $states.input %}', End: true }),
      }),
      { invokeFunction: async () => ({}) },
    );
    const executionArn = start();
    const { status, output } = await over(executionArn);
    expect(status).toBe('SUCCEEDED');
    expect(JSON.parse(output ?? '')).toMatchObject({
      Error: 'States.QueryEvaluationError',
      Cause: expect.stringContaining('returned nothing (undefined)'),
    });
    expect(history(executionArn)).toContainEqual(
      expect.objectContaining({
        type: 'EvaluationFailed',
        evaluationFailedEventDetails: expect.objectContaining({ state: 'A', location: field }),
      }),
    );
  },
);

test('a function is no data: it cannot be an output', async () => {
  const { run } = bench(machineDefinition({ A: invoke({ Output: '{% $uppercase %}', End: true }) }), {
    invokeFunction: async () => null,
  });
  expect(await run()).toMatchObject({
    error: 'States.QueryEvaluationError',
    cause: expect.stringContaining('returned a function'),
  });
});

test.each([0, -1, 1.5, 100_000_000, '60', null])('a TimeoutSeconds of %j is refused', async (seconds) => {
  const { run } = bench(
    machineDefinition({ A: invoke({ TimeoutSeconds: '{% $states.input.seconds %}', End: true }) }),
    {},
  );
  expect(await run({ seconds })).toMatchObject({ error: 'States.QueryEvaluationError' });
});

test('a variable that no state assigned yet is undefined', async () => {
  const { run } = bench(
    machineDefinition({
      A: invoke({ Output: { x: '{% $x %}' }, Next: 'B' }),
      B: invoke({ Assign: { x: 1 }, End: true }),
    }),
    { invokeFunction: async () => null },
  );
  expect(await run()).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
});

test('a catcher sees the error and the input, assigns, and its output is the next input', async () => {
  const { run } = bench(
    machineDefinition({
      A: invoke({
        Catch: [
          {
            ErrorEquals: ['States.ALL'],
            Assign: { seen: '{% $states.errorOutput.Error %}' },
            Output: {
              why: "{% ($c := $states.errorOutput.Cause; $contains($c, 'out of order')) %}",
              input: '{% $states.input %}',
            },
            Next: 'B',
          },
        ],
        End: true,
      }),
      B: invoke({ Output: { caught: '{% $states.input %}', seen: '{% $seen %}' }, End: true }),
    }),
    { invokeFunction: script(errorNamed('Outage', 'out of order'), null) },
  );
  expect(JSON.parse((await run({ n: 1 })).output ?? '')).toEqual({
    caught: { why: true, input: { n: 1 } },
    seen: 'Outage',
  });
});

test.each([
  ['a task result', () => 'x'.repeat(262_144), {}],
  [
    'an output',
    () => 'x',
    { Output: { a: `{% $join($map([1..3000], function($i) { '${'y'.repeat(100)}' })) %}` } },
  ],
  [
    'arguments',
    () => 'x',
    { Arguments: { FunctionName: 'f', Payload: ['{% $states.input %}', '{% $states.input %}'] } },
  ],
])('%s over 262,144 bytes fails the execution, States.ALL or not', async (_, answer, fields) => {
  const { run } = bench(
    machineDefinition({
      A: invoke({ ...fields, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'B' }], End: true }),
      B: invoke({ End: true }),
    }),
    { invokeFunction: async () => answer() },
  );
  expect(await run('z'.repeat(150_000))).toMatchObject({
    status: 'FAILED',
    error: 'States.DataLimitExceeded',
  });
});

test('the token is nowhere but in the arguments of the task that waits for it', async () => {
  const { run } = bench(
    machineDefinition({
      A: invoke({ Output: { context: '{% $states.context %}' }, End: true }),
    }),
    { invokeFunction: async () => null },
  );
  const { context } = JSON.parse((await run({ id: 1 })).output ?? '');
  expect(context).toEqual({
    Execution: {
      Id: expect.stringMatching(/^arn:aws:states:us-east-1:999988887777:execution:test:run-\d+$/),
      Input: { id: 1 },
      Name: expect.stringMatching(/^run-\d+$/),
      StartTime: expect.any(String),
      RedriveCount: 0,
    },
    State: { Name: 'A', EnteredTime: expect.any(String), RetryCount: 0 },
    StateMachine: { Id: expect.stringContaining(':stateMachine:test'), Name: 'test' },
  });
});
