import { type ExitCode, exitCodes } from './exitCodes.ts';

/** Why a command cannot do what was asked, in sentences that end with what to do next. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = exitCodes.unusable) {
    super(message);
    this.exitCode = exitCode;
  }
}
