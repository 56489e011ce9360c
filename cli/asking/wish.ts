import type { Entitlement } from '#client/answers.ts';
import type { Wish } from '#client/api.ts';
import { describeDuration, parseDuration } from '#domain/duration.ts';
import { maximumLeadSeconds } from '#domain/lastPossibleAccess.ts';
import { visibleLines } from '#domain/visibleText.ts';
import { wholeMatch } from '#domain/wholeMatch.ts';
import { CommandError } from '../commandError.ts';
import { durationWords, shortDuration } from '../terminal/durations.ts';
import { ask, canAsk } from '../terminal/question.ts';
import { durationOf } from '../typed/duration.ts';
import { timeOf } from '../typed/time.ts';
import { parametersOf } from './parameters.ts';

/** What was typed for a request. */
export interface TypedWish {
  for?: string | undefined;
  because?: string | undefined;
  ticket?: string | undefined;
  start?: string | undefined;
  set?: string[] | undefined;
  'break-glass'?: boolean | undefined;
}

/**
 * What is asked for. What is missing is asked for on a terminal, and what the service would refuse by the entitlement's limits is refused here, with the
 * option to change. The service judges it all once more.
 */
export async function wishOf(entitlement: Entitlement, typed: TypedWish, now: Date): Promise<Wish> {
  const breakGlass = typed['break-glass'] ?? false;
  checkBreakGlass(entitlement, { breakGlass, start: typed.start });
  const duration =
    typed.for === undefined ? undefined : checkedDuration(entitlement, durationOf(typed.for), breakGlass);
  const startAt = typed.start === undefined ? undefined : checkedStart(timeOf(typed.start, now), now);
  const parameters = await parametersOf(entitlement, typed.set ?? []);
  const ticket = await ticketOf(entitlement, typed.ticket);
  const justification = await justificationOf(entitlement, typed.because);
  return {
    entitlement: entitlement.id,
    ...(duration !== undefined && { duration }),
    justification,
    ...(ticket !== undefined && { ticket }),
    ...(startAt !== undefined && { startAt }),
    ...(Object.keys(parameters).length > 0 && { parameters }),
    ...(breakGlass && { breakGlass }),
  };
}

function checkBreakGlass(
  { id, mayRequest, breakGlass }: Entitlement,
  wish: { breakGlass: boolean; start: string | undefined },
): void {
  if (wish.breakGlass && !breakGlass)
    throw new CommandError(`${id} has no break-glass for you. Ask without --break-glass.`);
  if (!wish.breakGlass && !mayRequest)
    throw new CommandError(`You may ask for ${id} in an emergency only. Add --break-glass if this is one.`);
  if (wish.breakGlass && wish.start !== undefined)
    throw new CommandError('Break-glass starts at once. Leave out --start.');
}

function checkedDuration(
  { id, maxDuration, breakGlass }: Entitlement,
  duration: string,
  isBreakGlass: boolean,
): string {
  const longest = isBreakGlass ? (breakGlass?.maxDuration ?? maxDuration) : maxDuration;
  if ((parseDuration(duration) ?? 0) > (parseDuration(longest) ?? Number.POSITIVE_INFINITY))
    throw new CommandError(
      `${id} is given for at most ${durationWords(longest)}${isBreakGlass ? ' by break-glass' : ''}. Ask for --for ${shortDuration(longest)} or less.`,
    );
  return duration;
}

function checkedStart(startAt: string, now: Date): string {
  const ahead = Date.parse(startAt) - now.getTime();
  if (ahead <= 0)
    throw new CommandError('--start lies in the past. Name a later time, or leave it out to begin at once.');
  if (ahead > maximumLeadSeconds * 1_000)
    throw new CommandError(
      `--start is at most ${describeDuration(maximumLeadSeconds)} from now. Name an earlier time.`,
    );
  return startAt;
}

async function justificationOf(
  { justification: { minLength } }: Entitlement,
  typed: string | undefined,
): Promise<string> {
  const text = typed ?? (canAsk() ? await askedJustification(minLength) : '');
  const length = lengthOf(text);
  if (length === 0) throw new CommandError('Say why you need it: --because "…". The approvers decide by it.');
  if (length < minLength)
    throw new CommandError(
      `Say why in at least ${minLength} characters (that was ${length}): the approvers decide by --because.`,
    );
  return text;
}

/** Asked again where it is too short; no answer at all is one, too. */
async function askedJustification(minLength: number): Promise<string> {
  for (let question = 'Why do you need it? The approvers decide by it, and auditors read it:'; ; ) {
    const text = await ask(question);
    const length = lengthOf(text);
    if (length === 0 || length >= minLength) return text;
    question = `In at least ${minLength} characters, please (that was ${length}):`;
  }
}

/** As the service counts. */
const lengthOf = (text: string): number => visibleLines(text).join(' ').length;

async function ticketOf({ ticket }: Entitlement, typed: string | undefined): Promise<string | undefined> {
  const text = typed ?? (ticket?.required && canAsk() ? await ask('For which ticket?') : undefined);
  if (ticket?.required && !text)
    throw new CommandError(`Name a ticket: --ticket, which matches ${ticket.pattern}.`);
  if (text !== undefined && ticket && !wholeMatch(ticket.pattern).test(text))
    throw new CommandError(`The ticket has to match ${ticket.pattern}. Change --ticket.`);
  return text;
}
