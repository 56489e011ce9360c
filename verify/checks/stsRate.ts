import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { type Check, type Finding, finding } from '../check.ts';

/** Far below STS's own limit, which the whole account shares, and far above what a hundred requests a minute need. */
const calls = 100;

export const stsRate: Check = {
  name: `STS answers ${calls} calls at once`,
  otherwise: 'Requests would be refused while others use STS in the service account.',
  async run({ clients, now }) {
    const began = now();
    const answers = await Promise.all(
      Array.from({ length: calls }, () => clients.sts.send(new GetCallerIdentityCommand({}))),
    );
    // The client tries again by itself; it says how often it had to.
    const throttled = answers.filter(({ $metadata }) => ($metadata.attempts ?? 1) > 1).length;
    return judgeRate({ throttled, milliseconds: now() - began });
  },
};

export const judgeRate = ({
  throttled,
  milliseconds,
}: {
  throttled: number;
  milliseconds: number;
}): Finding =>
  finding(throttled === 0, `${calls} calls in ${milliseconds.toFixed()} ms, ${throttled} tried again`);
