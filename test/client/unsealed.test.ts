import { CompactEncrypt } from 'jose';
import { describe, expect, test } from 'vitest';
import { newRecipient, newRecipientInMemory } from '#client/recipient.ts';
import { unsealed } from '#client/unsealed.ts';
import { credentialsUntil, sealed } from './sealing.ts';

const end = '2026-11-22T10:15:00Z';

/** What the service hands out. */
const handedOut = async (text: string, recipientKey: Parameters<typeof sealed>[1]) => ({
  jwe: await sealed(text, recipientKey),
  sessionExpiresAt: end,
  grantEndsAt: '2026-11-22T11:00:00Z',
  sequence: 1,
});

describe('A sealed session', () => {
  test.each([
    ['a key that is kept', newRecipient],
    ['a key in memory', newRecipientInMemory],
  ])('opens with %s', async (_, recipient) => {
    const { recipientKey, privateKey } = await recipient();
    expect(recipientKey).not.toHaveProperty('d');
    const session = await handedOut(credentialsUntil(end), recipientKey);
    expect(await unsealed(session, privateKey)).toMatchObject({
      AccessKeyId: 'ASIAEXAMPLE',
      Expiration: end,
    });
  });

  test('does not open with another key', async () => {
    const [{ recipientKey }, { privateKey }] = [await newRecipient(), await newRecipient()];
    const session = await handedOut(credentialsUntil(end), recipientKey);
    await expect(unsealed(session, privateKey)).rejects.toThrow('decryption operation failed');
  });

  test('does not open when a character of it was changed', async () => {
    const { recipientKey, privateKey } = await newRecipient();
    const session = await handedOut(credentialsUntil(end), recipientKey);
    const at = session.jwe.length - 30;
    const jwe = `${session.jwe.slice(0, at)}${session.jwe[at] === 'A' ? 'B' : 'A'}${session.jwe.slice(at + 1)}`;
    await expect(unsealed({ ...session, jwe }, privateKey)).rejects.toThrow('decryption operation failed');
  });

  test('does not open when it is sealed in another way', async () => {
    const { recipientKey, privateKey } = await newRecipient();
    const session = await handedOut(credentialsUntil(end), recipientKey);
    const jwe = await new CompactEncrypt(new TextEncoder().encode(credentialsUntil(end)))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .encrypt(new Uint8Array(32));
    await expect(unsealed({ ...session, jwe }, privateKey)).rejects.toThrow('not allowed');
  });

  test('that ends at another time than the service says is none', async () => {
    const { recipientKey, privateKey } = await newRecipient();
    const session = await handedOut(credentialsUntil('2026-11-22T12:00:00Z'), recipientKey);
    await expect(unsealed(session, privateKey)).rejects.toThrow('ends at another time');
  });

  test.each([
    ['no JSON', 'SecretAccessKey: canary-secret'],
    ['another version', credentialsUntil(end).replace('"Version":1', '"Version":2')],
    ['no end', credentialsUntil('never')],
    ['an end that is no time', credentialsUntil('2026-11-22T25:15:00Z')],
    ['a time of no time zone', credentialsUntil('2026-11-22T10:15:00')],
    ['nothing', 'null'],
    ['half of it', '{"Version":1,"SecretAccessKey":"canary-secret"}'],
  ])('with %s in it is none, and the error does not say what was in it', async (_, text) => {
    const { recipientKey, privateKey } = await newRecipient();
    const opening = unsealed(await handedOut(text, recipientKey), privateKey);
    const error: unknown = await opening.catch((reason: unknown) => reason);
    expect(String(error)).toBe('TypeError: The sealed session holds something else than credentials.');
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('canary');
  });
});

test('Nothing can read the private key of a request that is kept in memory', async () => {
  const { privateKey } = await newRecipientInMemory();
  expect(privateKey.extractable).toBe(false);
});
