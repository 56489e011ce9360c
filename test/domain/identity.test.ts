import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSamePerson, personKeyOf } from '#domain/catalogue.ts';
import { emailSchema, normaliseEmail, sourceIdentityOf } from '#domain/identity.ts';
import cases from '../cases/samePerson.json' with { type: 'json' };
import { aCatalogue, alice, aMachine, bob } from '../support/builders.ts';

const catalogue = aCatalogue((source) => {
  source.people = cases.people;
});

describe('one person', () => {
  it.each(cases.cases)('$first and $second: $same, by $because', ({ first, second, same }) => {
    expect(isSamePerson(catalogue, { email: first }, { email: second })).toBe(same);
    expect(isSamePerson(catalogue, { email: second }, { email: first })).toBe(same);
    expect(personKeyOf(catalogue, first) === personKeyOf(catalogue, second)).toBe(same);
  });

  it('is the same under one issuer and subject, whatever address the token shows today', () => {
    expect(isSamePerson(catalogue, alice, { ...alice, email: 'renamed@example.com' })).toBe(true);
  });

  it('is the same under one address, whatever issuer signed them in', () => {
    expect(
      isSamePerson(catalogue, alice, { ...alice, issuer: 'https://other.example.com', subject: '77' }),
    ).toBe(true);
  });

  it('is not made the same by a subject that another issuer gave to somebody else', () => {
    expect(
      isSamePerson(catalogue, alice, { ...bob, issuer: 'https://other.example.com', subject: alice.subject }),
    ).toBe(false);
  });

  it('is never a machine, which has no address', () => {
    expect(isSamePerson(catalogue, aMachine, { email: 'deployer@example.com' })).toBe(false);
    expect(isSamePerson(catalogue, { email: 'deployer@example.com' }, aMachine)).toBe(false);
    expect(isSamePerson(catalogue, aMachine, aMachine)).toBe(true);
  });

  it('is nobody when nothing is known of either', () => {
    expect(isSamePerson(catalogue, {}, {})).toBe(false);
  });
});

describe('an address', () => {
  it('is compared lower-cased and NFKC-normalised', () => {
    expect(emailSchema.parse('  Alice@EXAMPLE.com ')).toBe('alice@example.com');
    expect(emailSchema.parse('ａｌｉｃｅ＠example.com')).toBe('alice@example.com');
  });

  it.each([
    'аlice@example.com',
    'alice@exаmple.com',
    'alıce@example.com',
    'alicе@example.com',
    'alice@example。com',
  ])('%s is refused: a look-alike is not an address the catalogue can name', (text) => {
    expect(emailSchema.safeParse(text).success).toBe(false);
  });

  it.each([
    '',
    'alice',
    '@example.com',
    'alice@',
    'a b@example.com',
    'alice@exa mple.com',
    'alice@@example.com',
    'a@b@c',
    'alice@example.com\nbob@example.com',
    '<alice@example.com>',
    '"a b"@example.com',
    '.alice@example.com',
    'alice.@example.com',
    'al..ice@example.com',
    'alice@localhost',
    'alice@.example.com',
    'alice@example..com',
    'alice@example.com.',
  ])('%j is no address', (text) => {
    expect(emailSchema.safeParse(text).success).toBe(false);
  });

  it('is at most 254 characters', () => {
    expect(emailSchema.safeParse(`${'a'.repeat(242)}@example.com`).success).toBe(true);
    expect(emailSchema.safeParse(`${'a'.repeat(243)}@example.com`).success).toBe(false);
  });

  it('is ASCII once it is taken, and normalising it again changes nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (local, domain) => {
        const result = emailSchema.safeParse(`${local}@${domain}`);
        return (
          !result.success ||
          (/^[\x21-\x7e]+$/.test(result.data) && normaliseEmail(result.data) === result.data)
        );
      }),
      { numRuns: 500 },
    );
  });
});

describe('a SourceIdentity', () => {
  const stsPattern = /^[\w+=,.@-]{2,64}$/;

  it('is the address where STS takes it', () => {
    expect(sourceIdentityOf(alice)).toBe('alice@example.com');
    expect(sourceIdentityOf({ ...alice, email: 'a+b=c,d.e-f_g@example.com' })).toBe(
      'a+b=c,d.e-f_g@example.com',
    );
  });

  it.each(["o'neil@example.com", `${'a'.repeat(53)}@example.com`, 'a/b@example.com'])(
    'is a digest of issuer and subject where STS refuses the address: %s',
    (email) => {
      const identity = sourceIdentityOf({ ...alice, email });
      expect(identity).toMatch(/^u-[a-z2-7]{52}$/);
      expect(identity).toMatch(stsPattern);
    },
  );

  it('is 64 characters of address at most, to the character', () => {
    const email = `${'a'.repeat(52)}@example.com`;
    expect(sourceIdentityOf({ ...alice, email })).toBe(email);
  });

  it('of a machine is a digest, and no two machines share one', () => {
    const first = sourceIdentityOf(aMachine);
    expect(first).toMatch(/^u-[a-z2-7]{52}$/);
    expect(sourceIdentityOf({ ...aMachine, subject: `${aMachine.subject}2` })).not.toBe(first);
    expect(sourceIdentityOf({ ...aMachine, issuer: `${aMachine.issuer}2` })).not.toBe(first);
  });

  it('is base32 of SHA-256(issuer|subject), cut to 52', () => {
    // printf 'https://i.example|s' | openssl dgst -sha256 -binary | base32 | tr A-Z a-z | cut -c1-52
    expect(sourceIdentityOf({ issuer: 'https://i.example', subject: 's' })).toBe(
      'u-6i5nugzkjqriso43symspyrwolhjnpbiewatzu53uwz2bx7y74wq',
    );
  });
});
