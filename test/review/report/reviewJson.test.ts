import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { crossReferences } from '#review/report/crossReferences.ts';
import { documentOf } from '#review/report/documentOf.ts';
import { visibleJson } from '#review/report/json.ts';
import { reviewDocumentSchema } from '#review/report/reviewDocument.ts';
import { reviewJson } from '#review/report/reviewJson.ts';
import type { Review } from '#review/review.ts';
import { aReview, requestId } from './aReview.ts';
import { attacks, withText } from './hostile.ts';

const piecesOf = (review: Review) => reviewJson(documentOf(review, crossReferences(review)));
const jsonOf = (review: Review): string => [...piecesOf(review)].join('');
const parsed = (review: Review) => reviewDocumentSchema.parse(JSON.parse(jsonOf(review)));

describe('review.json', () => {
  it('is what its schema says, and nothing else', () => {
    const document = JSON.parse(jsonOf(aReview()));
    expect(reviewDocumentSchema.parse(document)).toEqual(document);
  });

  it('begins with its version and keeps the order of its fields', () => {
    expect(Object.keys(JSON.parse(jsonOf(aReview())))).toEqual(Object.keys(reviewDocumentSchema.shape));
  });

  it('says what was read and counts what was issued and refused', () => {
    const { completeness, issuances, refusedIssuances } = parsed(aReview());
    expect(completeness).toMatchObject({
      records: 9_214,
      duplicates: 122,
      unique: 9_092,
      skipped: { insight: 3, noTime: 1 },
    });
    expect(completeness.inputsSha256).toMatch(/^[0-9a-f]{64}$/);
    expect(issuances).toEqual({ ok: 5, failed: 1 });
    expect(refusedIssuances).toHaveLength(1);
    expect(JSON.stringify(refusedIssuances)).not.toContain('not authorized');
  });

  it('says what was judged by, what it comes to, and what could not be checked', () => {
    const { inputs, verdict, notChecked, table } = parsed(aReview({ table: { requests: 6, agree: 5 } }));
    expect(inputs).toMatchObject({
      catalogues: [{ path: 'catalogues/a1/catalogue.yaml', sha256: 'ab'.repeat(32) }],
      leftOut: [{ path: 'catalogues/old.yaml' }],
      keys: { path: 'keys.json', sha256: 'ef'.repeat(32) },
      table: null,
    });
    expect(verdict).toBe('faults');
    expect(notChecked).toEqual(['the integrity of all log files (digests prove a part of them)']);
    expect(table).toEqual({ requests: 6, agree: 5 });
    expect(parsed(aReview()).table).toBeNull();
  });

  it('has null for what is not known', () => {
    const { sessions } = parsed(aReview());
    expect(sessions.find(({ joinedBy }) => joinedBy === 'unresolved')).toMatchObject({
      issuedBy: null,
      issuingEventId: null,
      requestId: null,
      behind: [],
    });
  });

  it('says how much a session did, and leaves it to calls.csv to say what', () => {
    const session = JSON.parse(jsonOf(aReview())).sessions[0];
    expect(session).toMatchObject({ calls: expect.any(Number), denied: expect.any(Number) });
    expect(session).not.toHaveProperty('actions');
    expect(session).not.toHaveProperty('each');
  });

  it('has each grant with its decisions, chain, sessions and calls', () => {
    const grant = parsed(aReview()).grants[1];
    expect(grant).toMatchObject({
      id: requestId(2),
      status: 'revoked',
      callsAfterEnd: 2,
      end: { event: 'revoked', by: 'ada@example.com' },
      chain: { verdict: 'unbroken', closed: true, lost: [], faults: [] },
    });
    expect(grant?.decisions.map(({ by }) => by)).toEqual(['carol@example.com', 'erin@example.com']);
    expect(grant?.sessions[0]).toMatchObject({ attestedBy: { how: 'hash' } });
    expect(grant?.sessions[0]?.calls).toHaveLength(4);
  });

  it('leaves out of an event what has no place in the schema', () => {
    const review = aReview();
    for (const { event } of review.issuances.ok) event.request = { token: 'CANARY' };
    for (const { event } of review.issuances.failed) event.response = { token: 'CANARY' };
    expect(jsonOf(review)).not.toContain('CANARY');
  });

  it('reads back as it was, whatever the logs hold', () => {
    for (const attack of attacks) {
      const review = withText(attack);
      const { findings, parameters } = JSON.parse(jsonOf(review));
      expect(findings.map(({ message }: { message: string }) => message)).toEqual(
        review.findings.map(() => attack),
      );
      expect(Object.keys(parameters)).toContain(attack);
    }
  });

  it('is made in pieces no longer than one item, also of a hundred thousand sessions', () => {
    const [session] = aReview().sessions;
    if (!session) throw new RangeError('The sample has no sessions.');
    const sessions = Array.from({ length: 100_000 }, () => session);
    let [longest, length, lines] = [0, 0, 0];
    for (const piece of piecesOf(aReview({ sessions }))) {
      longest = Math.max(longest, piece.length);
      length += piece.length;
      if (piece.includes(session.arn)) lines += 1;
    }
    expect(longest).toBeLessThan(20_000);
    expect(lines).toBeGreaterThanOrEqual(100_000);
    expect(length).toBeGreaterThan(50_000_000);
  });
});

describe('JSON that can be seen', () => {
  test.prop([fc.jsonValue(), fc.string({ unit: 'binary' })])('means the same', (value, text) => {
    expect(JSON.parse(visibleJson([value, text]))).toEqual(JSON.parse(JSON.stringify([value, text])));
  });

  it('has no character that a terminal would obey or that turns letters around', () => {
    const text = visibleJson(
      String.fromCodePoint(0x1b, 0x7f, 0x9b, 0x202e, 0x2066, 0x200b, 0x2028, 0xfeff, 0xe0041),
    );
    expect(text).toBe('"\\u001b\\u007f\\u009b\\u202e\\u2066\\u200b\\u2028\\ufeff\\udb40\\udc41"');
  });
});
