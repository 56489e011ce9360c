import type { AccessRequest } from '#client/answers.ts';
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
  ['FOR', ({ duration }) => shortDuration(duration)],
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

/** Until when it can be decided on, or the end of its grant, or when it was over. */
function untilText({ status, expiresAt, endsAt, closedAt }: AccessRequest): string {
  if (status === 'pending') return `${clockTime(expiresAt)} to decide`;
  return clockTime(closedAt ?? endsAt ?? expiresAt);
}
