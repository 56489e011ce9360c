import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';

const tries = 20;

/**
 * How many milliseconds AWS's clock is ahead of this one. Answers carry whole seconds, so it is read off where the second
 * turns between two of them.
 */
export async function awsClockOffset(sts: STSClient): Promise<number> {
  const seconds = secondsOfAnswers(sts);
  let previous = await answerTime(sts, seconds);
  for (let count = 0; count < tries; count += 1) {
    const next = await answerTime(sts, seconds);
    if (next.second > previous.second) return next.second - (previous.at + next.at) / 2;
    previous = next;
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  throw new Error('AWS answered without a date that moves.');
}

/** Notes the `Date` of each answer; the client's commands do not show it. */
function secondsOfAnswers(sts: STSClient): { latest: number } {
  const noted = { latest: Number.NaN };
  sts.middlewareStack.add(
    (next) => async (input) => {
      const result = await next(input);
      const headers: Record<string, string> = Object(result.response).headers ?? {};
      noted.latest = Date.parse(headers.date ?? '');
      return result;
    },
    { step: 'deserialize', name: 'noteDate' },
  );
  return noted;
}

async function answerTime(
  sts: STSClient,
  noted: { latest: number },
): Promise<{ second: number; at: number }> {
  const sent = Date.now();
  await sts.send(new GetCallerIdentityCommand({}));
  return { second: noted.latest, at: (sent + Date.now()) / 2 };
}
