import { describe, expect, it } from 'vitest';
import { controls } from '#review/report/controls.ts';

describe('The control mapping', () => {
  it('covers five frameworks', () => {
    expect([...new Set(controls.map(({ framework }) => framework))]).toHaveLength(5);
  });

  it('says of each control what it offers and what it does not show, and nowhere that something is complied with', () => {
    for (const { title, offers, doesNotShow } of controls) {
      expect(offers).not.toBe('');
      expect(doesNotShow).not.toBe('');
      expect(`${title} ${offers} ${doesNotShow}`).not.toMatch(
        /compl(y|ies|iant|iance)|satisf|fulfil|certif/i,
      );
    }
  });

  it('names each control of a framework once', () => {
    const names = controls.map(({ framework, control }) => `${framework} ${control}`);
    expect(new Set(names).size).toBe(names.length);
  });
});
