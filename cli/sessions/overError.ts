import { CommandError } from '../commandError.ts';
import { exitCodes } from '../exitCodes.ts';

/** No credentials come of a request any more: it was closed, and what this machine kept for it is erased. */
export class OverError extends CommandError {
  constructor(message: string) {
    super(message, exitCodes.noAccess);
  }
}
