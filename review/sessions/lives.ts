import { addSeconds, type Instant } from '#domain/instant.ts';
import type { Issuance } from './issuance.ts';
import { countWhile } from './timeOrder.ts';

/** What fits a question: nothing, one issuance, or more than one. */
export type Fitting = Issuance | 'none' | 'several';

/** When credentials live, as far as their issuance says. */
interface Life {
  issuance: Issuance;
  end: Instant;
}

/** Of the issuances up to one, the two whose credentials live longest: enough to tell one from several. */
interface Longest {
  issuedAt: Instant;
  first: Life;
  second?: Life | undefined;
}

/** STS's longest: AssumeRole, and for GetFederationToken and GetSessionToken. https://docs.aws.amazon.com/STS/latest/APIReference/ */
const longestSeconds = { role: 43_200, user: 129_600 };

/** Issuances of one kind, in order of time, to be asked which of them had living credentials. */
export type Lives = readonly Longest[];

/** `issuances` by time. */
export function livesOf(issuances: readonly Issuance[]): Lives {
  let before: Longest | undefined;
  return issuances.map((issuance) => {
    const life = { issuance, end: endOf(issuance) };
    before = { issuedAt: issuance.event.at, ...longestOf(life, before) };
    return before;
  });
}

function longestOf(life: Life, before: Longest | undefined): Pick<Longest, 'first' | 'second'> {
  if (!before) return { first: life };
  const { first, second } = before;
  if (life.end > first.end) return { first: life, second: first };
  return { first, second: second && second.end >= life.end ? second : life };
}

/** Those issued at or before one instant and still alive at another: O(log n). */
export function livingIn(lives: Lives, span: { issuedBy: Instant; aliveAt: Instant }): Fitting {
  const { first, second } = lives[countWhile(lives, ({ issuedAt }) => issuedAt <= span.issuedBy) - 1] ?? {};
  if (!first || first.end < span.aliveAt) return 'none';
  return second && second.end >= span.aliveAt ? 'several' : first.issuance;
}

function endOf({ event, expiresAt, durationSeconds, roleArn }: Issuance): Instant {
  const longest = roleArn === undefined ? longestSeconds.user : longestSeconds.role;
  return expiresAt ?? addSeconds(event.at, Math.min(durationSeconds ?? longest, longest));
}
