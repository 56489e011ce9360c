import type { AccessRequestDetail } from '#client/answers.ts';
import { statusWords } from '#client/statusWords.ts';
import { visibleLine } from '#domain/visibleText.ts';
import { isClosed } from '../requests/noticeRequest.ts';
import { decisionText } from '../story/decisionText.ts';
import type { Cell } from '../terminal/cell.ts';
import { timeLeft } from '../terminal/durations.ts';
import { clockTime } from '../terminal/times.ts';
import type { Watched } from './watchRequest.ts';

const spinner = [...'⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'];

/** What somebody who waits sees on a terminal: what is waited for, and below who was asked and who answered. */
export function watchLines({ request, silent }: Watched, tick: number, now = new Date()): Cell[] {
  // Then nobody waits, and the answer says it all.
  if (request.status !== 'pending' && request.status !== 'scheduled') return [];
  const turn = spinner[tick % spinner.length] ?? '';
  return [
    { text: `${turn} ${waitText(request, now)}` },
    ...request.invitations.map((invitation): Cell => invitationCell(request, invitation)),
    ...(silent ? [{ text: `  ${silenceText}`, format: 'yellow' } satisfies Cell] : []),
  ];
}

/** What stays there at the end: who decided, in their words. Of a request that is closed the answer tells it. */
export const decisionCells = (request: AccessRequestDetail): Cell[] =>
  isClosed(request) ? [] : request.decisions.map(decisionCell);

function waitText({ status, expiresAt }: AccessRequestDetail, now: Date): string {
  if (status === 'scheduled') return 'Approved. The first session is being issued …';
  return `Waiting for a decision, ${timeLeft(expiresAt, now)} left`;
}

function invitationCell(
  { decisions }: AccessRequestDetail,
  { email, invitedAt, failed }: AccessRequestDetail['invitations'][number],
): Cell {
  const decision = decisions.find(({ approver }) => approver.email === email);
  if (decision) {
    const cell = decisionCell(decision);
    return { ...cell, text: `  ${cell.text}` };
  }
  if (failed !== undefined)
    return {
      text: `  ${visibleLine(email)}: the mail did not arrive (${visibleLine(failed)})`,
      format: 'yellow',
    };
  return { text: `  ${visibleLine(email)} was asked at ${clockTime(invitedAt)}` };
}

const decisionCell = (decision: AccessRequestDetail['decisions'][number]): Cell => ({
  text: decisionText(decision),
  format: decision.decision === 'approve' ? 'green' : 'red',
});

/** What is new since the look before, a line for each: for logs and pipes. */
export function watchChanges(before: Watched | undefined, { request, silent }: Watched): string[] {
  const known = before?.request;
  const invited = request.invitations.filter(
    ({ email, failed }) =>
      !known?.invitations.some((other) => other.email === email && other.failed === failed),
  );
  return [
    ...(silent && !before?.silent ? [silenceText] : []),
    ...invited.map((invitation) => invitationCell({ ...request, decisions: [] }, invitation).text.trim()),
    ...request.decisions.slice(known?.decisions.length ?? 0).map(decisionText),
    ...(request.status !== (known?.status ?? 'pending') ? [statusWords(request)] : []),
  ];
}

const silenceText = 'Countersign does not answer; trying again …';
