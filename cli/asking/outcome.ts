import type { AccessRequestDetail } from '#client/answers.ts';
import { type ExitCode, exitCodes } from '../exitCodes.ts';
import { requestStory } from '../story/requestFacts.ts';
import { waysToUse } from '../story/waysToUse.ts';
import { answer } from '../terminal/answer.ts';
import { timeLeft } from '../terminal/durations.ts';
import { clockTime } from '../terminal/times.ts';

/** Tells what came of a request that was waited for, and answers whether there is access. */
export function tellOutcome(
  request: AccessRequestDetail | undefined,
  values: { json?: boolean | undefined },
): ExitCode {
  if (!request) return exitCodes.no;
  answer(request, () => outcomeLines(request), values);
  return request.status === 'active' || request.status === 'scheduled' ? exitCodes.done : exitCodes.no;
}

function outcomeLines(request: AccessRequestDetail): string[] {
  const { id, status, startsAt, endsAt } = request;
  if (endsAt === undefined || startsAt === undefined) return requestStory(request);
  if (status === 'active')
    return [`Active until ${clockTime(endsAt)} (${timeLeft(endsAt)} left).`, ...waysToUse(request)];
  if (status === 'scheduled')
    return [
      `Approved: it begins at ${clockTime(startsAt)} and ends at ${clockTime(endsAt)}.`,
      `To see how it stands: countersign status ${id}`,
    ];
  return requestStory(request);
}
