import type { AccessRequest } from '#client/answers.ts';
import { clockTime } from '../terminal/times.ts';

/** What the early end of a grant brings about: no more than is known. */
export function earlyEndText({ accessEndEstimatedAt }: AccessRequest): string {
  const by =
    accessEndEstimatedAt === undefined
      ? 'once AWS has spread the change, which takes seconds to minutes'
      : `by about ${clockTime(accessEndEstimatedAt)}, an estimate: AWS has to spread the change`;
  return `No new session is given out. A session that is still open is denied ${by}.`;
}
