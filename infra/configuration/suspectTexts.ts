import { isSafePattern } from 'redos-detector';
import { isParameterText } from '../../domain/sessionPolicy.ts';
import { wholeMatch } from '../../domain/wholeMatch.ts';

/** A text that may keep an expression busy: a beginning, what is repeated, and an end that may not match. */
export interface SuspectText {
  text: string;
  /** How to make it, short enough for a sentence: `"INC" + "0".repeat(60) + "@"`. */
  recipe: string;
}

/**
 * Texts of a length that an expression could match in very many ways, by redos-detector. Much of what it suspects is safe
 * (`([^,]+,)*[^,]+`), so nothing is refused for that alone. Others were tried: safe-regex2 lets `(a|a)*` and `(\d|[0-9a-f])+-` pass;
 * recheck lets `(\d{1,3}-?){1,20}` pass, and would nearly double the packed command; this one adds a twelfth.
 */
export function suspectTexts(pattern: string, length: number): SuspectText[] {
  const trails = [uncounted(pattern), readable(pattern)].flatMap(trailsOf);
  const ways = new Set([...trails.map(textOfTrail), ...plain]);
  const texts = [...ways].flatMap((way) => [...pumped(way, length)]);
  return [...new Map(texts.map((suspect) => [suspect.text, suspect])).values()];
}

/** For what the library cannot read. */
const plain = ['a', '0', 'A', ' ', '-'];

/** In Unicode mode a brace that is not escaped, nor in a class, counts or belongs to what stands before it. */
const tokens =
  /\\k<[^>]*>|\\[pPu]\{[^}]*\}|\\.|\[(?:\\.|[^\]\\])*\]|\{\d+(?:,\d*)?\}|\(\?<(?![=!])[^>]*>|\(\?[ims-]+:/gsu;

/** Without the names of groups and the modifiers, which the library does not know. */
const readable = (pattern: string): string =>
  pattern.replace(tokens, (token) => {
    if (token.startsWith('\\k')) return '';
    if (token.startsWith('(?<')) return '(';
    return token.startsWith('(?') ? '(?:' : token;
  });

/** Counts up to what is long for a text are as good as none, and `*` is read much faster than `{1,60}`. */
const uncounted = (pattern: string): string =>
  readable(pattern).replace(tokens, (token) => (token.startsWith('{') ? '*' : token));

type Trail = ReturnType<typeof isSafePattern>['trails'][number]['trail'];

/** Few are enough: they mostly go on where the others end. */
const mostTrails = 10;

function trailsOf(pattern: string): Trail[] {
  try {
    const { trails } = isSafePattern(`^(?:${pattern})$`, { unicode: true, maxSteps: 2_000, timeout: 1_000 });
    return trails.slice(0, mostTrails).map(({ trail }) => trail);
  } catch {
    return [];
  }
}

/** The beginning of a text that can be matched on two ways: of each two steps the first character that fits both. */
function textOfTrail(trail: Trail): string {
  let text = '';
  for (const { a, b } of trail) {
    const both = charactersOf(a.node.source).find((one) => charactersOf(b.node.source).includes(one));
    if (both === undefined) break;
    text += both;
  }
  return text;
}

/** Those that a parameter may have, letters and digits first: nothing else comes as far as a pattern. */
const characters = Array.from({ length: 95 }, (_, index) => String.fromCharCode(0x20 + index))
  .filter(isParameterText)
  .sort((one, other) => Number(/\w/.test(other)) - Number(/\w/.test(one)));

const known = new Map<string, string[]>();

function charactersOf(source: string): string[] {
  const found = known.get(source) ?? characters.filter(matcherOf(source));
  known.set(source, found);
  return found;
}

function matcherOf(source: string): (character: string) => boolean {
  try {
    const expression = wholeMatch(source);
    return (character) => expression.test(character);
  } catch {
    return () => false;
  }
}

const longestBeginning = 24;
const longestRepeated = 4;
/** Tickets may have these, too. */
const ends = ['@', '', '-', ' ', '0', 'a', 'A', '/', '..'];

/** A few characters of a text repeated until it is as long as it may be, with an end that may not match. */
function* pumped(way: string, length: number): Generator<SuspectText> {
  for (let at = 0; at < Math.min(way.length, longestBeginning); at += 1)
    for (let size = 1; size <= longestRepeated && at + size <= way.length; size += 1) {
      const [beginning, repeated] = [way.slice(0, at), way.slice(at, at + size)];
      for (const end of ends) {
        const times = Math.floor((length - at - end.length) / size);
        if (times > 0) yield suspect(beginning, { repeated, times }, end);
      }
    }
}

function suspect(
  beginning: string,
  { repeated, times }: { repeated: string; times: number },
  end: string,
): SuspectText {
  const pump = `${JSON.stringify(repeated)}.repeat(${times})`;
  const around = (text: string): string[] => (text === '' ? [] : [JSON.stringify(text)]);
  return {
    text: `${beginning}${repeated.repeat(times)}${end}`,
    recipe: [...around(beginning), pump, ...around(end)].join(' + '),
  };
}
