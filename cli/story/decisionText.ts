import type { AccessRequest } from '#client/answers.ts';
import { visibleLine } from '#domain/visibleText.ts';
import { durationWords } from '../terminal/durations.ts';
import { clockTime } from '../terminal/times.ts';

/** `bob@example.com approved for 30 minutes only at 14:02: “fine by me”` */
export function decisionText({
  decision,
  approver,
  decidedAt,
  duration,
  comment,
}: AccessRequest['decisions'][number]): string {
  const only = duration === undefined ? '' : ` for ${durationWords(duration)} only`;
  const did = `${decision === 'approve' ? 'approved' : 'denied'}${only}`;
  return deedText(approver.email, did, decidedAt, comment);
}

/** Who did something when, and in which words. */
export const deedText = (who: string, did: string, at: string, words = ''): string =>
  `${visibleLine(who)} ${did} at ${clockTime(at)}${words === '' ? '' : `: “${visibleLine(words)}”`}`;
