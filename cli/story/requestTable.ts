import type { AccessRequest } from '#client/answers.ts';
import { formatDuration } from '#domain/duration.ts';
import { secondsBetween } from '#domain/instant.ts';
import { visibleLine } from '#domain/visibleText.ts';
import type { Cell } from '../terminal/cell.ts';
import { shortDuration } from '../terminal/durations.ts';
import { statusCell } from '../terminal/status.ts';
import { table } from '../terminal/table.ts';
import { clockTime } from '../terminal/times.ts';
import { requesterText } from './requestFacts.ts';

type Column = [head: string, cell: (request: AccessRequest) => string | Cell];

const what: Column[] = [
  ['REQUEST', ({ id }) => id],
  ['STATUS', ({ status }) => statusCell(status)],
  ['ACCESS', ({ title }) => visibleLine(title)],
];
const when: Column[] = [
  ['FOR', durationText],
  ['ASKED', ({ createdAt }) => clockTime(createdAt)],
  ['UNTIL', untilText],
];
const who: Column = ['REQUESTER', requesterText];

/** Requests, one line each; those of others with their requester. */
export function requestTable(requests: readonly AccessRequest[], { of }: { of: 'me' | 'others' }): string[] {
  const columns = of === 'me' ? [...what, ...when] : [...what, who, ...when];
  return table(
    columns.map(([head]) => head),
    requests.map((request) => columns.map(([, cell]) => cell(request))),
  );
}

/** What was granted, which approvers may have shortened; before that what was asked for. */
function durationText({ duration, startsAt, endsAt }: AccessRequest): string {
  if (startsAt === undefined || endsAt === undefined) return shortDuration(duration);
  return shortDuration(formatDuration(secondsBetween(startsAt, endsAt)));
}

/** Until when it can be decided on, or until when access was or is given; nothing where there never was any. */
function untilText({ status, expiresAt, startsAt, endsAt, closedAt }: AccessRequest): string {
  if (status === 'pending') return `${clockTime(expiresAt)} to decide`;
  if (startsAt === undefined || endsAt === undefined) return '';
  if (closedAt === undefined || endsAt <= closedAt) return clockTime(endsAt);
  return startsAt <= closedAt ? clockTime(closedAt) : '';
}
