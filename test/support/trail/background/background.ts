import { addSeconds, type Instant, secondsBetween } from '#domain/instant.ts';
import type { Random } from '../random.ts';
import type { TrailRecord } from '../trailRecord.ts';
import { activities } from './activities.ts';
import type { Activity } from './activity.ts';

/**
 * What goes on around Countersign: about `events` records from `from` on, roughly by time. One after the other, so that a
 * trail of any size can be written without being held in memory.
 */
export function* background(
  random: Random,
  { from, to, events, busy }: { from: Instant; to: Instant; events: number; busy: number },
): Generator<TrailRecord> {
  const span = secondsBetween(from, to);
  let made = 0;
  while (made < events) {
    const at = addSeconds(from, Math.floor((span * made) / events));
    for (const record of someActivity(random)(random, at, busy)) {
      yield record;
      made += 1;
    }
  }
}

function someActivity(random: Random): Activity {
  let drawn = random.next() * activities.reduce((sum, { share }) => sum + share, 0);
  for (const { share, activity } of activities) {
    drawn -= share;
    if (drawn < 0) return activity;
  }
  throw new RangeError('The shares do not add up.');
}
