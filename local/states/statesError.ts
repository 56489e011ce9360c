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

  constructor(failure: Failure, location?: string) {
    super(`${failure.error}: ${failure.cause}`);
    this.failure = failure;
    this.location = location;
  }
}

/** Bytes of UTF-8 that an input, output, argument or task result may have. */
export const payloadLimit = 262_144;

export function fitsPayload(value: unknown): boolean {
  return Buffer.byteLength(JSON.stringify(value) ?? '') <= payloadLimit;
}

export function dataLimitExceeded(what: string): Failure {
  const cause = `${what} is larger than the maximum of ${payloadLimit} bytes.`;
  return { error: 'States.DataLimitExceeded', cause };
}
