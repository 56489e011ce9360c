import type { Catalogue } from '../../domain/catalogue.ts';
import { type Entitlement, longestTicket } from '../../domain/entitlement.ts';
import type { Fault } from './fault.ts';
import { longestMatchMilliseconds, slowTextFor } from './slowText.ts';

/** A pattern of the catalogue, and how long a text can be when it is matched. */
interface Pattern {
  path: string[];
  pattern: string;
  length: number;
}

/**
 * Patterns by which one request could keep a function busy until it is killed, and the approvers without an answer: whoever may ask may
 * send it again and again.
 */
export const patternFaults = ({ entries }: Pick<Catalogue, 'entries'>): Fault[] =>
  [...entries.values()].flatMap(({ id, entitlement }) =>
    patternsOf(entitlement).flatMap(({ path, pattern, length }) => {
      const slow = slowTextFor(pattern, length);
      return slow ? [{ path: ['entitlements', id, ...path], message: messageOf(pattern, slow.recipe) }] : [];
    }),
  );

function patternsOf({ ticket, parameters }: Entitlement): Pattern[] {
  return [
    ...(ticket ? [{ path: ['ticket', 'pattern'], pattern: ticket.pattern, length: longestTicket }] : []),
    ...Object.entries(parameters).flatMap(([name, { pattern, values, maxLength }]) =>
      // Where there are values, nothing else comes as far as the pattern.
      pattern === undefined || values
        ? []
        : [{ path: ['parameters', name, 'pattern'], pattern, length: maxLength }],
    ),
  ];
}

const messageOf = (pattern: string, recipe: string): string =>
  `${pattern} takes more than ${longestMatchMilliseconds} ms for ${recipe}, which a requester could send: it tries too many ways to match. Let there be one way only: each repetition begins with what must be there, [A-Z]+(-[A-Z]+)* rather than ([A-Z]+-?)+`;
