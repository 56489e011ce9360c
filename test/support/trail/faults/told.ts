import type { Instant } from '#domain/instant.ts';
import { stories } from '../countersign/stories.ts';
import type { Story } from '../countersign/story.ts';
import { lately, type World } from '../world.ts';

/** A story of a kind, told like any other. */
export const told = (world: World, kind: keyof typeof stories): Promise<Story> =>
  stories[kind](world.installation, lately(world));

export const idOf = ({ request }: Story): string => request.terms.id;

/** When a grant ended before its time, by its own entry. */
export function endOf({ request }: Story): Instant {
  const ended = request.history.find(({ event }) => event === 'revoked' || event === 'returned');
  if (!ended) throw new RangeError('It did not end before its time.');
  return ended.at;
}
