import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { hasWildcard } from '../../../domain/wildcards.ts';
import type { StateMachine } from '../../states/stateMachine.ts';
import { parseArn } from '../arn.ts';
import { AwsError } from '../awsError.ts';
import type { AwsCall, JsonObject, Operation, Permission, Service } from '../call.ts';

const hidden = 'HIDDEN_DUE_TO_SECURITY_REASONS';

const token = z.string().min(1).max(2048);
const executionArn = z.string().min(1).max(256);
const startSchema = z.object({
  stateMachineArn: z.string().min(1).max(256),
  name: z.string().optional(),
  input: z.string().default('{}'),
  traceHeader: z.string().optional(),
});
const successSchema = z.object({ taskToken: token, output: z.string() });
const failureSchema = z.object({
  taskToken: token,
  error: z.string().optional(),
  cause: z.string().optional(),
});
const describeSchema = z.object({ executionArn, includedData: z.string().optional() });
const historySchema = z.object({
  executionArn,
  maxResults: z.int().min(0).max(1000).optional(),
  reverseOrder: z.boolean().optional(),
  nextToken: z.string().optional(),
  includeExecutionData: z.boolean().optional(),
});
const listSchema = z.object({
  stateMachineArn: z.string().min(1).max(256),
  statusFilter: z.string().optional(),
  maxResults: z.int().min(0).max(1000).optional(),
  nextToken: z.string().optional(),
});

/** The Step Functions service API in front of the one state machine. */
export function createStates(machine: StateMachine): Service {
  const onToken = (call: AwsCall): Permission => permissionOn(machine.arn, call);
  return {
    StartExecution: operation(startSchema, {
      permission: (request, call) => permissionOn(request.stateMachineArn, call),
      trail: ({ stateMachineArn, name }) => ({ stateMachineArn, name, input: hidden }),
      run(request) {
        refuseOtherMachine(request.stateMachineArn, machine);
        const { name = randomUUID(), input } = request;
        return machine.startExecution({ name, input });
      },
      response: (output) => output,
    }),
    SendTaskSuccess: operation(successSchema, {
      permission: (_, call) => onToken(call),
      trail: () => ({ taskToken: hidden, output: hidden }),
      run(request, call) {
        refuseOtherAccount(call, machine);
        machine.sendTaskSuccess(request);
        return {};
      },
    }),
    SendTaskFailure: operation(failureSchema, {
      permission: (_, call) => onToken(call),
      trail: () => ({ taskToken: hidden, error: hidden, cause: hidden }),
      run({ taskToken, error, cause }, call) {
        refuseOtherAccount(call, machine);
        machine.sendTaskFailure({ taskToken, error, cause });
        return {};
      },
    }),
    DescribeExecution: operation(describeSchema, {
      readOnly: true,
      permission: (request, call) => permissionOn(request.executionArn, call),
      trail: (request) => ({ executionArn: request.executionArn }),
      run: (request) => ({ ...machine.describeExecution({ executionArn: request.executionArn }) }),
    }),
    GetExecutionHistory: operation(historySchema, {
      readOnly: true,
      permission: (request, call) => permissionOn(request.executionArn, call),
      trail: (request) => ({ executionArn: request.executionArn }),
      run: (request) => machine.getExecutionHistory(withoutUndefined(request)),
    }),
    ListExecutions: operation(listSchema, {
      readOnly: true,
      permission: (request, call) => permissionOn(request.stateMachineArn, call),
      trail: ({ stateMachineArn, statusFilter }) => ({ stateMachineArn, statusFilter }),
      run(request) {
        refuseOtherMachine(request.stateMachineArn, machine);
        const { executions } = machine.listExecutions({ statusFilter: request.statusFilter });
        return page(executions, request);
      },
    }),
  };
}

function operation<Request>(
  schema: z.ZodType<Request>,
  definition: {
    readOnly?: boolean;
    permission: (request: Request, call: AwsCall) => Permission;
    trail: (request: Request) => JsonObject;
    run: (request: Request, call: AwsCall) => JsonObject;
    response?: (output: JsonObject) => JsonObject;
  },
): Operation {
  return (parameters, call) => {
    const result = schema.safeParse(parameters);
    if (!result.success) {
      const { path = [], message = '' } = result.error.issues[0] ?? {};
      throw new AwsError(
        'ValidationException',
        `1 validation error detected: Value at '${path.join('.')}': ${message}`,
      );
    }
    const request = result.data;
    const requestParameters = definition.trail(request);
    return {
      permissions: [definition.permission(request, call)],
      trail: { readOnly: definition.readOnly ?? false, dataEvent: false, requestParameters },
      run() {
        const output = definition.run(request, call);
        return { output: epochDates(output), responseElements: definition.response?.(output) ?? null };
      },
    };
  };
}

function permissionOn(arn: string, call: AwsCall): Permission {
  const parsed = parseArn(arn);
  if (parsed?.service !== 'states' || hasWildcard(arn))
    throw new AwsError('InvalidArn', `Invalid Arn: '${arn}'`);
  return { action: `states:${call.operation}`, resource: arn, resourceAccount: parsed.account };
}

function refuseOtherMachine(arn: string, machine: StateMachine): void {
  if (arn !== machine.arn)
    throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
}

/** A task token can only be returned by principals of the account that made it. */
function refuseOtherAccount(call: AwsCall, machine: StateMachine): void {
  if (parseArn(machine.arn)?.account !== call.session.account)
    throw new AwsError('InvalidToken', "Invalid Token: 'Invalid token'");
}

function withoutUndefined(request: z.infer<typeof historySchema>) {
  const { executionArn: arn, maxResults, reverseOrder, nextToken, includeExecutionData } = request;
  return {
    executionArn: arn,
    ...(maxResults !== undefined && { maxResults }),
    ...(reverseOrder !== undefined && { reverseOrder }),
    ...(nextToken !== undefined && { nextToken }),
    ...(includeExecutionData !== undefined && { includeExecutionData }),
  };
}

/** Step Functions pages by an opaque token; here it is the offset. 0 stands for the default of 100. */
function page<Entry>(entries: Entry[], request: z.infer<typeof listSchema>): JsonObject {
  const offset = Number(request.nextToken ?? 0);
  if (!Number.isInteger(offset) || offset < 0)
    throw new AwsError('InvalidToken', "Invalid Token: 'Invalid token'");
  const end = offset + (request.maxResults || 100);
  const executions = entries.slice(offset, end);
  return { executions, ...(end < entries.length && { nextToken: String(end) }) };
}

/** The JSON protocol writes instants as seconds since the epoch. */
function epochDates(output: JsonObject): JsonObject {
  const convert = (value: unknown): unknown => {
    if (value instanceof Date) return value.getTime() / 1000;
    if (Array.isArray(value)) return value.map(convert);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, convert(child)]));
  };
  return Object.fromEntries(Object.entries(output).map(([name, value]) => [name, convert(value)]));
}
