import { visibleLine } from '#domain/visibleText.ts';
import { CommandError } from '../commandError.ts';

/** A ULID, as lambdas and mails write it; the letters may be typed small. Undefined for any other word. */
export function requestId(word: string): string | undefined {
  const id = word.toUpperCase();
  return /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(id) ? id : undefined;
}

/** The id that somebody typed. Throws a `CommandError` where it is none. */
export function idOf(word: string): string {
  const id = requestId(word);
  if (id !== undefined) return id;
  throw new CommandError(
    `"${visibleLine(word)}" is not the id of a request, which has 26 letters and digits. countersign history lists yours.`,
  );
}
