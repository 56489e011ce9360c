import { expect, test } from 'vitest';
import { parseDefinition } from '../../../local/states/definition.ts';
import { awaitToken, invoke, machineDefinition } from './stateMachines.ts';

const pick = (rest: object): object => ({
  Type: 'Choice',
  Choices: [{ Condition: '{% true %}', Next: 'A' }],
  ...rest,
});
const retry = (rest: object): object => invoke({ Retry: [{ ErrorEquals: ['X'], ...rest }], End: true });

test('a definition with all that is known is taken', () => {
  const definition = parseDefinition(
    machineDefinition(
      {
        A: awaitToken({
          Comment: 'c',
          Assign: { x: '{% $states.result.a %}' },
          Output: '{% $states.context.State.Name %}',
          Retry: [
            {
              ErrorEquals: ['X', 'States.Timeout'],
              IntervalSeconds: 1,
              MaxAttempts: 0,
              BackoffRate: 1.5,
              MaxDelaySeconds: 2,
              JitterStrategy: 'FULL',
            },
          ],
          Catch: [
            { ErrorEquals: ['States.TaskFailed'], Assign: { y: '{% $states.errorOutput %}' }, Next: 'B' },
            { ErrorEquals: ['States.ALL'], Output: '{% $x & $y %}', Next: 'B' },
          ],
          Next: 'B',
        }),
        B: pick({ Default: 'C' }),
        C: invoke({ End: true, Comment: 'c' }),
      },
      { Comment: 'c' },
    ),
  );
  expect([...definition.states.keys()]).toEqual(['A', 'B', 'C']);
});

test.each<[string, object, string]>([
  [
    'a query language of the whole',
    machineDefinition({ A: invoke({ End: true }) }, { QueryLanguage: 'JSONPath' }),
    'QueryLanguage',
  ],
  [
    'a field of the whole',
    machineDefinition({ A: invoke({ End: true }) }, { TimeoutSeconds: 5 }),
    'TimeoutSeconds',
  ],
  ['a state type', machineDefinition({ A: { Type: 'Wait', Seconds: 5, End: true } }), 'States.A'],
  [
    'a field of a task',
    machineDefinition({ A: invoke({ End: true, HeartbeatSeconds: 5 }) }),
    'HeartbeatSeconds',
  ],
  ['a JSONPath field', machineDefinition({ A: invoke({ End: true, ResultPath: '$.x' }) }), 'ResultPath'],
  [
    'a query language of a state',
    machineDefinition({ A: invoke({ End: true, QueryLanguage: 'JSONPath' }) }),
    'QueryLanguage',
  ],
  [
    'a resource',
    machineDefinition({ A: invoke({ Resource: 'arn:aws:states:::sqs:sendMessage', End: true }) }),
    'arn:aws:states:::sqs:sendMessage',
  ],
  [
    'a waiting resource',
    machineDefinition({
      A: invoke({ Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken', End: true }),
    }),
    'lambda:invoke.waitForTaskToken',
  ],
  [
    'an argument',
    machineDefinition({ A: invoke({ Arguments: { FunctionName: 'f', Qualifier: '1' }, End: true }) }),
    'Qualifier',
  ],
  [
    'ReturnValues',
    machineDefinition({ A: awaitToken({ Arguments: { ReturnValues: 'ALL_NEW' }, End: true }) }),
    'ReturnValues',
  ],
  [
    'a task without a time limit',
    machineDefinition({ A: { ...invoke({ End: true }), TimeoutSeconds: undefined } }),
    'TimeoutSeconds',
  ],
  ['neither Next nor End', machineDefinition({ A: invoke({}) }), 'either Next or End'],
  ['both Next and End', machineDefinition({ A: invoke({ Next: 'A', End: true }) }), 'either Next or End'],
  ['a Next to nowhere', machineDefinition({ A: invoke({ Next: 'Nowhere' }) }), 'Nowhere'],
  [
    'a Catch to nowhere',
    machineDefinition({ A: invoke({ Catch: [{ ErrorEquals: ['X'], Next: 'Nowhere' }], End: true }) }),
    'Nowhere',
  ],
  ['a StartAt nowhere', machineDefinition({ A: invoke({ End: true }) }, { StartAt: 'Nowhere' }), 'Nowhere'],
  [
    'a Choice with Output, of which the sources differ',
    machineDefinition({ P: pick({ Output: {} }), A: invoke({ End: true }) }),
    'Output',
  ],
  [
    'a Choice rule of JSONPath',
    machineDefinition({ P: pick({ Choices: [{ Variable: '$.x', Next: 'A' }] }), A: invoke({ End: true }) }),
    'Variable',
  ],
  [
    'a Choice rule that assigns',
    machineDefinition({
      P: pick({ Choices: [{ Condition: '{% true %}', Assign: {}, Next: 'A' }] }),
      A: invoke({ End: true }),
    }),
    'Assign',
  ],
  [
    'a condition that is no expression',
    machineDefinition({ P: pick({ Choices: [{ Condition: 'true', Next: 'A' }] }), A: invoke({ End: true }) }),
    'Condition',
  ],
  ['a field of a retrier', machineDefinition({ A: retry({ Jitter: 'FULL' }) }), 'Jitter'],
  ['a jitter strategy', machineDefinition({ A: retry({ JitterStrategy: 'SOME' }) }), 'JitterStrategy'],
  ['an interval of nothing', machineDefinition({ A: retry({ IntervalSeconds: 0 }) }), 'IntervalSeconds'],
  ['a shrinking backoff', machineDefinition({ A: retry({ BackoffRate: 0.5 }) }), 'BackoffRate'],
  [
    'a longest delay below the first',
    machineDefinition({ A: retry({ IntervalSeconds: 5, MaxDelaySeconds: 5 }) }),
    'greater than IntervalSeconds',
  ],
  [
    'States.ALL with others',
    machineDefinition({ A: retry({ ErrorEquals: ['States.ALL', 'X'] }) }),
    'alone and last',
  ],
  [
    'States.ALL before the last',
    machineDefinition({
      A: invoke({
        Catch: [
          { ErrorEquals: ['States.ALL'], Next: 'A' },
          { ErrorEquals: ['X'], Next: 'A' },
        ],
        End: true,
      }),
    }),
    'alone and last',
  ],
  [
    'an error that is never raised',
    machineDefinition({ A: retry({ ErrorEquals: ['States.HeartbeatTimeout'] }) }),
    'not an error known here',
  ],
  ['an empty ErrorEquals', machineDefinition({ A: retry({ ErrorEquals: [] }) }), 'ErrorEquals'],
  [
    'a variable called states',
    machineDefinition({ A: invoke({ Assign: { states: 1 }, End: true }) }),
    'states',
  ],
  [
    'what is not JSONata',
    machineDefinition({ A: invoke({ Output: '{% $states. %}', End: true }) }),
    'States.A.Output',
  ],
  [
    'half an expression',
    machineDefinition({ A: invoke({ Output: '{% $states.input', End: true }) }),
    '{% … %}',
  ],
  [
    'an expression in other text',
    machineDefinition({ A: invoke({ Output: 'id {% $states.input %}', End: true }) }),
    '{% … %}',
  ],
  [
    'an unknown variable',
    machineDefinition({ A: invoke({ Output: '{% $requestId %}', End: true }) }),
    '$requestId is not known here',
  ],
  [
    'an unknown function',
    machineDefinition({ A: invoke({ Output: '{% $parse("1") %}', End: true }) }),
    '$parse is not known here',
  ],
  [
    '$eval',
    machineDefinition({ A: invoke({ Output: '{% $eval("1") %}', End: true }) }),
    '$eval is not known here',
  ],
  [
    'the root document',
    machineDefinition({ A: invoke({ Output: '{% $ %}', End: true }) }),
    '$ is not known here',
  ],
  [
    'a field of $states',
    machineDefinition({ A: invoke({ Output: '{% $states.output %}', End: true }) }),
    '$states.output',
  ],
  [
    'a result before there is one',
    machineDefinition({ A: invoke({ Arguments: { FunctionName: '{% $states.result %}' }, End: true }) }),
    '$states.result',
  ],
  [
    'an error output where there is none',
    machineDefinition({ A: invoke({ Output: '{% $states.errorOutput %}', End: true }) }),
    '$states.errorOutput',
  ],
  [
    'the token in an output',
    machineDefinition({ A: awaitToken({ Output: '{% $states.context.Task.Token %}', End: true }) }),
    '$states.context.Task',
  ],
  [
    'the token in a variable',
    machineDefinition({ A: awaitToken({ Assign: { t: '{% $states.context.Task.Token %}' }, End: true }) }),
    '$states.context.Task',
  ],
  [
    'the token of a task that waits for none',
    machineDefinition({
      A: invoke({ Arguments: { FunctionName: '{% $states.context.Task.Token %}' }, End: true }),
    }),
    '$states.context.Task',
  ],
])('%s is refused by name', (_, definition, named) => {
  expect(() => parseDefinition(definition)).toThrow(named);
});

test('names of blocks and lambdas are known where they are bound', () => {
  const output = '{% ($y := 2; $map($states.input.list, function($x, $i) { $x * $y + $i })) %}';
  expect(() =>
    parseDefinition(machineDefinition({ A: invoke({ Output: output, End: true }) })),
  ).not.toThrow();
});
