/**
 * An error as an AWS service would answer it. `code` is the error's name on the wire
 * (`AccessDenied`, `ConditionalCheckFailedException`, …), so that the SDK raises its own class for it.
 */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}
