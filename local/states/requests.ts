import { AwsError } from '../aws/awsError.ts';
import { payloadLimit } from './statesError.ts';

// Checks of what callers send; each raises the error that Step Functions would answer.

/** No white space, brackets, wildcards or control characters, nor any of `"#%\^|~`$&,;:/` (StartExecution, `name`). */
const executionName = /^[^\s\p{Cc}<>{}[\]?*"#%\\^|~`$&,;:/]{1,80}$/u;

export function requireName(name: string): void {
  if (!executionName.test(name)) throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
}

export function requireInput(input: string): void {
  requireLength('input', input, payloadLimit);
  if (parse(input) === undefined)
    throw new AwsError('InvalidExecutionInput', "Invalid State Machine Execution Input: 'not JSON'");
}

/** The JSON value of a callback's output. */
export function requireOutput(output: string): unknown {
  requireLength('output', output, payloadLimit);
  const value = parse(output);
  if (value === undefined) throw new AwsError('InvalidOutput', "Invalid Output: 'not JSON'");
  return value;
}

export function requireLength(field: string, text: string, longest: number): void {
  if (Buffer.byteLength(text) <= longest) return;
  const rule = `Member must have length less than or equal to ${longest}`;
  throw new AwsError('ValidationException', `Value at '${field}' failed to satisfy constraint: ${rule}`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
