import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeDuration, durationSchema, formatDuration, parseDuration } from '#domain/duration.ts';
import cases from '../cases/durations.json' with { type: 'json' };

describe('a duration', () => {
  it.each(cases.taken)('$text is $seconds seconds', ({ text, seconds }) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  it.each(cases.refused)('$text is refused: $because', ({ text }) => {
    expect(parseDuration(text)).toBeUndefined();
    expect(durationSchema.safeParse(text).success).toBe(false);
  });

  it('is refused with words that show how it is written', () => {
    expect(durationSchema.safeParse('1 hour').error?.issues[0]?.message).toContain('PT30M');
  });

  it('is refused when the text is longer than any duration', () => {
    expect(durationSchema.safeParse(`PT${'0'.repeat(60)}1S`).success).toBe(false);
  });

  it('reads back as the same seconds, whatever they are', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 7 * 86_400 }),
        (seconds) => parseDuration(formatDuration(seconds)) === seconds,
      ),
    );
  });

  it('never becomes a negative, fractional or endless number of seconds, whatever the text', () => {
    const texts = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'PTWDHMS0123456789.-+ ') }));
    fc.assert(
      fc.property(texts, (text) => {
        const seconds = parseDuration(text);
        return seconds === undefined || (Number.isSafeInteger(seconds) && seconds >= 0);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    [0, 'PT0S', '0 seconds'],
    [1, 'PT1S', '1 second'],
    [60, 'PT1M', '1 minute'],
    [5_400, 'PT1H30M', '1 hour 30 minutes'],
    [86_400, 'P1D', '1 day'],
    [604_800, 'P7D', '7 days'],
    [183_845, 'P2DT3H4M5S', '2 days 3 hours 4 minutes 5 seconds'],
  ])('of %i seconds is written %s and read out as %s', (seconds, text, words) => {
    expect(formatDuration(seconds)).toBe(text);
    expect(describeDuration(seconds)).toBe(words);
  });
});
