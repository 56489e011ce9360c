import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  approvalTokenHash,
  approvalTokenMac,
  approvalTokenMessage,
  approvalTokenText,
  decisionSealMessage,
  requestSealMessage,
  type SealedDecision,
} from '#domain/seals.ts';
import { approverOf, bob, carol, madeAt } from '../support/builders.ts';

const digest = 'a'.repeat(43);
const expiresAt = '2026-11-22T14:00:00Z';
const decision: Required<SealedDecision> = {
  digest,
  approver: approverOf(bob),
  decision: 'approve',
  decidedAt: madeAt,
  durationSeconds: 1_800,
  tokenHash: 'b'.repeat(43),
  previousSeal: 'c2VhbA==',
};

describe('what a seal covers', () => {
  it('names its purpose, so that no code made for one can serve as another', () => {
    const texts = fc.record({ digest: fc.string(), approver: fc.string(), expiresAt: fc.string() });
    fc.assert(
      fc.property(texts, texts, ({ digest, approver, expiresAt }, other) => {
        const messages = [
          requestSealMessage({ digest, expiresAt }),
          approvalTokenMessage({ digest, approver, expiresAt }),
          decisionSealMessage({ ...decision, digest, decidedAt: expiresAt }),
          requestSealMessage({ digest: other.digest, expiresAt: other.expiresAt }),
          approvalTokenMessage(other),
        ];
        const purposes = messages.map((message) => JSON.parse(message).purpose);
        expect(purposes).toEqual([
          'countersign/request/1',
          'countersign/approve/1',
          'countersign/decision/1',
          'countersign/request/1',
          'countersign/approve/1',
        ]);
        return new Set(messages.slice(0, 3)).size === 3;
      }),
    );
  });

  it('keeps its purpose and covers no field that it was not made for', () => {
    const seal = { digest, expiresAt };
    const token = { ...seal, approver: bob.email };
    const purpose = 'countersign/decision/1';
    for (const wide of [
      { ...seal, purpose },
      { ...token, decision: 'approve' },
      { ...seal, ...decision, expiresAt },
    ])
      expect(requestSealMessage({ ...wide })).toBe(requestSealMessage(seal));
    for (const wide of [
      { ...token, purpose },
      { ...decision, ...token },
    ])
      expect(approvalTokenMessage(wide)).toBe(approvalTokenMessage(token));
    expect(decisionSealMessage({ ...decision, purpose } as SealedDecision)).toBe(
      decisionSealMessage(decision),
    );
  });

  it('of a request: the digest and the deadline', () => {
    const message = requestSealMessage({ digest, expiresAt });
    expect(requestSealMessage({ digest: 'b'.repeat(43), expiresAt })).not.toBe(message);
    expect(requestSealMessage({ digest, expiresAt: '2026-11-22T14:00:01Z' })).not.toBe(message);
    expect(requestSealMessage({ expiresAt, digest })).toBe(message);
  });

  it('of an approval token: the digest, the approver and the expiry', () => {
    const token = { digest, approver: bob.email, expiresAt };
    const message = approvalTokenMessage(token);
    expect(approvalTokenMessage({ ...token, digest: 'b'.repeat(43) })).not.toBe(message);
    expect(approvalTokenMessage({ ...token, approver: carol.email })).not.toBe(message);
    expect(approvalTokenMessage({ ...token, expiresAt: '2026-11-22T14:00:01Z' })).not.toBe(message);
  });

  const others: Required<SealedDecision> = {
    digest: 'b'.repeat(43),
    approver: approverOf(carol),
    decision: 'deny',
    decidedAt: '2026-11-22T10:00:01Z',
    durationSeconds: 1_801,
    tokenHash: 'c'.repeat(43),
    previousSeal: 'c2VhbB==',
  };

  it.each(Object.entries(others))('of a decision: %s', (field, other) => {
    expect(decisionSealMessage({ ...decision, [field]: other })).not.toBe(decisionSealMessage(decision));
  });

  it.each(['durationSeconds', 'tokenHash', 'previousSeal'])('of a decision: that there is no %s', (field) => {
    expect(decisionSealMessage({ ...decision, [field]: undefined })).not.toBe(decisionSealMessage(decision));
  });

  it.each(['issuer', 'subject', 'email'])("of a decision: the approver's %s", (field) => {
    const approver = { ...decision.approver, [field]: 'other' };
    expect(decisionSealMessage({ ...decision, approver })).not.toBe(decisionSealMessage(decision));
  });

  it('of a decision is not disturbed by what else the record keeps of it', () => {
    const kept = {
      ...decision,
      seal: 'c2VhbA==',
      token: 'cs1.x',
      comment: 'fine',
      approver: { ...decision.approver, groups: [] },
    };
    expect(decisionSealMessage(kept)).toBe(decisionSealMessage(decision));
  });
});

describe('an approval token', () => {
  const macs = fc.uint8Array({ minLength: 32, maxLength: 32 });

  it('is text of at most 512 characters that survives a mail: cs1. and base64url', () => {
    fc.assert(
      fc.property(macs, (mac) => {
        const text = approvalTokenText(mac);
        expect(text).toMatch(/^cs1\.[A-Za-z0-9_-]{43}$/);
        expect(approvalTokenMac(text)).toEqual(mac);
      }),
    );
  });

  it.each([
    '',
    'cs1.',
    'cs2.',
    'eyJhbGciOiJub25lIn0.e30.',
    `cs1.${'A'.repeat(42)}`,
    `cs1.${'A'.repeat(44)}`,
    `cs1.${'A'.repeat(42)}+`,
    `cs1.${'A'.repeat(42)}=`,
    ` cs1.${'A'.repeat(43)}`,
    `cs1.${'A'.repeat(43)}\n`,
    `CS1.${'A'.repeat(43)}`,
  ])('that is damaged is no code at all: %j', (text) => {
    expect(approvalTokenMac(text)).toBeUndefined();
  });

  it('is kept in the record as a hash of its exact text', () => {
    const text = approvalTokenText(new Uint8Array(32));
    expect(approvalTokenHash(text)).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(approvalTokenHash(`${text} `)).not.toBe(approvalTokenHash(text));
  });
});
