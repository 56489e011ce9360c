/** A function's failed invocation; `name` is AWS's errorType, or the name of the error that the handler threw. */
export class FunctionError extends Error {
  override readonly name: string;

  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}
