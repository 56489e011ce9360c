import { requestIdPattern } from '#domain/requestIdPattern.ts';
import { visibleLine } from '#domain/visibleText.ts';
import { CommandError } from '../commandError.ts';

/** A ULID, as lambdas and mails write it; the letters may be typed small. Undefined for any other word. */
export function requestId(word: string): string | undefined {
  const id = word.toUpperCase();
  return requestIdPattern.test(id) ? id : undefined;
}

/** Throws a `CommandError` for the link of a mail where a request is to be named. */
export function refuseLink(word: string): void {
  if (!/cs1\.|\/approve#/.test(word)) return;
  throw new CommandError(
    'That is an approval link. To decide: countersign approve, and paste it when asked. Here the id is wanted, the 26 letters and digits after its #.',
  );
}

/**
 * The id that a word is; undefined where there is no word, or where it may be an entitlement. Throws a `CommandError` for a link, and for a
 * word without letters, such as a script's variable that was never set: it does not mean what no word means.
 */
export function namedId(word: string | undefined): string | undefined {
  if (word === undefined) return undefined;
  if (word.trim() === '')
    throw new CommandError(
      'The word for the request is empty. Name its id or an entitlement: countersign status lists your open requests.',
    );
  refuseLink(word);
  return requestId(word);
}

/** The id that somebody typed. Throws a `CommandError` where it is none. */
export function idOf(word: string): string {
  const id = requestId(word);
  if (id !== undefined) return id;
  refuseLink(word);
  throw new CommandError(
    `"${visibleLine(word)}" is not the id of a request, which has 26 letters and digits. countersign history lists yours.`,
  );
}
