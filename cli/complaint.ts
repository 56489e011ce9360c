import { RefusedError, UnreachableError, UnreadableAnswerError } from '#client/errors.ts';
import { visibleLine, visibleLines } from '#domain/visibleText.ts';
import { CommandError } from './commandError.ts';
import { type ExitCode, exitCodes } from './exitCodes.ts';

/** Why a command could not do what was asked: for people, for scripts, and as an exit code. */
export interface Complaint {
  message: string;
  /** The service's code where it refused; else what the exit code means. */
  code: string;
  exitCode: ExitCode;
}

/** What to tell of an error: what happened and what to do next. Names and texts in it may be anybody's. */
export function complaintOf(error: unknown): Complaint {
  const { message, code, exitCode } = unfiltered(error);
  return { message: withoutTokens(visibleLines(message).join('\n')), code: visibleLine(code), exitCode };
}

/** Somebody's word is repeated where it does not fit, and may be an approval link: what is on stderr ends up in logs. */
const withoutTokens = (text: string): string => text.replace(/cs1\.[\w-]+/g, 'cs1.…');

function unfiltered(error: unknown): Complaint {
  if (error instanceof CommandError) return complaintAs(error.exitCode, error.message);
  if (error instanceof RefusedError) return refusal(error);
  if (error instanceof UnreadableAnswerError) return complaintAs(exitCodes.unreachable, error.message);
  if (error instanceof UnreachableError)
    return complaintAs(
      exitCodes.unreachable,
      `${error.message} There is no network, or the address is wrong: check both, or run countersign doctor.`,
    );
  return { message: unexpected(error), code: 'unexpected', exitCode: exitCodes.unusable };
}

const complaintAs = (exitCode: ExitCode, message: string): Complaint => ({
  message,
  code: codes[exitCode],
  exitCode,
});

const codes: Record<ExitCode, string> = {
  [exitCodes.done]: 'done',
  [exitCodes.no]: 'no',
  [exitCodes.unusable]: 'unusable',
  [exitCodes.notSignedIn]: 'not_signed_in',
  [exitCodes.noAccess]: 'no_access',
  [exitCodes.unreachable]: 'unreachable',
};

/** The service's own sentence says why; what to type next is ours to add. */
function refusal({ message, status, code }: RefusedError): Complaint {
  const why = code === 'malformed' ? withOptions(message) : message;
  const next = (exitCode: ExitCode, ...words: string[]): Complaint => ({
    message: [why, ...words].join(' '),
    code,
    exitCode,
  });
  if (status === 401) return next(exitCodes.notSignedIn, signInAgain());
  if (code === 'grant_over') return next(exitCodes.noAccess, 'Ask again: countersign request');
  if (code === 'not_active') return next(exitCodes.noAccess, 'How it stands: countersign status');
  if (status >= 500 || (status === 429 && code !== 'too_many_reminders'))
    return next(exitCodes.unreachable, 'Try again in a minute.');
  return next(exitCodes.no);
}

/** What a field of the API was typed as. A comment is one option to `approve` and another to `deny`. */
const typedAs = new Map([
  ['breakGlass', '--break-glass'],
  ['comment', 'The comment'],
  ['duration', '--for'],
  ['justification', '--because'],
  ['parameters', '--set'],
  ['reason', '--because'],
  ['startAt', '--start'],
  ['ticket', '--ticket'],
]);

/** `body.parameters.order has …` → `--set order has …` */
const withOptions = (message: string): string =>
  message.replace(/(?<=^|; )body\.(\w+)(\.?)/g, (place, field: string, dot: string) => {
    const option = typedAs.get(field);
    return option === undefined ? place : `${option}${dot && ' '}`;
  });

const signInAgain = (): string =>
  process.env.COUNTERSIGN_TOKEN ? 'Put a fresh token into COUNTERSIGN_TOKEN.' : 'Sign in: countersign login';

function unexpected(error: unknown): string {
  if (!(error instanceof Error)) return `countersign could not go on: ${String(error)}`;
  // What could not be read as JSON stands in the message, and may be a secret.
  const what = error instanceof SyntaxError ? 'something is not written as it should be.' : error.message;
  if (!process.env.COUNTERSIGN_DEBUG)
    return `countersign could not go on: ${what}\nCOUNTERSIGN_DEBUG=1 shows where.`;
  const frames = (error.stack ?? '').split('\n').filter((line) => /^ {4}at /.test(line));
  return [`countersign could not go on: ${error.name}: ${what}`, ...frames].join('\n');
}
