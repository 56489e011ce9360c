import { addSeconds, type Instant, instantOf } from './instant.ts';

/**
 * A scheduled grant starts at most this far ahead: nobody can foresee who may approve later. A request that nobody decides
 * expires long before.
 */
export const maximumLeadSeconds = 30 * 86_400;

/** The longest grant that a catalogue can offer. */
export const maximumGrantSeconds = 7 * 86_400;

/** The longest session of role chaining. */
export const maximumSessionSeconds = 3_600;

/** When a request was made. Its id is a ULID, whose first ten characters are the time in milliseconds. */
export const madeAtOf = (requestId: string): Instant =>
  instantOf(
    new Date(
      Array.from(requestId.slice(0, 10)).reduce((time, digit) => time * 32 + crockford.indexOf(digit), 0),
    ),
  );

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** From when on no session of a request that was made then can live any more, whatever its record says. */
export const lastPossibleAccess = (madeAt: Instant): Instant =>
  addSeconds(madeAt, maximumLeadSeconds + maximumGrantSeconds + maximumSessionSeconds);
