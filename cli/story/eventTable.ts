import type { AccessRequestDetail } from '#client/answers.ts';
import { describeDuration } from '#domain/duration.ts';
import { visibleLine } from '#domain/visibleText.ts';
import { table } from '../terminal/table.ts';
import { clockTime, fullTime } from '../terminal/times.ts';

type Event = AccessRequestDetail['history'][number];

/** What happened to a request, one line each. */
export const eventTable = ({ history }: AccessRequestDetail): string[] =>
  table(
    ['WHEN', 'WHAT', 'WHO', 'DETAILS'],
    history.map((event) => [
      fullTime(event.at),
      visibleLine(event.event),
      visibleLine(event.by),
      detailWords(event),
    ]),
  );

/** Of what an event says beside, that which people want to know. */
function detailWords({ detail = {} }: Event): string {
  const { sequence, durationSeconds, end, verdict, reason, comment } = detail;
  const words = [
    typeof sequence === 'number' ? `session ${sequence}` : '',
    typeof durationSeconds === 'number' ? `for ${describeDuration(durationSeconds)} only` : '',
    typeof end === 'string' ? `grant until ${clockTime(end)}` : '',
    typeof verdict === 'string' ? verdict : '',
    ...[reason, comment].map((text) => (typeof text === 'string' ? `“${text}”` : '')),
  ];
  return visibleLine(words.filter((word) => word !== '').join(', '));
}
