import * as z from 'zod';
import { resources } from './resources.ts';

const comment = { Comment: z.string().optional() };
const variables = z.record(z.string().regex(/^(?!states$)[A-Za-z_][A-Za-z0-9_]{0,79}$/), z.json()).optional();

/** `States.…` names that a retrier or catcher can wait for in vain are refused, as the interpreter never raises them. */
const errorEquals = z
  .array(
    z
      .string()
      .min(1)
      .refine((name) => !name.startsWith('States.') || reservedErrors.has(name), 'not an error known here'),
  )
  .min(1);
const reservedErrors = new Set([
  'States.ALL',
  'States.DataLimitExceeded',
  'States.QueryEvaluationError',
  'States.TaskFailed',
  'States.Timeout',
]);

const retrier = z
  .strictObject({
    ...comment,
    ErrorEquals: errorEquals,
    IntervalSeconds: z.int().min(1).max(99_999_999).default(1),
    MaxAttempts: z.int().min(0).max(99_999_999).default(3),
    BackoffRate: z.number().min(1).default(2),
    MaxDelaySeconds: z.int().min(1).max(31_622_399).optional(),
    JitterStrategy: z.enum(['FULL', 'NONE']).default('NONE'),
  })
  .refine((it) => it.MaxDelaySeconds === undefined || it.MaxDelaySeconds > it.IntervalSeconds, {
    path: ['MaxDelaySeconds'],
    message: 'must be greater than IntervalSeconds',
  });
const catcher = z.strictObject({
  ...comment,
  ErrorEquals: errorEquals,
  Next: z.string(),
  Output: z.json().optional(),
  Assign: variables,
});
const task = z
  .strictObject({
    ...comment,
    Type: z.literal('Task'),
    Resource: z.enum(Object.keys(resources), { error: (issue) => `not supported: ${String(issue.input)}` }),
    Arguments: z.record(z.string(), z.json()),
    // Required, although AWS would wait 99,999,999 seconds without: no wait here is meant to be without a limit.
    TimeoutSeconds: z.union([z.int().min(1).max(99_999_999), z.string().startsWith('{%')]),
    Output: z.json().optional(),
    Assign: variables,
    Retry: z.array(retrier).default([]),
    Catch: z.array(catcher).default([]),
    Next: z.string().optional(),
    End: z.literal(true).optional(),
  })
  .refine((it) => (it.Next === undefined) === (it.End === true), 'needs either Next or End')
  .superRefine(refuseMisplacedAll)
  .superRefine(refuseUnknownArguments);
// Neither Assign nor Output: whether a Choice state's own apply when one of its rules matches, AWS's pages and the
// States Language specification say differently.
const choice = z.strictObject({
  ...comment,
  Type: z.literal('Choice'),
  Choices: z
    .array(z.strictObject({ ...comment, Condition: z.string().startsWith('{%'), Next: z.string() }))
    .min(1),
  Default: z.string().optional(),
});
export const stateMachineSchema = z.strictObject({
  ...comment,
  QueryLanguage: z.literal('JSONata'),
  StartAt: z.string(),
  States: z.record(
    z.string().min(1).max(80),
    z.discriminatedUnion('Type', [task, choice], {
      error: ({ input }) => `a state of a type that is not supported: ${JSON.stringify(input)}`,
    }),
  ),
});

export type StateMachineDocument = z.output<typeof stateMachineSchema>;
export type TaskDocument = z.output<typeof task>;
export type ChoiceDocument = z.output<typeof choice>;

function refuseMisplacedAll(
  document: { Retry: unknown[]; Catch: unknown[] },
  context: z.RefinementCtx,
): void {
  for (const key of ['Retry', 'Catch'] as const) {
    const lists = z.array(z.looseObject({ ErrorEquals: z.array(z.string()) })).parse(document[key]);
    for (const [index, { ErrorEquals }] of lists.entries()) {
      if (!ErrorEquals.includes('States.ALL')) continue;
      if (ErrorEquals.length === 1 && index === lists.length - 1) continue;
      context.addIssue({
        code: 'custom',
        path: [key, index],
        message: 'States.ALL must stand alone and last',
      });
    }
  }
}

function refuseUnknownArguments(
  document: { Resource: string; Arguments: Record<string, unknown> },
  context: z.RefinementCtx,
): void {
  const known = resources[document.Resource]?.arguments ?? [];
  for (const name of Object.keys(document.Arguments))
    if (!known.includes(name))
      context.addIssue({ code: 'custom', path: ['Arguments', name], message: 'not supported' });
}
