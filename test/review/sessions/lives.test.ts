import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Issuance } from '#review/sessions/issuance.ts';
import { livesOf, livingIn } from '#review/sessions/lives.ts';
import { at } from './people.ts';
import { keptEvent } from './reviewed.ts';

const issuance = ({ start, end }: { start: number; end: number }, index: number): Issuance => ({
  event: keptEvent({ id: `event-${index}`, at: at(start) }),
  copies: [],
  expiresAt: at(end),
  tags: {},
  policyArns: [],
});

describe('which credentials lived', () => {
  it('is answered as if each of them were looked at', () => {
    const seconds = fc.integer({ min: 0, max: 20 });
    fc.assert(
      fc.property(
        fc.array(fc.record({ start: seconds, end: seconds }), { maxLength: 12 }),
        fc.record({ issuedBy: seconds, aliveAt: seconds }),
        (spans, { issuedBy, aliveAt }) => {
          const issuances = spans.sort((a, b) => a.start - b.start).map(issuance);
          const fitting = issuances.filter(
            ({ event, expiresAt = '' }) => event.at <= at(issuedBy) && expiresAt >= at(aliveAt),
          );
          const found = livingIn(livesOf(issuances), { issuedBy: at(issuedBy), aliveAt: at(aliveAt) });
          expect(found).toBe(fitting.length > 1 ? 'several' : (fitting[0] ?? 'none'));
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each([
    ['the longest that a role gives, where nothing is said', { roleArn: 'role' }, 43_200],
    ['the longest that a user can ask for, without a role', {}, 129_600],
    ['as long as was asked for', { roleArn: 'role', durationSeconds: 900 }, 900],
    ['no longer than STS gives', { roleArn: 'role', durationSeconds: 999_999 }, 43_200],
    ['until they expire, whatever was asked for', { expiresAt: at(60), durationSeconds: 900 }, 60],
  ])('%s', (_rule, over, seconds) => {
    const { expiresAt: _expiresAt, ...unsaid } = issuance({ start: 0, end: 0 }, 1);
    const lives = livesOf([{ ...unsaid, ...over }]);
    const livesUntil = (aliveAt: number) =>
      livingIn(lives, { issuedBy: at(0), aliveAt: at(aliveAt) }) !== 'none';
    expect([livesUntil(seconds), livesUntil(seconds + 1)]).toEqual([true, false]);
  });
});
