import { faults } from '../test/support/trail/faults/faults.ts';
import { plantAndReview, type Score } from '../test/support/trail/plantedReview.ts';
import type { Measured } from './measured.ts';

const seeds = ['one', 'two', 'three'];

/** How much of what was planted a review finds, and how much of what it finds was planted: in worlds with all faults at once, and each that stands alone in one. */
export async function plantedFaults(): Promise<Measured[]> {
  const scores: Score[] = [];
  const together = faults.filter(({ alone }) => !alone);
  for (const seed of seeds)
    scores.push(await plantAndReview(together, { seed, requests: 60, events: 3_000 }));
  for (const fault of faults.filter(({ alone }) => alone))
    scores.push(await plantAndReview([fault], { seed: 'alone', days: 1 }));
  const sum = (count: (score: Score) => number): number =>
    scores.reduce((total, score) => total + count(score), 0);
  const [expected, missed] = [sum((score) => score.expected.length), sum((score) => score.missed.length)];
  const [found, wrong] = [sum((score) => score.found.length), sum((score) => score.falseAlarms.length)];
  const share = (part: number, whole: number): number => Number((part / whole).toFixed(4));
  return [
    { what: 'Planted faults', value: expected, unit: 'faults' },
    {
      what: 'Recall: of them found',
      value: share(expected - missed, expected),
      unit: '',
      limit: { atLeast: 1 },
    },
    {
      what: 'Precision: findings that are true',
      value: share(found - wrong, found),
      unit: '',
      limit: { atLeast: 1 },
    },
  ];
}
