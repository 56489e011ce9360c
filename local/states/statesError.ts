/** An error name and its text, as `$states.errorOutput`, Retry and Catch see them. */
export interface Failure {
  error: string;
  cause?: string;
}

/** A failure of the interpreter's own, one of the `States.…` names. */
export class StatesError extends Error {
  override readonly name = 'StatesError';
  readonly failure: Failure;
  /** The state's field whose evaluation failed. */
  readonly location: string | undefined;

  constructor(error: string, cause: string, location?: string) {
    super(`${error}: ${cause}`);
    this.failure = { error, cause };
    this.location = location;
  }
}

/** Bytes of UTF-8 that an input, output, argument or task result may have. */
export const payloadLimit = 262_144;

/** Raises `States.DataLimitExceeded` for a value whose JSON is over the payload limit. */
export function requirePayloadSize(value: unknown, what: string): void {
  if (Buffer.byteLength(JSON.stringify(value) ?? '') <= payloadLimit) return;
  throw new StatesError(
    'States.DataLimitExceeded',
    `${what} is larger than the maximum of ${payloadLimit} bytes.`,
  );
}
