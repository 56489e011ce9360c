import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { html, textOf } from '#review/report/html.ts';
import { attacks } from './hostile.ts';

describe('A template of HTML', () => {
  it('leaves nothing of a text that could begin a tag, an entity or end an attribute', () => {
    for (const attack of attacks) {
      const text = textOf(html`<p title="${attack}">${attack}</p>`);
      expect(text).toMatch(
        /^<p title="([^<>"'&]|&(amp|lt|gt|quot|#39);)*">([^<>"'&]|&(amp|lt|gt|quot|#39);)*<\/p>$/u,
      );
    }
  });

  test.prop([fc.string({ unit: 'binary' })])('does so for any text', (text) => {
    expect(textOf(html`<p>${text}</p>`)).toMatch(/^<p>([^<>"'&]|&(amp|lt|gt|quot|#39);)*<\/p>$/u);
  });

  it('keeps HTML that it made, and joins lists', () => {
    const items = ['a & b', 'c'].map((item) => html`<li>${item}</li>`);
    expect(textOf(html`<ul>${items}</ul>`)).toBe('<ul><li>a &amp; b</li><li>c</li></ul>');
  });

  it('takes what only looks like its own for text', () => {
    const forged = JSON.parse('{"Symbol(markup)": "<script>"}');
    expect(textOf(html`<p>${forged}</p>`)).not.toContain('<script>');
  });

  it('says nothing for undefined and false', () => {
    expect(textOf(html`<p>${undefined}${false}${0}</p>`)).toBe('<p>0</p>');
  });

  it('shows nothing invisible and nothing that turns letters around', () => {
    expect(textOf(html`<p>${'\u202egnp.\u200bexe\u0007'}</p>`)).toBe('<p>gnp.exe</p>');
  });
});
