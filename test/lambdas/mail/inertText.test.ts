import { test } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeHtml, inertLine, inertLines, quoted, subjectLine } from '../../../lambdas/mail/inertText.ts';
import hostile from '../../cases/hostileText.json' with { type: 'json' };

/** What a mail program would make a link of. */
const link =
  /[a-z][a-z0-9+-]*:[/\\]{2}|\bwww\.|[\p{L}\p{N}][.。．｡]\p{L}{2}|\b(mailto|tel|javascript|data):\S|\\\\\w/iu;
const unseen = /[\p{Cc}\p{Cs}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}]/u;
const anyText = fc.string({ unit: 'binary', maxLength: 1_000 });

describe('Text of other people', () => {
  it.each(hostile)('keeps nothing that links, hides or reorders: $name', ({ text }) => {
    const line = inertLine(text);
    expect(line).not.toMatch(link);
    expect(line).not.toMatch(unseen);
    expect(line).not.toMatch(/\p{Zs}{2}/u);
  });

  it.each([
    ['https://evil.example/x', 'https[:]//evil[.]example/x'],
    ['ht\u200Btps://evil.example', 'https[:]//evil[.]example'],
    ['www.evil.com', 'www[.]evil[.]com'],
    ['ask bob@example.com', 'ask bob@example[.]com'],
    ['mailto:bob@example.com', 'mailto[:]bob@example[.]com'],
    ['\\\\evil\\share', '[\\\\]evil\\share'],
  ])('shows the address %j as %j', (text, shown) => {
    expect(inertLine(text)).toBe(shown);
  });

  it.each([
    'At 10:30, version 1.2.3, e.g. 4.5 GB: done.',
    'Naïve café, Ωmega, 注文を確認',
    'Аpprоvе',
    'arn:aws:iam::111122223333:role/x',
  ])('stays as it is where nothing in it is a link: %s', (text) => {
    expect(inertLine(text)).toBe(text);
  });

  it('keeps its lines apart and its empty lines single', () => {
    expect(inertLines('one\r\ntwo\n\n\n\nthree\n\n')).toEqual(['one', 'two', '', 'three']);
  });

  it('loses the marks that are stacked too high, and only those', () => {
    expect(inertLine(`a${'\u0301'.repeat(30)}b`)).toBe(`${`a${'\u0301'.repeat(4)}`}b`);
    expect(inertLine('é ậ')).toBe('é ậ');
  });

  it('loses half characters, which are no text', () => {
    expect(inertLine('Fix \ud83d it \udca9 \ud83d\udd11')).toBe('Fix it \ud83d\udd11');
    expect(subjectLine(`${'x'.repeat(148)}\ud83d\udd11 and more`)).toBe(`${'x'.repeat(148)}…`);
  });

  test.prop([anyText])(
    'has its mark on every line, and no line is so long that a mail program breaks it',
    (text) => {
      for (const line of quoted(text).split('\n').filter(Boolean)) {
        expect(line).toMatch(/^> /);
        expect(Array.from(line).length).toBeLessThanOrEqual(74);
        expect(line).not.toMatch(unseen);
      }
    },
  );

  test.prop([anyText])('is one printable line of at most 150 characters in a subject', (text) => {
    const subject = subjectLine(text);
    expect(subject.length).toBeLessThanOrEqual(150);
    expect(subject).not.toMatch(/[\r\n\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u);
  });

  test.prop([anyText])('is no markup once it is escaped', (text) => {
    expect(escapeHtml(text)).not.toMatch(/[<>"']/);
    expect(unescaped(escapeHtml(text))).toBe(text);
  });
});

const unescaped = (html: string): string =>
  html
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
