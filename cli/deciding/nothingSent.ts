import type { AccessRequestDetail } from '#client/answers.ts';
import { CommandError } from '../commandError.ts';
import { exitCodes } from '../exitCodes.ts';
import { nextStep } from '../story/nextStep.ts';

/** Why nothing was asked of the service for a request as it stands, and what can be done about that one. */
export const nothingSent = (request: AccessRequestDetail, why: string): CommandError =>
  new CommandError(
    [`Request ${request.id} ${why} Nothing was sent.`, ...nextStep(request)].join('\n'),
    exitCodes.no,
  );
