/**
 * One JSON line per happening: a name and ids. Only the fields named here can be logged, so a token, a policy or a
 * requester's words cannot slip in by spreading an object.
 */
export interface LogFields {
  requestId?: string | undefined;
  entitlement?: string | undefined;
  code?: string | undefined;
  status?: number | undefined;
  step?: string | undefined;
  error?: unknown;
}

/**
 * Writes to stdout, which Lambda forwards to the function's log group as it is. CloudWatch counts every event of level warn
 * or error by its name, and alarms go by that.
 */
export function log(
  level: 'info' | 'warn' | 'error',
  event: string,
  { error, ...fields }: LogFields = {},
): void {
  const now = new Date();
  const line = {
    timestamp: now.toISOString(),
    level,
    event,
    ...fields,
    ...(error !== undefined && { error: nameOf(error) }),
    ...(level !== 'info' && occurrence(now)),
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** Embedded metric format: this line is one more of the metric `Countersign/Occurrences`, by its `event`. */
const occurrence = (now: Date) => ({
  Occurrences: 1,
  _aws: {
    Timestamp: now.getTime(),
    CloudWatchMetrics: [
      {
        Namespace: 'Countersign',
        Dimensions: [['event']],
        Metrics: [{ Name: 'Occurrences', Unit: 'Count' }],
      },
    ],
  },
});

/**
 * An error's class, AWS error code and the place it was thrown. Never its message: messages of libraries may quote what
 * they were given.
 */
function nameOf(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { name: typeof error };
  const place = error.stack
    ?.split('\n')
    .find((line) => line.trimStart().startsWith('at '))
    ?.trim();
  return { name: error.name, place };
}
